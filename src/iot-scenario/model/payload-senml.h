// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

/**
 * \file
 * Sensor Measurement Lists (SenML, RFC 8428). A pack is what its JSON form is: an array of objects
 * with the labels of table 1. XML, EXI, streams and Data Values (`vd`) are left out.
 */
namespace ns3
{

/**
 * The pack in CBOR (section 6): the labels of table 4 as integers, definite lengths.
 * \param pack at most 23 records, of known labels and of numbers, texts and truth values
 */
sansio::Bytes WriteSenmlCbor(const nlohmann::ordered_json& pack);

/// A pack from CBOR, as its JSON form; nothing where the bytes are none or have records of more
/// than 23 fields, more than 23 records, tags or byte strings.
std::optional<nlohmann::ordered_json> ReadSenmlCbor(sansio::ByteView bytes);

/// A record with the base fields applied (section 4.6); times relative to now stay so.
struct SenmlRecord
{
    std::string name;
    std::string unit; ///< empty: none
    double time{0};   ///< seconds: since 1970, or relative to now where below 2^28
    std::optional<double> value;
    std::optional<std::string> text; ///< `vs`
    std::optional<bool> flag;        ///< `vb`
    std::optional<double> sum;
};

/**
 * Resolves a pack. Nothing where it breaks the standard: no array of objects, a field of the wrong
 * type, a name of other characters than allowed (section 4.5.1), not exactly one value (4.2), a
 * version above 10, or an unknown label that must be understood, which ends in "_" (4.4).
 */
std::optional<std::vector<SenmlRecord>> ResolveSenml(const nlohmann::ordered_json& pack);

} // namespace ns3
