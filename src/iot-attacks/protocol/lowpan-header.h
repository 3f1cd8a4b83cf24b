// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/ipv6.h"
#include "low-power-links/protocol/mac-header.h"

#include <tuple>

/**
 * \file
 * Decompression of IPv6 and UDP headers in 802.15.4 frames (RFC 6282).
 */
namespace attacks
{

/// A prefix of 64 bits that compressed addresses refer to (RFC 6282 section 3.1.1).
using LowPanContext = std::array<uint8_t, 8>;

/// The contexts of a network, which everybody in it knows, by their identifiers.
using LowPanContexts = std::array<std::optional<LowPanContext>, 16>;

/// Where the addresses of the link layer are read from.
struct LinkAddresses
{
    lowpower::MacAddress source;
    lowpower::MacAddress destination;
};

/// The interface identifier of a link address: 0000:00ff:fe00:XXXX of a short one (section 3.2.2),
/// an EUI-64 with the universal/local bit turned.
std::array<uint8_t, 8> ToInterfaceIdentifier(const lowpower::MacAddress& address);

/**
 * Decompresses what follows the mesh, broadcast and fragment headers of a frame: uncompressed IPv6
 * (dispatch 0x41) or IPHC with UDP compressed by NHC.
 *
 * \param size length of the whole IPv6 datagram where a fragment header told it, else 0
 * \return the beginning of the datagram, all of it where size is 0; lengths in its headers are of
 *         the whole datagram. Nothing where the encoding is reserved, cut short, refers to a
 * context that is not known or compresses another next header than UDP.
 */
std::optional<sansio::Bytes> Decompress(sansio::ByteView payload,
                                        size_t size,
                                        const LinkAddresses& link,
                                        const LowPanContexts& contexts);

/// What is in front of a datagram, or of a part of it, in the payload of a data frame.
struct LowPanFraming
{
    LinkAddresses link;     ///< of the mesh header where there is one
    bool mesh{false};       ///< RFC 4944 section 5.2
    bool broadcast{false};  ///< LOWPAN_BC0, section 11.1
    bool fragmented{false}; ///< section 5.3
    bool first{false};      ///< FRAG1
    uint16_t size{0};       ///< of the whole datagram, of fragments
    uint16_t tag{0};
    uint16_t offset{0};    ///< in bytes
    sansio::ByteView rest; ///< behind these headers
};

/// RFC 4944 section 5.3: the fragments of a datagram agree in these, which tell it from others.
struct FragmentKey
{
    explicit FragmentKey(const LowPanFraming& framing)
        : link(framing.link),
          size(framing.size),
          tag(framing.tag)
    {
    }

    friend bool operator<(const FragmentKey& a, const FragmentKey& b)
    {
        return std::tie(a.link.source, a.link.destination, a.size, a.tag) <
               std::tie(b.link.source, b.link.destination, b.size, b.tag);
    }

    LinkAddresses link;
    uint16_t size; ///< of the datagram
    uint16_t tag;
};

/// Reads these headers; nothing where the payload ends inside them.
std::optional<LowPanFraming> ReadFraming(sansio::ByteView payload, const LinkAddresses& link);

} // namespace attacks
