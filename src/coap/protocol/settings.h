// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/transmission-parameters.h"
#include "sans-io/protocol/token-bucket.h"

#include <cstddef>

namespace coap
{

/**
 * The bounds of every table of an endpoint. What happens at each of them is counted and reported as
 * the event LimitReached.
 */
struct Limits
{
    /// Received messages remembered for deduplication; beyond, the one to expire first is
    /// forgotten.
    size_t duplicates{8192};
    /// Peers whose Message IDs are tracked; beyond, the idle one unused longest is forgotten, and
    /// if none is idle the message is refused.
    size_t peers{4096};
    /// Messages that wait for NSTART, all peers together; beyond, a message is refused.
    size_t waiting{1024};
    /// Requests of this endpoint that are open; beyond, a request is refused.
    size_t requests{4096};
    /// Received requests the application has not answered; beyond, the answer is 5.03.
    size_t unanswered{4096};
    /// Observers of the resources here; beyond, a registration is answered as a plain GET.
    size_t observers{1024};
    /// New requests of one address, whatever its ports; beyond, the answer is 4.29 with the seconds
    /// to wait as Max-Age (RFC 8516).
    sansio::RateLimit requestRate;
    /// Addresses whose rate is known; beyond, the one heard longest ago is forgotten.
    size_t ratedPeers{4096};
};

/// What can be chosen about an endpoint.
struct Settings
{
    TransmissionParameters transmission;
    Limits limits;
    /// Bytes of a token, 0 to 8 (section 5.3.1).
    uint8_t tokenLength{2};
    /// How long a CON request may stay unanswered before it is acknowledged by an empty message and
    /// answered separately later (section 5.2.2). Below ACK_TIMEOUT.
    sansio::Duration acknowledgementDelay{std::chrono::seconds(1)};
    /// How long a NON request counts as an outstanding interaction for NSTART (section 4.7).
    sansio::Duration nonInteractionTimeout{std::chrono::seconds(3)};
    /// How long the response is awaited after the acknowledgement of a CON request, or after the
    /// end of nonInteractionTimeout for a NON one; then the request fails.
    sansio::Duration responseTimeout{std::chrono::seconds(93)};
    /// A notification is sent as CON when the last one is this long ago (RFC 7641 section 4.5).
    sansio::Duration confirmableNotificationInterval{std::chrono::hours(24)};
};

} // namespace coap
