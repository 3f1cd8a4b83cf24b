// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor-turn.h"

#include "iot-device/model/processor.h"

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
    if (!m_processor || std::exchange(m_granted, false))
    {
        return true;
    }
    if (m_waiting)
    {
        return false;
    }
    if (!m_processor->IsBusy() && m_processor->m_turns.empty())
    {
        return true;
    }
    m_position = m_processor->m_turns.insert(m_processor->m_turns.end(), this);
    m_waiting = true;
    return false;
}

bool
ProcessorTurn::IsWaiting() const
{
    return m_waiting;
}

void
ProcessorTurn::Grant()
{
    m_waiting = false;
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
    if (std::exchange(m_waiting, false))
    {
        m_processor->m_turns.erase(m_position);
    }
}

} // namespace ns3
