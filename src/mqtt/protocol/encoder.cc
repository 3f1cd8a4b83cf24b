// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/encoder.h"

#include <cstring>

namespace mqtt
{

namespace
{

using sansio::ByteWriter;

constexpr size_t MAX_FIXED_HEADER = 1 + MAX_VARIABLE_BYTE_INTEGER_SIZE;

/// Writes the fixed header (section 2.2) to \p bytes; \return its size.
size_t
MakeFixedHeader(uint8_t* bytes, PacketType type, uint8_t flags, size_t remainingLength)
{
    bytes[0] = static_cast<uint8_t>(static_cast<uint8_t>(type) << 4 | flags);
    return 1 + PutVariableByteInteger(bytes + 1, remainingLength);
}

void
WriteFixedHeader(ByteWriter& writer, PacketType type, uint8_t flags, size_t remainingLength)
{
    uint8_t bytes[MAX_FIXED_HEADER];
    writer.WriteBytes({bytes, MakeFixedHeader(bytes, type, flags, remainingLength)});
}

/// What the properties of a packet take with their length; nothing in 3.1.1.
size_t
GetPropertiesSize(const Properties& properties, Version version)
{
    size_t size = properties.GetWire().size();
    return version == Version::V5 ? GetVariableByteIntegerSize(size) + size : 0;
}

void
WriteProperties(ByteWriter& writer, const Properties& properties, Version version)
{
    if (version == Version::V5)
    {
        uint8_t length[MAX_VARIABLE_BYTE_INTEGER_SIZE];
        writer.WriteBytes({length, PutVariableByteInteger(length, properties.GetWire().size())});
        writer.WriteBytes(properties.GetWire());
    }
}

size_t
GetPublishLength(const Publish& publish, Version version)
{
    return 2 + publish.topic.size() + (publish.qos > 0 ? 2 : 0) +
           GetPropertiesSize(publish.properties, version) + publish.payload.size();
}

/// Copies \p part to \p to; \return the place after it.
uint8_t*
Put(uint8_t* to, ByteView part)
{
    if (!part.empty())
    {
        std::memcpy(to, part.data(), part.size());
    }
    return to + part.size();
}

uint8_t*
PutU16(uint8_t* to, size_t value)
{
    to[0] = static_cast<uint8_t>(value >> 8);
    to[1] = static_cast<uint8_t>(value);
    return to + 2;
}

/// Writes a PUBLISH up to its payload, of the Remaining Length \p length, in one piece: this is
/// what a simulation does most (section 3.3).
void
PutPublishHeader(uint8_t* to, const Publish& publish, Version version, size_t length)
{
    uint8_t flags = (publish.dup ? 8 : 0) | publish.qos << 1 | (publish.retain ? 1 : 0);
    to += MakeFixedHeader(to, PacketType::Publish, flags, length);
    to = PutU16(to, publish.topic.size());
    to = Put(to, ByteView(publish.topic));
    if (publish.qos > 0)
    {
        to = PutU16(to, publish.packetId);
    }
    if (version == Version::V5)
    {
        to += PutVariableByteInteger(to, publish.properties.GetWire().size());
        Put(to, publish.properties.GetWire());
    }
}

/// The size of a PUBLISH with the Remaining Length \p length up to its payload.
size_t
GetPublishHeaderSize(const Publish& publish, size_t length)
{
    return 1 + GetVariableByteIntegerSize(length) + length - publish.payload.size();
}

void
WriteBinary(ByteWriter& writer, ByteView bytes)
{
    writer.WriteU16(static_cast<uint16_t>(bytes.size()));
    writer.WriteBytes(bytes);
}

void
WriteText(ByteWriter& writer, std::string_view text)
{
    WriteBinary(writer, ByteView(text));
}

size_t
GetConnectLength(const Connect& connect)
{
    size_t length =
        10 + GetPropertiesSize(connect.properties, connect.version) + 2 + connect.clientId.size();
    if (connect.will)
    {
        length += GetPropertiesSize(connect.will->properties, connect.version) + 2 +
                  connect.will->topic.size() + 2 + connect.will->message.size();
    }
    length += connect.userName ? 2 + connect.userName->size() : 0;
    length += connect.password ? 2 + connect.password->size() : 0;
    return length;
}

uint8_t
GetConnectFlags(const Connect& connect)
{
    uint8_t flags = connect.cleanStart ? 0x02 : 0;
    if (connect.will)
    {
        flags |= 0x04 | connect.will->qos << 3 | (connect.will->retain ? 0x20 : 0);
    }
    return flags | (connect.password ? 0x40 : 0) | (connect.userName ? 0x80 : 0);
}

void
EncodeOne(const Connect& connect, Version, ByteWriter& writer)
{
    WriteFixedHeader(writer, PacketType::Connect, 0, GetConnectLength(connect));
    WriteText(writer, "MQTT");
    writer.WriteU8(static_cast<uint8_t>(connect.version));
    writer.WriteU8(GetConnectFlags(connect));
    writer.WriteU16(connect.keepAlive);
    WriteProperties(writer, connect.properties, connect.version);
    WriteText(writer, connect.clientId);
    if (connect.will)
    {
        WriteProperties(writer, connect.will->properties, connect.version);
        WriteText(writer, connect.will->topic);
        WriteBinary(writer, connect.will->message);
    }
    if (connect.userName)
    {
        WriteText(writer, *connect.userName);
    }
    if (connect.password)
    {
        WriteBinary(writer, *connect.password);
    }
}

void
EncodeOne(const Connack& connack, Version version, ByteWriter& writer)
{
    WriteFixedHeader(writer,
                     PacketType::Connack,
                     0,
                     2 + GetPropertiesSize(connack.properties, version));
    writer.WriteU8(connack.sessionPresent);
    writer.WriteU8(version == Version::V5 ? static_cast<uint8_t>(connack.reason)
                                          : ToReturnCode(connack.reason));
    WriteProperties(writer, connack.properties, version);
}

void
EncodeOne(const Publish& publish, Version version, ByteWriter& writer)
{
    EncodePublishHeader(publish, version, writer);
    writer.WriteBytes(publish.payload);
}

/// What SUBSCRIBE, UNSUBSCRIBE and their answers begin with (sections 3.8 to 3.11).
template <typename AnyPacket>
void
WriteHead(ByteWriter& writer,
          PacketType type,
          const AnyPacket& packet,
          Version version,
          size_t rest)
{
    bool isRequest = type == PacketType::Subscribe || type == PacketType::Unsubscribe;
    WriteFixedHeader(writer,
                     type,
                     isRequest ? 2 : 0,
                     2 + GetPropertiesSize(packet.properties, version) + rest);
    writer.WriteU16(packet.packetId);
    WriteProperties(writer, packet.properties, version);
}

uint8_t
ToByte(const SubscriptionOptions& options, Version version)
{
    if (version == Version::V3_1_1)
    {
        return options.qos;
    }
    return options.qos | (options.noLocal ? 0x04 : 0) | (options.retainAsPublished ? 0x08 : 0) |
           static_cast<uint8_t>(options.retainHandling) << 4;
}

void
EncodeOne(const Subscribe& subscribe, Version version, ByteWriter& writer)
{
    size_t length = 0;
    for (const SubscriptionRequest& request : subscribe.subscriptions)
    {
        length += 2 + request.filter.size() + 1;
    }
    WriteHead(writer, PacketType::Subscribe, subscribe, version, length);
    for (const SubscriptionRequest& request : subscribe.subscriptions)
    {
        WriteText(writer, request.filter);
        writer.WriteU8(ToByte(request.options, version));
    }
}

void
EncodeOne(const Suback& suback, Version version, ByteWriter& writer)
{
    WriteHead(writer, PacketType::Suback, suback, version, suback.reasons.size());
    for (ReasonCode reason : suback.reasons)
    {
        bool isPlain = version == Version::V5 || !IsFailure(reason);
        writer.WriteU8(static_cast<uint8_t>(isPlain ? reason : ReasonCode::UnspecifiedError));
    }
}

void
EncodeOne(const Unsubscribe& unsubscribe, Version version, ByteWriter& writer)
{
    size_t length = 0;
    for (std::string_view filter : unsubscribe.filters)
    {
        length += 2 + filter.size();
    }
    WriteHead(writer, PacketType::Unsubscribe, unsubscribe, version, length);
    for (std::string_view filter : unsubscribe.filters)
    {
        WriteText(writer, filter);
    }
}

void
EncodeOne(const Unsuback& unsuback, Version version, ByteWriter& writer)
{
    size_t count = version == Version::V5 ? unsuback.reasons.size() : 0;
    WriteHead(writer, PacketType::Unsuback, unsuback, version, count);
    for (size_t i = 0; i < count; i++)
    {
        writer.WriteU8(static_cast<uint8_t>(unsuback.reasons[i]));
    }
}

/// The reason and the properties that end a packet of 5.0, as short as the standard allows: without
/// properties where there are none, without a reason that is success.
template <typename AnyPacket>
size_t
GetReasonSize(const AnyPacket& packet, Version version)
{
    if (version == Version::V3_1_1 ||
        (packet.reason == ReasonCode::Success && packet.properties.IsEmpty()))
    {
        return 0;
    }
    return packet.properties.IsEmpty() ? 1 : 1 + GetPropertiesSize(packet.properties, version);
}

template <typename AnyPacket>
void
WriteReason(ByteWriter& writer, const AnyPacket& packet, Version version)
{
    size_t size = GetReasonSize(packet, version);
    if (size > 0)
    {
        writer.WriteU8(static_cast<uint8_t>(packet.reason));
    }
    if (size > 1)
    {
        WriteProperties(writer, packet.properties, version);
    }
}

template <PacketType TYPE>
void
EncodeOne(const Acknowledgement<TYPE>& ack, Version version, ByteWriter& writer)
{
    constexpr uint8_t flags = TYPE == PacketType::Pubrel ? 2 : 0;
    WriteFixedHeader(writer, TYPE, flags, 2 + GetReasonSize(ack, version));
    writer.WriteU16(ack.packetId);
    WriteReason(writer, ack, version);
}

template <PacketType TYPE>
void
EncodeOne(const ReasonPacket<TYPE>& packet, Version version, ByteWriter& writer)
{
    WriteFixedHeader(writer, TYPE, 0, GetReasonSize(packet, version));
    WriteReason(writer, packet, version);
}

template <PacketType TYPE>
void
EncodeOne(const EmptyPacket<TYPE>&, Version, ByteWriter& writer)
{
    WriteFixedHeader(writer, TYPE, 0, 0);
}

} // namespace

void
Encode(const Packet& packet, Version version, ByteWriter& writer)
{
    std::visit([&](const auto& one) { EncodeOne(one, version, writer); }, packet);
}

Bytes
ToBytes(const Packet& packet, Version version)
{
    ByteWriter writer;
    Encode(packet, version, writer);
    return writer.Take();
}

void
EncodePublishHeader(const Publish& publish, Version version, ByteWriter& writer)
{
    size_t length = GetPublishLength(publish, version);
    uint8_t* to = writer.Extend(GetPublishHeaderSize(publish, length));
    PutPublishHeader(to, publish, version, length);
}

size_t
GetSize(const Publish& publish, Version version)
{
    size_t length = GetPublishLength(publish, version);
    return GetPublishHeaderSize(publish, length) + publish.payload.size();
}

void
PacketWriter::Write(const Publish& publish, uint64_t report, bool retransmission)
{
    size_t length = GetPublishLength(publish, m_version);
    size_t header = GetPublishHeaderSize(publish, length);
    if (m_bytes.empty())
    {
        m_bytes.Reserve(header + publish.payload.size(), 2);
    }
    uint8_t* to = m_bytes.Extend(header, {sansio::Layer::Application, retransmission, report});
    PutPublishHeader(to, publish, m_version, length);
    m_bytes.Append(publish.payload, {sansio::Layer::Payload, retransmission, report});
}

} // namespace mqtt
