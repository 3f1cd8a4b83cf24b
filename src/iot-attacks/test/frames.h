// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/lowpan-header.h"
#include "low-power-links/protocol/mac-header.h"
#include "sans-io/protocol/time-point.h"

#include <algorithm>

/**
 * \file
 * Literal frames and datagrams of the tests, byte by byte, and what puts them together.
 */
namespace attacks::test
{

using sansio::Bytes;
using sansio::ByteView;
using sansio::TimePoint;

inline Bytes
Join(std::initializer_list<Bytes> parts)
{
    Bytes joined;
    for (const Bytes& part : parts)
    {
        joined.insert(joined.end(), part.begin(), part.end());
    }
    return joined;
}

inline TimePoint
At(double seconds)
{
    return TimePoint(
        std::chrono::duration_cast<sansio::Duration>(std::chrono::duration<double>(seconds)));
}

/// GET coap://server/temperature, RFC 7252 figure 16 without token.
inline const Bytes COAP_GET{0x40,
                            0x01,
                            0x7d,
                            0x34, // CON, GET, Message ID
                            0xbb,
                            't',
                            'e',
                            'm',
                            'p',
                            'e',
                            'r',
                            'a',
                            't',
                            'u',
                            'r',
                            'e'}; // Uri-Path

/// fd00:0:0:1:0:ff:fe00:2, the sensor with short address 2.
inline const Bytes SENSOR{0xfd, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xfe, 0, 0, 2};
/// fd00:0:0:2::2, the host.
inline const Bytes HOST{0xfd, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2};

/// COAP_GET from port 49153 of the sensor to port 5683 of the host.
inline const Bytes COAP_DATAGRAM = Join({
    {0x60, 0, 0, 0, 0, 24, 17, 64}, // version 6, payload length, UDP, hop limit
    SENSOR,
    HOST,
    {0xc0, 0x01, 0x16, 0x33, 0, 24, 0x88, 0xc7}, // ports, length, checksum
    COAP_GET,
});

/// Data frame from short address 2 to 1 in PAN 0xabcd that asks for an acknowledgement.
inline Bytes
MakeMhr(uint8_t sequence)
{
    return {0x61, 0x88, sequence, 0xcd, 0xab, 0x01, 0x00, 0x02, 0x00};
}

/// \p bytes with the right FCS behind them.
inline Bytes
AddFcs(Bytes bytes)
{
    uint16_t fcs = lowpower::ComputeFcs(bytes);
    bytes.push_back(static_cast<uint8_t>(fcs));
    bytes.push_back(static_cast<uint8_t>(fcs >> 8));
    return bytes;
}

inline Bytes
MakeFrame(uint8_t sequence, const Bytes& payload)
{
    return AddFcs(Join({MakeMhr(sequence), payload}));
}

/// COAP_DATAGRAM in one frame (RFC 6282): source from context 0 and the link, destination from
/// context 1 and 64 bits inline.
inline const Bytes COAP_IPHC = Join({
    {0x7e, 0xf5, 0x01}, // TF and hop limit 64 elided, next header compressed; CID, SAC, SAM 3,
                        // DAC, DAM 1; contexts 0 and 1
    {0, 0, 0, 0, 0, 0, 0, 2},                   // interface identifier of the host
    {0xf0, 0xc0, 0x01, 0x16, 0x33, 0x88, 0xc7}, // UDP, both ports and checksum inline
    COAP_GET,
});

inline LowPanContexts
GetContexts()
{
    LowPanContexts contexts;
    contexts[0] = LowPanContext{0xfd, 0, 0, 0, 0, 0, 0, 1};
    contexts[1] = LowPanContext{0xfd, 0, 0, 0, 0, 0, 0, 2};
    return contexts;
}

/// FRAG1 (RFC 4944 section 5.3): 11000 and size, tag, then what it carries.
inline Bytes
MakeFrag1(uint16_t size, uint16_t tag, const Bytes& rest)
{
    return Join({{static_cast<uint8_t>(0xc0 | size >> 8),
                  static_cast<uint8_t>(size),
                  static_cast<uint8_t>(tag >> 8),
                  static_cast<uint8_t>(tag)},
                 rest});
}

/// FRAGN: 11100 and size, tag, offset in units of 8 bytes.
inline Bytes
MakeFragN(uint16_t size, uint16_t tag, uint8_t units, const Bytes& rest)
{
    return Join({{static_cast<uint8_t>(0xe0 | size >> 8),
                  static_cast<uint8_t>(size),
                  static_cast<uint8_t>(tag >> 8),
                  static_cast<uint8_t>(tag),
                  units},
                 rest});
}

inline Flow
MakeFlow(uint16_t from, uint16_t to, Transport transport)
{
    Flow flow;
    std::copy(SENSOR.begin(), SENSOR.end(), flow.source.ip.begin());
    std::copy(HOST.begin(), HOST.end(), flow.destination.ip.begin());
    flow.source.port = from;
    flow.destination.port = to;
    flow.transport = transport;
    return flow;
}

} // namespace attacks::test
