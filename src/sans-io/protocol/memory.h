// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <algorithm>
#include <cstddef>

/**
 * \file
 * How machines count the memory that a device or server would need for their tables and buffers.
 *
 * One rule for all protocols: content counts its bytes on the wire (topics, payloads, packets that
 * wait), and each entry of a table ENTRY_MEMORY beside it. So the figure follows from what a
 * protocol has to remember, and not from the containers of this C++ program. Left out are code,
 * stacks, settings, the buffers of TCP, UDP and below, and events on their way to the application.
 */
namespace sansio
{

/// Bytes of one entry beside its content, as in the linked lists of a 32-bit device: a link, a
/// pointer to the content, its length, and identifiers and flags, of 4 bytes each.
constexpr size_t ENTRY_MEMORY = 16;

/// The most that a changing amount has reached.
class HighWater
{
  public:
    void Update(size_t amount)
    {
        m_peak = std::max(m_peak, amount);
    }

    size_t Get() const
    {
        return m_peak;
    }

  private:
    size_t m_peak{0};
};

} // namespace sansio
