// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <array>
#include <functional>
#include <string>
#include <tuple>

namespace sansio
{

/// A transport address as plain data: an IPv6 address (IPv4 as ::ffff:a.b.c.d) and a port.
struct PeerAddress
{
    std::array<uint8_t, 16> ip{};
    uint16_t port{0};

    friend bool operator==(const PeerAddress& a, const PeerAddress& b)
    {
        return a.port == b.port && a.ip == b.ip;
    }

    friend bool operator!=(const PeerAddress& a, const PeerAddress& b)
    {
        return !(a == b);
    }

    friend bool operator<(const PeerAddress& a, const PeerAddress& b)
    {
        return std::tie(a.ip, a.port) < std::tie(b.ip, b.port);
    }
};

/**
 * Who the peer of a connection is, as far as the layers below have proved it. Empty texts mean that
 * nothing was proved: without TLS there is only the address, which anybody can claim.
 */
struct PeerIdentity
{
    PeerAddress address;
    std::string
        certificateSubject;  ///< subject of the verified certificate, RFC 4514 form ("CN=s01")
    std::string pskIdentity; ///< PSK identity (RFC 4279 section 5.1) whose key the peer holds
};

} // namespace sansio

template <>
struct std::hash<sansio::PeerAddress>
{
    size_t operator()(const sansio::PeerAddress& address) const noexcept
    {
        std::string_view ip(reinterpret_cast<const char*>(address.ip.data()), address.ip.size());
        return std::hash<std::string_view>{}(ip)*31 + address.port;
    }
};
