// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/message.h"
#include "mqtt/protocol/topic.h"
#include "sans-io/protocol/memory.h"

#include <functional>
#include <map>

namespace mqtt
{

/// The last retained message of each topic (section 3.3.1.3).
class RetainedMessages
{
  public:
    /// \param limit bound of topics; 0 = unlimited
    explicit RetainedMessages(size_t limit)
        : m_limit(limit)
    {
    }

    /// Stores, replaces or, with an empty payload, clears [MQTT-3.3.1-5, 3.3.1-10].
    /// \return false when a new topic finds the store full: it is not stored
    bool Set(const MessagePtr& message)
    {
        auto known = m_messages.find(message->topic);
        if (message->payload.empty())
        {
            if (known != m_messages.end())
            {
                m_memory -= GetMemory(*known->second);
                m_messages.erase(known);
            }
            return true;
        }
        if (known == m_messages.end() && m_limit > 0 && m_messages.size() >= m_limit)
        {
            return false;
        }
        m_memory += GetMemory(*message);
        if (known != m_messages.end())
        {
            m_memory -= GetMemory(*known->second);
            known->second = message;
        }
        else
        {
            m_messages.emplace(message->topic, message);
        }
        return true;
    }

    /**
     * Calls \p found(message) for each topic that the filter matches, in the order of topics.
     * Messages whose expiry has passed are removed when they are met.
     */
    template <typename Found>
    void Match(TimePoint now, std::string_view filter, Found&& found)
    {
        std::string_view fixed = filter.substr(0, filter.find_first_of("+#"));
        if (fixed.size() < filter.size() && !fixed.empty())
        {
            fixed.remove_suffix(1); // `a/#` matches `a` too
        }
        for (auto it = m_messages.lower_bound(fixed); it != m_messages.end();)
        {
            if (std::string_view(it->first).substr(0, fixed.size()) != fixed)
            {
                return;
            }
            auto met = it++;
            if (!TopicMatches(filter, met->first))
            {
                continue;
            }
            if (HasExpired(*met->second, now))
            {
                m_memory -= GetMemory(*met->second);
                m_messages.erase(met);
            }
            else
            {
                found(met->second);
            }
        }
    }

    size_t GetSize() const
    {
        return m_messages.size();
    }

    /// Topic, payload and ENTRY_MEMORY of each message (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return m_memory;
    }

  private:
    static size_t GetMemory(const Message& message)
    {
        return GetContentSize(message) + sansio::ENTRY_MEMORY;
    }

    size_t m_limit;
    size_t m_memory{0};
    std::map<std::string, MessagePtr, std::less<>> m_messages;
};

} // namespace mqtt
