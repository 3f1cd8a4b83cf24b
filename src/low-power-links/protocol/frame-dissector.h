// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/protocol/mac-header.h"

namespace lowpower
{

/// Place of a fragment in its datagram, RFC 4944 section 5.3.
struct FragmentHeader
{
    uint16_t tag{0};
    uint16_t datagramSize{0}; ///< of the uncompressed IPv6 packet
    uint16_t offset{0};       ///< bytes of the uncompressed IPv6 packet before this fragment

    friend bool operator==(const FragmentHeader& a, const FragmentHeader& b)
    {
        return a.tag == b.tag && a.datagramSize == b.datagramSize && a.offset == b.offset;
    }
};

/**
 * One frame on air, split by the layer that wrote the bytes. link + network + transport + upper is
 * what the radio sends: the frame with its FCS and PHY_HEADER_SIZE.
 *
 * A fragment that is not the first has no headers of its own but the fragment header; what follows
 * counts as upper (the headers of UDP and TCP always fit the first fragment).
 */
struct FrameDissection
{
    MacHeader mac;
    std::optional<uint8_t> command;         ///< identifier of a command frame
    std::optional<FragmentHeader> fragment; ///< where the frame carries a fragment
    uint8_t nextHeader{
        0};         ///< 6 TCP, 17 UDP, 58 ICMPv6; 0 in later fragments and where there is no IPv6
    size_t link{0}; ///< SHR, PHR, MHR and FCS; the whole of any frame but a data frame
    size_t network{0};    ///< 6LoWPAN, IPv6 with extension headers, ICMPv6 with neighbour discovery
    size_t transport{0};  ///< the header of UDP, or of TCP with its options
    size_t upper{0};      ///< what UDP or TCP carries
    size_t upperBegin{0}; ///< where in the frame the upper bytes start

    size_t GetTotal() const
    {
        return link + network + transport + upper;
    }
};

/**
 * Splits \p frame (with FCS): 802.15.4 with short or extended addresses, 6LoWPAN fragments, mesh
 * and broadcast headers (RFC 4944), IPHC and NHC (RFC 6282) and uncompressed IPv6.
 *
 * Nothing is returned for a frame that ends inside a header or uses a reserved encoding; HC1 of
 * RFC 4944, which RFC 6282 replaced, counts among these. Contents beyond the headers are not
 * judged.
 */
std::optional<FrameDissection> DissectFrame(sansio::ByteView frame);

} // namespace lowpower
