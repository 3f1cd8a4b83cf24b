// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/counters.h"
#include "coap/protocol/settings.h"
#include "sans-io/protocol/memory.h"

#include <deque>
#include <memory>
#include <vector>

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

/// Bytes of an address and port (16 + 2), and of those with a Message ID.
constexpr size_t PEER_MEMORY = 18;
constexpr size_t KEY_MEMORY = PEER_MEMORY + 2;

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

    /// What was answered to a message.
    struct Reply
    {
        sansio::SpannedBytes bytes;
        sansio::MemoryShare memory{};
    };

    /// A message received before; small, for there are many and few have a reply of their own.
    struct Entry
    {
        MessageKey key;
        uint32_t next; ///< the one before it in the same bucket
        sansio::TimePoint expiry;
        mutable std::unique_ptr<const Reply> reply{}; ///< ACK or RST given to it
    };

    /// \return the message as received before, or nullptr and it is remembered from now on
    const Entry* FindOrRemember(sansio::TimePoint now, const MessageKey& key, bool confirmable);

    /// Keeps the reply to a message; without effect on one that is not remembered.
    void SetReply(const MessageKey& key, const sansio::SpannedBytes& reply);

    size_t GetSize() const
    {
        return m_confirmable.GetSize() + m_nonConfirmable.GetSize();
    }

    /// Sender and Message ID of each message, and the replies (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return GetSize() * (sansio::ENTRY_MEMORY + KEY_MEMORY) + m_replyBytes;
    }

  private:
    /**
     * Messages of one lifetime: the order in which they came is that in which they expire. They lie
     * one after the other, and what finds them holds nothing but their numbers: there may be
     * thousands for each endpoint of a simulation, and hardly any is asked for again.
     *
     * Numbers count up. One whose message was removed stays where it is: it ends the chain of its
     * bucket, for whatever comes after it there is older still.
     */
    class Entries
    {
      public:
        bool IsEmpty() const
        {
            return m_entries.empty();
        }

        size_t GetSize() const
        {
            return m_entries.size();
        }

        const Entry& GetFirst() const
        {
            return m_entries.front();
        }

        const Entry* Find(const MessageKey& key) const;
        void Add(const MessageKey& key, sansio::TimePoint expiry);

        void RemoveFirst()
        {
            m_entries.pop_front();
            m_first++;
        }

      private:
        size_t GetBucket(const MessageKey& key) const
        {
            return hash_value(key) & (m_buckets.size() - 1);
        }

        void Rehash(size_t buckets);

        std::deque<Entry> m_entries;
        uint32_t m_first{1};                ///< number of the first entry
        std::vector<uint32_t> m_buckets{0}; ///< the last in each; a power of two of them
    };

    const Entry* Find(const MessageKey& key) const;
    void ForgetFirst();
    static void Forget(Entries& entries, sansio::TimePoint now);

    Report& m_report;
    size_t m_replyBytes{0}; ///< outlives the entries
    size_t m_bound;
    sansio::Duration m_exchangeLifetime;
    sansio::Duration m_nonLifetime;
    Entries m_confirmable;
    Entries m_nonConfirmable;
};

} // namespace coap
