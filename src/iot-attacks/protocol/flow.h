// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/peer.h"

namespace attacks
{

/// Protocol numbers of the transports that are followed.
enum class Transport : uint8_t
{
    Tcp = 6,
    Udp = 17,
};

/// "tcp" or "udp".
std::string ToString(Transport transport);

/// One direction between two sockets, as the addresses and ports in a datagram name it.
struct Flow
{
    sansio::PeerAddress source;
    sansio::PeerAddress destination;
    Transport transport{Transport::Tcp};

    /// The other direction.
    Flow Reversed() const
    {
        return {destination, source, transport};
    }

    friend bool operator==(const Flow& a, const Flow& b)
    {
        return a.transport == b.transport && a.source == b.source && a.destination == b.destination;
    }

    friend bool operator!=(const Flow& a, const Flow& b)
    {
        return !(a == b);
    }

    friend bool operator<(const Flow& a, const Flow& b)
    {
        return std::tie(a.transport, a.source, a.destination) <
               std::tie(b.transport, b.source, b.destination);
    }
};

/// Who speaks. The client is who sent the SYN, or else who does not use one of the server ports.
enum class Direction : uint8_t
{
    FromClient,
    FromServer,
};

/// "from-client" or "from-server".
std::string ToString(Direction direction);

/// "[fd00::1]:1883", the address as in RFC 5952.
std::string ToString(const sansio::PeerAddress& address);

/// "tcp [fd00::1]:49153 > [fd00::2]:1883".
std::string ToString(const Flow& flow);

} // namespace attacks
