// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sansio
{

namespace utf8
{

/// The length of the well-formed multi-byte sequence at \p text, 0 where there is none (RFC 3629).
inline size_t
GetSequenceLength(std::string_view text)
{
    auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
    uint8_t lead = byte(0);
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
    {
        return 0;
    }
    // The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF.
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < low || byte(1) > high)
    {
        return 0;
    }
    for (size_t i = 2; i < length; i++)
    {
        if ((byte(i) & 0xc0) != 0x80)
        {
            return 0;
        }
    }
    return length;
}

/// How many bytes at the front of \p text are plain ASCII without U+0000.
inline size_t
CountPlain(std::string_view text)
{
    constexpr uint64_t LOW = 0x0101010101010101;
    constexpr uint64_t HIGH = 0x8080808080808080;
    size_t count = 0;
    for (uint64_t word; count + sizeof(word) <= text.size(); count += sizeof(word))
    {
        std::memcpy(&word, text.data() + count, sizeof(word));
        if (((word - LOW) | word) & HIGH) // a byte of 0 borrows, or one has its highest bit
        {
            break;
        }
    }
    while (count < text.size() && static_cast<int8_t>(text[count]) > 0)
    {
        count++;
    }
    return count;
}

} // namespace utf8

/// Well-formed UTF-8 (RFC 3629: shortest form, no surrogates, up to U+10FFFF) without U+0000.
inline bool
IsValidUtf8(std::string_view text)
{
    text.remove_prefix(utf8::CountPlain(text));
    while (!text.empty())
    {
        size_t length = utf8::GetSequenceLength(text);
        if (length == 0)
        {
            return false;
        }
        text.remove_prefix(length);
        text.remove_prefix(utf8::CountPlain(text));
    }
    return true;
}

} // namespace sansio
