// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/peer.h"

#include "ns3/address.h"
#include "ns3/ptr.h"
#include "ns3/socket.h"

namespace ns3
{

/**
 * What a socket offers that knows more of its peer than the address. Security sockets implement
 * it beside ns3::Socket; an application asks the socket by GetPeerIdentity() and needs no header
 * of the module that secures it.
 */
class PeerIdentitySource
{
  public:
    virtual ~PeerIdentitySource() = default;

    /// What was proved of the peer at \p address (a datagram socket has many peers).
    virtual sansio::PeerIdentity GetPeerIdentity(const Address& address) const = 0;
};

/// The address as plain data; all zeros for an address that is neither IPv4 nor IPv6 with a port.
sansio::PeerAddress ToPeerAddress(const Address& address);

/// The reverse: an Inet6SocketAddress, or an InetSocketAddress for an IPv4-mapped one.
Address ToSocketAddress(const sansio::PeerAddress& address);

/// All that is known of the peer of \p socket at \p address: proved by the socket, or the address
/// alone.
sansio::PeerIdentity GetPeerIdentity(Ptr<Socket> socket, const Address& address);

} // namespace ns3
