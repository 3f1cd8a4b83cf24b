// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"
#include "ns3/ptr.h"

#include <functional>
#include <list>

namespace ns3
{

class Processor;

/**
 * How a task on a node waits for the processor: it asks before it takes in work, and where the
 * processor is busy or others wait it gets its turn later, in the order in which all have asked.
 * Until then what it would take in stays where it is, in the bounded buffer of its socket.
 *
 *     while (HasInput() && m_turn.Take())
 *     {
 *         processor->Execute(HandleOneInput());
 *     }
 *
 * A turn runs to completion, as in a server that waits for events in a single thread: what its
 * results cause on the same node (an application reads what was decrypted and answers, the answer
 * is protected) asks by Follow() and is done in the same turn, before those who wait get theirs.
 * So input waits for the backlog once, however many tasks it passes.
 *
 * No event is scheduled for a wait: the end of the processor's queue, an event of its own, gives
 * the turn on. Without a processor every turn is granted.
 */
class ProcessorTurn
{
  public:
    /// \param resume called when the turn comes; what is asked for in it is granted until the
    /// processor has got work
    explicit ProcessorTurn(std::function<void()> resume);
    ~ProcessorTurn();

    ProcessorTurn(const ProcessorTurn&) = delete;
    ProcessorTurn& operator=(const ProcessorTurn&) = delete;

    /// Null: none. A wait at the processor of before is given up.
    void SetProcessor(Ptr<Processor> processor);

    /// \return whether the owner may work now; otherwise \p resume follows.
    bool Take();

    /// The same, but while results of a turn are handed out the work belongs to that turn.
    bool Follow();

    /// Results of a turn are handed out: Follow() would belong to it.
    bool CanFollow() const;

    /// It has asked and its turn has not come.
    bool IsWaiting() const;

  private:
    friend class Processor;

    bool IsGranted() const;
    void Wait(std::list<ProcessorTurn*>& queue);
    void Grant();
    void GiveUp();

    std::function<void()> m_resume;
    Ptr<Processor> m_processor;
    bool m_granted{false};
    bool* m_gone{nullptr};                       ///< while resume runs: tells that this is gone
    std::list<ProcessorTurn*>* m_queue{nullptr}; ///< where it waits
    std::list<ProcessorTurn*>::iterator m_position{};
    Time m_asked; ///< when it began to wait
};

} // namespace ns3
