// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor-result.h"

#include "iot-device/model/processor.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{

ProcessorResult::~ProcessorResult()
{
    Cancel();
}

void
ProcessorResult::Await(Ptr<Processor> processor, Time done, std::function<void()> handOut)
{
    NS_ABORT_MSG_IF(IsPending(), "a ProcessorResult hands out one thing at a time");
    if (done <= Simulator::Now())
    {
        Processor::HandingOut scope(processor);
        handOut();
        return;
    }
    m_processor = processor;
    m_done = done;
    m_handOut = std::move(handOut);
    m_position = processor->m_results.insert(processor->m_results.end(), this);
}

bool
ProcessorResult::IsPending() const
{
    return static_cast<bool>(m_processor);
}

void
ProcessorResult::Cancel()
{
    if (m_processor)
    {
        std::exchange(m_processor, nullptr)->m_results.erase(m_position);
        m_handOut = nullptr;
    }
}

void
ProcessorResult::HandOut()
{
    auto handOut = std::move(m_handOut); // it may destroy this, or await the next
    Cancel();
    handOut();
}

} // namespace ns3
