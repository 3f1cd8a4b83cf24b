// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

#include <algorithm>
#include <cmath>
#include <utility>

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
                            "ns3::Processor::OperationTracedCallback")
            .AddTraceSource("Waited",
                            "Work was queued: how long it, or the input it is for, had waited for "
                            "its turn, and waits in the queue",
                            MakeTraceSourceAccessor(&Processor::m_waitedTrace),
                            "ns3::Processor::WaitedTracedCallback");
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
Processor::Execute(const sansio::Operations& operations, std::optional<Time> arrived)
{
    NS_ABORT_MSG_UNLESS(m_hasProfile, "a Processor needs a profile before it can work");
    SettleJobs();
    const Time before = m_busyUntil;
    const Time start = GetBusyUntil();
    for (const sansio::Operation& operation : operations)
    {
        Enqueue(operation);
    }
    if (m_busyUntil > before)
    {
        m_waitedTrace(start - arrived.value_or(m_asked.value_or(Simulator::Now())));
        m_asked.reset();
        if (!std::exchange(m_working, true))
        {
            m_busyTrace(true);
        }
        AwaitNextEnd();
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
Processor::AwaitNextEnd()
{
    if (!m_nextEnd.IsRunning())
    {
        const Time next = m_results.empty() ? m_busyUntil : m_results.front()->m_done;
        m_nextEnd = Simulator::Schedule(next - Simulator::Now(), &Processor::HandleEnd, this);
    }
}

void
Processor::HandleEnd()
{
    Ptr<Processor> self(this);
    SettleJobs();
    HandOutResults();
    GiveTurns();
    if (IsBusy())
    {
        AwaitNextEnd();
    }
    else
    {
        m_working = false;
        m_busyTrace(false);
    }
}

void
Processor::HandOutResults()
{
    HandingOut scope(this);
    while (!m_results.empty() && m_results.front()->m_done <= Simulator::Now())
    {
        m_results.front()->HandOut();
    }
}

void
Processor::GiveTurns()
{
    while (!IsBusy() && !(m_followers.empty() && m_turns.empty()))
    {
        const bool follows = !m_followers.empty();
        ProcessorTurn* turn = follows ? m_followers.front() : m_turns.front();
        m_asked = turn->m_asked;
        HandingOut scope(follows ? this : nullptr);
        turn->Grant();
        m_asked.reset();
    }
}

bool
Processor::IsIdle() const
{
    return !IsBusy() && !m_nextEnd.IsRunning() && m_followers.empty() && m_turns.empty();
}

Processor::HandingOut::HandingOut(Ptr<Processor> processor)
    : m_processor(processor)
{
    if (m_processor)
    {
        m_before = std::exchange(m_processor->m_handingOut, true);
    }
}

Processor::HandingOut::~HandingOut()
{
    if (m_processor)
    {
        m_processor->m_handingOut = m_before;
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
    m_nextEnd.Cancel();
    Object::DoDispose();
}

} // namespace ns3
