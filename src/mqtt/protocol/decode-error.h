// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/reason-code.h"

namespace mqtt
{

/// Why bytes are not an MQTT packet. Statement numbers are those of MQTT 3.1.1 where they have
/// three parts in chapters 1 to 4 of both, of 5.0 where it says so.
enum class DecodeError : uint8_t
{
    None,
    ReservedType,        ///< packet type 0, or AUTH in 3.1.1 (table 2.1)
    ReservedFlags,       ///< flag bits of the fixed header [MQTT-2.2.2-2]
    RemainingLength,     ///< a fifth byte (section 2.2.3), or one too many [5.0: MQTT-1.5.5-1]
    PacketTooLarge,      ///< more than the receiver's bound
    Truncated,           ///< a field reaches beyond the Remaining Length
    TrailingBytes,       ///< bytes are left after the last field
    Utf8,                ///< ill-formed, or U+0000 [MQTT-1.5.3-1, 1.5.3-2]
    ProtocolName,        ///< not "MQTT" [MQTT-3.1.2-1]
    ProtocolLevel,       ///< neither 4 nor 5, or MQTT 3.1 [MQTT-3.1.2-2]
    ConnectFlags,        ///< reserved bit or forbidden combination [MQTT-3.1.2-3, 11 to 22]
    ConnackFlags,        ///< reserved bits, or a session with a refusal [MQTT-3.2.2-4]
    ReasonCode,          ///< reserved, or not for this packet [MQTT-3.9.3-2; 5.0: 3.2.2-8]
    Qos,                 ///< QoS 3 [MQTT-3.3.1-4, 3.8.3-4] or DUP with QoS 0 [MQTT-3.3.1-2]
    SubscriptionOptions, ///< reserved bits [5.0: MQTT-3.8.3-5] or Retain Handling 3
    PacketIdentifier,    ///< zero [MQTT-2.3.1-1]
    TopicName,           ///< empty or with a wildcard [MQTT-3.3.2-2, 4.7.3-1]
    TopicFilter,         ///< empty or with a misplaced wildcard [MQTT-4.7.1-2, 4.7.1-3]
    NoTopicFilter,       ///< an empty list [MQTT-3.8.3-3, 3.10.3-2]
    SharedNoLocal,       ///< No Local on a shared subscription [5.0: MQTT-3.8.3-4]
    Property,            ///< unknown, or not for this packet (5.0: section 2.2.2.2)
    PropertyTwice,       ///< what may be there once (5.0: the sections of the packets)
    PropertyValue,       ///< out of its range
    TopicAlias,          ///< zero [5.0: MQTT-3.3.2-8]
    AuthenticationData,  ///< without an Authentication Method (5.0: section 3.1.2.11.10)
};

/// The error in words.
std::string_view ToString(DecodeError error);

/// What a peer of MQTT 5.0 is told about it (5.0: sections 4.13.1, 2.4).
ReasonCode GetReason(DecodeError error);

} // namespace mqtt
