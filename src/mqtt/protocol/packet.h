// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/message.h"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

/**
 * \file
 * The Control Packets of MQTT 3.1.1 (OASIS Standard, 29 October 2014, chapter 3) as values.
 *
 * Texts and bytes are views: of the receive buffer after decoding, of the caller's data when
 * encoding. They are valid as long as those are.
 */
namespace mqtt
{

/// Control Packet types (section 2.2.1). 0 and 15 are reserved.
enum class PacketType : uint8_t
{
    Connect = 1,
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
};

/// The protocol level of 3.1.1 in CONNECT (section 3.1.2.2).
constexpr uint8_t PROTOCOL_LEVEL = 4;

/// The largest Remaining Length that four bytes can say (section 2.2.3).
constexpr size_t MAX_REMAINING_LENGTH = 268435455;

/// The largest whole packet: its type byte, four bytes of length and the rest.
constexpr size_t MAX_PACKET_SIZE = MAX_REMAINING_LENGTH + 5;

/// CONNACK return codes (table 3.1).
enum class ConnectReturnCode : uint8_t
{
    Accepted = 0,
    UnacceptableProtocolVersion,
    IdentifierRejected,
    ServerUnavailable,
    BadUserNameOrPassword,
    NotAuthorized,
};

/// The return code in words.
std::string_view ToString(ConnectReturnCode code);

/// SUBACK return code for a subscription that was refused (section 3.9.3).
constexpr uint8_t SUBSCRIPTION_FAILURE = 0x80;

/// The Will of a CONNECT (section 3.1.2.5).
struct Will
{
    std::string_view topic;
    ByteView message;
    uint8_t qos{0};
    bool retain{false};

    friend bool operator==(const Will& a, const Will& b)
    {
        return a.topic == b.topic && a.message == b.message && a.qos == b.qos &&
               a.retain == b.retain;
    }
};

struct Connect
{
    std::string_view clientId;
    uint16_t keepAlive{0}; ///< seconds; 0 = none
    bool cleanSession{true};
    std::optional<Will> will;
    std::optional<std::string_view> userName;
    std::optional<ByteView> password;

    friend bool operator==(const Connect& a, const Connect& b)
    {
        return a.clientId == b.clientId && a.keepAlive == b.keepAlive &&
               a.cleanSession == b.cleanSession && a.will == b.will && a.userName == b.userName &&
               a.password == b.password;
    }
};

struct Connack
{
    bool sessionPresent{false};
    ConnectReturnCode returnCode{ConnectReturnCode::Accepted};

    friend bool operator==(const Connack& a, const Connack& b)
    {
        return a.sessionPresent == b.sessionPresent && a.returnCode == b.returnCode;
    }
};

struct Publish
{
    std::string_view topic;
    ByteView payload;
    uint16_t packetId{0}; ///< with QoS 1 and 2 only
    uint8_t qos{0};
    bool retain{false};
    bool dup{false};

    friend bool operator==(const Publish& a, const Publish& b)
    {
        return a.topic == b.topic && a.payload == b.payload && a.packetId == b.packetId &&
               a.qos == b.qos && a.retain == b.retain && a.dup == b.dup;
    }
};

/// A packet that carries a Packet Identifier and nothing else.
template <PacketType TYPE>
struct Acknowledgement
{
    static constexpr PacketType PACKET_TYPE = TYPE;
    uint16_t packetId{0};

    friend bool operator==(const Acknowledgement& a, const Acknowledgement& b)
    {
        return a.packetId == b.packetId;
    }
};

using Puback = Acknowledgement<PacketType::Puback>;
using Pubrec = Acknowledgement<PacketType::Pubrec>;
using Pubrel = Acknowledgement<PacketType::Pubrel>;
using Pubcomp = Acknowledgement<PacketType::Pubcomp>;
using Unsuback = Acknowledgement<PacketType::Unsuback>;

/// A Topic Filter with the maximum QoS asked for.
struct SubscriptionRequest
{
    std::string_view filter;
    uint8_t qos{0};

    friend bool operator==(const SubscriptionRequest& a, const SubscriptionRequest& b)
    {
        return a.filter == b.filter && a.qos == b.qos;
    }
};

struct Subscribe
{
    uint16_t packetId{0};
    std::vector<SubscriptionRequest> subscriptions;

    friend bool operator==(const Subscribe& a, const Subscribe& b)
    {
        return a.packetId == b.packetId && a.subscriptions == b.subscriptions;
    }
};

struct Suback
{
    uint16_t packetId{0};
    ByteView returnCodes; ///< granted QoS or SUBSCRIPTION_FAILURE, in the order of the SUBSCRIBE

    friend bool operator==(const Suback& a, const Suback& b)
    {
        return a.packetId == b.packetId && a.returnCodes == b.returnCodes;
    }
};

struct Unsubscribe
{
    uint16_t packetId{0};
    std::vector<std::string_view> filters;

    friend bool operator==(const Unsubscribe& a, const Unsubscribe& b)
    {
        return a.packetId == b.packetId && a.filters == b.filters;
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
using Disconnect = EmptyPacket<PacketType::Disconnect>;

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
                            Disconnect>;

} // namespace mqtt
