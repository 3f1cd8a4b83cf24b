// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/settings.h"

#include <string>
#include <vector>

/**
 * \file
 * The texts of attributes as values. Each function throws std::runtime_error with one line that
 * names the attribute, its value and what was expected.
 */
namespace ns3
{

/// A list with commas between the items; spaces around an item do not count.
std::vector<std::string> ParseList(const std::string& text);

/// A pre-shared key: an even number of hexadecimal digits.
sansio::Bytes ParseKey(const std::string& attribute, const std::string& hex);

/// "identity:key, identity:key": the key is what follows the last colon.
std::vector<tls::PreSharedKey> ParsePskTable(const std::string& attribute, const std::string& text);

/// "lean" or "openssl".
tls::Profile ParseProfile(const std::string& attribute, const std::string& text);

/// Unix time of "2026-01-01T00:00:00Z" (RFC 3339 in UTC, without fractions).
int64_t ParseDate(const std::string& attribute, const std::string& text);

/// The PEM text, or what is in the file of that name; naming both is an error.
std::string ReadPem(const std::string& attribute, const std::string& file, const std::string& text);

} // namespace ns3
