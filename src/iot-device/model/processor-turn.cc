// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor-turn.h"

#include "iot-device/model/processor.h"

#include "ns3/simulator.h"

#include <utility>

namespace ns3
{

ProcessorTurn::ProcessorTurn(std::function<void()> resume)
    : m_resume(std::move(resume))
{
}

ProcessorTurn::~ProcessorTurn()
{
    GiveUp();
    if (m_gone)
    {
        *m_gone = true;
    }
}

void
ProcessorTurn::SetProcessor(Ptr<Processor> processor)
{
    GiveUp();
    m_processor = processor;
}

bool
ProcessorTurn::Take()
{
    if (!m_processor || IsGranted())
    {
        return true;
    }
    if (m_queue)
    {
        return false;
    }
    if (m_processor->IsIdle())
    {
        return true;
    }
    Wait(m_processor->m_turns);
    return false;
}

bool
ProcessorTurn::Follow()
{
    if (!CanFollow())
    {
        return Take();
    }
    if (IsGranted())
    {
        return true;
    }
    if (m_queue)
    {
        return false;
    }
    if (!m_processor->IsBusy() && m_processor->m_followers.empty())
    {
        return true;
    }
    Wait(m_processor->m_followers);
    return false;
}

bool
ProcessorTurn::CanFollow() const
{
    return m_processor && m_processor->m_handingOut;
}

bool
ProcessorTurn::IsWaiting() const
{
    return m_queue;
}

bool
ProcessorTurn::IsGranted() const
{
    return m_granted && !m_processor->IsBusy();
}

void
ProcessorTurn::Wait(std::list<ProcessorTurn*>& queue)
{
    m_queue = &queue;
    m_position = queue.insert(queue.end(), this);
    m_asked = Simulator::Now();
}

void
ProcessorTurn::Grant()
{
    GiveUp();
    m_granted = true;
    auto resume = m_resume; // it may destroy this turn
    bool gone = false;
    m_gone = &gone;
    resume();
    if (!gone)
    {
        m_granted = false;
        m_gone = nullptr;
    }
}

void
ProcessorTurn::GiveUp()
{
    if (m_queue)
    {
        std::exchange(m_queue, nullptr)->erase(m_position);
    }
}

} // namespace ns3
