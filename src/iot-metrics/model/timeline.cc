// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/timeline.h"

#include "ns3/simulator.h"

namespace ns3
{

Timeline::Timeline(const VictimProbe& probe, std::function<uint64_t()> attackPackets)
    : m_probe(probe),
      m_attackPackets(std::move(attackPackets))
{
}

void
Timeline::Begin(Time step, Time end, Time deadline)
{
    m_step = step;
    m_end = end;
    m_deadline = deadline;
    OpenStep();
}

void
Timeline::OpenStep()
{
    m_steps.emplace_back();
    m_steps.back().begin = Simulator::Now();
    m_busyBefore = m_probe.GetTimeBusy();
    m_packetsBefore = m_attackPackets();
    const Time length = Min(m_step, m_end - Simulator::Now());
    Simulator::Schedule(length, &Timeline::CloseStep, this);
}

void
Timeline::CloseStep()
{
    TimelineStep& step = m_steps.back();
    const Time length = Simulator::Now() - step.begin;
    step.busyShare = (m_probe.GetTimeBusy() - m_busyBefore).GetSeconds() / length.GetSeconds();
    step.tables = m_probe.GetTables();
    step.attackPackets = m_attackPackets() - m_packetsBefore;
    if (Simulator::Now() < m_end)
    {
        OpenStep();
    }
}

void
Timeline::Generated(uint64_t report)
{
    if (!m_steps.empty())
    {
        m_steps.back().generated++;
        m_pending[report] = {m_steps.size() - 1, Simulator::Now()};
    }
}

void
Timeline::Collected(uint64_t report)
{
    auto found = m_pending.find(report);
    if (found == m_pending.end())
    {
        return;
    }
    TimelineStep& step = m_steps[found->second.step];
    const Time latency = Simulator::Now() - found->second.generated;
    step.delivered++;
    step.onTime += latency <= m_deadline;
    step.latencySum += latency.GetSeconds();
    m_pending.erase(found);
}

const std::vector<TimelineStep>&
Timeline::GetSteps() const
{
    return m_steps;
}

} // namespace ns3
