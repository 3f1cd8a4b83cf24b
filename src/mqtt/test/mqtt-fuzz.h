// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/broker.h"
#include "mqtt/protocol/encoder.h"

#include <cstdlib>

namespace mqtt::test
{

/// Ends the process where something that must hold does not, in every kind of build.
inline void
Require(bool condition)
{
    if (!condition)
    {
        std::abort();
    }
}

/// Whether the standard lets a sender of 5.0 leave out a reason that is success, and the length of
/// properties that are not there, which we do (5.0: section 3.4.2.1).
inline bool
MayBeShorter(const Packet& packet)
{
    auto type = static_cast<PacketType>(packet.index() + 1); // in the order of the variant
    bool isAck = type >= PacketType::Puback && type <= PacketType::Pubcomp;
    return isAck || type == PacketType::Disconnect || type == PacketType::Auth;
}

/// Whatever decodes is encoded to a packet that decodes to the same.
inline void
FuzzCodecOf(Version version, ByteView data)
{
    FrameReader reader;
    reader.SetVersion(version);
    reader.Begin(data);
    Frame frame;
    while (reader.Next(frame) == FrameReader::Status::Frame)
    {
        Packet packet;
        if (Decode(frame, packet, version) != DecodeError::None)
        {
            continue;
        }
        Bytes bytes = ToBytes(packet, version);
        FrameReader second;
        second.SetVersion(version);
        second.Begin(bytes);
        Frame again;
        Packet same;
        Require(second.Next(again) == FrameReader::Status::Frame);
        Require(Decode(again, same, version) == DecodeError::None);
        Require(same == packet);
        Require(again.body == frame.body || MayBeShorter(packet));
    }
    reader.End();
}

inline void
FuzzCodec(ByteView data)
{
    FuzzCodecOf(Version::V3_1_1, data);
    FuzzCodecOf(Version::V5, data);
}

/**
 * A hostile stream beside an honest one. The first byte says the size of the chunks; a time passes
 * between them. The honest client keeps its connection and what it publishes.
 */
inline void
FuzzBroker(ByteView data)
{
    BrokerLimits limits;
    limits.packetSize = 4096;
    limits.delivery = {5, 20, 2000};
    limits.receivedIds = 4;
    limits.subscriptions = 4;
    limits.retainedMessages = 4;
    limits.sessions = 8;
    Broker broker(limits);
    TimePoint now;
    Connect connect;
    connect.clientId = "an honest client";
    if (data.ToString().find(connect.clientId) != std::string::npos)
    {
        return; // it may be taken over, and rightly so
    }
    ConnectionId honest = *broker.HandleConnection(now, {});
    broker.Receive(now, honest, ToBytes(connect));
    ConnectionId hostile = *broker.HandleConnection(now, {});
    size_t chunk = data.empty() ? 1 : data[0] + 1;
    for (size_t at = 1; at < data.size(); at += chunk)
    {
        broker.Receive(now, hostile, data.From(at).First(chunk));
        now += std::chrono::milliseconds(100);
        broker.HandleTimeout(now);
        broker.SetWritable(now, hostile, at % 3 != 0);
        while (broker.TakeTransmit())
        {
        }
        while (broker.PollEvent())
        {
        }
    }
    Require(broker.HasConnection(honest));
    Require(broker.GetRetained() <= limits.retainedMessages);
    Require(broker.GetSessions() <= limits.sessions);
    Publish publish;
    publish.topic = "t";
    publish.qos = 1;
    publish.packetId = 7;
    broker.Receive(now, honest, ToBytes(publish));
    bool acknowledged = false;
    while (auto transmit = broker.TakeTransmit())
    {
        acknowledged |= transmit->id == honest;
    }
    Require(acknowledged);
    broker.HandleClosed(now, hostile);
    broker.HandleClosed(now, honest);
    Require(broker.GetConnections() == 0);
}

} // namespace mqtt::test
