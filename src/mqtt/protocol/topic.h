// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"
#include "sans-io/protocol/utf8.h"

#include <string_view>

/**
 * \file
 * UTF-8 encoded strings (section 1.5.3), Topic Names and Topic Filters (section 4.7).
 */
namespace mqtt
{

/// The most bytes of a text (section 1.5.3) [MQTT-4.7.3-3].
constexpr size_t MAX_TEXT = 65535;

using sansio::IsValidUtf8; // [MQTT-1.5.3-1, 1.5.3-2]

/// At least one character and no wildcard [MQTT-4.7.3-1, 3.3.2-2]. The text is valid UTF-8.
bool IsValidTopicName(std::string_view topic);

/// `+` alone in its level, `#` alone in the last level [MQTT-4.7.1-2, 4.7.1-3]; a shared one as
/// 5.0 says [MQTT-4.8.2-1, 4.8.2-2].
bool IsValidTopicFilter(std::string_view filter);

/// Whether it begins with `$share/` (5.0: section 4.8.2). Clients of 3.1.1 may share too.
bool IsSharedFilter(std::string_view filter);

/// A Topic Filter and the name of the group that shares it; empty where none does.
struct SharedFilter
{
    std::string_view group;
    std::string_view filter;
};

SharedFilter SplitSharedFilter(std::string_view filter);

/// Whether a valid filter matches a valid name, with the rule for names that start with $ (4.7.2).
bool TopicMatches(std::string_view filter, std::string_view topic);

/// How many levels a Topic Name or Topic Filter has: "a//b" has three.
size_t CountLevels(std::string_view topic);

/// The levels of a topic, front to back: "a//b" has three.
class TopicLevels
{
  public:
    explicit TopicLevels(std::string_view topic)
        : m_rest(topic)
    {
    }

    /// Takes the next level; false when there is none left.
    bool Next(std::string_view& level)
    {
        if (m_ended)
        {
            return false;
        }
        size_t slash = m_rest.find('/');
        m_ended = slash == std::string_view::npos;
        level = m_rest.substr(0, slash);
        m_rest.remove_prefix(m_ended ? m_rest.size() : slash + 1);
        return true;
    }

  private:
    std::string_view m_rest;
    bool m_ended{false};
};

} // namespace mqtt
