// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/memory.h"
#include "sans-io/protocol/time-point.h"

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <cmath>
#include <cstdint>
#include <functional>

namespace sansio
{

/// How often something may happen in the long run, and how many times at once.
struct RateLimit
{
    double rate{0};    ///< per second; 0 = unlimited
    uint32_t burst{1}; ///< tokens of a full bucket, at least 1

    bool IsLimited() const
    {
        return rate > 0;
    }

    /// How long one token takes to drip into the bucket.
    Duration GetInterval() const
    {
        return Duration(std::llround(1e9 / rate));
    }
};

/**
 * A token bucket: it is full at first, a token drips in at
 * the rate of the limit, and whatever wants to pass takes one.
 *
 * All it keeps is when it will be full again, so it needs no timer and no fractions of tokens.
 */
class TokenBucket
{
  public:
    /// Takes a token; \return false, and takes none, where there is no whole one.
    bool Take(TimePoint now, const RateLimit& limit)
    {
        if (GetWait(now, limit) > Duration(0))
        {
            return false;
        }
        Spend(now, limit);
        return true;
    }

    /// Takes a token that is owed where there is none: for what has passed already. The next one
    /// waits for the debt to be paid.
    void Spend(TimePoint now, const RateLimit& limit)
    {
        if (limit.IsLimited())
        {
            m_full = (IsFull(now) ? now : m_full) + limit.GetInterval();
        }
    }

    /// How long from now until Take() succeeds; zero: it would now.
    Duration GetWait(TimePoint now, const RateLimit& limit) const
    {
        if (!limit.IsLimited() || IsFull(now))
        {
            return Duration(0);
        }
        Duration wait = m_full - now - (limit.burst - 1) * limit.GetInterval();
        return wait > Duration(0) ? wait : Duration(0);
    }

    /// Nothing is missing: it is as good as a new one.
    bool IsFull(TimePoint now) const
    {
        return m_full <= now;
    }

  private:
    TimePoint m_full{}; ///< when the bucket is full again
};

/**
 * A bucket for each of many: addresses, clients.
 *
 * A bucket that is full again is forgotten, for it tells nothing; beyond the bound the one that was
 * asked longest ago is forgotten too, which gives its owner a full one.
 */
template <typename Key>
class TokenBucketTable
{
  public:
    /// \param bound most buckets, at least 1
    TokenBucketTable(const RateLimit& limit, size_t bound)
        : m_limit(limit),
          m_bound(bound)
    {
    }

    /// Takes a token of \p key; \return false, and takes none, where there is no whole one.
    bool Take(TimePoint now, const Key& key)
    {
        if (!m_limit.IsLimited())
        {
            return true;
        }
        auto& byUse = m_entries.template get<1>();
        while (!byUse.empty() && byUse.front().bucket.IsFull(now))
        {
            byUse.pop_front();
        }
        auto entry = m_entries.find(key);
        if (entry == m_entries.end())
        {
            if (m_entries.size() >= m_bound)
            {
                byUse.pop_front();
                m_forgotten++;
            }
            entry = m_entries.insert(Entry{key, {}}).first;
        }
        byUse.relocate(byUse.end(), m_entries.template project<1>(entry));
        // Only the key is an index, and nobody changes it.
        return const_cast<TokenBucket&>(entry->bucket).Take(now, m_limit);
    }

    /// From now on; what the buckets lack stays.
    void SetLimit(const RateLimit& limit)
    {
        m_limit = limit;
    }

    /// How long from now until Take() of \p key succeeds.
    Duration GetWait(TimePoint now, const Key& key) const
    {
        auto entry = m_entries.find(key);
        return entry == m_entries.end() ? Duration(0) : entry->bucket.GetWait(now, m_limit);
    }

    /// Buckets that are kept.
    size_t GetSize() const
    {
        return m_entries.size();
    }

    /// Buckets that were forgotten because of the bound.
    uint64_t GetForgotten() const
    {
        return m_forgotten;
    }

    /// Bytes that the buckets hold (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return m_entries.size() * (ENTRY_MEMORY + sizeof(Entry));
    }

  private:
    struct Entry
    {
        Key key;
        TokenBucket bucket;
    };

    using Entries = boost::multi_index_container<
        Entry,
        boost::multi_index::indexed_by<
            boost::multi_index::hashed_unique<boost::multi_index::member<Entry, Key, &Entry::key>,
                                              std::hash<Key>>,
            boost::multi_index::sequenced<>>>;

    RateLimit m_limit;
    size_t m_bound;
    uint64_t m_forgotten{0};
    Entries m_entries;
};

} // namespace sansio
