// SPDX-License-Identifier: GPL-2.0-only
#pragma once

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
 * No event is scheduled for a wait: the end of the processor's queue, an event of its own, gives
 * the turn on. Without a processor every turn is granted.
 */
class ProcessorTurn
{
  public:
    /// \param resume called when the turn comes; Take() is granted in it once
    explicit ProcessorTurn(std::function<void()> resume);
    ~ProcessorTurn();

    ProcessorTurn(const ProcessorTurn&) = delete;
    ProcessorTurn& operator=(const ProcessorTurn&) = delete;

    /// Null: none. A wait at the processor of before is given up.
    void SetProcessor(Ptr<Processor> processor);

    /// \return whether the owner may work now; otherwise \p resume follows.
    bool Take();

    /// It has asked and its turn has not come.
    bool IsWaiting() const;

  private:
    friend class Processor;

    void Grant();
    void GiveUp();

    std::function<void()> m_resume;
    Ptr<Processor> m_processor;
    bool m_waiting{false};
    bool m_granted{false};
    bool* m_gone{nullptr}; ///< while resume runs: where to tell that this turn is destroyed
    std::list<ProcessorTurn*>::iterator m_position{}; ///< among those that wait
};

} // namespace ns3
