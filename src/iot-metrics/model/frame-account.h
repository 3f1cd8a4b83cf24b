// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/packet.h"
#include "ns3/ptr.h"

#include <cstdint>

namespace ns3
{

/// Bytes on air by the layer that wrote them. The sum is what the radios sent, SHR and PHR
/// included.
struct LayerBytes
{
    uint64_t payload{0};     ///< reports
    uint64_t application{0}; ///< MQTT, CoAP
    uint64_t security{0};    ///< TLS and DTLS: records, nonces, tags, handshakes
    uint64_t transport{0};   ///< UDP and TCP headers, pure acknowledgements included
    uint64_t network{0};     ///< 6LoWPAN, IPv6, ICMPv6
    uint64_t link{0};        ///< SHR, PHR, MHR, FCS, acknowledgements, polls

    uint64_t GetTotal() const
    {
        return payload + application + security + transport + network + link;
    }

    LayerBytes& operator+=(const LayerBytes& other);
    friend LayerBytes operator-(const LayerBytes& a, const LayerBytes& b);
};

/**
 * Splits frames by layer in two independent ways that must meet: the headers of link, network and
 * transport are read from the frame itself, the bytes above from the tags they carry. So the sum
 * over the layers equals the frames sent only if every byte was accounted once.
 */
class FrameAccount
{
  public:
    /// Adds one frame as it is on air (MHR to FCS), with the byte tags it carries.
    void Add(Ptr<const Packet> frame);

    const LayerBytes& GetBytes() const;

    /// Frames added, and the bytes the radios sent for them.
    uint64_t GetFrames() const;
    uint64_t GetBytesSent() const;

    /// Frames that could not be dissected; their bytes are in no layer. Not 0: a defect or a
    /// forgery.
    uint64_t GetUnknownFrames() const;

  private:
    LayerBytes m_bytes;
    uint64_t m_frames{0};
    uint64_t m_sent{0};
    uint64_t m_unknown{0};
};

/// The layers of one frame; all zero where it cannot be dissected.
LayerBytes SplitFrame(Ptr<const Packet> frame);

} // namespace ns3
