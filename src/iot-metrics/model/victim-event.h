// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/peer.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <optional>
#include <string>

namespace ns3
{

/// What a host did with something that it did not take as it came.
struct VictimEvent
{
    enum class Kind : uint8_t
    {
        Refused,      ///< a bound acted: no room, or too often
        Rejected,     ///< a message, record or handshake was not accepted
        Duplicate,    ///< a message had arrived before and was not acted upon again
        SessionEnded, ///< a session of an accepted client ended
    };

    Kind kind{};
    std::string layer;                 ///< "tcp", "tls", "dtls", "mqtt", "coap" or "udp"
    std::string reason;                ///< as the layer names it
    sansio::PeerAddress peer;          ///< all zero where the layer does not tell
    std::string client;                ///< MQTT client identifier, where it is known
    std::optional<uint16_t> messageId; ///< CoAP
    Time age{};                        ///< of what was given up for another, where it is told

    /// "dtls replay": who did it and why, as records show it.
    std::string GetText() const
    {
        return reason.empty() ? layer : layer + " " + reason;
    }
};

/// How full the bounded tables of a host are.
struct VictimTables
{
    uint32_t halfOpen{0};    ///< TCP connections
    uint32_t connections{0}; ///< established TCP connections
    uint32_t sessions{0};    ///< of MQTT, or else of (D)TLS, handshakes included
    uint32_t exchanges{0};   ///< messages that CoAP remembers
};

} // namespace ns3
