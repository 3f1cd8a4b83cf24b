// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/time-point.h"

#include <cmath>
#include <cstdint>

namespace coap
{

/**
 * The transmission parameters of RFC 7252 section 4.8 with the default values of table 2, and what
 * section 4.8.2 derives from them. Both ends of an association should use the same values.
 */
struct TransmissionParameters
{
    sansio::Duration acknowledgementTimeout{std::chrono::seconds(2)}; ///< ACK_TIMEOUT
    double acknowledgementRandomFactor{1.5};                    ///< ACK_RANDOM_FACTOR, at least 1
    uint8_t maximumRetransmit{4};                               ///< MAX_RETRANSMIT, at most 20
    uint16_t nstart{1};                                         ///< NSTART, at least 1
    sansio::Duration maximumLatency{std::chrono::seconds(100)}; ///< MAX_LATENCY
    sansio::Duration processingDelay{std::chrono::seconds(2)};  ///< PROCESSING_DELAY

    /// MAX_TRANSMIT_SPAN: from the first transmission to the last retransmission, 45 s.
    sansio::Duration GetMaximumTransmitSpan() const
    {
        return Stretch((int64_t{1} << maximumRetransmit) - 1);
    }

    /// MAX_TRANSMIT_WAIT: from the first transmission until a sender gives up, 93 s.
    sansio::Duration GetMaximumTransmitWait() const
    {
        return Stretch((int64_t{1} << (maximumRetransmit + 1)) - 1);
    }

    /// MAX_RTT, 202 s.
    sansio::Duration GetMaximumRoundTripTime() const
    {
        return 2 * maximumLatency + processingDelay;
    }

    /// EXCHANGE_LIFETIME: how long the Message ID of a CON stays in use, 247 s.
    sansio::Duration GetExchangeLifetime() const
    {
        return GetMaximumTransmitSpan() + GetMaximumRoundTripTime();
    }

    /// NON_LIFETIME: how long the Message ID of a NON stays in use, 145 s.
    sansio::Duration GetNonLifetime() const
    {
        return GetMaximumTransmitSpan() + maximumLatency;
    }

  private:
    sansio::Duration Stretch(int64_t timeouts) const
    {
        double nanoseconds =
            acknowledgementTimeout.count() * acknowledgementRandomFactor * timeouts;
        return sansio::Duration(std::llround(nanoseconds));
    }
};

} // namespace coap
