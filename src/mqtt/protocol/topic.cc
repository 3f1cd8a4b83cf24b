// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/topic.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace mqtt
{

namespace
{

constexpr std::string_view SHARE_PREFIX = "$share/";

/// The length of the well-formed multi-byte sequence at \p text, 0 where there is none (RFC 3629).
size_t
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
size_t
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

} // namespace

bool
IsValidUtf8(std::string_view text)
{
    text.remove_prefix(CountPlain(text));
    while (!text.empty())
    {
        size_t length = GetSequenceLength(text);
        if (length == 0)
        {
            return false;
        }
        text.remove_prefix(length);
        text.remove_prefix(CountPlain(text));
    }
    return true;
}

bool
IsValidTopicName(std::string_view topic)
{
    bool hasWildcard = std::any_of(topic.begin(), topic.end(), [](char character) {
        return character == '+' || character == '#';
    });
    return !topic.empty() && !hasWildcard;
}

bool
IsSharedFilter(std::string_view filter)
{
    return filter.substr(0, SHARE_PREFIX.size()) == SHARE_PREFIX;
}

SharedFilter
SplitSharedFilter(std::string_view filter)
{
    if (!IsSharedFilter(filter))
    {
        return {{}, filter};
    }
    std::string_view rest = filter.substr(SHARE_PREFIX.size());
    size_t slash = std::min(rest.find('/'), rest.size());
    return {rest.substr(0, slash), rest.substr(std::min(slash + 1, rest.size()))};
}

bool
IsValidTopicFilter(std::string_view filter)
{
    if (IsSharedFilter(filter))
    {
        auto [name, shared] = SplitSharedFilter(filter);
        return IsValidTopicName(name) && !IsSharedFilter(shared) && IsValidTopicFilter(shared);
    }
    if (filter.empty())
    {
        return false;
    }
    for (size_t i = filter.find_first_of("+#"); i != std::string_view::npos;
         i = filter.find_first_of("+#", i + 1))
    {
        bool startsLevel = i == 0 || filter[i - 1] == '/';
        bool isLast = i + 1 == filter.size();
        bool endsLevel = isLast || (filter[i] == '+' && filter[i + 1] == '/');
        if (!startsLevel || !endsLevel)
        {
            return false;
        }
    }
    return true;
}

size_t
CountLevels(std::string_view topic)
{
    return 1 + std::count(topic.begin(), topic.end(), '/');
}

bool
TopicMatches(std::string_view filter, std::string_view topic)
{
    bool startsWithWildcard = filter[0] == '+' || filter[0] == '#';
    if (topic[0] == '$' && startsWithWildcard) // [MQTT-4.7.2-1]
    {
        return false;
    }
    TopicLevels filterLevels(filter);
    TopicLevels topicLevels(topic);
    std::string_view wanted;
    std::string_view level;
    while (filterLevels.Next(wanted))
    {
        if (wanted == "#") // the parent level included
        {
            return true;
        }
        if (!topicLevels.Next(level) || (wanted != "+" && wanted != level))
        {
            return false;
        }
    }
    return !topicLevels.Next(level);
}

} // namespace mqtt
