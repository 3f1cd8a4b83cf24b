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

} // namespace

bool
IsValidUtf8(std::string_view text)
{
    while (!text.empty())
    {
        uint8_t byte = text[0];
        size_t length = byte < 0x80 ? 1 : GetSequenceLength(text);
        if (byte == 0 || length == 0)
        {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

bool
IsValidTopicName(std::string_view topic)
{
    return !topic.empty() && topic.find_first_of("+#") == std::string_view::npos;
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
