// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/flow.h"
#include "sans-io/protocol/time-point.h"

namespace attacks
{

/// What a captured message is, as far as its bytes tell.
enum class Kind : uint8_t
{
    MqttPacket,   ///< one Control Packet of MQTT 3.1.1 or 5.0
    CoapMessage,  ///< one CoAP message, which is one datagram
    TlsRecord,    ///< one TLS record with its header
    DtlsDatagram, ///< one datagram of DTLS records
};

/// "mqtt-packet", "coap-message", "tls-record" or "dtls-datagram".
std::string ToString(Kind kind);

/**
 * One message as it went over the wire, whole: the bytes are those that were sent, put together
 * again from frames, fragments and segments.
 */
struct CapturedMessage
{
    sansio::TimePoint time; ///< when its last byte was heard
    Flow flow;              ///< of the message: source is who sent it
    Direction direction{Direction::FromClient};
    /// TCP: the sequence number of the byte behind this message, which the receiver awaits next.
    uint32_t tcpSequence{0};
    /// TCP: the acknowledgment number in the segment that completed the message.
    uint32_t tcpAcknowledgment{0};
    sansio::Bytes bytes;
    Kind kind{Kind::MqttPacket};
    /// Its first byte for MQTT, its code for CoAP, the content type of its first record for TLS and
    /// DTLS: enough to choose messages by without reading them again.
    uint8_t type{0};
};

} // namespace attacks
