// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include "ns3/nstime.h"

#include <optional>

namespace ns3
{

/**
 * A reading of a sensor. Its payload is byte for byte the same in every stack; PayloadCodec knows
 * the forms it can have, and this class the default, binary: an 8-byte header and filler.
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
    Time taken{};         ///< when, in simulated time; a binary payload does not tell

    /// The label under which ledger and provenance know the report; never 0.
    uint64_t GetId() const
    {
        return uint64_t(sensor) << 32 | sequence;
    }

    /// The sensor that an id names.
    static uint16_t GetSensor(uint64_t id)
    {
        return static_cast<uint16_t>(id >> 32);
    }

    /// What was measured, in degrees Celsius: from 18.0 to 23.9, known from sensor and sequence, so
    /// that a forged or damaged one is noticed.
    double GetValue() const
    {
        constexpr uint64_t TENTHS = 60;
        return static_cast<double>(180 + (sensor * 13 + uint64_t(sequence) * 7) % TENTHS) / 10;
    }

    /// The payload; \p size is at least HEADER_SIZE.
    sansio::Bytes Encode(size_t size) const;

    /// The report in a payload, or nothing where it is too short or its filler is damaged.
    static std::optional<Report> Decode(sansio::ByteView payload);
};

} // namespace ns3
