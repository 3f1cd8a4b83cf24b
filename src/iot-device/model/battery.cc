// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/battery.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(Battery);

namespace
{

/// Deadlines beyond this many seconds (31 years) need no event.
constexpr double HORIZON = 1e9;

} // namespace

TypeId
Battery::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::Battery")
            .SetParent<Object>()
            .SetGroupName("IotDevice")
            .AddConstructor<Battery>()
            .AddAttribute("Capacity",
                          "Joule that the battery delivers when new (two alkaline AA cells in "
                          "series: 2.5 Ah at 3 V are 27000 J)",
                          DoubleValue(27000),
                          MakeDoubleAccessor(&Battery::m_capacity),
                          MakeDoubleChecker<double>(0))
            .AddTraceSource("Depleted",
                            "The battery has delivered its capacity",
                            MakeTraceSourceAccessor(&Battery::m_depletedTrace),
                            "ns3::Battery::DepletedTracedCallback");
    return tid;
}

void
Battery::Attach(Ptr<EnergyLedger> ledger)
{
    NS_ABORT_MSG_IF(m_ledger, "a Battery supplies one device");
    m_ledger = ledger;
    m_settled = Simulator::Now();
    m_current = ledger->GetCurrent();
    ledger->TraceConnectWithoutContext("Current", MakeCallback(&Battery::HandleCurrent, this));
    ScheduleDepletion();
}

double
Battery::GetCapacity() const
{
    return m_capacity;
}

double
Battery::GetDrawn() const
{
    if (!m_ledger)
    {
        return m_drawn;
    }
    double since = (Simulator::Now() - m_settled).GetSeconds();
    return std::min(m_capacity, m_drawn + m_ledger->GetVoltage() * m_current * since);
}

double
Battery::GetRemaining() const
{
    return m_capacity - GetDrawn();
}

bool
Battery::IsDepleted() const
{
    return m_depleted;
}

void
Battery::Settle()
{
    m_drawn = GetDrawn();
    m_settled = Simulator::Now();
}

void
Battery::HandleCurrent(double oldCurrent, double newCurrent)
{
    Settle();
    m_current = newCurrent;
    ScheduleDepletion();
}

void
Battery::ScheduleDepletion()
{
    double power = m_ledger->GetVoltage() * m_current;
    if (m_depleted || power <= 0 || GetRemaining() / power > HORIZON)
    {
        return; // an event that stands too early looks again
    }
    double seconds = GetRemaining() / power;
    Time delay = NanoSeconds(static_cast<int64_t>(std::ceil(seconds * 1e9)));
    if (m_event.IsRunning() && m_deadline <= Simulator::Now() + delay)
    {
        return;
    }
    m_event.Cancel();
    m_deadline = Simulator::Now() + delay;
    m_event = Simulator::Schedule(delay, &Battery::HandleDeadline, this);
}

void
Battery::HandleDeadline()
{
    Settle();
    double power = m_ledger->GetVoltage() * m_current;
    if (GetRemaining() > power * 1e-9) // less is drawn since the event was set
    {
        ScheduleDepletion();
        return;
    }
    m_drawn = m_capacity;
    m_depleted = true;
    m_depletedTrace();
}

void
Battery::DoDispose()
{
    m_event.Cancel();
    if (m_ledger)
    {
        m_ledger->TraceDisconnectWithoutContext("Current",
                                                MakeCallback(&Battery::HandleCurrent, this));
        m_ledger = nullptr;
    }
    Object::DoDispose();
}

} // namespace ns3
