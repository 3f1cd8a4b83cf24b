// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/mcu-profile.h"
#include "iot-device/model/processor-result.h"
#include "iot-device/model/processor-turn.h"
#include "sans-io/protocol/operation.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <array>
#include <deque>
#include <list>
#include <optional>

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
     * \param arrived when the input came that the work is for, if it waited in a buffer before a
     * turn was asked for it
     * \return the absolute simulation time, not before now, at which all of it is done. No work at
     * all is done when the queue is, so that whatever waits for it keeps its place.
     */
    Time Execute(const sansio::Operations& operations, std::optional<Time> arrived = {});

    /// When the queue runs empty; now when it is empty.
    Time GetBusyUntil() const;
    bool IsBusy() const;

    /// How long it has worked on a kind of operations up to now; queued work is not in it.
    Time GetTimeSpent(sansio::OperationKind kind) const;

    /// How long one report of operations runs, alone.
    Time GetDuration(const sansio::Operation& operation) const;

    /// While it lives, results of a turn are handed out; see ProcessorTurn::Follow().
    class HandingOut
    {
      public:
        /// \param processor null: none, nobody waits for turns
        explicit HandingOut(Ptr<Processor> processor);
        ~HandingOut();

        HandingOut(const HandingOut&) = delete;
        HandingOut& operator=(const HandingOut&) = delete;

      private:
        Ptr<Processor> m_processor;
        bool m_before{false};
    };

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

    /// Signature of Waited: how long it was since the input of the work came, or else since
    /// somebody had asked for the turn in which the work began, and how long the work waits in the
    /// queue.
    typedef void (*WaitedTracedCallback)(Time waited);

  protected:
    void DoDispose() override;

  private:
    friend class ProcessorResult;
    friend class ProcessorTurn;

    struct Job
    {
        sansio::OperationKind kind;
        Time start;
        Time end;
    };

    void Enqueue(const sansio::Operation& operation);
    void AwaitNextEnd();
    void HandleEnd();
    void HandOutResults();
    void GiveTurns();        ///< to those who wait, until one of them has work to do
    bool IsIdle() const;     ///< no work, and nobody has asked for any
    void SettleJobs() const; ///< moves the jobs done by now from the queue into m_spent

    bool m_hasProfile{false};
    McuProfile m_profile;
    Time m_busyUntil;
    bool m_working{false};
    EventId m_nextEnd;                     ///< of the queue, or of work with a result before
    std::list<ProcessorResult*> m_results; ///< in the order in which they are done
    std::list<ProcessorTurn*> m_followers; ///< those who go on with the turn under way
    std::list<ProcessorTurn*> m_turns;     ///< those who wait, the first in front
    bool m_handingOut{false};
    std::optional<Time> m_asked; ///< while a turn is granted: when it began to wait
    mutable std::deque<Job> m_jobs;
    mutable std::array<Time, OPERATION_KINDS> m_spent;
    TracedCallback<bool> m_busyTrace;
    TracedCallback<const sansio::Operation&, Time, Time, double> m_operationTrace;
    TracedCallback<Time> m_waitedTrace;
};

} // namespace ns3
