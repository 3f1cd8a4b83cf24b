// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/peer-identity-source.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"

#include <algorithm>

namespace ns3
{

sansio::PeerAddress
ToPeerAddress(const Address& address)
{
    sansio::PeerAddress peer;
    // An IPv6 address alone is longer than an IPv4 one with its port: no need to ask for the type
    // of both.
    if (address.GetLength() < peer.ip.size())
    {
        if (InetSocketAddress::IsMatchingType(address))
        {
            auto inet = InetSocketAddress::ConvertFrom(address);
            peer.ip[10] = peer.ip[11] = 0xff;
            inet.GetIpv4().Serialize(&peer.ip[12]);
            peer.port = inet.GetPort();
        }
    }
    else if (Inet6SocketAddress::IsMatchingType(address))
    {
        auto inet6 = Inet6SocketAddress::ConvertFrom(address);
        inet6.GetIpv6().GetBytes(peer.ip.data());
        peer.port = inet6.GetPort();
    }
    return peer;
}

Address
ToSocketAddress(const sansio::PeerAddress& address)
{
    constexpr std::array<uint8_t, 12> MAPPED{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    uint8_t ip[16];
    std::copy(address.ip.begin(), address.ip.end(), ip);
    if (std::equal(MAPPED.begin(), MAPPED.end(), ip))
    {
        return InetSocketAddress(Ipv4Address::Deserialize(ip + MAPPED.size()), address.port);
    }
    return Inet6SocketAddress(Ipv6Address(ip), address.port);
}

sansio::PeerIdentity
GetPeerIdentity(Ptr<Socket> socket, const Address& address)
{
    if (auto source = dynamic_cast<const PeerIdentitySource*>(PeekPointer(socket)))
    {
        return source->GetPeerIdentity(address);
    }
    sansio::PeerIdentity identity;
    identity.address = ToPeerAddress(address);
    return identity;
}

} // namespace ns3
