// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/protocol/duplicate-filter.h"

#include <algorithm>

namespace lowpower
{

void
DuplicateFilter::SetLimit(size_t limit)
{
    m_limit = std::max<size_t>(limit, 1);
    while (m_entries.size() > m_limit)
    {
        m_entries.pop_back();
    }
}

bool
DuplicateFilter::IsDuplicate(const MacAddress& source, uint8_t sequence)
{
    auto known = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
        return entry.source == source;
    });
    if (known == m_entries.end())
    {
        if (m_entries.size() >= m_limit)
        {
            m_entries.pop_back();
        }
        m_entries.push_front({source, sequence});
        return false;
    }
    m_entries.splice(m_entries.begin(), m_entries, known);
    bool repeated = m_entries.front().sequence == sequence;
    m_entries.front().sequence = sequence;
    return repeated;
}

} // namespace lowpower
