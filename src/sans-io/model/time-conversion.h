// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/time-point.h"

#include "ns3/nstime.h"
#include "ns3/simulator.h"

namespace ns3
{

inline sansio::Duration
ToDuration(Time time)
{
    return sansio::Duration(time.GetNanoSeconds());
}

inline Time
ToTime(sansio::Duration duration)
{
    return NanoSeconds(duration.count());
}

/// The instant at which the simulation stands, as the protocol machines want it.
inline sansio::TimePoint
SimulatedNow()
{
    return sansio::TimePoint(ToDuration(Simulator::Now()));
}

} // namespace ns3
