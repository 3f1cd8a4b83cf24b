// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/flow.h"

#include <array>
#include <optional>

/**
 * \file
 * IPv6 datagrams (RFC 8200) with UDP (RFC 768) and TCP (RFC 9293) in them, read and made byte by
 * byte. Left out: extension headers other than those that are skipped when reading, and IPv4.
 */
namespace attacks
{

using IpAddress = std::array<uint8_t, 16>;

constexpr size_t IPV6_HEADER_SIZE = 40;
constexpr size_t UDP_HEADER_SIZE = 8;
constexpr size_t TCP_HEADER_SIZE = 20; ///< without options

constexpr uint8_t NEXT_HEADER_TCP = 6;
constexpr uint8_t NEXT_HEADER_UDP = 17;
constexpr uint8_t NEXT_HEADER_ICMPV6 = 58;

/// Control bits of TCP, RFC 9293 section 3.1.
enum TcpFlag : uint8_t
{
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
};

/// The fields of a TCP header that an endpoint chooses.
struct TcpHeader
{
    uint32_t sequence{0};
    uint32_t acknowledgment{0};
    uint8_t flags{0};
    uint16_t window{0};
    sansio::ByteView options; ///< a multiple of four bytes, at most 40
};

/// A datagram as read; the views are of the bytes it was read from.
struct Datagram
{
    IpAddress source{};
    IpAddress destination{};
    uint8_t trafficClass{0};
    uint32_t flowLabel{0};
    uint8_t hopLimit{64};
    uint8_t nextHeader{0};        ///< of the upper layer, behind extension headers
    std::optional<Flow> flow;     ///< of UDP and TCP
    std::optional<TcpHeader> tcp; ///< of TCP
    sansio::ByteView data;        ///< what UDP or TCP carries, else all behind the IPv6 headers
    bool checksumValid{true};     ///< of UDP and TCP
};

/**
 * Reads a datagram.
 *
 * Nothing is returned where it is shorter or longer than it says, its version is not 6, or a header
 * of UDP or TCP does not fit. Hop-by-hop, routing and destination options are skipped; a fragment
 * (RFC 8200 section 4.5) has no flow.
 */
std::optional<Datagram> ParseDatagram(sansio::ByteView ipv6);

/// A UDP datagram from \p flow.source to \p flow.destination, with its checksum.
sansio::Bytes BuildUdp(const Flow& flow, sansio::ByteView data, uint8_t hopLimit = 64);

/// A TCP segment from \p flow.source to \p flow.destination, with its checksum.
sansio::Bytes BuildTcp(const Flow& flow,
                       const TcpHeader& header,
                       sansio::ByteView data,
                       uint8_t hopLimit = 64);

/// Internet checksum over the pseudo header of RFC 8200 section 8.1 and \p payload; 0 where the
/// checksum inside \p payload is right.
uint16_t ComputeChecksum(const IpAddress& source,
                         const IpAddress& destination,
                         uint8_t nextHeader,
                         sansio::ByteView payload);

/**
 * Why \p ipv6 must not be given to the stack of ns-3, or nothing: its headers assume that whoever
 * sent them knew how to. Only datagrams that ParseDatagram() reads, with UDP, TCP or ICMPv6 echo
 * directly behind the IPv6 header, from a unicast source, pass; of TCP the options must be
 * well-formed too.
 */
std::optional<std::string> CheckDatagram(sansio::ByteView ipv6);

} // namespace attacks
