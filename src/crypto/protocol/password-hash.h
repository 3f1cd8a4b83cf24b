// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

namespace crypto
{

/// The hash in the HMAC of PBKDF2.
enum class PasswordHash : uint8_t
{
    Sha256, ///< for 32 bytes
    Sha512, ///< for 64 bytes
};

/**
 * PBKDF2 with HMAC (RFC 8018 section 5.2): bytes that can be had from a password only by the work
 * of \p iterations, counted as so many operations. In an open Scope.
 */
sansio::Bytes HashPassword(std::string_view password,
                           sansio::ByteView salt,
                           uint32_t iterations,
                           PasswordHash kind = PasswordHash::Sha512);

/// Whether two hashes are the same, in a time that does not tell where they differ.
bool IsSameHash(sansio::ByteView a, sansio::ByteView b);

} // namespace crypto
