// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/decode-error.h"

namespace mqtt
{

std::string_view
ToString(DecodeError error)
{
    switch (error)
    {
    case DecodeError::None:
        return "none";
    case DecodeError::ReservedType:
        return "reserved packet type";
    case DecodeError::ReservedFlags:
        return "reserved header flags";
    case DecodeError::RemainingLength:
        return "malformed length";
    case DecodeError::PacketTooLarge:
        return "packet too large";
    case DecodeError::Truncated:
        return "truncated packet";
    case DecodeError::TrailingBytes:
        return "trailing bytes";
    case DecodeError::Utf8:
        return "ill-formed UTF-8";
    case DecodeError::ProtocolName:
        return "unknown protocol name";
    case DecodeError::ProtocolLevel:
        return "unacceptable protocol level";
    case DecodeError::ConnectFlags:
        return "invalid connect flags";
    case DecodeError::ConnackFlags:
        return "invalid acknowledge flags";
    case DecodeError::ReasonCode:
        return "invalid reason code";
    case DecodeError::Qos:
        return "invalid QoS";
    case DecodeError::SubscriptionOptions:
        return "invalid subscription options";
    case DecodeError::PacketIdentifier:
        return "packet identifier zero";
    case DecodeError::TopicName:
        return "invalid topic name";
    case DecodeError::TopicFilter:
        return "invalid topic filter";
    case DecodeError::NoTopicFilter:
        return "no topic filter";
    case DecodeError::SharedNoLocal:
        return "no local on a shared subscription";
    case DecodeError::Property:
        return "unknown or misplaced property";
    case DecodeError::PropertyTwice:
        return "property given twice";
    case DecodeError::PropertyValue:
        return "property value out of range";
    case DecodeError::TopicAlias:
        return "topic alias zero";
    case DecodeError::AuthenticationData:
        return "authentication data without method";
    }
    return "unknown error";
}

ReasonCode
GetReason(DecodeError error)
{
    switch (error)
    {
    case DecodeError::None:
        return ReasonCode::Success;
    case DecodeError::PacketTooLarge:
        return ReasonCode::PacketTooLarge;
    case DecodeError::ProtocolName:
    case DecodeError::ProtocolLevel:
        return ReasonCode::UnsupportedProtocolVersion;
    case DecodeError::TopicName:
        return ReasonCode::TopicNameInvalid;
    case DecodeError::TopicFilter:
        return ReasonCode::TopicFilterInvalid;
    case DecodeError::TopicAlias:
        return ReasonCode::TopicAliasInvalid;
    case DecodeError::PacketIdentifier:
    case DecodeError::NoTopicFilter:
    case DecodeError::SharedNoLocal:
    case DecodeError::PropertyTwice:
    case DecodeError::PropertyValue:
    case DecodeError::AuthenticationData:
        return ReasonCode::ProtocolError;
    default:
        return ReasonCode::MalformedPacket;
    }
}

} // namespace mqtt
