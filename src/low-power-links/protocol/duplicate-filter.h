// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/protocol/mac-header.h"

#include <list>
#include <map>

namespace lowpower
{

/**
 * Finds the repetition of a frame whose acknowledgement was lost: the same source sent the same
 * sequence number twice in a row.
 *
 * Only the last number of a source is kept, so nothing new is taken for a repetition as long as
 * the source numbers its frames to this device in sequence (LowPowerNetDevice counts for each
 * destination by itself) and does not lose 255 frames in a row. The table is bounded: a new source
 * takes the place of the one that was silent longest, whose next repetition then passes.
 */
class DuplicateFilter
{
  public:
    explicit DuplicateFilter(size_t limit)
        : m_limit(limit)
    {
    }

    /// Sources kept at once; at least one.
    void SetLimit(size_t limit);

    /// Takes note of a frame; \return whether it repeats the last one of \p source.
    bool IsDuplicate(const MacAddress& source, uint8_t sequence);

  private:
    struct Entry
    {
        MacAddress source;
        uint8_t sequence{0};
    };

    void ForgetOldest();

    size_t m_limit;
    std::list<Entry> m_entries; ///< the source heard last in front
    std::map<MacAddress, std::list<Entry>::iterator> m_index;
};

} // namespace lowpower
