// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>

namespace mqtt::test
{

/// What operator new has given since the program began, to be compared before and after.
struct AllocationCount
{
    size_t allocations{0}; ///< calls
    size_t bytes{0};       ///< given and not yet taken back, as the heap accounts for them
};

AllocationCount GetAllocationCount();

} // namespace mqtt::test
