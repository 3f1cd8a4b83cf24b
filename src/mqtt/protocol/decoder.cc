// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/decoder.h"

#include "mqtt/protocol/field-reader.h"

namespace mqtt
{

namespace
{

/// Sections 3.1.2.1 and 3.1.2.2; MQTT 3.1 says "MQIsdp" and 3.
void
ReadProtocol(FieldReader& reader, Connect& connect)
{
    std::string_view name = reader.ReadText();
    uint8_t level = reader.ReadU8();
    reader.Require(name == "MQTT" || (name == "MQIsdp" && level == 3), DecodeError::ProtocolName);
    connect.version = static_cast<Version>(level);
    reader.Require(connect.version == Version::V3_1_1 || connect.version == Version::V5,
                   DecodeError::ProtocolLevel);
    reader.SetVersion(connect.version);
}

void
ReadWill(FieldReader& reader, uint8_t flags, Connect& connect)
{
    Will& will = connect.will.emplace();
    will.properties = reader.ReadProperties(WILL_PROPERTIES);
    will.topic = reader.ReadTopicName();
    will.message = reader.ReadBinary();
    will.qos = flags >> 3 & 3;
    will.retain = flags & 0x20;
}

/// Section 3.1.2.3: the flags say which fields of the payload there are.
DecodeError
DecodeConnect(FieldReader& reader, Connect& connect)
{
    ReadProtocol(reader, connect);
    uint8_t flags = reader.ReadU8();
    bool hasUserName = flags & 0x80;
    bool hasPassword = flags & 0x40;
    bool hasWill = flags & 0x04;
    bool reservedSet = flags & 0x01;                  // [MQTT-3.1.2-3]
    bool willBitsAlone = !hasWill && (flags & 0x38);  // [MQTT-3.1.2-13, 15]
    bool passwordAlone = hasPassword && !hasUserName; // [MQTT-3.1.2-22], of 3.1.1 only
    bool wrong = reservedSet || willBitsAlone || (flags >> 3 & 3) == 3; // [MQTT-3.1.2-14]
    reader.Require(!wrong && (!passwordAlone || reader.IsVersion5()), DecodeError::ConnectFlags);
    connect.cleanStart = flags & 0x02;
    connect.keepAlive = reader.ReadU16();
    connect.properties = reader.ReadProperties(OwnerOf(PacketType::Connect));
    connect.clientId = reader.ReadText();
    if (hasWill)
    {
        ReadWill(reader, flags, connect);
    }
    if (hasUserName)
    {
        connect.userName = reader.ReadText();
    }
    if (hasPassword)
    {
        connect.password = reader.ReadBinary();
    }
    return reader.Finish();
}

DecodeError
DecodeConnack(FieldReader& reader, Connack& connack)
{
    uint8_t flags = reader.ReadU8();
    if (reader.IsVersion5())
    {
        connack.reason = reader.ReadReason(PacketType::Connack);
    }
    else
    {
        uint8_t code = reader.ReadU8();
        connack.reason = FromReturnCode(code);
        reader.Require(connack.reason != ReasonCode::UnspecifiedError, DecodeError::ReasonCode);
    }
    reader.Require(flags <= 1 && !(flags == 1 && connack.reason != ReasonCode::Success),
                   DecodeError::ConnackFlags);
    connack.sessionPresent = flags;
    connack.properties = reader.ReadProperties(OwnerOf(PacketType::Connack));
    return reader.Finish();
}

DecodeError
DecodePublish(FieldReader& reader, uint8_t first, Publish& publish)
{
    publish.dup = first & 0x08;
    publish.qos = first >> 1 & 3;
    publish.retain = first & 0x01;
    reader.Require(publish.qos != 3 && !(publish.dup && publish.qos == 0), DecodeError::Qos);
    publish.topic = reader.ReadText();
    publish.packetId = publish.qos > 0 ? reader.ReadPacketId() : 0;
    publish.properties = reader.ReadProperties(OwnerOf(PacketType::Publish));
    bool hasAlias = !publish.properties.IsEmpty() &&
                    publish.properties.Find(PropertyId::TopicAlias); // stands for an empty topic
    reader.Require(IsValidTopicName(publish.topic) || (publish.topic.empty() && hasAlias),
                   DecodeError::TopicName);
    publish.payload = reader.ReadRest();
    return reader.Finish();
}

/// The byte after a Topic Filter (section 3.8.3; 5.0: section 3.8.3.1).
SubscriptionOptions
ReadSubscriptionOptions(FieldReader& reader, bool isShared)
{
    uint8_t byte = reader.ReadU8();
    SubscriptionOptions options;
    options.qos = byte & 3;
    reader.Require(options.qos != 3 && (reader.IsVersion5() || byte < 3), DecodeError::Qos);
    options.noLocal = byte & 0x04;
    options.retainAsPublished = byte & 0x08;
    options.retainHandling = static_cast<RetainHandling>(byte >> 4 & 3);
    reader.Require((byte & 0xc0) == 0 && (byte & 0x30) != 0x30, DecodeError::SubscriptionOptions);
    reader.Require(!(options.noLocal && isShared), DecodeError::SharedNoLocal);
    return options;
}

DecodeError
DecodeSubscribe(FieldReader& reader, Subscribe& subscribe)
{
    subscribe.packetId = reader.ReadPacketId();
    subscribe.properties = reader.ReadProperties(OwnerOf(PacketType::Subscribe));
    reader.Require(reader.HasMore(), DecodeError::NoTopicFilter);
    while (reader.IsGood() && reader.HasMore())
    {
        SubscriptionRequest& request = subscribe.subscriptions.emplace_back();
        request.filter = reader.ReadTopicFilter();
        request.options = ReadSubscriptionOptions(reader, IsSharedFilter(request.filter));
    }
    return reader.Finish();
}

template <typename Answer>
DecodeError
DecodeReasons(FieldReader& reader, PacketType type, Answer& answer)
{
    answer.packetId = reader.ReadPacketId();
    answer.properties = reader.ReadProperties(OwnerOf(type));
    bool has = type == PacketType::Suback || reader.IsVersion5();
    reader.Require(!has || reader.HasMore(), DecodeError::NoTopicFilter);
    while (has && reader.IsGood() && reader.HasMore())
    {
        answer.reasons.push_back(reader.ReadReason(type));
        bool reserved = !reader.IsVersion5() && IsFailure(answer.reasons.back()) &&
                        answer.reasons.back() != ReasonCode::UnspecifiedError;
        reader.Require(!reserved, DecodeError::ReasonCode);
    }
    return reader.Finish();
}

DecodeError
DecodeUnsubscribe(FieldReader& reader, Unsubscribe& unsubscribe)
{
    unsubscribe.packetId = reader.ReadPacketId();
    unsubscribe.properties = reader.ReadProperties(OwnerOf(PacketType::Unsubscribe));
    reader.Require(reader.HasMore(), DecodeError::NoTopicFilter);
    while (reader.IsGood() && reader.HasMore())
    {
        unsubscribe.filters.push_back(reader.ReadTopicFilter());
    }
    return reader.Finish();
}

/// What ends a packet of 5.0 where it is not left out: a reason, and properties after it.
template <typename AnyPacket>
DecodeError
ReadReasonAndProperties(FieldReader& reader, AnyPacket& packet)
{
    if (reader.IsVersion5() && reader.HasMore())
    {
        packet.reason = reader.ReadReason(AnyPacket::PACKET_TYPE);
        if (reader.HasMore())
        {
            packet.properties = reader.ReadProperties(OwnerOf(AnyPacket::PACKET_TYPE));
        }
    }
    return reader.Finish();
}

template <typename Ack>
DecodeError
DecodeAcknowledgement(FieldReader& reader, Packet& packet)
{
    Ack& ack = packet.emplace<Ack>();
    ack.packetId = reader.ReadPacketId();
    return ReadReasonAndProperties(reader, ack);
}

template <typename Empty>
DecodeError
DecodeEmpty(FieldReader& reader, Packet& packet)
{
    packet.emplace<Empty>();
    return reader.Finish();
}

} // namespace

DecodeError
Decode(const Frame& frame, Packet& packet, Version version)
{
    if (DecodeError error = CheckFirstByte(frame.first, version); error != DecodeError::None)
    {
        return error;
    }
    FieldReader reader(frame.body, version);
    switch (frame.GetType())
    {
    case PacketType::Connect:
        return DecodeConnect(reader, packet.emplace<Connect>());
    case PacketType::Connack:
        return DecodeConnack(reader, packet.emplace<Connack>());
    case PacketType::Publish:
        return DecodePublish(reader, frame.first, packet.emplace<Publish>());
    case PacketType::Puback:
        return DecodeAcknowledgement<Puback>(reader, packet);
    case PacketType::Pubrec:
        return DecodeAcknowledgement<Pubrec>(reader, packet);
    case PacketType::Pubrel:
        return DecodeAcknowledgement<Pubrel>(reader, packet);
    case PacketType::Pubcomp:
        return DecodeAcknowledgement<Pubcomp>(reader, packet);
    case PacketType::Subscribe:
        return DecodeSubscribe(reader, packet.emplace<Subscribe>());
    case PacketType::Suback:
        return DecodeReasons(reader, PacketType::Suback, packet.emplace<Suback>());
    case PacketType::Unsubscribe:
        return DecodeUnsubscribe(reader, packet.emplace<Unsubscribe>());
    case PacketType::Unsuback:
        return DecodeReasons(reader, PacketType::Unsuback, packet.emplace<Unsuback>());
    case PacketType::Pingreq:
        return DecodeEmpty<Pingreq>(reader, packet);
    case PacketType::Pingresp:
        return DecodeEmpty<Pingresp>(reader, packet);
    case PacketType::Disconnect:
        return ReadReasonAndProperties(reader, packet.emplace<Disconnect>());
    case PacketType::Auth:
        return ReadReasonAndProperties(reader, packet.emplace<Auth>());
    }
    return DecodeError::ReservedType;
}

uint8_t
GetProtocolLevel(const Frame& connect)
{
    sansio::ByteReader reader(connect.body);
    reader.ReadBytes(reader.ReadU16());
    return reader.ReadU8();
}

} // namespace mqtt
