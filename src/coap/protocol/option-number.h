// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>

namespace coap
{

/// Option numbers of RFC 7252 section 12.2 and RFC 7641. Any other 16-bit value is possible too.
enum class OptionNumber : uint16_t
{
    IfMatch = 1,
    UriHost = 3,
    ETag = 4,
    IfNoneMatch = 5,
    Observe = 6,
    UriPort = 7,
    LocationPath = 8,
    UriPath = 11,
    ContentFormat = 12,
    MaxAge = 14,
    UriQuery = 15,
    Accept = 17,
    LocationQuery = 20,
    ProxyUri = 35,
    ProxyScheme = 39,
    Size1 = 60,
};

/// An endpoint that does not understand it must not go on (section 5.4.1): odd numbers.
constexpr bool
IsCritical(OptionNumber number)
{
    return static_cast<uint16_t>(number) & 1;
}

/// A proxy that does not understand it must not forward it (section 5.4.2): the bit above.
constexpr bool
IsUnsafe(OptionNumber number)
{
    return static_cast<uint16_t>(number) & 2;
}

/// Not part of the cache key although safe to forward (section 5.4.2): the three bits above all
/// set.
constexpr bool
IsNoCacheKey(OptionNumber number)
{
    return (static_cast<uint16_t>(number) & 0x1e) == 0x1c;
}

/// Format of an option value (section 3.2).
enum class OptionFormat : uint8_t
{
    Empty,
    Opaque,
    Uint,
    String,
};

/// What table 4 of RFC 7252 says of an option.
struct OptionDefinition
{
    OptionNumber number;
    OptionFormat format;
    uint16_t minimumLength;
    uint16_t maximumLength;
    bool repeatable;
};

/// The definition of an option this endpoint understands, or nullptr.
const OptionDefinition* FindOptionDefinition(OptionNumber number);

} // namespace coap
