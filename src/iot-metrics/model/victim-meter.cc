// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/victim-meter.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

VictimMeter::VictimMeter(VictimProbe& probe, Honest honest)
    : m_probe(probe),
      m_honest(std::move(honest))
{
    m_probe.AddListener([this](const VictimEvent& event) { Count(event); });
    m_probe.AddTableListener([this] { LookAtTables(); });
}

void
VictimMeter::BeginShare()
{
    m_begin = Simulator::Now();
    m_busyAtBegin = m_probe.GetTimeBusy();
}

void
VictimMeter::EndShare()
{
    const Time measured = Simulator::Now() - m_begin;
    if (measured.IsStrictlyPositive())
    {
        m_result.busyShare =
            (m_probe.GetTimeBusy() - m_busyAtBegin).GetSeconds() / measured.GetSeconds();
    }
}

void
VictimMeter::LookAtTables()
{
    const VictimTables now = m_probe.GetTables();
    VictimTables& peak = m_result.peak;
    peak.halfOpen = std::max(peak.halfOpen, now.halfOpen);
    peak.connections = std::max(peak.connections, now.connections);
    peak.sessions = std::max(peak.sessions, now.sessions);
    peak.exchanges = std::max(peak.exchanges, now.exchanges);
}

void
VictimMeter::Count(const VictimEvent& event)
{
    const bool refused = event.kind == VictimEvent::Kind::Refused;
    if (refused || event.kind == VictimEvent::Kind::Rejected)
    {
        (refused ? m_result.refused : m_result.rejected)[event.GetText()]++;
        if (m_honest(event))
        {
            m_result.honest[event.GetText()]++;
        }
    }
}

VictimResult
VictimMeter::GetResult() const
{
    VictimResult result = m_result;
    result.longestWait = m_probe.GetLongestWait();
    return result;
}

} // namespace ns3
