// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/duplicate-table.h"

namespace coap
{

DuplicateTable::DuplicateTable(const Settings& settings, Report& report)
    : m_report(report),
      m_bound(settings.limits.duplicates),
      m_exchangeLifetime(settings.transmission.GetExchangeLifetime()),
      m_nonLifetime(settings.transmission.GetNonLifetime())
{
}

const DuplicateTable::Entry*
DuplicateTable::FindOrRemember(sansio::TimePoint now, const MessageKey& key, bool confirmable)
{
    Forget(now);
    auto found = m_entries.find(key);
    if (found != m_entries.end())
    {
        return &*found;
    }
    if (m_bound == 0)
    {
        return nullptr;
    }
    if (m_entries.size() >= m_bound)
    {
        auto& byExpiry = m_entries.get<1>();
        byExpiry.erase(byExpiry.begin());
        m_report.Reach(Limit::Duplicates);
    }
    m_entries.insert({key, now + (confirmable ? m_exchangeLifetime : m_nonLifetime), {}});
    return nullptr;
}

void
DuplicateTable::Forget(sansio::TimePoint now)
{
    auto& byExpiry = m_entries.get<1>();
    while (!byExpiry.empty() && byExpiry.begin()->expiry <= now)
    {
        byExpiry.erase(byExpiry.begin());
    }
}

void
DuplicateTable::SetReply(const MessageKey& key, const sansio::SpannedBytes& reply)
{
    auto found = m_entries.find(key);
    if (found != m_entries.end())
    {
        found->reply = reply;
    }
}

} // namespace coap
