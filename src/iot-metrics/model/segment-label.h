// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <string>

namespace ns3
{

/// What an observer would call a segment or datagram, and the protocol it belongs to.
struct SegmentLabel
{
    std::string protocol; ///< "tcp", "udp", "tls", "dtls", "mqtt", "coap", "raw" or "icmpv6"
    std::string text;     ///< "PUBLISH QoS 1", "CON 0.03", "application data", "ACK", "SYN" ...
};

/**
 * Names what UDP or TCP carries for a person who watches the wire: the names that the standards
 * give their messages. Of MQTT all packets that begin in a segment are named, equal neighbours
 * counted ("CONNACK, 2 x PUBLISH QoS 1"), of TLS the first record; a segment that starts within a
 * packet or record is called a continuation.
 *
 * \param nextHeader 6 TCP, 17 UDP, 58 ICMPv6
 * \param transportHeader the TCP header, else empty
 * \param upper what the transport carries; of a first fragment its beginning
 * \param protocol what the stack speaks: "mqtt", "coap" or "raw"
 * \param secure whether TLS or DTLS is in between
 */
SegmentLabel LabelSegment(uint8_t nextHeader,
                          sansio::ByteView transportHeader,
                          sansio::ByteView upper,
                          const std::string& protocol,
                          bool secure);

} // namespace ns3
