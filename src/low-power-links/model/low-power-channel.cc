// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/low-power-channel.h"

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
#include <typeinfo>

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

/// Whether nobody but its path has a hold of \p signal any more.
bool
IsOver(const Ptr<LrWpanSpectrumSignalParameters>& signal)
{
    return signal && signal->GetReferenceCount() == 1 && signal->psd->GetReferenceCount() == 1 &&
           signal->packetBurst->GetReferenceCount() == 1 &&
           (*signal->packetBurst->Begin())->GetReferenceCount() == 1;
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
    if (FindSleeper(PeekPointer(phy)) == m_asleep.end())
    {
        RemoveRx(phy);
        m_asleep.push_back({PeekPointer(phy), m_transmissions});
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
    AddRx(phy);
    ForgetPast();
    for (const Transmission& transmission : m_onAir)
    {
        if (transmission.number >= since && transmission.params->txPhy != phy) // it knows its own
        {
            Tell(phy, transmission);
        }
    }
}

void
LowPowerChannel::StartTx(Ptr<SpectrumSignalParameters> params)
{
    if (!m_forgetsAtEnd)
    {
        m_forgetsAtEnd = true;
        Simulator::ScheduleDestroy(&LowPowerChannel::ForgetAll, Ptr<LowPowerChannel>(this));
    }
    ForgetPast();
    if (!m_asleep.empty())
    {
        m_onAir.push_back({params, Simulator::Now() + params->duration, m_transmissions});
    }
    m_transmissions++;
    if (m_static)
    {
        Spread(params);
    }
    else
    {
        SingleModelSpectrumChannel::StartTx(params);
    }
}

void
LowPowerChannel::Spread(Ptr<SpectrumSignalParameters> params)
{
    if (!m_txSigParamsTrace.IsEmpty())
    {
        m_txSigParamsTrace(params->Copy());
    }
    const uint32_t fromNode = GetNodeId(*params->txPhy);
    for (SpectrumPhy* phy : m_awake)
    {
        if (phy != params->txPhy)
        {
            SpreadTo(phy, params, fromNode);
        }
    }
}

void
LowPowerChannel::SpreadTo(SpectrumPhy* phy, Ptr<SpectrumSignalParameters> params, uint32_t fromNode)
{
    const uint32_t node = GetNodeId(*phy);
    if (node != NO_NODE && node == fromNode)
    {
        return; // as the base class: no radio hears another one of its node
    }
    Path& path = FindPath(PeekPointer(params->txPhy), phy);
    if (path.from && path.to)
    {
        m_gainTrace(path.from, path.to, 0, 0, -path.lossDb, path.lossDb);
        m_pathLossTrace(params->txPhy, phy, path.lossDb);
    }
    if (path.lossDb > m_maxLossDb)
    {
        return;
    }
    Ptr<SpectrumSignalParameters> received = Receive(path, params);
    Ptr<SpectrumPhy> receiver(phy);
    if (node == NO_NODE)
    {
        Simulator::Schedule(path.delay, &SpectrumPhy::StartRx, receiver, received);
    }
    else
    {
        Simulator::ScheduleWithContext(node, path.delay, &SpectrumPhy::StartRx, receiver, received);
    }
}

LowPowerChannel::Path&
LowPowerChannel::FindPath(SpectrumPhy* from, SpectrumPhy* to)
{
    Ptr<MobilityModel> fromMobility = from->GetMobility();
    Ptr<MobilityModel> toMobility = to->GetMobility();
    auto [entry, isNew] = m_paths.try_emplace({from, to});
    if (isNew && m_paths.size() > m_pathLimit)
    {
        m_paths.clear();
        entry = m_paths.try_emplace({from, to}).first;
    }
    Path& path = entry->second;
    if (!fromMobility || !toMobility)
    {
        path = Path{};
        return path;
    }
    const Vector fromPosition = fromMobility->GetPosition();
    const Vector toPosition = toMobility->GetPosition();
    if (m_static && path.from == fromMobility && path.to == toMobility &&
        path.fromPosition == fromPosition && path.toPosition == toPosition)
    {
        return path;
    }
    path =
        Path{fromMobility, toMobility, fromPosition, toPosition, 0, 1, Time(0), nullptr, nullptr};
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

Ptr<SpectrumSignalParameters>
LowPowerChannel::Receive(Path& path, Ptr<SpectrumSignalParameters> params)
{
    const SpectrumSignalParameters& sent = *params;
    auto frame = typeid(sent) == typeid(LrWpanSpectrumSignalParameters)
                     ? static_cast<const LrWpanSpectrumSignalParameters*>(&sent)
                     : nullptr;
    if (!frame || !frame->packetBurst || frame->packetBurst->GetNPackets() != 1)
    {
        Ptr<SpectrumSignalParameters> other = params->Copy();
        *other->psd *= path.gain;
        return other;
    }
    if (IsOver(path.signal) && path.sent == sent.psd)
    {
        // Each receiver has a packet of its own, for radios put tags on what they receive.
        **path.signal->packetBurst->Begin() = **frame->packetBurst->Begin();
        path.signal->duration = sent.duration;
        return path.signal;
    }
    path.sent = sent.psd;
    path.signal = Create<LrWpanSpectrumSignalParameters>(*frame);
    *path.signal->psd *= path.gain;
    return path.signal;
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
LowPowerChannel::Tell(Ptr<SpectrumPhy> phy, const Transmission& transmission)
{
    Path& path = FindPath(PeekPointer(transmission.params->txPhy), PeekPointer(phy));
    Time rest = transmission.end - Simulator::Now() + path.delay;
    if (rest.IsStrictlyPositive())
    {
        Ptr<SpectrumSignalParameters> received = Receive(path, transmission.params);
        received->duration = rest;
        phy->StartRx(received);
    }
}

} // namespace ns3
