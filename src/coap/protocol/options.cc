// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/options.h"

namespace coap
{

using sansio::ByteView;

namespace
{

// Section 3.1: nibbles 13 and 14 announce one and two bytes that count from these values.
constexpr uint32_t ONE_BYTE_FROM = 13;
constexpr uint32_t TWO_BYTES_FROM = 269;

/// Resolves a delta or length nibble; false where the extension is missing.
bool
TakeExtension(ByteView& rest, uint32_t& value)
{
    if (value < 13)
    {
        return true;
    }
    size_t bytes = value - 12;
    if (rest.size() < bytes)
    {
        return false;
    }
    value = bytes == 1 ? ONE_BYTE_FROM + rest[0] : TWO_BYTES_FROM + (rest[0] << 8 | rest[1]);
    rest = rest.From(bytes);
    return true;
}

uint8_t
GetNibble(uint32_t value)
{
    return value < ONE_BYTE_FROM ? value : value < TWO_BYTES_FROM ? 13 : 14;
}

template <typename Container>
void
AppendExtension(Container& bytes, uint32_t value)
{
    if (value >= TWO_BYTES_FROM)
    {
        bytes.push_back((value - TWO_BYTES_FROM) >> 8);
        bytes.push_back((value - TWO_BYTES_FROM) & 0xff);
    }
    else if (value >= ONE_BYTE_FROM)
    {
        bytes.push_back(value - ONE_BYTE_FROM);
    }
}

std::string
Unescape(std::string_view segment)
{
    std::string text;
    for (size_t i = 0; i < segment.size(); i++)
    {
        auto code = segment.substr(i, 3);
        bool slash = code == "%2F";
        bool escaped = slash || code == "%25";
        text += escaped ? (slash ? '/' : '%') : segment[i];
        i += escaped ? 2 : 0;
    }
    return text;
}

void
AppendEscaped(std::string& text, ByteView segment)
{
    for (uint8_t byte : segment)
    {
        if (byte == '/' || byte == '%')
        {
            text += byte == '/' ? "%2F" : "%25";
        }
        else
        {
            text += static_cast<char>(byte);
        }
    }
}

} // namespace

OptionError
TakeOption(ByteView& rest, OptionView& option)
{
    uint32_t delta = rest[0] >> 4;
    uint32_t length = rest[0] & 0xf;
    rest = rest.From(1);
    if (delta == 15)
    {
        return OptionError::ReservedDelta;
    }
    if (length == 15)
    {
        return OptionError::ReservedLength;
    }
    if (!TakeExtension(rest, delta) || !TakeExtension(rest, length) || rest.size() < length)
    {
        return OptionError::Truncated;
    }
    uint32_t number = static_cast<uint32_t>(option.number) + delta;
    if (number > 0xffff)
    {
        return OptionError::NumberTooLarge;
    }
    option.number = static_cast<OptionNumber>(number);
    option.value = rest.First(length);
    rest = rest.From(length);
    return OptionError::None;
}

void
Options::Append(OptionNumber number, ByteView value)
{
    uint32_t delta = static_cast<uint32_t>(number) - static_cast<uint32_t>(m_last);
    m_encoded.push_back(GetNibble(delta) << 4 | GetNibble(value.size()));
    AppendExtension(m_encoded, delta);
    AppendExtension(m_encoded, value.size());
    m_encoded.insert(m_encoded.end(), value.begin(), value.end());
    m_last = number;
}

void
Options::Add(OptionNumber number, ByteView value)
{
    if (number >= m_last)
    {
        Append(number, value);
        return;
    }
    Options ordered;
    bool added = false;
    for (const OptionView& option : *this)
    {
        if (!added && option.number > number)
        {
            ordered.Append(number, value);
            added = true;
        }
        ordered.Append(option.number, option.value);
    }
    *this = std::move(ordered);
}

void
Options::Add(OptionNumber number, std::string_view value)
{
    Add(number, ByteView(value));
}

void
Options::AddUint(OptionNumber number, uint32_t value)
{
    uint8_t bytes[4];
    size_t count = 0;
    for (int shift = 24; shift >= 0; shift -= 8)
    {
        if (value >> shift)
        {
            bytes[count++] = value >> shift & 0xff;
        }
    }
    Add(number, ByteView(bytes, count));
}

void
Options::Remove(OptionNumber number)
{
    Options kept;
    for (const OptionView& option : *this)
    {
        if (option.number != number)
        {
            kept.Append(option.number, option.value);
        }
    }
    *this = std::move(kept);
}

std::optional<ByteView>
Options::Find(OptionNumber number) const
{
    if (number > m_last)
    {
        return std::nullopt;
    }
    for (const OptionView& option : *this)
    {
        if (option.number >= number)
        {
            return option.number == number ? std::optional(option.value) : std::nullopt;
        }
    }
    return std::nullopt;
}

std::optional<uint32_t>
Options::FindUint(OptionNumber number) const
{
    auto value = Find(number);
    if (!value || value->size() > 4)
    {
        return std::nullopt;
    }
    uint32_t result = 0;
    for (uint8_t byte : *value)
    {
        result = result << 8 | byte;
    }
    return result;
}

void
Options::SetUriPath(std::string_view path)
{
    if (m_last >= OptionNumber::UriPath)
    {
        Remove(OptionNumber::UriPath);
    }
    if (!path.empty() && path.front() == '/')
    {
        path.remove_prefix(1);
    }
    bool more = !path.empty(); // RFC 7252 section 6.4: a single slash is no segment
    while (more)
    {
        size_t end = path.find('/');
        Add(OptionNumber::UriPath, Unescape(path.substr(0, end)));
        more = end != path.npos; // behind the last slash is a segment too, an empty one
        path.remove_prefix(more ? end + 1 : path.size());
    }
}

std::string
Options::GetUriPath() const
{
    std::string path;
    bool first = true;
    for (const OptionView& option : *this)
    {
        if (option.number == OptionNumber::UriPath)
        {
            path += first ? "" : "/";
            AppendEscaped(path, option.value);
            first = false;
        }
    }
    return path;
}

void
Options::AssignEncoded(ByteView encoded, OptionNumber last)
{
    m_encoded.assign(encoded.begin(), encoded.end());
    m_last = last;
}

} // namespace coap
