// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/read-gate.h"

#include "iot-device/model/processor.h"

#include "ns3/simulator.h"

#include <utility>

namespace ns3
{

ReadGate::ReadGate(Ptr<Processor> processor, std::function<void()> resume)
    : m_resume(std::move(resume)),
      m_turn(m_resume)
{
    m_turn.SetProcessor(processor);
}

ReadGate::~ReadGate()
{
    m_held.Cancel();
}

bool
ReadGate::MayRead()
{
    return !m_held.IsRunning() && m_turn.Follow();
}

void
ReadGate::HoldBack(Time until)
{
    m_held.Cancel();
    if (until > Simulator::Now())
    {
        m_held = Simulator::Schedule(until - Simulator::Now(), &ReadGate::Resume, this);
    }
}

void
ReadGate::Resume()
{
    auto resume = m_resume; // it may destroy this gate
    resume();
}

} // namespace ns3
