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
        ForgetOldest();
    }
}

bool
DuplicateFilter::IsDuplicate(const MacAddress& source, uint8_t sequence)
{
    auto known = m_index.find(source);
    if (known == m_index.end())
    {
        if (m_entries.size() >= m_limit)
        {
            ForgetOldest();
        }
        m_entries.push_front({source, sequence});
        m_index.emplace(source, m_entries.begin());
        return false;
    }
    m_entries.splice(m_entries.begin(), m_entries, known->second);
    bool repeated = m_entries.front().sequence == sequence;
    m_entries.front().sequence = sequence;
    return repeated;
}

void
DuplicateFilter::ForgetOldest()
{
    m_index.erase(m_entries.back().source);
    m_entries.pop_back();
}

} // namespace lowpower
