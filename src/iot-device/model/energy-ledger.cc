// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/energy-ledger.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(EnergyLedger);

TypeId
EnergyLedger::GetTypeId()
{
    static TypeId tid = TypeId("ns3::EnergyLedger")
                            .SetParent<Object>()
                            .SetGroupName("IotDevice")
                            .AddConstructor<EnergyLedger>()
                            .AddTraceSource("Current",
                                            "The current drawn from the supply changed, in ampere",
                                            MakeTraceSourceAccessor(&EnergyLedger::m_currentTrace),
                                            "ns3::EnergyLedger::CurrentTracedCallback");
    return tid;
}

EnergyLedger::EnergyLedger()
    : m_start(Simulator::Now())
{
}

void
EnergyLedger::Attach(Ptr<McuEnergyModel> mcu, Ptr<RadioEnergyModel> radio)
{
    NS_ABORT_MSG_IF(m_mcu, "an EnergyLedger adds up one device");
    m_mcu = mcu;
    m_radio = radio;
    m_mcu->TraceConnectWithoutContext("State", MakeCallback(&EnergyLedger::HandleMcuState, this));
    if (m_radio)
    {
        m_radio->TraceConnectWithoutContext("State",
                                            MakeCallback(&EnergyLedger::HandleRadioState, this));
    }
    UpdateCurrent();
}

void
EnergyLedger::Attach(Ptr<SecureElement> element)
{
    m_element = element;
    m_element->TraceConnectWithoutContext("Busy", MakeCallback(&EnergyLedger::HandleElement, this));
    UpdateCurrent();
}

void
EnergyLedger::SetVoltage(double voltage)
{
    m_voltage = voltage;
}

double
EnergyLedger::GetVoltage() const
{
    return m_voltage;
}

Ptr<McuEnergyModel>
EnergyLedger::GetMcu() const
{
    return m_mcu;
}

Ptr<RadioEnergyModel>
EnergyLedger::GetRadio() const
{
    return m_radio;
}

EnergyAccount
EnergyLedger::Snapshot() const
{
    EnergyAccount account;
    account.duration = Simulator::Now() - m_start;
    for (size_t i = 0; m_radio && i < account.radio.size(); i++)
    {
        account.radio[i] = m_radio->GetEnergy(static_cast<RadioState>(i));
    }
    for (size_t i = 0; i < account.mcu.size(); i++)
    {
        account.mcu[i] = m_mcu->GetEnergy(static_cast<McuState>(i));
    }
    for (size_t i = 0; i < account.operations.size(); i++)
    {
        account.operations[i] = m_mcu->GetEnergy(static_cast<sansio::OperationKind>(i));
    }
    account.secureElement = m_element ? m_element->GetEnergy() : 0;
    return account;
}

void
EnergyLedger::Mark(const std::string& period)
{
    EnergyAccount now = Snapshot();
    if (m_inPeriod)
    {
        m_closed[m_period] += now - m_periodStart;
    }
    m_period = period;
    m_inPeriod = true;
    m_periodStart = now;
}

EnergyAccount
EnergyLedger::GetPeriod(const std::string& period) const
{
    EnergyAccount account;
    if (auto closed = m_closed.find(period); closed != m_closed.end())
    {
        account = closed->second;
    }
    if (m_inPeriod && period == m_period)
    {
        account += Snapshot() - m_periodStart;
    }
    return account;
}

double
EnergyLedger::GetCurrent() const
{
    return m_mcu->GetCurrent() + (m_radio ? m_radio->GetCurrent() : 0) +
           (m_element ? m_element->GetCurrent() : 0);
}

void
EnergyLedger::HandleRadioState(RadioState oldState, RadioState newState)
{
    UpdateCurrent();
}

void
EnergyLedger::HandleMcuState(McuState oldState, McuState newState)
{
    UpdateCurrent();
}

void
EnergyLedger::HandleElement(bool busy)
{
    UpdateCurrent();
}

void
EnergyLedger::UpdateCurrent()
{
    double before = m_current;
    m_current = GetCurrent();
    if (m_current != before)
    {
        m_currentTrace(before, m_current);
    }
}

void
EnergyLedger::DoDispose()
{
    if (m_element)
    {
        m_element->TraceDisconnectWithoutContext("Busy",
                                                 MakeCallback(&EnergyLedger::HandleElement, this));
        m_element = nullptr;
    }
    if (m_mcu)
    {
        m_mcu->TraceDisconnectWithoutContext("State",
                                             MakeCallback(&EnergyLedger::HandleMcuState, this));
        m_mcu->Dispose(); // it lets go of the radio's model, so it is first
        m_mcu = nullptr;
    }
    if (m_radio)
    {
        m_radio->TraceDisconnectWithoutContext("State",
                                               MakeCallback(&EnergyLedger::HandleRadioState, this));
        m_radio->Dispose();
        m_radio = nullptr;
    }
    Object::DoDispose();
}

} // namespace ns3
