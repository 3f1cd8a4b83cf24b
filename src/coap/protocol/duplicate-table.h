// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/counters.h"
#include "coap/protocol/settings.h"

#include <boost/multi_index/composite_key.hpp>
#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index_container.hpp>

namespace coap
{

/// A Message ID means something only together with the peer that chose it (RFC 7252 section 4.4).
struct MessageKey
{
    sansio::PeerAddress peer;
    uint16_t messageId{0};

    friend bool operator==(const MessageKey& a, const MessageKey& b)
    {
        return a.messageId == b.messageId && a.peer == b.peer;
    }

    friend size_t hash_value(const MessageKey& key)
    {
        return std::hash<sansio::PeerAddress>{}(key.peer) * 0x9e3779b97f4a7c15 + key.messageId;
    }
};

/**
 * The messages received within EXCHANGE_LIFETIME (CON) and NON_LIFETIME (NON), with the reply given
 * to each, so that none is processed twice (RFC 7252 section 4.5).
 *
 * It holds at most Limits::duplicates messages; a further one makes it forget the one that would
 * expire first, a repetition of which is then taken for new.
 */
class DuplicateTable
{
  public:
    DuplicateTable(const Settings& settings, Report& report);

    /// A message received before.
    struct Entry
    {
        MessageKey key;
        sansio::TimePoint expiry;
        mutable sansio::SpannedBytes reply; ///< ACK or RST given to it; empty: none
    };

    /// \return the message as received before, or nullptr and it is remembered from now on
    const Entry* FindOrRemember(sansio::TimePoint now, const MessageKey& key, bool confirmable);

    /// Keeps the reply to a message; without effect on one that is not remembered.
    void SetReply(const MessageKey& key, const sansio::SpannedBytes& reply);

    size_t GetSize() const
    {
        return m_entries.size();
    }

  private:
    void Forget(sansio::TimePoint now);

    using Entries = boost::multi_index_container<
        Entry,
        boost::multi_index::indexed_by<
            boost::multi_index::hashed_unique<
                boost::multi_index::member<Entry, MessageKey, &Entry::key>>,
            boost::multi_index::ordered_non_unique<
                boost::multi_index::member<Entry, sansio::TimePoint, &Entry::expiry>>>>;

    Report& m_report;
    size_t m_bound;
    sansio::Duration m_exchangeLifetime;
    sansio::Duration m_nonLifetime;
    Entries m_entries;
};

} // namespace coap
