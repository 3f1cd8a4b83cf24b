// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/broker-limits.h"
#include "mqtt/protocol/decoder.h"
#include "sans-io/protocol/peer.h"
#include "sans-io/protocol/token-bucket.h"

#include <map>
#include <optional>

namespace mqtt
{

struct Connection;

/// What a broker keeps of a client, beyond the connection if Clean Session is 0 (section 3.1.2.4).
struct Session
{
    Session(std::string id, const DeliveryLimits& delivery)
        : clientId(std::move(id)),
          outbox(delivery)
    {
    }

    std::string clientId;
    bool clean{true};
    Connection* connection{nullptr}; ///< none while the client is away
    Outbox outbox;
    ReceivedIds received;
    std::map<std::string, uint8_t, std::less<>> subscriptions; ///< filter and granted QoS
    size_t filterBytes{0};                                     ///< of all subscriptions
    size_t counted{0}; ///< memory of the session as last added to the broker's

    // The message being routed: the highest QoS of the subscriptions it matches [MQTT-3.3.5-1].
    uint64_t routed{0};
    uint8_t routedQos{0};
};

/// Content and entries (sans-io/protocol/memory.h).
inline size_t
GetMemory(const Session& session)
{
    size_t entries = 1 + session.subscriptions.size();
    return session.clientId.size() + session.filterBytes + entries * sansio::ENTRY_MEMORY +
           session.outbox.GetMemory() + session.received.GetMemory();
}

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
    Session* session{nullptr}; ///< none before CONNECT is accepted
    MessagePtr will;
    bool open{true};
    bool writable{true};
    bool waitsToTransmit{false};            ///< is in the broker's list
    sansio::Duration silence{0};            ///< how long it may be silent; 0 = for ever
    sansio::TimePoint lastPacket;           ///< or when the stream was opened
    sansio::TokenBucket publishes;          ///< for the rate of its PUBLISH packets
    std::optional<sansio::TimePoint> timer; ///< as entered in the broker's list
    size_t counted{0}; ///< memory of the connection as last added to the broker's
};

/// The will, the beginning of a packet, and what is ready to be sent (sans-io/protocol/memory.h).
inline size_t
GetMemory(const Connection& connection)
{
    const Message* will = connection.will.get();
    return sansio::ENTRY_MEMORY + connection.reader.GetKept() + connection.writer.GetSize() +
           (will ? will->topic.size() + will->payload.size() : 0);
}

} // namespace mqtt
