// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/memory.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/**
 * \file
 * Topic Aliases (5.0: section 3.3.2.3.4): numbers that stand for topics, each way apart, as long as
 * a connection lives.
 */
namespace mqtt
{

/**
 * The sender's half. The first topics get the aliases there are and keep them: what a sensor
 * publishes again and again is what it publishes first.
 */
class SentAliases
{
  public:
    /// For a new connection. \param maximum aliases that the receiver takes
    void Begin(uint16_t maximum)
    {
        m_maximum = maximum;
        m_aliases.clear();
    }

    struct Use
    {
        uint16_t alias{0};   ///< 0: there is none for this topic
        bool isKnown{false}; ///< the receiver has been told: the topic can be left out
    };

    /// What stands for the topic, from the next packet on known to the receiver.
    Use Take(std::string_view topic)
    {
        Use use = Peek(topic);
        if (use.alias > 0 && !use.isKnown)
        {
            m_aliases.emplace(topic, use.alias);
        }
        return use;
    }

    /// The alias the topic would get or has, without giving it one.
    Use Peek(std::string_view topic) const
    {
        auto known = m_aliases.find(topic);
        bool isKnown = known != m_aliases.end();
        bool hasRoom = m_aliases.size() < m_maximum;
        return {static_cast<uint16_t>(isKnown   ? known->second
                                      : hasRoom ? m_aliases.size() + 1
                                                : 0),
                isKnown};
    }

  private:
    uint16_t m_maximum{0};
    std::map<std::string, uint16_t, std::less<>> m_aliases;
};

/// The receiver's half.
class ReceivedAliases
{
  public:
    enum class Status : uint8_t
    {
        Known,   ///< the topic is said
        Invalid, ///< an alias of 0 or beyond the maximum [5.0: MQTT-3.3.2-8, 3.3.2-9]
        Unknown, ///< no topic was ever said for it (5.0: section 3.3.2.3.4)
    };

    /// For a new connection. \param maximum aliases that the sender was told it may use
    void Begin(uint16_t maximum)
    {
        m_maximum = maximum;
        m_topics.clear();
        m_bytes = 0;
    }

    /// Notes the topic of the alias where one is said, else finds it. \p topic then is the text of
    /// this table, or what was said.
    Status Resolve(uint32_t alias, std::string_view& topic)
    {
        if (alias == 0 || alias > m_maximum)
        {
            return Status::Invalid;
        }
        if (topic.empty())
        {
            bool known = alias <= m_topics.size() && !m_topics[alias - 1].empty();
            topic = known ? m_topics[alias - 1] : topic;
            return known ? Status::Known : Status::Unknown;
        }
        if (m_topics.size() < alias)
        {
            m_topics.resize(alias);
        }
        m_bytes += topic.size() - m_topics[alias - 1].size(); // modulo 2^n, so it may shrink
        m_topics[alias - 1] = topic;
        return Status::Known;
    }

    /// Topics and entries (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return m_bytes + m_topics.size() * sansio::ENTRY_MEMORY;
    }

  private:
    uint16_t m_maximum{0};
    std::vector<std::string> m_topics; ///< the alias is the index and one
    size_t m_bytes{0};
};

} // namespace mqtt
