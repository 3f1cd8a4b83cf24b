// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/protocol/base64.h"

namespace auth
{

namespace
{

constexpr std::string_view DIGITS =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view URL_DIGITS =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Reads digits without padding. The bits that are left over have to be zero, so that no two texts
/// stand for the same bytes (RFC 4648 section 3.5).
std::optional<Bytes>
ReadDigits(std::string_view text, std::string_view digits)
{
    Bytes bytes;
    uint32_t bits = 0;
    uint32_t count = 0;
    for (char character : text)
    {
        size_t value = digits.find(character);
        if (value == std::string_view::npos)
        {
            return std::nullopt;
        }
        bits = bits << 6 | static_cast<uint32_t>(value);
        count += 6;
        if (count >= 8)
        {
            count -= 8;
            bytes.push_back(static_cast<uint8_t>(bits >> count));
            bits &= (1u << count) - 1;
        }
    }
    bool isWhole = text.size() % 4 != 1 && bits == 0;
    return isWhole ? std::optional<Bytes>(bytes) : std::nullopt;
}

} // namespace

std::string
WriteBase64(ByteView bytes)
{
    std::string text;
    for (size_t i = 0; i < bytes.size(); i += 3)
    {
        ByteView group = bytes.From(i).First(3);
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++)
        {
            bits = bits << 8 | (j < group.size() ? group[j] : 0u);
        }
        for (size_t j = 0; j < 4; j++)
        {
            text += j <= group.size() ? DIGITS[bits >> (18 - 6 * j) & 63] : '=';
        }
    }
    return text;
}

std::optional<Bytes>
ReadBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
    {
        return std::nullopt;
    }
    size_t end = text.size();
    while (end > 0 && text.size() - end < 2 && text[end - 1] == '=')
    {
        end--;
    }
    return ReadDigits(text.substr(0, end), DIGITS);
}

std::optional<Bytes>
ReadBase64Url(std::string_view text)
{
    return ReadDigits(text, URL_DIGITS);
}

} // namespace auth
