// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/reason-code.h"

namespace mqtt
{

namespace
{

template <typename... Types>
constexpr uint16_t
In(Types... types)
{
    return (0 | ... | (1 << static_cast<uint8_t>(types)));
}

struct Row
{
    ReasonCode code;
    uint16_t packets; ///< bit n: packet type n may carry it
    std::string_view name;
};

using P = PacketType;
using R = ReasonCode;

constexpr uint16_t ACKS = In(P::Puback, P::Pubrec);
constexpr uint16_t ENDS = In(P::Connack, P::Disconnect);

/// Table 2-6, in its order.
constexpr Row ROWS[] = {
    {R::Success,
     In(P::Connack, P::Puback, P::Pubrec, P::Pubrel, P::Pubcomp, P::Suback, P::Unsuback) |
         In(P::Disconnect, P::Auth),
     "success"},
    {R::GrantedQos1, In(P::Suback), "granted QoS 1"},
    {R::GrantedQos2, In(P::Suback), "granted QoS 2"},
    {R::DisconnectWithWillMessage, In(P::Disconnect), "disconnect with will message"},
    {R::NoMatchingSubscribers, ACKS, "no matching subscribers"},
    {R::NoSubscriptionExisted, In(P::Unsuback), "no subscription existed"},
    {R::ContinueAuthentication, In(P::Auth), "continue authentication"},
    {R::ReAuthenticate, In(P::Auth), "re-authenticate"},
    {R::UnspecifiedError, ACKS | ENDS | In(P::Suback, P::Unsuback), "unspecified error"},
    {R::MalformedPacket, ENDS, "malformed packet"},
    {R::ProtocolError, ENDS, "protocol error"},
    {R::ImplementationSpecificError,
     ACKS | ENDS | In(P::Suback, P::Unsuback),
     "implementation specific error"},
    {R::UnsupportedProtocolVersion, In(P::Connack), "unsupported protocol version"},
    {R::ClientIdentifierNotValid, In(P::Connack), "client identifier not valid"},
    {R::BadUserNameOrPassword, In(P::Connack), "bad user name or password"},
    {R::NotAuthorized, ACKS | ENDS | In(P::Suback, P::Unsuback), "not authorized"},
    {R::ServerUnavailable, In(P::Connack), "server unavailable"},
    {R::ServerBusy, ENDS, "server busy"},
    {R::Banned, In(P::Connack), "banned"},
    {R::ServerShuttingDown, In(P::Disconnect), "server shutting down"},
    {R::BadAuthenticationMethod, ENDS, "bad authentication method"},
    {R::KeepAliveTimeout, In(P::Disconnect), "keep alive timeout"},
    {R::SessionTakenOver, In(P::Disconnect), "session taken over"},
    {R::TopicFilterInvalid, In(P::Suback, P::Unsuback, P::Disconnect), "topic filter invalid"},
    {R::TopicNameInvalid, ACKS | ENDS, "topic name invalid"},
    {R::PacketIdentifierInUse, ACKS | In(P::Suback, P::Unsuback), "packet identifier in use"},
    {R::PacketIdentifierNotFound, In(P::Pubrel, P::Pubcomp), "packet identifier not found"},
    {R::ReceiveMaximumExceeded, In(P::Disconnect), "receive maximum exceeded"},
    {R::TopicAliasInvalid, In(P::Disconnect), "topic alias invalid"},
    {R::PacketTooLarge, ENDS, "packet too large"},
    {R::MessageRateTooHigh, In(P::Disconnect), "message rate too high"},
    {R::QuotaExceeded, ACKS | ENDS | In(P::Suback), "quota exceeded"},
    {R::AdministrativeAction, In(P::Disconnect), "administrative action"},
    {R::PayloadFormatInvalid, ACKS | ENDS, "payload format invalid"},
    {R::RetainNotSupported, ENDS, "retain not supported"},
    {R::QosNotSupported, ENDS, "QoS not supported"},
    {R::UseAnotherServer, ENDS, "use another server"},
    {R::ServerMoved, ENDS, "server moved"},
    {R::SharedSubscriptionsNotSupported,
     In(P::Suback, P::Disconnect),
     "shared subscriptions not supported"},
    {R::ConnectionRateExceeded, ENDS, "connection rate exceeded"},
    {R::MaximumConnectTime, In(P::Disconnect), "maximum connect time"},
    {R::SubscriptionIdentifiersNotSupported,
     In(P::Suback, P::Disconnect),
     "subscription identifiers not supported"},
    {R::WildcardSubscriptionsNotSupported,
     In(P::Suback, P::Disconnect),
     "wildcard subscriptions not supported"},
};

const Row*
Find(ReasonCode code)
{
    for (const Row& row : ROWS)
    {
        if (row.code == code)
        {
            return &row;
        }
    }
    return nullptr;
}

/// Table 3.1 of MQTT 3.1.1: the return code is the index.
constexpr ReasonCode RETURN_CODES[] = {R::Success,
                                       R::UnsupportedProtocolVersion,
                                       R::ClientIdentifierNotValid,
                                       R::ServerUnavailable,
                                       R::BadUserNameOrPassword,
                                       R::NotAuthorized};
constexpr uint8_t RETURN_CODE_COUNT = sizeof(RETURN_CODES) / sizeof(RETURN_CODES[0]);

constexpr uint8_t SERVER_UNAVAILABLE = 3;
constexpr uint8_t NOT_AUTHORIZED = 5;

} // namespace

bool
IsAllowed(ReasonCode code, PacketType type)
{
    const Row* row = Find(code);
    return row && row->packets & In(type);
}

std::string_view
ToString(ReasonCode code)
{
    const Row* row = Find(code);
    return row ? row->name : "reserved reason code";
}

uint8_t
ToReturnCode(ReasonCode code)
{
    for (uint8_t i = 0; i < RETURN_CODE_COUNT; i++)
    {
        if (RETURN_CODES[i] == code)
        {
            return i;
        }
    }
    bool isJudgement = code == R::Banned || code == R::BadAuthenticationMethod;
    return isJudgement ? NOT_AUTHORIZED : SERVER_UNAVAILABLE;
}

ReasonCode
FromReturnCode(uint8_t returnCode)
{
    return returnCode < RETURN_CODE_COUNT ? RETURN_CODES[returnCode] : R::UnspecifiedError;
}

} // namespace mqtt
