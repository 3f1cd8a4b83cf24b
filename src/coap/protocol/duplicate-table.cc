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
    Forget(m_confirmable, now);
    Forget(m_nonConfirmable, now);
    if (const Entry* known = Find(key))
    {
        return known;
    }
    if (m_bound == 0)
    {
        return nullptr;
    }
    if (GetSize() >= m_bound)
    {
        ForgetFirst();
        m_report.Reach(Limit::Duplicates);
    }
    auto& entries = confirmable ? m_confirmable : m_nonConfirmable;
    auto lifetime = confirmable ? m_exchangeLifetime : m_nonLifetime;
    entries.get<1>().push_back({key, now + lifetime, nullptr});
    return nullptr;
}

const DuplicateTable::Entry*
DuplicateTable::Find(const MessageKey& key) const
{
    for (const Entries* entries : {&m_confirmable, &m_nonConfirmable})
    {
        if (!entries->empty())
        {
            if (auto found = entries->find(key); found != entries->end())
            {
                return &*found;
            }
        }
    }
    return nullptr;
}

void
DuplicateTable::Forget(Entries& entries, sansio::TimePoint now)
{
    auto& byExpiry = entries.get<1>();
    while (!byExpiry.empty() && byExpiry.front().expiry <= now)
    {
        byExpiry.pop_front();
    }
}

void
DuplicateTable::ForgetFirst()
{
    auto& confirmable = m_confirmable.get<1>();
    auto& nonConfirmable = m_nonConfirmable.get<1>();
    bool first =
        !confirmable.empty() &&
        (nonConfirmable.empty() || confirmable.front().expiry <= nonConfirmable.front().expiry);
    (first ? confirmable : nonConfirmable).pop_front();
}

void
DuplicateTable::SetReply(const MessageKey& key, const sansio::SpannedBytes& reply)
{
    if (const Entry* known = Find(key))
    {
        auto kept = std::make_unique<Reply>();
        kept->bytes = reply;
        kept->memory.Set(m_replyBytes, reply.size());
        known->reply = std::move(kept);
    }
}

} // namespace coap
