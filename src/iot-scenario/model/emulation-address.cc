// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulation-address.h"

#include "sans-io/model/parameter-text.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <utility>

namespace ns3
{

namespace
{

/// An address of ns-3's or the system's as text.
std::string
WriteIp(const uint8_t* bytes, size_t size)
{
    char text[INET6_ADDRSTRLEN];
    return inet_ntop(size == 4 ? AF_INET : AF_INET6, bytes, text, sizeof(text));
}

std::vector<uint8_t>
ReadIp(const std::string& text)
{
    const bool ipv6 = text.find(':') != std::string::npos;
    std::vector<uint8_t> bytes(ipv6 ? 16 : 4);
    const bool valid = inet_pton(ipv6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) == 1;
    return valid ? bytes : std::vector<uint8_t>();
}

/// Whether a packet to the address would leave or enter a host of ns-3.
bool
IsRouted(const std::vector<uint8_t>& bytes)
{
    if (bytes.size() == 4)
    {
        return bytes[0] != 0 && bytes[0] != 127 && bytes[0] < 224;
    }
    const std::vector<uint8_t> documentation{0x20, 0x01, 0x0d, 0xb8}; // ns-3 drops it silently
    return bytes[0] != 0 && bytes[0] < 0xfe &&
           !std::equal(documentation.begin(), documentation.end(), bytes.begin());
}

} // namespace

EmulationAddress::EmulationAddress(std::vector<uint8_t> bytes, uint32_t length)
    : m_bytes(std::move(bytes)),
      m_length(length)
{
}

EmulationAddress
EmulationAddress::Parse(const std::string& option, const std::string& text)
{
    const size_t slash = text.find('/');
    const std::vector<uint8_t> bytes = ReadIp(text.substr(0, slash));
    if (bytes.empty())
    {
        Reject(option, text, "an address such as 10.77.0.2/24 or fd00:0:0:77::2/64");
    }
    if (!IsRouted(bytes))
    {
        Reject(option,
               text,
               "an address of a host that is routed, such as one of 10.0.0.0/8 or fd00::/8");
    }
    const bool ipv6 = bytes.size() == 16;
    uint32_t length = ipv6 ? 64 : 24;
    if (slash != std::string::npos)
    {
        const uint32_t longest = ipv6 ? 126 : 30; // two hosts at least
        const auto number = ReadNumber<uint32_t>(text.substr(slash + 1));
        if (!number || *number < 8 || *number > longest)
        {
            Reject(option, text, "a prefix length from 8 to " + std::to_string(longest));
        }
        length = *number;
    }
    EmulationAddress address(bytes, length);
    if (address.GetNetworkBytes(length) == bytes)
    {
        Reject(option, text, "the address of a host, such as " + address.GetNeighbor().ToString());
    }
    return address;
}

bool
EmulationAddress::IsIpv6() const
{
    return m_bytes.size() == 16;
}

std::string
EmulationAddress::GetHost() const
{
    return WriteIp(m_bytes.data(), m_bytes.size());
}

std::string
EmulationAddress::GetNetwork() const
{
    return EmulationAddress(GetNetworkBytes(m_length), m_length).ToString();
}

std::string
EmulationAddress::ToString() const
{
    return GetHost() + "/" + std::to_string(m_length);
}

std::vector<uint8_t>
EmulationAddress::GetNetworkBytes(uint32_t length) const
{
    std::vector<uint8_t> bytes(m_bytes);
    for (uint32_t i = 0; i < bytes.size(); i++)
    {
        const uint32_t kept = std::clamp<int64_t>(int64_t(length) - 8 * i, 0, 8);
        bytes[i] &= static_cast<uint8_t>(0xff00 >> kept);
    }
    return bytes;
}

EmulationAddress
EmulationAddress::GetNeighbor() const
{
    std::vector<uint8_t> bytes = GetNetworkBytes(m_length);
    bytes.back()++;
    if (bytes == m_bytes)
    {
        bytes.back()++;
    }
    return {bytes, m_length};
}

bool
EmulationAddress::Overlaps(const EmulationAddress& other) const
{
    const uint32_t shorter = std::min(m_length, other.m_length);
    return GetNetworkBytes(shorter) == other.GetNetworkBytes(shorter);
}

Ipv4Address
EmulationAddress::GetIpv4() const
{
    return Ipv4Address::Deserialize(m_bytes.data());
}

Ipv4Mask
EmulationAddress::GetMask() const
{
    return Ipv4Mask(~uint32_t(0) << (32 - m_length));
}

Ipv6Address
EmulationAddress::GetIpv6() const
{
    return Ipv6Address::Deserialize(m_bytes.data());
}

Ipv6Prefix
EmulationAddress::GetPrefix() const
{
    return Ipv6Prefix(static_cast<uint8_t>(m_length));
}

Address
EmulationAddress::GetSocketAddress(uint16_t port) const
{
    return IsIpv6() ? Address(Inet6SocketAddress(GetIpv6(), port))
                    : Address(InetSocketAddress(GetIpv4(), port));
}

std::string
ToText(const Address& address)
{
    uint8_t bytes[16];
    if (InetSocketAddress::IsMatchingType(address))
    {
        auto inet = InetSocketAddress::ConvertFrom(address);
        inet.GetIpv4().Serialize(bytes);
        return WriteIp(bytes, 4) + ":" + std::to_string(inet.GetPort());
    }
    auto inet6 = Inet6SocketAddress::ConvertFrom(address);
    inet6.GetIpv6().Serialize(bytes);
    return "[" + WriteIp(bytes, 16) + "]:" + std::to_string(inet6.GetPort());
}

} // namespace ns3
