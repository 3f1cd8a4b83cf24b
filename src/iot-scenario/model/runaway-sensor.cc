// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/runaway-sensor.h"

#include "ns3/simulator.h"

namespace ns3
{

namespace
{

constexpr uint32_t FIRST_SEQUENCE = 1u << 31; ///< no workload comes this far

} // namespace

RunawaySensor::RunawaySensor(Stack& stack, uint16_t sensor, double rate, Time start, Time end)
    : m_stack(stack),
      m_sensor(sensor),
      m_rate(rate),
      m_start(start),
      m_end(end)
{
    Simulator::Schedule(start - Simulator::Now(), &RunawaySensor::Turn, this);
}

bool
RunawaySensor::IsOfLoop(uint64_t report)
{
    return (report & FIRST_SEQUENCE) != 0;
}

void
RunawaySensor::Turn()
{
    if (Simulator::Now() >= m_end)
    {
        return;
    }
    const auto turn = static_cast<uint32_t>(m_result.sent++);
    m_stack.Send(Report{m_sensor, FIRST_SEQUENCE + turn, 0, Simulator::Now()});
    const Time next = m_start + Seconds(m_result.sent / m_rate); // no rounding adds up
    Simulator::Schedule(next - Simulator::Now(), &RunawaySensor::Turn, this);
}

void
RunawaySensor::Served()
{
    m_result.served++;
}

void
RunawaySensor::Collected()
{
    m_result.collected++;
}

void
RunawaySensor::Refused()
{
    m_result.refused++;
}

FaultResult
RunawaySensor::GetResult() const
{
    FaultResult result = m_result;
    result.name = "runaway";
    result.sensor = m_sensor;
    result.start = m_start;
    result.end = m_end;
    result.rate = m_rate;
    return result;
}

} // namespace ns3
