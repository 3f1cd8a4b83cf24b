// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

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

/**
 * Counts the bytes of one entry of a table in the total of that table for as long as the entry
 * lives, so that no place where entries go has to know of it. The total must outlive it.
 */
class MemoryShare
{
  public:
    MemoryShare() = default;

    MemoryShare(MemoryShare&& other) noexcept
        : m_total(std::exchange(other.m_total, nullptr)),
          m_bytes(other.m_bytes)
    {
    }

    MemoryShare& operator=(MemoryShare&& other) noexcept
    {
        std::swap(m_total, other.m_total);
        std::swap(m_bytes, other.m_bytes);
        return *this;
    }

    ~MemoryShare()
    {
        Clear();
    }

    /// Counts \p bytes, instead of what was counted before.
    void Set(size_t& total, size_t bytes)
    {
        Clear();
        m_total = &total;
        m_bytes = bytes;
        total += bytes;
    }

  private:
    void Clear()
    {
        if (m_total)
        {
            *m_total -= m_bytes;
        }
    }

    size_t* m_total{nullptr};
    size_t m_bytes{0};
};

} // namespace sansio
