// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

namespace crypto
{

/**
 * PBKDF2 with HMAC-SHA512 (RFC 8018 section 5.2): 64 bytes that can be had from a password only by
 * the work of \p iterations, counted as so many operations. In an open Scope.
 */
sansio::Bytes HashPassword(std::string_view password, sansio::ByteView salt, uint32_t iterations);

/// Whether two hashes are the same, in a time that does not tell where they differ.
bool IsSameHash(sansio::ByteView a, sansio::ByteView b);

} // namespace crypto
