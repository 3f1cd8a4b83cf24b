// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/low-power-channel.h"

#include "low-power-links/model/low-power-phy.h"

#include "ns3/boolean.h"
#include "ns3/mobility-model.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/packet-burst.h"
#include "ns3/packet.h"
#include "ns3/propagation-delay-model.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/spectrum-phy.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(LowPowerChannel);

namespace
{

constexpr uint32_t NO_NODE = std::numeric_limits<uint32_t>::max();

uint32_t
GetNodeId(const SpectrumPhy& phy)
{
    Ptr<NetDevice> device = phy.GetDevice();
    return device ? device->GetNode()->GetId() : NO_NODE;
}

/// The frame that \p params carries, if it is one of 802.15.4.
Ptr<const Packet>
GetFrame(const SpectrumSignalParameters& params)
{
    auto signal = dynamic_cast<const LrWpanSpectrumSignalParameters*>(&params);
    bool one = signal && signal->packetBurst && signal->packetBurst->GetNPackets() == 1;
    return one ? *signal->packetBurst->Begin() : nullptr;
}

} // namespace

TypeId
LowPowerChannel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::LowPowerChannel")
            .SetParent<SingleModelSpectrumChannel>()
            .SetGroupName("LowPowerLinks")
            .AddConstructor<LowPowerChannel>()
            .AddAttribute("StaticPropagation",
                          "Loss and delay depend on nothing but the positions of two radios, so "
                          "they are computed anew only when one has moved. Not for models that "
                          "draw at random.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&LowPowerChannel::m_static),
                          MakeBooleanChecker())
            .AddAttribute("PathLimit",
                          "Pairs of radios whose propagation is kept; at one more all are "
                          "forgotten.",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&LowPowerChannel::m_pathLimit),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

std::vector<LowPowerChannel::Sleeper>::iterator
LowPowerChannel::FindSleeper(const SpectrumPhy* phy)
{
    return std::find_if(m_asleep.begin(), m_asleep.end(), [phy](const Sleeper& sleeper) {
        return sleeper.phy == phy;
    });
}

void
LowPowerChannel::AddRx(Ptr<SpectrumPhy> phy)
{
    RemoveRx(phy);
    m_awake.push_back(PeekPointer(phy));
    SingleModelSpectrumChannel::AddRx(phy);
}

void
LowPowerChannel::RemoveRx(Ptr<SpectrumPhy> phy)
{
    if (auto sleeper = FindSleeper(PeekPointer(phy)); sleeper != m_asleep.end())
    {
        m_asleep.erase(sleeper);
    }
    m_awake.erase(std::remove(m_awake.begin(), m_awake.end(), PeekPointer(phy)), m_awake.end());
    SingleModelSpectrumChannel::RemoveRx(phy);
}

void
LowPowerChannel::Sleep(Ptr<SpectrumPhy> phy)
{
    auto awake = std::find(m_awake.begin(), m_awake.end(), PeekPointer(phy));
    if (awake == m_awake.end())
    {
        return;
    }
    m_awake.erase(awake);
    m_asleep.push_back({PeekPointer(phy), m_transmissions});
    if (!m_static) // the base class serves those it knows
    {
        SingleModelSpectrumChannel::RemoveRx(phy);
    }
}

void
LowPowerChannel::Wake(Ptr<SpectrumPhy> phy)
{
    auto sleeper = FindSleeper(PeekPointer(phy));
    if (sleeper == m_asleep.end())
    {
        return;
    }
    const uint64_t since = sleeper->since;
    m_asleep.erase(sleeper);
    m_awake.push_back(PeekPointer(phy));
    if (!m_static)
    {
        SingleModelSpectrumChannel::AddRx(phy);
    }
    ForgetPast();
    for (Transmission& transmission : m_onAir)
    {
        if (transmission.number >= since && transmission.from != phy) // it knows its own
        {
            Tell(phy, transmission);
        }
    }
}

void
LowPowerChannel::StartTx(Ptr<SpectrumSignalParameters> params)
{
    StartTransmission({params->txPhy,
                       params->psd,
                       GetFrame(*params),
                       params,
                       Simulator::Now() + params->duration});
}

void
LowPowerChannel::Transmit(Ptr<LowPowerPhy> from,
                          Ptr<const SpectrumValue> psd,
                          Ptr<const Packet> frame,
                          Time duration)
{
    Ptr<SpectrumSignalParameters> params;
    if (!m_static || !m_txSigParamsTrace.IsEmpty())
    {
        params = from->CreateSignal(frame, duration);
    }
    StartTransmission({from, psd, frame, params, Simulator::Now() + duration});
}

void
LowPowerChannel::StartTransmission(Transmission transmission)
{
    if (!m_forgetsAtEnd)
    {
        m_forgetsAtEnd = true;
        Simulator::ScheduleDestroy(&LowPowerChannel::ForgetAll, Ptr<LowPowerChannel>(this));
    }
    ForgetPast();
    transmission.number = m_transmissions++;
    if (m_static)
    {
        Spread(transmission);
    }
    else
    {
        SingleModelSpectrumChannel::StartTx(transmission.params);
    }
    if (!m_asleep.empty())
    {
        m_onAir.push_back(std::move(transmission));
    }
}

void
LowPowerChannel::Spread(Transmission& transmission)
{
    if (transmission.params && !m_txSigParamsTrace.IsEmpty())
    {
        m_txSigParamsTrace(transmission.params->Copy());
    }
    const uint32_t fromNode = GetNodeId(*transmission.from);
    for (SpectrumPhy* phy : m_awake)
    {
        if (phy != transmission.from)
        {
            SpreadTo(phy, transmission, fromNode);
        }
    }
}

void
LowPowerChannel::SpreadTo(SpectrumPhy* phy, Transmission& transmission, uint32_t fromNode)
{
    const uint32_t node = GetNodeId(*phy);
    if (node != NO_NODE && node == fromNode)
    {
        return; // as the base class: no radio hears another one of its node
    }
    Path& path = FindPath(PeekPointer(transmission.from), phy);
    if (path.from && !m_gainTrace.IsEmpty())
    {
        m_gainTrace(path.from, path.to, 0, 0, -path.lossDb, path.lossDb);
    }
    if (path.from && !m_pathLossTrace.IsEmpty())
    {
        m_pathLossTrace(transmission.from, phy, path.lossDb);
    }
    if (path.lossDb <= m_maxLossDb)
    {
        Deliver(phy, path, transmission, path.delay, transmission.end - Simulator::Now());
    }
}

void
LowPowerChannel::Deliver(Ptr<SpectrumPhy> phy,
                         Path& path,
                         Transmission& transmission,
                         Time delay,
                         Time duration)
{
    if (path.receiver && transmission.frame)
    {
        if (path.psd != transmission.psd)
        {
            path.psd = transmission.psd;
            path.power = LowPowerPhy::GetPower(transmission.psd) * path.gain;
        }
        Ptr<LowPowerPhy> receiver(path.receiver);
        if (delay.IsZero())
        {
            receiver->Hear(transmission.frame, path.power, duration);
        }
        else
        {
            Simulator::ScheduleWithContext(GetNodeId(*phy),
                                           delay,
                                           &LowPowerPhy::Hear,
                                           receiver,
                                           transmission.frame,
                                           path.power,
                                           duration);
        }
        return;
    }
    if (!transmission.params) // sent by a radio of ours, received by another
    {
        transmission.params =
            DynamicCast<LowPowerPhy>(transmission.from)->CreateSignal(transmission.frame, duration);
    }
    Ptr<SpectrumSignalParameters> received = transmission.params->Copy();
    *received->psd *= path.gain;
    received->duration = duration;
    Simulator::ScheduleWithContext(GetNodeId(*phy), delay, &SpectrumPhy::StartRx, phy, received);
}

LowPowerChannel::Path&
LowPowerChannel::FindPath(SpectrumPhy* from, SpectrumPhy* to)
{
    auto [entry, isNew] = m_paths.try_emplace({from, to});
    if (isNew && m_paths.size() > m_pathLimit)
    {
        m_paths.clear();
        entry = m_paths.try_emplace({from, to}).first;
        isNew = true;
    }
    Path& path = entry->second;
    Ptr<MobilityModel> fromMobility = from->GetMobility();
    Ptr<MobilityModel> toMobility = to->GetMobility();
    if (!isNew && m_static && HasNotMoved(path, fromMobility, toMobility))
    {
        return path;
    }
    path = Path{};
    path.receiver = dynamic_cast<LowPowerPhy*>(to);
    if (!fromMobility || !toMobility)
    {
        return path;
    }
    path.from = fromMobility;
    path.to = toMobility;
    path.fromPosition = fromMobility->GetPosition();
    path.toPosition = toMobility->GetPosition();
    if (m_propagationLoss)
    {
        path.lossDb = -m_propagationLoss->CalcRxPower(0, fromMobility, toMobility);
        path.gain = std::pow(10.0, -path.lossDb / 10.0);
    }
    if (m_propagationDelay)
    {
        path.delay = m_propagationDelay->GetDelay(fromMobility, toMobility);
    }
    return path;
}

bool
LowPowerChannel::HasNotMoved(const Path& path, Ptr<MobilityModel> from, Ptr<MobilityModel> to)
{
    return path.from == from && path.to == to &&
           (!from || !to ||
            (path.fromPosition == from->GetPosition() && path.toPosition == to->GetPosition()));
}

void
LowPowerChannel::ForgetPast()
{
    if (m_onAir.empty())
    {
        return;
    }
    auto past = [now = Simulator::Now()](const Transmission& transmission) {
        return transmission.end <= now;
    };
    m_onAir.erase(std::remove_if(m_onAir.begin(), m_onAir.end(), past), m_onAir.end());
}

void
LowPowerChannel::ForgetAll()
{
    m_onAir.clear(); // a transmission refers to its radio, and that to this channel
    m_paths.clear();
}

void
LowPowerChannel::Tell(Ptr<SpectrumPhy> phy, Transmission& transmission)
{
    Path& path = FindPath(PeekPointer(transmission.from), PeekPointer(phy));
    Time rest = transmission.end - Simulator::Now() + path.delay;
    if (rest.IsStrictlyPositive())
    {
        Deliver(phy, path, transmission, Time(0), rest); // it is here already
    }
}

} // namespace ns3
