// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(Processor);

TypeId
Processor::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::Processor")
            .SetParent<Object>()
            .SetGroupName("IotDevice")
            .AddConstructor<Processor>()
            .AddTraceSource("Busy",
                            "The processor began to work (true) or ran out of work (false)",
                            MakeTraceSourceAccessor(&Processor::m_busyTrace),
                            "ns3::Processor::BusyTracedCallback")
            .AddTraceSource("Operation",
                            "An operation was queued: when it starts, how long it runs, its charge",
                            MakeTraceSourceAccessor(&Processor::m_operationTrace),
                            "ns3::Processor::OperationTracedCallback");
    return tid;
}

void
Processor::SetProfile(const McuProfile& profile)
{
    NS_ABORT_MSG_IF(m_hasProfile, "the profile of a Processor is set once");
    m_profile = profile;
    m_hasProfile = true;
}

const McuProfile&
Processor::GetProfile() const
{
    return m_profile;
}

Time
Processor::Execute(const sansio::Operations& operations)
{
    NS_ABORT_MSG_UNLESS(m_hasProfile, "a Processor needs a profile before it can work");
    SettleJobs();
    bool wasBusy = m_queueEnd.IsRunning();
    for (const sansio::Operation& operation : operations)
    {
        Enqueue(operation);
    }
    if (!wasBusy && m_busyUntil > Simulator::Now())
    {
        m_queueEnd =
            Simulator::Schedule(m_busyUntil - Simulator::Now(), &Processor::HandleQueueEnd, this);
        m_busyTrace(true);
    }
    return GetBusyUntil();
}

Time
Processor::GetBusyUntil() const
{
    return std::max(m_busyUntil, Simulator::Now());
}

bool
Processor::IsBusy() const
{
    return m_busyUntil > Simulator::Now();
}

Time
Processor::GetTimeSpent(sansio::OperationKind kind) const
{
    SettleJobs();
    Time spent = m_spent[static_cast<size_t>(kind)];
    if (!m_jobs.empty() && m_jobs.front().kind == kind && m_jobs.front().start < Simulator::Now())
    {
        spent += Simulator::Now() - m_jobs.front().start;
    }
    return spent;
}

Time
Processor::GetDuration(const sansio::Operation& operation) const
{
    if (operation.count == 0 && operation.bytes == 0)
    {
        return Time(0);
    }
    const OperationCost& cost = m_profile[operation.kind];
    double seconds = operation.count * cost.fixed + operation.bytes * cost.perByte;
    return NanoSeconds(std::max<int64_t>(1, std::llround(seconds * 1e9)));
}

void
Processor::Enqueue(const sansio::Operation& operation)
{
    Time duration = GetDuration(operation);
    if (duration.IsZero())
    {
        return;
    }
    Time start = GetBusyUntil();
    m_busyUntil = start + duration;
    m_jobs.push_back({operation.kind, start, m_busyUntil});
    m_operationTrace(operation, start, duration, m_profile.crypto.value * duration.GetSeconds());
}

void
Processor::HandleQueueEnd()
{
    if (IsBusy()) // more came while it worked
    {
        m_queueEnd =
            Simulator::Schedule(m_busyUntil - Simulator::Now(), &Processor::HandleQueueEnd, this);
        return;
    }
    SettleJobs();
    m_busyTrace(false);
    GiveTurns();
}

void
Processor::GiveTurns()
{
    Ptr<Processor> self(this);
    while (!m_turns.empty() && !IsBusy())
    {
        ProcessorTurn* turn = m_turns.front();
        m_turns.pop_front();
        turn->Grant();
    }
}

void
Processor::SettleJobs() const
{
    while (!m_jobs.empty() && m_jobs.front().end <= Simulator::Now())
    {
        const Job& job = m_jobs.front();
        m_spent[static_cast<size_t>(job.kind)] += job.end - job.start;
        m_jobs.pop_front();
    }
}

void
Processor::DoDispose()
{
    m_queueEnd.Cancel();
    Object::DoDispose();
}

} // namespace ns3
