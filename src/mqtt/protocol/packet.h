// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/message.h"
#include "mqtt/protocol/properties.h"
#include "mqtt/protocol/reason-code.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/**
 * \file
 * The Control Packets of MQTT 3.1.1 (OASIS Standard, 29 October 2014) and MQTT 5.0 (OASIS Standard,
 * 7 March 2019), chapter 3 of both, as values.
 *
 * One structure serves both versions: what only 5.0 has is empty, or success, in 3.1.1. Texts,
 * bytes and properties are views: of the receive buffer after decoding, of the caller's data when
 * encoding. They are valid as long as those are.
 */
namespace mqtt
{

/// The Protocol Level or Protocol Version of CONNECT (section 3.1.2.2).
enum class Version : uint8_t
{
    V3_1_1 = 4,
    V5 = 5,
};

/// The largest Remaining Length that four bytes can say (section 2.2.3).
constexpr size_t MAX_REMAINING_LENGTH = MAX_VARIABLE_BYTE_INTEGER;

/// The largest whole packet: its type byte, four bytes of length and the rest.
constexpr size_t MAX_PACKET_SIZE = MAX_REMAINING_LENGTH + 1 + MAX_VARIABLE_BYTE_INTEGER_SIZE;

/// The Will of a CONNECT (section 3.1.2.5).
struct Will
{
    std::string_view topic;
    ByteView message;
    uint8_t qos{0};
    bool retain{false};
    Properties properties{};

    friend bool operator==(const Will& a, const Will& b)
    {
        return a.topic == b.topic && a.message == b.message && a.qos == b.qos &&
               a.retain == b.retain && a.properties == b.properties;
    }
};

struct Connect
{
    Version version{Version::V3_1_1};
    std::string_view clientId;
    uint16_t keepAlive{0}; ///< seconds; 0 = none
    bool cleanStart{true}; ///< Clean Session in 3.1.1
    std::optional<Will> will;
    std::optional<std::string_view> userName;
    std::optional<ByteView> password;
    Properties properties{};

    friend bool operator==(const Connect& a, const Connect& b)
    {
        return a.version == b.version && a.clientId == b.clientId && a.keepAlive == b.keepAlive &&
               a.cleanStart == b.cleanStart && a.will == b.will && a.userName == b.userName &&
               a.password == b.password && a.properties == b.properties;
    }
};

/// On the wire 3.1.1 says its return code instead of the reason (reason-code.h).
struct Connack
{
    bool sessionPresent{false};
    ReasonCode reason{ReasonCode::Success};
    Properties properties{};

    friend bool operator==(const Connack& a, const Connack& b)
    {
        return a.sessionPresent == b.sessionPresent && a.reason == b.reason &&
               a.properties == b.properties;
    }
};

struct Publish
{
    std::string_view topic; ///< empty where a Topic Alias stands for it
    ByteView payload;
    uint16_t packetId{0}; ///< with QoS 1 and 2 only
    uint8_t qos{0};
    bool retain{false};
    bool dup{false};
    Properties properties{};

    friend bool operator==(const Publish& a, const Publish& b)
    {
        return a.topic == b.topic && a.payload == b.payload && a.packetId == b.packetId &&
               a.qos == b.qos && a.retain == b.retain && a.dup == b.dup &&
               a.properties == b.properties;
    }
};

/// The message that a PUBLISH, or a Will put as one, brings at this instant.
Message MakeMessage(const Publish& publish, TimePoint now);

/// A packet of the message flow: PUBACK, PUBREC, PUBREL, PUBCOMP.
template <PacketType TYPE>
struct Acknowledgement
{
    static constexpr PacketType PACKET_TYPE = TYPE;
    uint16_t packetId{0};
    ReasonCode reason{ReasonCode::Success};
    Properties properties{};

    friend bool operator==(const Acknowledgement& a, const Acknowledgement& b)
    {
        return a.packetId == b.packetId && a.reason == b.reason && a.properties == b.properties;
    }
};

using Puback = Acknowledgement<PacketType::Puback>;
using Pubrec = Acknowledgement<PacketType::Pubrec>;
using Pubrel = Acknowledgement<PacketType::Pubrel>;
using Pubcomp = Acknowledgement<PacketType::Pubcomp>;

/// Which retained messages a subscription brings (5.0: section 3.8.3.1).
enum class RetainHandling : uint8_t
{
    Send = 0,
    SendIfNew = 1, ///< only where the subscription did not exist
    DoNotSend = 2,
};

/// What a subscription asks for; all but the QoS is of 5.0.
struct SubscriptionOptions
{
    uint8_t qos{0}; ///< the highest
    bool noLocal{false};
    bool retainAsPublished{false};
    RetainHandling retainHandling{RetainHandling::Send};

    friend bool operator==(const SubscriptionOptions& a, const SubscriptionOptions& b)
    {
        return a.qos == b.qos && a.noLocal == b.noLocal &&
               a.retainAsPublished == b.retainAsPublished && a.retainHandling == b.retainHandling;
    }
};

/// A Topic Filter with the options asked for.
struct SubscriptionRequest
{
    std::string_view filter;
    SubscriptionOptions options;

    friend bool operator==(const SubscriptionRequest& a, const SubscriptionRequest& b)
    {
        return a.filter == b.filter && a.options == b.options;
    }
};

struct Subscribe
{
    uint16_t packetId{0};
    std::vector<SubscriptionRequest> subscriptions{};
    Properties properties{};

    friend bool operator==(const Subscribe& a, const Subscribe& b)
    {
        return a.packetId == b.packetId && a.subscriptions == b.subscriptions &&
               a.properties == b.properties;
    }
};

/// Every failure is said as 0x80 in 3.1.1 (section 3.9.3).
struct Suback
{
    uint16_t packetId{0};
    std::vector<ReasonCode> reasons{}; ///< granted QoS or failure, in the order of the SUBSCRIBE
    Properties properties{};

    friend bool operator==(const Suback& a, const Suback& b)
    {
        return a.packetId == b.packetId && a.reasons == b.reasons && a.properties == b.properties;
    }
};

struct Unsubscribe
{
    uint16_t packetId{0};
    std::vector<std::string_view> filters{};
    Properties properties{};

    friend bool operator==(const Unsubscribe& a, const Unsubscribe& b)
    {
        return a.packetId == b.packetId && a.filters == b.filters && a.properties == b.properties;
    }
};

struct Unsuback
{
    uint16_t packetId{0};
    std::vector<ReasonCode> reasons{}; ///< in the order of the UNSUBSCRIBE; not said in 3.1.1
    Properties properties{};

    friend bool operator==(const Unsuback& a, const Unsuback& b)
    {
        return a.packetId == b.packetId && a.reasons == b.reasons && a.properties == b.properties;
    }
};

/// A packet of two bytes.
template <PacketType TYPE>
struct EmptyPacket
{
    static constexpr PacketType PACKET_TYPE = TYPE;

    friend bool operator==(const EmptyPacket&, const EmptyPacket&)
    {
        return true;
    }
};

using Pingreq = EmptyPacket<PacketType::Pingreq>;
using Pingresp = EmptyPacket<PacketType::Pingresp>;

/// A packet that may carry a reason: DISCONNECT and AUTH. 3.1.1 says none and has no AUTH.
template <PacketType TYPE>
struct ReasonPacket
{
    static constexpr PacketType PACKET_TYPE = TYPE;
    ReasonCode reason{ReasonCode::Success};
    Properties properties{};

    friend bool operator==(const ReasonPacket& a, const ReasonPacket& b)
    {
        return a.reason == b.reason && a.properties == b.properties;
    }
};

using Disconnect = ReasonPacket<PacketType::Disconnect>;
using Auth = ReasonPacket<PacketType::Auth>;

using Packet = std::variant<Connect,
                            Connack,
                            Publish,
                            Puback,
                            Pubrec,
                            Pubrel,
                            Pubcomp,
                            Subscribe,
                            Suback,
                            Unsubscribe,
                            Unsuback,
                            Pingreq,
                            Pingresp,
                            Disconnect,
                            Auth>;

/// The reason that a packet gives, in words, with its Reason String where it has one.
template <typename AnyPacket>
std::string
Explain(const AnyPacket& packet)
{
    std::string reason(ToString(packet.reason));
    auto text = packet.properties.GetText(PropertyId::ReasonString);
    return text ? reason + ", " + std::string(*text) : reason;
}

} // namespace mqtt
