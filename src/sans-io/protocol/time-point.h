// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>

namespace sansio
{

/// Lengths of time in the protocol machines; the resolution is ns-3's default, one nanosecond.
using Duration = std::chrono::nanoseconds;

/**
 * The clock of the protocol machines. It has no now(): time only ever comes in as an argument, so
 * no machine can read a clock by itself, neither the simulated nor the real one.
 */
struct ArgumentClock
{
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<ArgumentClock, duration>;
    static constexpr bool is_steady = true;
};

/// An instant, counted from the start of the simulation.
using TimePoint = ArgumentClock::time_point;

} // namespace sansio
