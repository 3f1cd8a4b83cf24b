// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/ipv4-address.h"
#include "ns3/ipv6-address.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{

/**
 * The address of an interface with the length of its network's prefix, IPv4 or IPv6, as a user
 * writes it: "10.77.0.2/24", "fd00:0:0:77::2/64".
 */
class EmulationAddress
{
  public:
    /**
     * \param option the parameter that \p text is the value of
     * \param text an address of a host; without a length it is 24 (IPv4) or 64 (IPv6)
     * \throw ParameterError where it is none, or none that ns-3 would route
     */
    static EmulationAddress Parse(const std::string& option, const std::string& text);

    bool IsIpv6() const;

    /// Without the length.
    std::string GetHost() const;

    /// "10.77.0.0/24"
    std::string GetNetwork() const;

    /// The same with the length.
    std::string ToString() const;

    /// Another address of the network: its first host, or its second where this is the first.
    EmulationAddress GetNeighbor() const;

    /// Whether one of the networks holds the other.
    bool Overlaps(const EmulationAddress& other) const;

    /// Of an IPv4 address only.
    Ipv4Address GetIpv4() const;
    Ipv4Mask GetMask() const;

    /// Of an IPv6 address only.
    Ipv6Address GetIpv6() const;
    Ipv6Prefix GetPrefix() const;

    /// With a port: an InetSocketAddress or Inet6SocketAddress.
    Address GetSocketAddress(uint16_t port) const;

  private:
    EmulationAddress(std::vector<uint8_t> bytes, uint32_t length);

    /// The first bits up to the length, then zeros.
    std::vector<uint8_t> GetNetworkBytes(uint32_t length) const;

    std::vector<uint8_t> m_bytes; ///< 4 or 16, most significant first
    uint32_t m_length;            ///< of the prefix, in bits
};

/// "10.77.0.1:40123" or "[fd00::1]:40123", of a socket's address.
std::string ToText(const Address& address);

} // namespace ns3
