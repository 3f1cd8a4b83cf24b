// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/operation.h"

#include <array>
#include <cstdint>
#include <string>

namespace ns3
{

/// A number of a profile with the place it comes from: a data sheet, a table, a rule.
struct SourcedNumber
{
    double value{0}; ///< in the SI unit its user states
    std::string source;
};

/**
 * What one kind of operation costs on one processor with one library:
 * count x fixed + bytes x perByte.
 */
struct OperationCost
{
    double fixed{0};    ///< seconds for each operation
    double perByte{0};  ///< seconds for each byte
    std::string source; ///< where it was measured, or the rule it is derived by
};

/// How many kinds of operations a profile must know.
constexpr size_t OPERATION_KINDS = static_cast<size_t>(sansio::OperationKind::Count);

/**
 * A processor as a user of energy and time: microcontroller and cryptographic library together,
 * since the same chip may be faster in software than with its accelerator.
 */
struct McuProfile
{
    std::string name;
    bool mains{false};    ///< fed from the mains: takes time, but its energy is not accounted
    SourcedNumber active; ///< ampere while it runs; 0 on the mains
    SourcedNumber crypto; ///< ampere while an operation runs; 0 on the mains
    SourcedNumber sleep;  ///< ampere while nothing runs; 0 on the mains
    std::array<OperationCost, OPERATION_KINDS> operations; ///< indexed by sansio::OperationKind

    const OperationCost& operator[](sansio::OperationKind kind) const
    {
        return operations[static_cast<size_t>(kind)];
    }
};

} // namespace ns3
