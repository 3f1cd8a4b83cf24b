// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string_view>

namespace mqtt
{

/// Control Packet types (section 2.1.2). 0 is reserved, and 15 too in MQTT 3.1.1.
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
    Auth,
};

/// The Reason Codes of MQTT 5.0 (table 2-6). From 0x80 on they tell a failure.
enum class ReasonCode : uint8_t
{
    Success = 0x00,
    NormalDisconnection = 0x00,
    GrantedQos0 = 0x00,
    GrantedQos1 = 0x01,
    GrantedQos2 = 0x02,
    DisconnectWithWillMessage = 0x04,
    NoMatchingSubscribers = 0x10,
    NoSubscriptionExisted = 0x11,
    ContinueAuthentication = 0x18,
    ReAuthenticate = 0x19,
    UnspecifiedError = 0x80,
    MalformedPacket,
    ProtocolError,
    ImplementationSpecificError,
    UnsupportedProtocolVersion,
    ClientIdentifierNotValid,
    BadUserNameOrPassword,
    NotAuthorized,
    ServerUnavailable,
    ServerBusy,
    Banned,
    ServerShuttingDown,
    BadAuthenticationMethod,
    KeepAliveTimeout,
    SessionTakenOver,
    TopicFilterInvalid,
    TopicNameInvalid,
    PacketIdentifierInUse,
    PacketIdentifierNotFound,
    ReceiveMaximumExceeded,
    TopicAliasInvalid,
    PacketTooLarge,
    MessageRateTooHigh,
    QuotaExceeded,
    AdministrativeAction,
    PayloadFormatInvalid,
    RetainNotSupported,
    QosNotSupported,
    UseAnotherServer,
    ServerMoved,
    SharedSubscriptionsNotSupported,
    ConnectionRateExceeded,
    MaximumConnectTime,
    SubscriptionIdentifiersNotSupported,
    WildcardSubscriptionsNotSupported,
};

constexpr bool
IsFailure(ReasonCode code)
{
    return static_cast<uint8_t>(code) >= 0x80;
}

/// Whether MQTT 5.0 lets a packet of this type carry the code (table 2-6).
bool IsAllowed(ReasonCode code, PacketType type);

/// The code in the words of the standard; "success" for 0, whatever the packet.
std::string_view ToString(ReasonCode code);

/// The CONNACK return code of MQTT 3.1.1 (its table 3.1) that says a Reason Code best.
uint8_t ToReturnCode(ReasonCode code);

/// The Reason Code of a return code of MQTT 3.1.1; UnspecifiedError for a reserved one.
ReasonCode FromReturnCode(uint8_t returnCode);

} // namespace mqtt
