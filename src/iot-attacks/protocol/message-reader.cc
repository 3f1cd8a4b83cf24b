// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/message-reader.h"

#include "coap/protocol/codec.h"
#include "mqtt/protocol/decoder.h"

#include <algorithm>
#include <limits>

namespace attacks
{

namespace
{

/// Size of the MQTT packet at the start of \p bytes (section 2.2.3): 0 where its end is not known
/// yet, nothing where there is none.
std::optional<size_t>
GetMqttSize(sansio::ByteView bytes)
{
    size_t length = 0;
    for (size_t i = 1; i < bytes.size(); i++)
    {
        if (i > 4)
        {
            return std::nullopt;
        }
        length |= static_cast<size_t>(bytes[i] & 0x7f) << (7 * (i - 1));
        if (!(bytes[i] & 0x80))
        {
            return 1 + i + length;
        }
    }
    return bytes.size() > 4 ? std::nullopt : std::optional<size_t>(0);
}

/// Decodes \p bytes, which are one packet.
bool
DecodeMqtt(sansio::ByteView bytes, mqtt::Version version, mqtt::Packet& packet)
{
    mqtt::FrameReader reader;
    mqtt::Frame frame;
    reader.SetVersion(version);
    reader.Begin(bytes);
    return reader.Next(frame) == mqtt::FrameReader::Status::Frame &&
           mqtt::Decode(frame, packet, version) == mqtt::DecodeError::None;
}

} // namespace

MessageReader::MessageReader(const Flow& flow,
                             Direction direction,
                             const FlowLeak::Limits& limits,
                             size_t streamBytes)
    : m_limits(limits),
      m_streamBytes(streamBytes),
      m_tcp(streamBytes),
      m_tls(flow.transport == Transport::Udp)
{
    m_aliases.Begin(GetAliasMaximum());
    m_leak.flow = flow;
    m_leak.direction = direction;
    m_leak.protocol = ToString(flow.transport);
}

void
MessageReader::Restart()
{
    m_tcp = TcpListener(m_streamBytes);
    m_tls = TlsListener(false);
    m_protocol = Protocol::Unknown;
    m_mqttVersion.reset();
    m_aliases.Begin(GetAliasMaximum());
    m_synchronized = true;
    m_leak.unread += m_pending.size();
    m_pending.clear();
    m_initial.reset();
}

bool
MessageReader::IsOtherConnection(const TcpHeader& syn) const
{
    return m_initial != syn.sequence;
}

void
MessageReader::AdoptProtocol(const MessageReader* other)
{
    if (other && m_protocol == Protocol::Unknown && other->m_protocol != Protocol::Other)
    {
        m_protocol = other->m_protocol;
    }
    if (other && other->m_mqttVersion)
    {
        m_mqttVersion = other->m_mqttVersion;
    }
}

std::optional<TcpState>
MessageReader::GetTcpState() const
{
    if (!m_tcp.GetNext())
    {
        return std::nullopt;
    }
    return TcpState{*m_tcp.GetNext(), m_acknowledgment, m_window};
}

void
MessageReader::Count(sansio::TimePoint now, size_t bytes)
{
    if (m_leak.messages == 0)
    {
        m_leak.first = now;
    }
    m_leak.last = now;
    m_leak.messages++;
    m_leak.bytes += bytes;
}

CapturedMessage
MessageReader::Capture(sansio::TimePoint now, Kind kind, sansio::ByteView bytes) const
{
    CapturedMessage message;
    message.time = now;
    message.flow = m_leak.flow;
    message.direction = m_leak.direction;
    message.kind = kind;
    message.type = bytes.empty() ? 0 : bytes[kind == Kind::CoapMessage ? 1 : 0];
    message.bytes = bytes.ToBytes();
    return message;
}

// UDP

std::vector<CapturedMessage>
MessageReader::HearUdp(sansio::TimePoint now, sansio::ByteView data)
{
    if (LooksLikeDtls(data))
    {
        m_leak.protocol = "dtls";
        ReadDtls(data);
        Count(now, data.size());
        return {Capture(now, Kind::DtlsDatagram, data)};
    }
    if (ReadCoap(data))
    {
        m_leak.protocol = "coap";
        Count(now, data.size());
        return {Capture(now, Kind::CoapMessage, data)};
    }
    Count(now, data.size());
    m_leak.unread += data.size();
    return {};
}

void
MessageReader::ReadDtls(sansio::ByteView datagram)
{
    while (std::optional<RecordView> record = ParseDtlsRecord(datagram))
    {
        m_tls.Hear(*record, m_leak);
        datagram = datagram.From(record->size);
    }
}

bool
MessageReader::ReadCoap(sansio::ByteView bytes)
{
    coap::Message message;
    if (coap::Decode(bytes, message) != coap::FormatError::None)
    {
        return false;
    }
    if (coap::IsRequest(message.code))
    {
        AddTopic("/" + message.options.GetUriPath());
    }
    if (!message.payload.empty())
    {
        AddPayload(message.payload);
    }
    return true;
}

// MQTT

uint16_t
MessageReader::GetAliasMaximum() const
{
    constexpr size_t largest = std::numeric_limits<uint16_t>::max();
    return static_cast<uint16_t>(std::min(m_limits.names, largest));
}

std::optional<mqtt::Version>
MessageReader::FindMqttVersion(sansio::ByteView bytes, mqtt::Packet& packet) const
{
    for (mqtt::Version version : {mqtt::Version::V3_1_1, mqtt::Version::V5})
    {
        bool possible = !m_mqttVersion || *m_mqttVersion == version;
        if (possible && DecodeMqtt(bytes, version, packet))
        {
            auto* connect = std::get_if<mqtt::Connect>(&packet);
            return connect ? connect->version : version;
        }
    }
    return std::nullopt;
}

bool
MessageReader::StartsWithMqtt(sansio::ByteView bytes) const
{
    std::optional<size_t> size = GetMqttSize(bytes);
    mqtt::Packet packet;
    return size && *size > 0 && *size <= bytes.size() &&
           FindMqttVersion(bytes.First(*size), packet);
}

void
MessageReader::ReadPublish(const mqtt::Publish& publish)
{
    std::optional<uint32_t> alias = publish.properties.GetNumber(mqtt::PropertyId::TopicAlias);
    std::string_view topic = publish.topic;
    if (alias && m_aliases.Resolve(*alias, topic) != mqtt::ReceivedAliases::Status::Known &&
        topic.empty())
    {
        AddTopic("(topic alias " + std::to_string(*alias) + ")");
    }
    else
    {
        AddTopic(topic);
    }
    AddPayload(publish.payload);
}

// TCP

std::vector<CapturedMessage>
MessageReader::HearTcp(sansio::TimePoint now, const TcpHeader& header, sansio::ByteView data)
{
    if (header.flags & TCP_SYN)
    {
        m_initial = header.sequence;
    }
    if (header.flags & TCP_ACK)
    {
        m_acknowledgment = header.acknowledgment;
    }
    m_window = header.window;
    return HearPieces(now, m_tcp.Hear(header, data));
}

std::vector<CapturedMessage>
MessageReader::HearAcknowledgment(sansio::TimePoint now, uint32_t acknowledgment)
{
    return HearPieces(now, m_tcp.HearAcknowledgment(acknowledgment));
}

std::vector<CapturedMessage>
MessageReader::HearPieces(sansio::TimePoint now, const std::vector<TcpListener::Piece>& pieces)
{
    Messages messages;
    for (const TcpListener::Piece& piece : pieces)
    {
        if (piece.afterGap)
        {
            LoseStream();
        }
        if (!m_synchronized && !Resynchronize(piece.bytes))
        {
            m_leak.unread += piece.bytes.size();
            continue;
        }
        m_pending.insert(m_pending.end(), piece.bytes.begin(), piece.bytes.end());
        m_sequence = piece.sequence + static_cast<uint32_t>(piece.bytes.size());
        Recognize(m_pending);
        while (size_t size = FindMessage())
        {
            if (!TakeMessage(now, size, messages))
            {
                break;
            }
        }
        if (m_protocol == Protocol::Other)
        {
            Count(now, piece.bytes.size());
        }
    }
    return messages;
}

void
MessageReader::LoseStream()
{
    m_leak.unread += m_pending.size();
    m_pending.clear();
    m_synchronized = m_protocol == Protocol::Other;
}

bool
MessageReader::Resynchronize(sansio::ByteView bytes)
{
    m_synchronized = m_protocol == Protocol::Tls    ? LooksLikeTls(bytes)
                     : m_protocol == Protocol::Mqtt ? StartsWithMqtt(bytes)
                                                    : LooksLikeTls(bytes) || StartsWithMqtt(bytes);
    return m_synchronized;
}

void
MessageReader::Recognize(sansio::ByteView bytes)
{
    constexpr size_t enough = 5; // a TLS record header, an MQTT fixed header
    if (m_protocol == Protocol::Unknown)
    {
        if (LooksLikeTls(bytes))
        {
            m_protocol = Protocol::Tls;
        }
        else if (StartsWithMqtt(bytes))
        {
            m_protocol = Protocol::Mqtt;
        }
        else if (bytes.size() >= enough)
        {
            std::optional<size_t> size = GetMqttSize(bytes);
            bool mayBeMqtt = bytes[0] == 0x10 && size && *size > bytes.size();
            m_protocol = mayBeMqtt ? m_protocol : Protocol::Other;
        }
    }
    if (m_protocol == Protocol::Mqtt || m_protocol == Protocol::Tls)
    {
        m_leak.protocol = m_protocol == Protocol::Mqtt ? "mqtt" : "tls";
    }
}

size_t
MessageReader::FindMessage()
{
    std::optional<size_t> size = 0;
    switch (m_protocol)
    {
    case Protocol::Mqtt:
        size = GetMqttSize(m_pending);
        break;
    case Protocol::Tls:
        if (m_pending.size() >= 5)
        {
            size = LooksLikeTls(m_pending)
                       ? std::optional<size_t>(5 + (m_pending[3] << 8 | m_pending[4]))
                       : std::nullopt;
        }
        break;
    case Protocol::Other:
        m_leak.unread += m_pending.size();
        m_pending.clear();
        return 0;
    case Protocol::Unknown:
        break;
    }
    if (!size || *size > m_streamBytes || m_pending.size() > m_streamBytes)
    {
        LoseStream();
        return 0;
    }
    return *size <= m_pending.size() ? *size : 0;
}

bool
MessageReader::TakeMessage(sansio::TimePoint now, size_t size, Messages& messages)
{
    sansio::ByteView bytes = sansio::ByteView(m_pending).First(size);
    bool isTls = m_protocol == Protocol::Tls;
    bool valid = true;
    if (isTls)
    {
        m_tls.Hear(*ParseTlsRecord(bytes), m_leak);
    }
    else
    {
        valid = ReadMqtt(bytes);
    }
    if (valid)
    {
        Count(now, size);
        CapturedMessage message = Capture(now, isTls ? Kind::TlsRecord : Kind::MqttPacket, bytes);
        message.tcpSequence = m_sequence - static_cast<uint32_t>(m_pending.size() - size);
        message.tcpAcknowledgment = m_acknowledgment;
        messages.push_back(std::move(message));
    }
    else
    {
        LoseStream(); // what is no packet gives no hold of the next one
        return false;
    }
    m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<ptrdiff_t>(size));
    return true;
}

bool
MessageReader::ReadMqtt(sansio::ByteView bytes)
{
    mqtt::Packet packet;
    std::optional<mqtt::Version> version = FindMqttVersion(bytes, packet);
    if (!version)
    {
        return false;
    }
    auto* connect = std::get_if<mqtt::Connect>(&packet);
    if (connect || *version == mqtt::Version::V5) // what 3.1.1 has too proves nothing
    {
        m_mqttVersion = version;
    }
    if (connect)
    {
        AddName(m_leak.clientIds, sansio::ByteView(connect->clientId));
        AddName(m_leak.userNames, sansio::ByteView(connect->userName.value_or("")));
        AddName(m_leak.passwords, connect->password.value_or(sansio::ByteView()));
        if (connect->will)
        {
            AddTopic(connect->will->topic);
            AddPayload(connect->will->message);
        }
    }
    else if (auto* publish = std::get_if<mqtt::Publish>(&packet))
    {
        ReadPublish(*publish);
    }
    else if (auto* subscribe = std::get_if<mqtt::Subscribe>(&packet))
    {
        for (const mqtt::SubscriptionRequest& request : subscribe->subscriptions)
        {
            AddTopic(request.filter);
        }
    }
    return true;
}

void
MessageReader::AddTopic(std::string_view topic)
{
    auto known = m_leak.topics.find(std::string(topic));
    if (known != m_leak.topics.end())
    {
        known->second++;
    }
    else if (m_leak.topics.size() < m_limits.names)
    {
        m_leak.topics.emplace(topic, 1);
    }
}

void
MessageReader::AddPayload(sansio::ByteView payload)
{
    m_leak.payloads++;
    m_leak.payloadBytes += payload.size();
    if (m_leak.samples.size() < m_limits.samples)
    {
        m_leak.samples.push_back(payload.First(m_limits.sampleBytes).ToBytes());
    }
}

void
MessageReader::AddName(std::set<std::string>& names, sansio::ByteView name) const
{
    if (!name.empty() && names.size() < m_limits.names)
    {
        names.insert(name.ToString());
    }
}

} // namespace attacks
