// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/flow.h"

#include <cstdio>

namespace attacks
{

namespace
{

/// The longest run of two or more zero groups, which "::" stands for (RFC 5952 section 4.2).
std::pair<int, int>
FindZeros(const std::array<uint16_t, 8>& groups)
{
    std::pair<int, int> best{-1, 1};
    for (int begin = 0; begin < 8; begin++)
    {
        int end = begin;
        while (end < 8 && groups[end] == 0)
        {
            end++;
        }
        if (end - begin > best.second)
        {
            best = {begin, end - begin};
        }
    }
    return best;
}

std::string
ToText(const std::array<uint8_t, 16>& ip)
{
    std::array<uint16_t, 8> groups;
    for (size_t i = 0; i < groups.size(); i++)
    {
        groups[i] = static_cast<uint16_t>(ip[2 * i] << 8 | ip[2 * i + 1]);
    }
    auto [zeros, count] = FindZeros(groups);
    std::string text;
    for (int i = 0; i < 8; i++)
    {
        if (i == zeros)
        {
            text += "::";
            i += count - 1;
            continue;
        }
        char group[6];
        std::snprintf(group, sizeof(group), "%x", groups[i]);
        text += (text.empty() || text.back() == ':') ? group : std::string(":") + group;
    }
    return text;
}

} // namespace

std::string
ToString(Transport transport)
{
    return transport == Transport::Tcp ? "tcp" : "udp";
}

std::string
ToString(Direction direction)
{
    return direction == Direction::FromClient ? "from-client" : "from-server";
}

std::string
ToString(const sansio::PeerAddress& address)
{
    return "[" + ToText(address.ip) + "]:" + std::to_string(address.port);
}

std::string
ToString(const Flow& flow)
{
    return ToString(flow.transport) + " " + ToString(flow.source) + " > " +
           ToString(flow.destination);
}

} // namespace attacks
