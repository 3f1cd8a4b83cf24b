// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

namespace crypto
{

/// HMAC-SHA256 (RFC 2104), 32 bytes. In an open Scope.
sansio::Bytes HmacSha256(sansio::ByteView key, sansio::ByteView data);

/// SHA-256 (FIPS 180-4), 32 bytes. In an open Scope.
sansio::Bytes Sha256(sansio::ByteView data);

} // namespace crypto
