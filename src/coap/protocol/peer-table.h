// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/counters.h"
#include "coap/protocol/message.h"
#include "coap/protocol/settings.h"
#include "sans-io/protocol/memory.h"
#include "sans-io/protocol/random-source.h"

#include <array>
#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <deque>

namespace coap
{

/// Names a message given to the message layer; never 0.
using SendId = uint64_t;

/**
 * Message IDs for one peer: they count up from a random one, and none is used again within
 * EXCHANGE_LIFETIME (RFC 7252 section 4.4), which is kept track of in blocks.
 */
class MessageIds
{
  public:
    explicit MessageIds(uint16_t first)
        : m_next(first)
    {
    }

    /// The next Message ID, or nothing if it is still in use.
    std::optional<uint16_t> Take(sansio::TimePoint now, sansio::Duration lifetime);

  private:
    static constexpr size_t BLOCKS = 16;
    static constexpr size_t BLOCK_SIZE = 65536 / BLOCKS;

    uint16_t m_next;
    std::array<std::optional<sansio::TimePoint>, BLOCKS> m_lastUsed;
};

/// What the message layer keeps about a peer it sends CON and NON to.
struct Peer
{
    /// A message that waits until fewer than NSTART interactions are outstanding.
    struct Waiting
    {
        SendId id;
        Message message;
        uint64_t report;
        RequestId request;            ///< 0: none
        sansio::MemoryShare memory{}; ///< of the message
    };

    sansio::PeerAddress address;
    MessageIds messageIds;
    uint32_t outstanding{0}; ///< interactions that count towards NSTART
    std::deque<Waiting> waiting;

    bool IsIdle() const
    {
        return outstanding == 0 && waiting.empty();
    }
};

/// The peers, at most Limits::peers of them, in the order in which they were used last.
class PeerTable
{
  public:
    PeerTable(size_t bound, Report& report, sansio::RandomSource& random);

    /// The peer at an address, made if need be; nullptr if there is no room.
    Peer* Get(const sansio::PeerAddress& address);

    /// The peer at an address, or nullptr.
    Peer* Find(const sansio::PeerAddress& address);

    size_t GetSize() const
    {
        return m_peers.size();
    }

  private:
    bool MakeRoom();

    using Peers = boost::multi_index_container<
        Peer,
        boost::multi_index::indexed_by<
            boost::multi_index::hashed_unique<
                boost::multi_index::member<Peer, sansio::PeerAddress, &Peer::address>,
                std::hash<sansio::PeerAddress>>,
            boost::multi_index::sequenced<>>>;

    size_t m_bound;
    Report& m_report;
    sansio::RandomSource& m_random;
    Peers m_peers;
};

} // namespace coap
