// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/segment-label.h"

#include "coap/protocol/codec.h"
#include "mqtt/protocol/frame-reader.h"
#include "mqtt/protocol/properties.h"
#include "sans-io/protocol/byte-reader.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3
{

namespace
{

constexpr uint8_t TCP = 6;
constexpr uint8_t ICMPV6 = 58;

/// Flags of a segment that carries nothing (RFC 9293 section 3.1).
std::string
LabelTcpFlags(sansio::ByteView header)
{
    constexpr size_t FLAGS = 13;
    const uint8_t flags = header.size() > FLAGS ? header[FLAGS] : 0;
    const bool ack = flags & 0x10;
    for (auto [bit, name] : {std::pair(0x04, "RST"), {0x02, "SYN"}, {0x01, "FIN"}})
    {
        if (flags & bit)
        {
            return std::string(name) + (ack ? ", ACK" : "");
        }
    }
    return "ACK";
}

/// Control Packets of MQTT 5.0 table 2-1; empty: none begins with this byte.
std::string
NameMqttPacket(uint8_t first)
{
    static constexpr const char* NAMES[] = {"",
                                            "CONNECT",
                                            "CONNACK",
                                            "PUBLISH",
                                            "PUBACK",
                                            "PUBREC",
                                            "PUBREL",
                                            "PUBCOMP",
                                            "SUBSCRIBE",
                                            "SUBACK",
                                            "UNSUBSCRIBE",
                                            "UNSUBACK",
                                            "PINGREQ",
                                            "PINGRESP",
                                            "DISCONNECT",
                                            "AUTH"};
    if (mqtt::CheckFirstByte(first, mqtt::Version::V5) != mqtt::DecodeError::None)
    {
        return {};
    }
    const std::string name = NAMES[first >> 4];
    return name == "PUBLISH" ? name + " QoS " + std::to_string(first >> 1 & 3) : name;
}

/// The Control Packets that begin in a segment, equal neighbours counted.
std::string
LabelMqtt(sansio::ByteView bytes)
{
    std::vector<std::pair<std::string, size_t>> packets;
    sansio::ByteReader reader(bytes);
    while (!reader.AtEnd())
    {
        const std::string name = NameMqttPacket(reader.ReadU8());
        if (name.empty())
        {
            break;
        }
        if (packets.empty() || packets.back().first != name)
        {
            packets.emplace_back(name, 0);
        }
        packets.back().second++;
        mqtt::DecodeError error;
        const size_t length = mqtt::ReadVariableByteInteger(reader, error).value_or(SIZE_MAX);
        reader.ReadBytes(std::min(length, reader.GetRemaining()));
    }
    std::string text;
    for (const auto& [name, count] : packets)
    {
        text += text.empty() ? "" : ", ";
        text += count > 1 ? std::to_string(count) + " x " + name : name;
    }
    return text.empty() ? "continuation" : text;
}

std::string
LabelCoap(sansio::ByteView bytes)
{
    coap::Message message;
    auto error = coap::Decode(bytes, message);
    if (error != coap::FormatError::None && !coap::IsHeaderKnown(error))
    {
        return "continuation";
    }
    std::string text = coap::ToString(message.type);
    return message.code == coap::Code::Empty ? text : text + " " + coap::ToString(message.code);
}

/// Content types and handshake messages of RFC 8446 appendix B, RFC 5246 and RFC 6347.
std::string
LabelRecord(sansio::ByteView bytes, bool datagram)
{
    const size_t headerSize = datagram ? 13 : 5;
    // Behind the epoch (DTLS) an encrypted handshake message shows nothing of its type.
    const bool encrypted = datagram && bytes.size() > 4 && (bytes[3] || bytes[4]);
    switch (bytes[0])
    {
    case 20:
        return "ChangeCipherSpec";
    case 21:
        return "alert";
    case 23:
        return "application data";
    case 22:
        break;
    default:
        return "continuation";
    }
    const uint8_t type = !encrypted && bytes.size() > headerSize ? bytes[headerSize] : 255;
    switch (type)
    {
    case 1:
        return "ClientHello";
    case 2:
        return "ServerHello";
    case 3:
        return "HelloVerifyRequest";
    case 4:
        return "NewSessionTicket";
    case 11:
        return "Certificate";
    case 12:
        return "ServerKeyExchange";
    case 14:
        return "ServerHelloDone";
    case 16:
        return "ClientKeyExchange";
    default:
        return "handshake";
    }
}

} // namespace

SegmentLabel
LabelSegment(uint8_t nextHeader,
             sansio::ByteView transportHeader,
             sansio::ByteView upper,
             const std::string& protocol,
             bool secure)
{
    const bool stream = nextHeader == TCP;
    if (nextHeader == ICMPV6)
    {
        return {"icmpv6", "ICMPv6"};
    }
    if (upper.empty())
    {
        return {stream ? "tcp" : "udp", stream ? LabelTcpFlags(transportHeader) : "empty"};
    }
    if (secure)
    {
        return {stream ? "tls" : "dtls", LabelRecord(upper, !stream)};
    }
    if (protocol == "mqtt")
    {
        return {"mqtt", LabelMqtt(upper)};
    }
    if (protocol == "coap")
    {
        return {"coap", LabelCoap(upper)};
    }
    return {"raw", "report"};
}

} // namespace ns3
