// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/event.h"

#include <array>

namespace coap
{

/// What an endpoint has counted since it was made.
struct Counters
{
    uint64_t received{0};        ///< datagrams
    uint64_t sent{0};            ///< datagrams
    uint64_t retransmissions{0}; ///< CON sent again
    uint64_t duplicates{0};      ///< messages that had arrived before
    uint64_t rejected{0};        ///< messages rejected, by Reset or silently
    uint64_t unmatched{0};       ///< ACK and RST that answer nothing that is open
    uint64_t stale{0};     ///< notifications older than one seen before (RFC 7641 section 3.4)
    uint64_t abandoned{0}; ///< requests the application never answered
    std::array<uint64_t, static_cast<size_t>(Limit::Count)> limits{}; ///< by Limit

    uint64_t GetLimit(Limit limit) const
    {
        return limits[static_cast<size_t>(limit)];
    }
};

/// Where the parts of an endpoint report what happens.
struct Report
{
    EventQueue& events;
    Counters& counters;

    void Reach(Limit limit)
    {
        counters.limits[static_cast<size_t>(limit)]++;
        events.push_back(LimitReached{limit});
    }
};

} // namespace coap
