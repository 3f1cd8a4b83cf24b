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
    entries.Add(key, now + (confirmable ? m_exchangeLifetime : m_nonLifetime));
    return nullptr;
}

const DuplicateTable::Entry*
DuplicateTable::Find(const MessageKey& key) const
{
    const Entry* known = m_confirmable.Find(key);
    return known ? known : m_nonConfirmable.Find(key);
}

void
DuplicateTable::Forget(Entries& entries, sansio::TimePoint now)
{
    while (!entries.IsEmpty() && entries.GetFirst().expiry <= now)
    {
        entries.RemoveFirst();
    }
}

void
DuplicateTable::ForgetFirst()
{
    bool first = !m_confirmable.IsEmpty() &&
                 (m_nonConfirmable.IsEmpty() ||
                  m_confirmable.GetFirst().expiry <= m_nonConfirmable.GetFirst().expiry);
    (first ? m_confirmable : m_nonConfirmable).RemoveFirst();
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

const DuplicateTable::Entry*
DuplicateTable::Entries::Find(const MessageKey& key) const
{
    if (m_entries.empty()) // CON or NON: most endpoints get one kind only
    {
        return nullptr;
    }
    uint32_t index = m_buckets[GetBucket(key)] - m_first;
    while (index < m_entries.size() && !(m_entries[index].key == key))
    {
        index = m_entries[index].next - m_first;
    }
    return index < m_entries.size() ? &m_entries[index] : nullptr;
}

void
DuplicateTable::Entries::Add(const MessageKey& key, sansio::TimePoint expiry)
{
    if (m_entries.size() == m_buckets.size())
    {
        Rehash(2 * m_buckets.size());
    }
    auto number = static_cast<uint32_t>(m_first + m_entries.size());
    uint32_t& last = m_buckets[GetBucket(key)];
    m_entries.push_back({key, std::exchange(last, number), expiry});
}

void
DuplicateTable::Entries::Rehash(size_t buckets)
{
    m_buckets.assign(buckets, m_first - 1);
    uint32_t number = m_first;
    for (Entry& entry : m_entries)
    {
        entry.next = std::exchange(m_buckets[GetBucket(entry.key)], number++);
    }
}

} // namespace coap
