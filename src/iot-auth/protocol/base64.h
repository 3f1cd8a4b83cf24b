// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <optional>
#include <string>

namespace auth
{

using sansio::Bytes;
using sansio::ByteView;

/// Base 64 encoding (RFC 4648 section 4), with padding.
std::string WriteBase64(ByteView bytes);

/// The reverse; nothing for a text that WriteBase64() would not write.
std::optional<Bytes> ReadBase64(std::string_view text);

/// Base64url without padding as JSON Web Signatures use it (RFC 7515 section 2); nothing for a text
/// that is not of this form.
std::optional<Bytes> ReadBase64Url(std::string_view text);

} // namespace auth
