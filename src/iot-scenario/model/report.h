// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <optional>

namespace ns3
{

/**
 * The payload that every stack carries, byte for byte the same: an 8-byte header and filler.
 *
 *     0        2                 6        8
 *     | sensor |    sequence     |  flags | filler ...
 *
 * All numbers are in network byte order; the filler is the sequence of bytes 0, 1, 2 ... so that a
 * truncated or mixed-up payload is noticed.
 */
struct Report
{
    static constexpr size_t HEADER_SIZE = 8;

    uint16_t sensor{0};
    uint32_t sequence{0}; ///< from 1 on, per sensor
    uint16_t flags{0};    ///< zero; room for later workloads

    /// The label under which ledger and provenance know the report; never 0.
    uint64_t GetId() const
    {
        return uint64_t(sensor) << 32 | sequence;
    }

    /// The payload; \p size is at least HEADER_SIZE.
    sansio::Bytes Encode(size_t size) const;

    /// The report in a payload, or nothing where it is too short or its filler is damaged.
    static std::optional<Report> Decode(sansio::ByteView payload);
};

} // namespace ns3
