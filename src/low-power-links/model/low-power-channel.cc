// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/low-power-channel.h"

#include "ns3/mobility-model.h"
#include "ns3/propagation-delay-model.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/spectrum-phy.h"
#include "ns3/spectrum-signal-parameters.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(LowPowerChannel);

namespace
{

/// Removes \p phy; \return whether it was there.
bool
Take(std::vector<SpectrumPhy*>& phys, const Ptr<SpectrumPhy>& phy)
{
    auto found = std::find(phys.begin(), phys.end(), PeekPointer(phy));
    if (found == phys.end())
    {
        return false;
    }
    phys.erase(found);
    return true;
}

} // namespace

TypeId
LowPowerChannel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::LowPowerChannel")
                            .SetParent<SingleModelSpectrumChannel>()
                            .SetGroupName("LowPowerLinks")
                            .AddConstructor<LowPowerChannel>();
    return tid;
}

void
LowPowerChannel::AddRx(Ptr<SpectrumPhy> phy)
{
    Take(m_asleep, phy);
    SingleModelSpectrumChannel::RemoveRx(phy);
    SingleModelSpectrumChannel::AddRx(phy);
}

void
LowPowerChannel::RemoveRx(Ptr<SpectrumPhy> phy)
{
    Take(m_asleep, phy);
    for (Transmission& transmission : m_onAir)
    {
        Take(transmission.unaware, phy);
    }
    SingleModelSpectrumChannel::RemoveRx(phy);
}

void
LowPowerChannel::Sleep(Ptr<SpectrumPhy> phy)
{
    if (std::find(m_asleep.begin(), m_asleep.end(), PeekPointer(phy)) == m_asleep.end())
    {
        SingleModelSpectrumChannel::RemoveRx(phy);
        m_asleep.push_back(PeekPointer(phy));
    }
}

void
LowPowerChannel::Wake(Ptr<SpectrumPhy> phy)
{
    if (!Take(m_asleep, phy))
    {
        return;
    }
    SingleModelSpectrumChannel::AddRx(phy);
    ForgetPast();
    for (Transmission& transmission : m_onAir)
    {
        if (Take(transmission.unaware, phy))
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
    Transmission transmission{params, Simulator::Now() + params->duration, m_asleep};
    Take(transmission.unaware, params->txPhy); // it knows its own
    if (!transmission.unaware.empty())
    {
        m_onAir.push_back(transmission);
    }
    SingleModelSpectrumChannel::StartTx(params);
}

void
LowPowerChannel::ForgetPast()
{
    auto past = [](const Transmission& transmission) {
        return transmission.end <= Simulator::Now();
    };
    m_onAir.erase(std::remove_if(m_onAir.begin(), m_onAir.end(), past), m_onAir.end());
}

void
LowPowerChannel::ForgetAll()
{
    m_onAir.clear(); // a transmission refers to its radio, and that to this channel
}

void
LowPowerChannel::Tell(Ptr<SpectrumPhy> phy, const Transmission& transmission)
{
    Ptr<SpectrumSignalParameters> rest = transmission.params->Copy();
    rest->duration = transmission.end - Simulator::Now();
    Ptr<MobilityModel> from = transmission.params->txPhy->GetMobility();
    Ptr<MobilityModel> to = phy->GetMobility();
    if (m_propagationLoss && from && to)
    {
        *rest->psd *= std::pow(10.0, m_propagationLoss->CalcRxPower(0, from, to) / 10);
    }
    if (m_propagationDelay && from && to)
    {
        rest->duration += m_propagationDelay->GetDelay(from, to);
    }
    if (rest->duration.IsStrictlyPositive())
    {
        phy->StartRx(rest);
    }
}

} // namespace ns3
