// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/content-filter.h"
#include "mqtt/protocol/outbox.h"
#include "mqtt/protocol/packet.h"
#include "sans-io/protocol/time-point.h"
#include "sans-io/protocol/token-bucket.h"

namespace mqtt
{

/// What a broker bounds. A bound that acts is told by the event LimitReached and counted. Codes are
/// those of 5.0; 3.1.1 has 0x80 for all in SUBACK, and none in PUBACK and PUBREC.
enum class Limit : uint8_t
{
    Connections,      ///< the new connection is closed at once
    ConnectTimeout,   ///< no CONNECT in time: the connection is closed
    PacketSize,       ///< a larger packet closes the connection with the byte that tells its size
    KeepAlive,        ///< CONNECT asks for more, or for none: 5.0 is told the bound as Server Keep
                      ///< Alive, 3.1.1 gets CONNACK "identifier rejected"
    KeepAliveExpired, ///< 1.5 times the Keep Alive without a packet: closed [MQTT-3.1.2-24]
    Sessions,         ///< no room for one more: CONNACK "server unavailable"
    QueuedMessages,   ///< messages or bytes for one client: the new message is dropped for it
    ReceivedIds,      ///< QoS 2 messages without PUBREL from one client: closed
    Subscriptions,    ///< of one client: SUBACK 0x97 "quota exceeded" for that filter
    Topic,       ///< of levels or bytes. PUBLISH: goes nowhere, PUBACK or PUBREC 0x90 "topic name
                 ///< invalid"; SUBSCRIBE: 0x8F "topic filter invalid"; a will: CONNACK 0x90
    OutputBytes, ///< of answers that a client does not read: closed
    RetainedMessages, ///< or their bytes: the message is forwarded and not stored, which a Reason
                      ///< String says; what its topic had before is gone
    PublishRate,      ///< PUBLISH of one connection: it is not read on until the rate is kept
    ContentFilter,    ///< a longer content filter: SUBACK "quota exceeded"
    TopicAliases,     ///< PUBLISH with a larger one: closed
    SessionExpiry,    ///< a client asks for more: 5.0 is told the bound in CONNACK
    Count,            ///< how many there are; not a limit
};

/// The limit's name in traces ("queued-messages").
std::string_view ToString(Limit limit);

/// The bounds of a broker. The defaults are those of Mosquitto 2.0 where it has the setting.
struct BrokerLimits
{
    size_t connections{0}; ///< open streams; 0 = unlimited (max_connections -1)
    sansio::Duration connectTimeout{std::chrono::seconds(90)}; ///< stream open to CONNECT
    size_t packetSize{MAX_PACKET_SIZE};    ///< bytes of one incoming packet (max_packet_size)
    size_t connectPacketSize{100000};      ///< bytes of a connection's first packet
    uint16_t maximumKeepAlive{0};          ///< seconds; 0 = unlimited (max_keepalive)
    size_t sessions{0};                    ///< connected and stored; 0 = unlimited
    uint32_t sessionExpiry{NEVER_EXPIRES}; ///< seconds that a session is kept without its client
                                           ///< (persistent_client_expiration)
    DeliveryLimits delivery;               ///< to each client (max_inflight_messages ...)
    size_t receivedIds{1000};              ///< QoS 2 messages of one client without PUBREL; the
                                           ///< Receive Maximum of 5.0
    uint16_t topicAliases{10};             ///< of one client (max_topic_alias)
    size_t outputBytes{1 << 20};           ///< ready for one client's stream, at least 1: messages
                                 ///< beyond wait in the queue, answers close (OutputBytes)
    size_t subscriptions{0};       ///< of one client; 0 = unlimited
    size_t topicLevels{201};       ///< of Topic Names and Topic Filters; 0 = unlimited (Mosquitto's
                                   ///< TOPIC_HIERARCHY_LIMIT of 200 separators)
    size_t topicLength{0};         ///< bytes of the same; 0 = the 65,535 of the standard
    size_t retainedMessages{0};    ///< topics; 0 = unlimited
    size_t retainedBytes{0};       ///< content of retained messages; 0 = unlimited
    ContentFilterLimits content;   ///< filters beyond the topic
    sansio::RateLimit publishRate; ///< PUBLISH packets of one connection

    /// Not a bound: the only version that is spoken; none: both.
    std::optional<Version> version;

    /// Not a bound: what a client of 5.0 that asks for Response Information is told, followed by
    /// its Client Identifier; empty: nothing.
    std::string responsePrefix;
};

} // namespace mqtt
