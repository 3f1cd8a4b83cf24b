// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/time-point.h"

#include <cstdint>

namespace coap
{

/// Values of the Observe option in a request (RFC 7641 section 2).
constexpr uint32_t OBSERVE_REGISTER = 0;
constexpr uint32_t OBSERVE_DEREGISTER = 1;

/// The sequence numbers of notifications count modulo this (RFC 7641 section 3.4).
constexpr uint32_t OBSERVE_MODULUS = 1 << 24;

/**
 * Whether a notification is newer than the newest one before it (RFC 7641 section 3.4).
 *
 * \param v1, t1 sequence number and time of arrival of the one before
 * \param v2, t2 those of the one that just arrived
 */
constexpr bool
IsFresher(uint32_t v1, sansio::TimePoint t1, uint32_t v2, sansio::TimePoint t2)
{
    constexpr uint32_t HALF = OBSERVE_MODULUS / 2;
    return (v1 < v2 && v2 - v1 < HALF) || (v1 > v2 && v1 - v2 > HALF) ||
           t2 > t1 + std::chrono::seconds(128);
}

} // namespace coap
