// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/decoder.h"

#include "mqtt/protocol/topic.h"
#include "sans-io/protocol/byte-reader.h"

namespace mqtt
{

namespace
{

/// Reads the fields of a packet; the first thing that is wrong stays the error.
class FieldReader
{
  public:
    explicit FieldReader(ByteView body)
        : m_reader(body)
    {
    }

    uint8_t ReadU8()
    {
        return m_reader.ReadU8();
    }

    uint16_t ReadU16()
    {
        return m_reader.ReadU16();
    }

    uint16_t ReadPacketId()
    {
        uint16_t id = m_reader.ReadU16();
        Require(id != 0, DecodeError::PacketIdentifier);
        return id;
    }

    ByteView ReadBinary()
    {
        return m_reader.ReadBytes(m_reader.ReadU16());
    }

    std::string_view ReadText()
    {
        ByteView bytes = ReadBinary();
        std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        Require(IsValidUtf8(text), DecodeError::Utf8);
        return text;
    }

    std::string_view ReadTopicName()
    {
        std::string_view topic = ReadText();
        Require(IsValidTopicName(topic), DecodeError::TopicName);
        return topic;
    }

    std::string_view ReadTopicFilter()
    {
        std::string_view filter = ReadText();
        Require(IsValidTopicFilter(filter), DecodeError::TopicFilter);
        return filter;
    }

    ByteView ReadRest()
    {
        return m_reader.ReadRest();
    }

    bool HasMore() const
    {
        return !m_reader.Failed() && !m_reader.AtEnd();
    }

    /// Notes an error unless the condition holds or something was wrong before.
    void Require(bool condition, DecodeError error)
    {
        if (m_error == DecodeError::None)
        {
            m_error = m_reader.Failed() ? DecodeError::Truncated
                      : condition       ? DecodeError::None
                                        : error;
        }
    }

    bool IsGood() const
    {
        return m_error == DecodeError::None && !m_reader.Failed();
    }

    /// The first error; bytes that are left are one.
    DecodeError Finish()
    {
        Require(m_reader.AtEnd(), DecodeError::TrailingBytes);
        return m_error;
    }

  private:
    sansio::ByteReader m_reader;
    DecodeError m_error{DecodeError::None};
};

/// [MQTT-2.2.2-1]: all flags but those of PUBLISH are fixed.
DecodeError
CheckFirstByte(uint8_t first)
{
    auto type = static_cast<PacketType>(first >> 4);
    if (type < PacketType::Connect || type > PacketType::Disconnect)
    {
        return DecodeError::ReservedType;
    }
    if (type == PacketType::Publish)
    {
        return DecodeError::None;
    }
    bool marked = type == PacketType::Pubrel || type == PacketType::Subscribe ||
                  type == PacketType::Unsubscribe;
    return (first & 0x0f) == (marked ? 2 : 0) ? DecodeError::None : DecodeError::ReservedFlags;
}

/// Section 3.1.2.3: the flags say which fields of the payload there are.
DecodeError
DecodeConnect(FieldReader& reader, Connect& connect)
{
    std::string_view name = reader.ReadText();
    reader.Require(name == "MQTT", DecodeError::ProtocolName);
    uint8_t level = reader.ReadU8();
    reader.Require(level == PROTOCOL_LEVEL, DecodeError::ProtocolLevel);
    uint8_t flags = reader.ReadU8();
    bool hasUserName = flags & 0x80;
    bool hasPassword = flags & 0x40;
    bool hasWill = flags & 0x04;
    uint8_t willQos = flags >> 3 & 3;
    bool reservedSet = flags & 0x01;                           // [MQTT-3.1.2-3]
    bool willBitsAlone = !hasWill && (flags & 0x38);           // [MQTT-3.1.2-13, 15]
    bool passwordAlone = hasPassword && !hasUserName;          // [MQTT-3.1.2-22]
    bool wrong = reservedSet || willBitsAlone || willQos == 3; // [MQTT-3.1.2-14]
    reader.Require(!wrong && !passwordAlone, DecodeError::ConnectFlags);
    connect.cleanSession = flags & 0x02;
    connect.keepAlive = reader.ReadU16();
    connect.clientId = reader.ReadText();
    if (hasWill)
    {
        Will& will = connect.will.emplace();
        will.topic = reader.ReadTopicName();
        will.message = reader.ReadBinary();
        will.qos = willQos;
        will.retain = flags & 0x20;
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
    uint8_t code = reader.ReadU8();
    reader.Require(flags <= 1 && !(flags == 1 && code != 0), DecodeError::ConnackFlags);
    reader.Require(code <= static_cast<uint8_t>(ConnectReturnCode::NotAuthorized),
                   DecodeError::ReturnCode);
    connack.sessionPresent = flags;
    connack.returnCode = static_cast<ConnectReturnCode>(code);
    return reader.Finish();
}

DecodeError
DecodePublish(FieldReader& reader, uint8_t first, Publish& publish)
{
    publish.dup = first & 0x08;
    publish.qos = first >> 1 & 3;
    publish.retain = first & 0x01;
    reader.Require(publish.qos != 3 && !(publish.dup && publish.qos == 0), DecodeError::Qos);
    publish.topic = reader.ReadTopicName();
    publish.packetId = publish.qos > 0 ? reader.ReadPacketId() : 0;
    publish.payload = reader.ReadRest();
    return reader.Finish();
}

DecodeError
DecodeSubscribe(FieldReader& reader, Subscribe& subscribe)
{
    subscribe.packetId = reader.ReadPacketId();
    reader.Require(reader.HasMore(), DecodeError::NoTopicFilter);
    while (reader.IsGood() && reader.HasMore())
    {
        SubscriptionRequest& request = subscribe.subscriptions.emplace_back();
        request.filter = reader.ReadTopicFilter();
        request.qos = reader.ReadU8();
        reader.Require(request.qos <= 2, DecodeError::Qos);
    }
    return reader.Finish();
}

DecodeError
DecodeSuback(FieldReader& reader, Suback& suback)
{
    suback.packetId = reader.ReadPacketId();
    suback.returnCodes = reader.ReadRest();
    reader.Require(!suback.returnCodes.empty(), DecodeError::NoTopicFilter);
    for (uint8_t code : suback.returnCodes)
    {
        reader.Require(code <= 2 || code == SUBSCRIPTION_FAILURE, DecodeError::ReturnCode);
    }
    return reader.Finish();
}

DecodeError
DecodeUnsubscribe(FieldReader& reader, Unsubscribe& unsubscribe)
{
    unsubscribe.packetId = reader.ReadPacketId();
    reader.Require(reader.HasMore(), DecodeError::NoTopicFilter);
    while (reader.IsGood() && reader.HasMore())
    {
        unsubscribe.filters.push_back(reader.ReadTopicFilter());
    }
    return reader.Finish();
}

template <typename Ack>
DecodeError
DecodeAcknowledgement(FieldReader& reader, Packet& packet)
{
    packet.emplace<Ack>().packetId = reader.ReadPacketId();
    return reader.Finish();
}

template <typename Empty>
DecodeError
DecodeEmpty(FieldReader& reader, Packet& packet)
{
    packet.emplace<Empty>();
    return reader.Finish();
}

} // namespace

void
FrameReader::Begin(ByteView bytes)
{
    if (m_kept.empty())
    {
        m_view = bytes;
    }
    else
    {
        m_kept.insert(m_kept.end(), bytes.begin(), bytes.end());
        m_view = m_kept;
    }
    m_position = 0;
}

FrameReader::Status
FrameReader::Next(Frame& frame)
{
    constexpr size_t MAX_LENGTH_BYTES = 4;
    ByteView rest = m_view.From(m_position);
    if (m_error != DecodeError::None || rest.empty())
    {
        return m_error != DecodeError::None ? Status::Error : Status::Incomplete;
    }
    if (DecodeError error = CheckFirstByte(rest[0]); error != DecodeError::None)
    {
        return Fail(error);
    }
    size_t length = 0;
    for (size_t i = 0; i < MAX_LENGTH_BYTES; i++)
    {
        if (i + 1 == rest.size())
        {
            return Status::Incomplete;
        }
        uint8_t byte = rest[i + 1];
        length |= static_cast<size_t>(byte & 0x7f) << (7 * i);
        if (byte < 0x80)
        {
            size_t header = i + 2;
            if (header + length > m_maximumSize)
            {
                return Fail(DecodeError::PacketTooLarge);
            }
            if (rest.size() - header < length)
            {
                return Status::Incomplete;
            }
            frame = {rest[0], rest.From(header).First(length)};
            m_position += header + length;
            return Status::Frame;
        }
    }
    return Fail(DecodeError::RemainingLength);
}

void
FrameReader::End()
{
    ByteView rest = m_view.From(m_position);
    if (rest.empty())
    {
        Bytes().swap(m_kept);
    }
    else if (m_kept.empty())
    {
        m_kept = rest.ToBytes();
    }
    else
    {
        m_kept.erase(m_kept.begin(), m_kept.begin() + m_position);
    }
    m_view = {};
    m_position = 0;
}

void
FrameReader::Reset()
{
    Bytes().swap(m_kept);
    m_view = {};
    m_position = 0;
    m_error = DecodeError::None;
}

FrameReader::Status
FrameReader::Fail(DecodeError error)
{
    m_error = error;
    return Status::Error;
}

DecodeError
Decode(const Frame& frame, Packet& packet)
{
    if (DecodeError error = CheckFirstByte(frame.first); error != DecodeError::None)
    {
        return error;
    }
    FieldReader reader(frame.body);
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
        return DecodeSuback(reader, packet.emplace<Suback>());
    case PacketType::Unsubscribe:
        return DecodeUnsubscribe(reader, packet.emplace<Unsubscribe>());
    case PacketType::Unsuback:
        return DecodeAcknowledgement<Unsuback>(reader, packet);
    case PacketType::Pingreq:
        return DecodeEmpty<Pingreq>(reader, packet);
    case PacketType::Pingresp:
        return DecodeEmpty<Pingresp>(reader, packet);
    case PacketType::Disconnect:
        return DecodeEmpty<Disconnect>(reader, packet);
    }
    return DecodeError::ReservedType;
}

std::string_view
ToString(DecodeError error)
{
    constexpr std::string_view names[] = {"none",
                                          "reserved packet type",
                                          "reserved header flags",
                                          "remaining length of more than four bytes",
                                          "packet too large",
                                          "truncated packet",
                                          "trailing bytes",
                                          "ill-formed UTF-8",
                                          "unknown protocol name",
                                          "unacceptable protocol level",
                                          "invalid connect flags",
                                          "invalid acknowledge flags",
                                          "reserved return code",
                                          "invalid QoS",
                                          "packet identifier zero",
                                          "invalid topic name",
                                          "invalid topic filter",
                                          "no topic filter"};
    return names[static_cast<size_t>(error)];
}

std::string_view
ToString(ConnectReturnCode code)
{
    constexpr std::string_view names[] = {"accepted",
                                          "unacceptable protocol version",
                                          "identifier rejected",
                                          "server unavailable",
                                          "bad user name or password",
                                          "not authorized"};
    return names[static_cast<size_t>(code)];
}

} // namespace mqtt
