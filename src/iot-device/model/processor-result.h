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
 * What a task hands out when the processor has done the work for it. Handed out by the processor
 * itself, so that what it causes belongs to the same turn (see ProcessorTurn::Follow()). One at a
 * time; it is dropped with this object.
 */
class ProcessorResult
{
  public:
    ProcessorResult() = default;
    ~ProcessorResult();

    ProcessorResult(const ProcessorResult&) = delete;
    ProcessorResult& operator=(const ProcessorResult&) = delete;

    /**
     * Calls \p handOut when the work is done; at once where that is now.
     * \param done what Processor::Execute() returned for the work
     */
    void Await(Ptr<Processor> processor, Time done, std::function<void()> handOut);

    bool IsPending() const;

    /// Drops what is pending.
    void Cancel();

  private:
    friend class Processor;

    void HandOut();

    Ptr<Processor> m_processor; ///< while it is pending
    Time m_done;
    std::function<void()> m_handOut;
    std::list<ProcessorResult*>::iterator m_position{};
};

} // namespace ns3
