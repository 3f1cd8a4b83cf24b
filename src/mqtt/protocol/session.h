// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/access-control.h"
#include "mqtt/protocol/broker-limits.h"
#include "mqtt/protocol/decoder.h"
#include "mqtt/protocol/received-ids.h"
#include "sans-io/protocol/peer.h"
#include "sans-io/protocol/token-bucket.h"

#include <boost/container/flat_set.hpp>
#include <optional>
#include <set>

namespace mqtt
{

struct Connection;

/// A subscription as it was granted (section 3.8.4).
struct Subscription
{
    SubscriptionOptions options;
    uint32_t identifier{0};                         ///< Subscription Identifier of 5.0; 0 = none
    std::shared_ptr<const ContentFilter> content{}; ///< what it wants of the topic; none: all

    bool Wants(const Message& message) const
    {
        return !content || content->Accepts(message);
    }

    /// Bytes of its texts (sans-io/protocol/memory.h).
    size_t GetTextBytes(std::string_view filter) const
    {
        return filter.size() + (content ? content->GetMemory() : 0);
    }
};

/// What a broker keeps of a client (section 4.1), as long as its Session Expiry Interval says.
struct Session
{
    Session(std::string id, const DeliveryLimits& delivery)
        : clientId(std::move(id)),
          outbox(delivery)
    {
    }

    std::string clientId;
    std::string user;   ///< as what its client was recognised last
    uint32_t expiry{0}; ///< seconds after the connection; in 3.1.1 none or NEVER_EXPIRES
    Connection* connection{nullptr}; ///< none while the client is away
    MessagePtr will;                 ///< to be published when the connection ends otherwise
    uint32_t willDelay{0};           ///< seconds after the connection (5.0)
    Outbox outbox;
    ReceivedIds received;
    boost::container::flat_set<uint32_t> subscriptions; ///< places in the SubscriptionTree
    std::set<std::string, std::less<>> shared;          ///< filters of shared subscriptions
    size_t filterBytes{0};                              ///< texts of all subscriptions
    size_t counted{0}; ///< memory of the session as last added to the broker's
    std::optional<sansio::TimePoint> willDue; ///< while the client is away
    std::optional<sansio::TimePoint> ends;    ///< while the client is away
    std::optional<sansio::TimePoint> timer;   ///< as entered in the broker's list

    /// The message being routed, as all subscriptions together want it [MQTT-3.3.5-1].
    struct Routed
    {
        uint64_t route{0};
        uint8_t qos{0};
        bool retainAsPublished{false};
        std::vector<uint32_t> identifiers;
    } routed;
};

/// Content and entries (sans-io/protocol/memory.h).
inline size_t
GetMemory(const Session& session)
{
    size_t entries = 1 + session.subscriptions.size() + session.shared.size();
    const Message* will = session.will.get();
    return session.clientId.size() + session.user.size() + session.filterBytes +
           entries * sansio::ENTRY_MEMORY + (will ? GetContentSize(*will) : 0) +
           session.outbox.GetMemory() + session.received.GetMemory();
}

/// How a client proves who it is by AUTH packets (5.0: section 4.12).
struct Entrance
{
    std::string method;
    std::unique_ptr<Authentication> authentication; ///< none while nothing is under way
    Bytes connect; ///< the CONNECT that waits for it, whole; empty once it was answered
};

/// Names a connection of a broker; never used twice.
using ConnectionId = uint64_t;

/// One stream to a broker and what the client said when it connected.
struct Connection
{
    Connection(ConnectionId number, const sansio::PeerIdentity& who, size_t firstPacketSize)
        : id(number),
          peer(who),
          reader(firstPacketSize)
    {
    }

    ConnectionId id;
    sansio::PeerIdentity peer;
    FrameReader reader;
    PacketWriter writer;
    ReceivedAliases aliases;
    bool isToBeKept{false};             ///< CONNECT asked for a Session Expiry Interval
    bool problemInformation{true};      ///< the client wants Reason Strings in any packet (5.0)
    Session* session{nullptr};          ///< none before CONNECT is accepted
    std::unique_ptr<Entrance> entrance; ///< where it came in by an Authentication Method
    bool open{true};
    bool writable{true};
    bool waitsToTransmit{false};            ///< is in the broker's list
    sansio::Duration silence{0};            ///< how long it may be silent; 0 = for ever
    sansio::TimePoint lastPacket;           ///< or when the stream was opened
    sansio::TokenBucket publishes;          ///< for the rate of its PUBLISH packets
    std::optional<sansio::TimePoint> until; ///< closed then, whatever the client does
    std::optional<sansio::TimePoint> timer; ///< as entered in the broker's list
    size_t counted{0}; ///< memory of the connection as last added to the broker's

    Version GetVersion() const
    {
        return writer.GetVersion();
    }
};

/// The beginning of a packet, what is ready to be sent, and aliases (sans-io/protocol/memory.h).
inline size_t
GetMemory(const Connection& connection)
{
    return sansio::ENTRY_MEMORY + connection.reader.GetKept() + connection.writer.GetSize() +
           connection.aliases.GetMemory() +
           (connection.entrance ? connection.entrance->connect.size() : 0);
}

/**
 * Writes a packet with a Reason String, unless it makes the packet too large for the client
 * [5.0: MQTT-3.2.2-19, 3.14.2-3 and their like], or the client wants none in a packet of this kind
 * [5.0: MQTT-3.1.2-29].
 * \return false where the client takes no packet of that size at all: nothing is written
 */
template <typename AnyPacket>
bool
WriteWithReason(Connection& connection, const AnyPacket& packet, std::string_view reason)
{
    constexpr bool always =
        std::is_same_v<AnyPacket, Connack> || std::is_same_v<AnyPacket, mqtt::Disconnect>;
    bool wanted = connection.GetVersion() == Version::V5 && !reason.empty() &&
                  (always || connection.problemInformation);
    if (!wanted)
    {
        return connection.writer.Write(packet);
    }
    AnyPacket longer = packet;
    PropertyList properties(packet.properties);
    longer.properties = properties.Add(PropertyId::ReasonString, reason).Get();
    return connection.writer.Write(longer) || connection.writer.Write(packet);
}

} // namespace mqtt
