// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{

/**
 * Named settings of ns-3's TCP, set as defaults of ns3::TcpSocket and ns3::TcpSocketBase before any
 * socket exists. They hold for every node.
 *
 * - `lln`: segments of LLN_SEGMENT_SIZE bytes, which fit one 802.15.4 frame; no timestamps, no
 * selective acknowledgements, no window scaling; each segment acknowledged at once (DelAckCount 1);
 * MinRto 1 s.
 * - `linux`: segments of 1220 bytes (IPv6 minimum MTU), timestamps, selective acknowledgements,
 * window scaling, every second segment acknowledged or after 40 ms, MinRto 200 ms.
 * - `ns3`: as ns-3 comes (536 bytes, delayed acknowledgement 200 ms, timestamps, MinRto 1 s).
 *
 * ns-3's TCP sends no MSS option, so both ends must have the same profile.
 */
class TcpProfile
{
  public:
    /**
     * What is left of the 116 bytes of a frame with short addresses in the direction to the sensor:
     * 16 bytes of IPHC (2, context 1, flow label 3, next header 1, hop limit 1, interface
     * identifier of the host 8) and 20 of TCP. ns-3 gives every IPv6 packet the flow label 1: 3
     * bytes inline.
     */
    static constexpr uint32_t LLN_SEGMENT_SIZE = 80;

    /// "lln", "linux", "ns3".
    static const std::vector<std::string>& GetNames();

    /// \return whether there is a profile \p name; if so it is now in force.
    static bool Apply(const std::string& name);
};

} // namespace ns3
