// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/mcu-profile.h"
#include "iot-device/model/processor-turn.h"
#include "sans-io/protocol/operation.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <array>
#include <deque>

namespace ns3
{

/**
 * The processor of a node (microcontroller, gateway or server class): one queue in which the
 * operations that the protocols report take the time of its profile, one after the other.
 *
 * It is aggregated to the Node; a node without one computes in no time and for no charge. What is
 * left out: more than one core, priorities, preemption by interrupts, and everything a node
 * computes that is not an Operation (copying, the scheduler). The queue itself has no bound: who
 * takes input in asks for a ProcessorTurn before, so that no more than one piece of it is queued.
 */
class Processor : public Object
{
  public:
    static TypeId GetTypeId();

    Processor() = default;

    /// Sets what operations cost. Must be called before Execute(), once.
    void SetProfile(const McuProfile& profile);
    const McuProfile& GetProfile() const;

    /**
     * Queues the work behind what is already queued.
     * \return the absolute simulation time, not before now, at which all of it is done. No work at
     * all is done when the queue is, so that whatever waits for it keeps its place.
     */
    Time Execute(const sansio::Operations& operations);

    /// When the queue runs empty; now when it is empty.
    Time GetBusyUntil() const;
    bool IsBusy() const;

    /// How long it has worked on a kind of operations up to now; queued work is not in it.
    Time GetTimeSpent(sansio::OperationKind kind) const;

    /// How long one report of operations runs, alone.
    Time GetDuration(const sansio::Operation& operation) const;

    /// Signature of Busy: the processor began to work (true) or ran out of work (false).
    typedef void (*BusyTracedCallback)(bool busy);

    /**
     * Signature of Operation: what was queued, when it starts to run, how long it runs and the
     * charge it takes in coulomb (0 for a processor on the mains).
     */
    typedef void (*OperationTracedCallback)(const sansio::Operation& operation,
                                            Time start,
                                            Time duration,
                                            double charge);

  protected:
    void DoDispose() override;

  private:
    friend class ProcessorTurn;

    struct Job
    {
        sansio::OperationKind kind;
        Time start;
        Time end;
    };

    void Enqueue(const sansio::Operation& operation);
    void HandleQueueEnd();
    void GiveTurns();        ///< to those who wait, until one of them has work to do
    void SettleJobs() const; ///< moves the jobs done by now from the queue into m_spent

    bool m_hasProfile{false};
    McuProfile m_profile;
    Time m_busyUntil;
    EventId m_queueEnd;
    std::list<ProcessorTurn*> m_turns; ///< those who wait, the first in front
    mutable std::deque<Job> m_jobs;
    mutable std::array<Time, OPERATION_KINDS> m_spent;
    TracedCallback<bool> m_busyTrace;
    TracedCallback<const sansio::Operation&, Time, Time, double> m_operationTrace;
};

} // namespace ns3
