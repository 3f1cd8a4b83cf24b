// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/attack-results.h"
#include "iot-scenario/model/stack.h"

namespace ns3
{

/**
 * A sensor whose program hangs in an endless loop around its reporting: beside its own reports it
 * hands its stack one after the other, as fast as the loop turns, whatever becomes of them. It
 * means no harm, and everything it sends is correct. It must live until the simulation is
 * destroyed.
 */
class RunawaySensor
{
  public:
    /// \param stack must outlive it \param rate turns of the loop per second
    RunawaySensor(Stack& stack, uint16_t sensor, double rate, Time start, Time end);
    RunawaySensor(const RunawaySensor&) = delete;
    RunawaySensor& operator=(const RunawaySensor&) = delete;

    /// Whether a report is one of the loop's, which no account of the workload counts.
    static bool IsOfLoop(uint64_t report);

    void Served();
    void Collected();
    void Refused();

    FaultResult GetResult() const;

  private:
    void Turn();

    Stack& m_stack;
    uint16_t m_sensor;
    double m_rate;
    Time m_start;
    Time m_end;
    FaultResult m_result;
};

} // namespace ns3
