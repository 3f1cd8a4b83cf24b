// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/radio-energy-model.h"

#include "ns3/abort.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(RadioEnergyModel);

TypeId
RadioEnergyModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::RadioEnergyModel")
            .SetParent<Object>()
            .SetGroupName("IotDevice")
            .AddConstructor<RadioEnergyModel>()
            .AddTraceSource("State",
                            "The radio changed between transmit, receive, listen and sleep",
                            MakeTraceSourceAccessor(&RadioEnergyModel::m_stateTrace),
                            "ns3::RadioEnergyModel::StateTracedCallback");
    return tid;
}

RadioEnergyModel::RadioEnergyModel()
    : m_timer(RadioState::Sleep)
{
}

void
RadioEnergyModel::SetProfile(const RadioProfile& profile, double voltage)
{
    m_profile = profile;
    m_voltage = voltage;
}

void
RadioEnergyModel::Attach(Ptr<SpectrumPhy> phy)
{
    NS_ABORT_MSG_IF(m_phy, "a RadioEnergyModel accounts for one radio");
    m_phy = phy;
    m_timer = StateTimer<RadioState>(RadioState::Sleep); // what a radio starts in
    bool connected =
        phy->TraceConnectWithoutContext("TrxStateValue",
                                        MakeCallback(&RadioEnergyModel::HandlePhyState, this));
    NS_ABORT_MSG_UNLESS(connected, "a radio needs the trace source TrxStateValue");
}

RadioState
RadioEnergyModel::Map(PhyState state)
{
    switch (state)
    {
    case IEEE_802_15_4_PHY_BUSY_TX:
        return RadioState::Transmit;
    case IEEE_802_15_4_PHY_BUSY_RX:
        return RadioState::Receive;
    case IEEE_802_15_4_PHY_RX_ON:
    case IEEE_802_15_4_PHY_TX_ON:
        return RadioState::Listen;
    case IEEE_802_15_4_PHY_TRX_OFF:
        return RadioState::Sleep;
    default:
        NS_ABORT_MSG("not a state of a transceiver: " << state);
    }
}

void
RadioEnergyModel::HandlePhyState(PhyState oldState, PhyState newState)
{
    if (!m_sawChange) // attached to a radio already at work: the first change tells its state
    {
        m_sawChange = true;
        m_timer.Correct(Map(oldState));
    }
    RadioState before = m_timer.GetState();
    RadioState after = Map(newState);
    if (before != after)
    {
        m_timer.Switch(after);
        m_stateTrace(before, after);
    }
}

RadioState
RadioEnergyModel::GetState() const
{
    return m_timer.GetState();
}

Time
RadioEnergyModel::GetTime(RadioState state) const
{
    return m_timer.Get(state);
}

double
RadioEnergyModel::GetEnergy(RadioState state) const
{
    return m_voltage * m_profile[state].value * GetTime(state).GetSeconds();
}

double
RadioEnergyModel::GetCurrent() const
{
    return m_profile[GetState()].value;
}

void
RadioEnergyModel::DoDispose()
{
    if (m_phy)
    {
        m_phy->TraceDisconnectWithoutContext("TrxStateValue",
                                             MakeCallback(&RadioEnergyModel::HandlePhyState, this));
        m_phy = nullptr;
    }
    Object::DoDispose();
}

} // namespace ns3
