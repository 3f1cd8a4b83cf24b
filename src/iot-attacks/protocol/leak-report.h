// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/flow.h"
#include "sans-io/protocol/time-point.h"

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <vector>

namespace attacks
{

/// What a listener can tell of one direction of one flow.
struct FlowLeak
{
    /// Bounds; what comes beyond is counted and not kept.
    struct Limits
    {
        size_t names{64};        ///< topics, URIs, certificate names
        size_t samples{4};       ///< payloads kept
        size_t sampleBytes{128}; ///< of each of them
        size_t sizes{256};       ///< different record sizes
    };

    Flow flow; ///< source is who speaks
    Direction direction{Direction::FromClient};
    std::string protocol; ///< "mqtt", "coap", "tls", "dtls", else "tcp" or "udp"
    uint64_t messages{0}; ///< MQTT packets, CoAP messages, (D)TLS records, or segments with data
    uint64_t bytes{0};    ///< of these messages
    uint64_t unread{0};   ///< bytes that were missed or could not be parsed
    sansio::TimePoint first;
    sansio::TimePoint last;

    // Read in plain text.
    std::map<std::string, uint64_t> topics; ///< topic names and filters, or URI paths -> messages
    uint64_t payloads{0};
    uint64_t payloadBytes{0};
    std::vector<sansio::Bytes> samples; ///< the first payloads
    std::set<std::string> clientIds;
    std::set<std::string> userNames;
    std::set<std::string> passwords; ///< bytes as they were sent

    // What remains under TLS and DTLS.
    std::string version;                    ///< "1.2" or "1.3", as negotiated
    std::map<size_t, uint64_t> recordSizes; ///< of protected records, header included -> how many
    std::set<std::string> certificateNames; ///< common names; 1.2 shows certificates to everybody
    std::set<std::string> serverNames;      ///< server_name of ClientHello (RFC 6066)
    std::set<std::string> pskIdentities; ///< in ClientKeyExchange or the pre_shared_key extension
    uint64_t handshakeRecords{0};
    uint64_t protectedRecords{0};

    /// Whether any content or credential was read.
    bool HasContent() const;
};

/// What a listener can tell, by flow and direction.
struct LeakReport
{
    std::vector<FlowLeak> flows; ///< ordered by flow

    /// {"flows": [{"flow", "direction", "protocol", ...}]}; bytes that are no printable ASCII in
    /// hexadecimal.
    nlohmann::json ToJson() const;

    /// A table for people: one line for each direction that carried messages.
    std::string ToTable() const;
};

} // namespace attacks
