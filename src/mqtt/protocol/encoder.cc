// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/encoder.h"

namespace mqtt
{

namespace
{

using sansio::ByteWriter;

constexpr size_t MAX_FIXED_HEADER = 5;

/// Writes the fixed header (section 2.2) to \p bytes; \return its size.
size_t
MakeFixedHeader(uint8_t* bytes, PacketType type, uint8_t flags, size_t remainingLength)
{
    bytes[0] = static_cast<uint8_t>(static_cast<uint8_t>(type) << 4 | flags);
    size_t size = 1;
    do
    {
        uint8_t digit = remainingLength & 0x7f;
        remainingLength >>= 7;
        bytes[size++] = remainingLength > 0 ? digit | 0x80 : digit;
    } while (remainingLength > 0);
    return size;
}

void
WriteFixedHeader(ByteWriter& writer, PacketType type, uint8_t flags, size_t remainingLength)
{
    uint8_t bytes[MAX_FIXED_HEADER];
    writer.WriteBytes({bytes, MakeFixedHeader(bytes, type, flags, remainingLength)});
}

/// Calls \p take with the parts of a PUBLISH before its payload, in order (section 3.3).
template <typename Take>
void
ForEachPartOfHeader(const Publish& publish, Take&& take)
{
    size_t length = 2 + publish.topic.size() + (publish.qos > 0 ? 2 : 0) + publish.payload.size();
    uint8_t flags = (publish.dup ? 8 : 0) | publish.qos << 1 | (publish.retain ? 1 : 0);
    uint8_t head[MAX_FIXED_HEADER + 2];
    size_t size = MakeFixedHeader(head, PacketType::Publish, flags, length);
    head[size++] = static_cast<uint8_t>(publish.topic.size() >> 8);
    head[size++] = static_cast<uint8_t>(publish.topic.size());
    take(ByteView(head, size));
    take(ByteView(publish.topic));
    if (publish.qos > 0)
    {
        const uint8_t id[] = {static_cast<uint8_t>(publish.packetId >> 8),
                              static_cast<uint8_t>(publish.packetId)};
        take(ByteView(id, sizeof(id)));
    }
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
    size_t length = 10 + 2 + connect.clientId.size();
    if (connect.will)
    {
        length += 2 + connect.will->topic.size() + 2 + connect.will->message.size();
    }
    length += connect.userName ? 2 + connect.userName->size() : 0;
    length += connect.password ? 2 + connect.password->size() : 0;
    return length;
}

uint8_t
GetConnectFlags(const Connect& connect)
{
    uint8_t flags = connect.cleanSession ? 0x02 : 0;
    if (connect.will)
    {
        flags |= 0x04 | connect.will->qos << 3 | (connect.will->retain ? 0x20 : 0);
    }
    return flags | (connect.password ? 0x40 : 0) | (connect.userName ? 0x80 : 0);
}

void
EncodeOne(const Connect& connect, ByteWriter& writer)
{
    WriteFixedHeader(writer, PacketType::Connect, 0, GetConnectLength(connect));
    WriteText(writer, "MQTT");
    writer.WriteU8(PROTOCOL_LEVEL);
    writer.WriteU8(GetConnectFlags(connect));
    writer.WriteU16(connect.keepAlive);
    WriteText(writer, connect.clientId);
    if (connect.will)
    {
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
EncodeOne(const Connack& connack, ByteWriter& writer)
{
    WriteFixedHeader(writer, PacketType::Connack, 0, 2);
    writer.WriteU8(connack.sessionPresent);
    writer.WriteU8(static_cast<uint8_t>(connack.returnCode));
}

void
EncodeOne(const Publish& publish, ByteWriter& writer)
{
    EncodePublishHeader(publish, writer);
    writer.WriteBytes(publish.payload);
}

void
EncodeOne(const Subscribe& subscribe, ByteWriter& writer)
{
    size_t length = 2;
    for (const SubscriptionRequest& request : subscribe.subscriptions)
    {
        length += 2 + request.filter.size() + 1;
    }
    WriteFixedHeader(writer, PacketType::Subscribe, 2, length);
    writer.WriteU16(subscribe.packetId);
    for (const SubscriptionRequest& request : subscribe.subscriptions)
    {
        WriteText(writer, request.filter);
        writer.WriteU8(request.qos);
    }
}

void
EncodeOne(const Suback& suback, ByteWriter& writer)
{
    WriteFixedHeader(writer, PacketType::Suback, 0, 2 + suback.returnCodes.size());
    writer.WriteU16(suback.packetId);
    writer.WriteBytes(suback.returnCodes);
}

void
EncodeOne(const Unsubscribe& unsubscribe, ByteWriter& writer)
{
    size_t length = 2;
    for (std::string_view filter : unsubscribe.filters)
    {
        length += 2 + filter.size();
    }
    WriteFixedHeader(writer, PacketType::Unsubscribe, 2, length);
    writer.WriteU16(unsubscribe.packetId);
    for (std::string_view filter : unsubscribe.filters)
    {
        WriteText(writer, filter);
    }
}

template <PacketType TYPE>
void
EncodeOne(const Acknowledgement<TYPE>& acknowledgement, ByteWriter& writer)
{
    WriteFixedHeader(writer, TYPE, TYPE == PacketType::Pubrel ? 2 : 0, 2);
    writer.WriteU16(acknowledgement.packetId);
}

template <PacketType TYPE>
void
EncodeOne(const EmptyPacket<TYPE>&, ByteWriter& writer)
{
    WriteFixedHeader(writer, TYPE, 0, 0);
}

} // namespace

void
Encode(const Packet& packet, ByteWriter& writer)
{
    std::visit([&](const auto& one) { EncodeOne(one, writer); }, packet);
}

Bytes
ToBytes(const Packet& packet)
{
    ByteWriter writer;
    Encode(packet, writer);
    return writer.Take();
}

void
EncodePublishHeader(const Publish& publish, ByteWriter& writer)
{
    ForEachPartOfHeader(publish, [&](ByteView part) { writer.WriteBytes(part); });
}

size_t
GetPublishSize(size_t topicSize, size_t payloadSize, uint8_t qos)
{
    size_t length = 2 + topicSize + (qos > 0 ? 2 : 0) + payloadSize;
    size_t lengthBytes = length < 128 ? 1 : length < 16384 ? 2 : length < 2097152 ? 3 : 4;
    return 1 + lengthBytes + length;
}

void
PacketWriter::Write(const Publish& publish, uint64_t report, bool retransmission)
{
    // Without a buffer in between: this is what a simulation does most.
    ForEachPartOfHeader(publish, [&](ByteView part) {
        m_bytes.Append(part, {sansio::Layer::Application, retransmission, report});
    });
    m_bytes.Append(publish.payload, {sansio::Layer::Payload, retransmission, report});
}

} // namespace mqtt
