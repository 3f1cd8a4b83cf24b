// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/simulator.h"

#include <memory>

namespace ns3
{

/// Lets go of an object in an event of its own, for one of its functions may be on the stack.
template <typename T>
void
ReleaseLater(std::shared_ptr<T> object)
{
    Simulator::ScheduleNow(+[](std::shared_ptr<T>) {}, std::move(object));
}

} // namespace ns3
