// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/topic.h"

#include <algorithm>

namespace mqtt
{

namespace
{

constexpr std::string_view SHARE_PREFIX = "$share/";

} // namespace

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
