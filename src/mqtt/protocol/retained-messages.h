// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/message.h"
#include "mqtt/protocol/topic.h"
#include "sans-io/protocol/memory.h"

#include <algorithm>
#include <functional>
#include <map>

namespace mqtt
{

/// The last retained message of each topic (section 3.3.1.3).
class RetainedMessages
{
  public:
    /// \param limit bound of topics; 0 = unlimited
    /// \param byteLimit bound of the bytes of all messages; 0 = unlimited
    explicit RetainedMessages(size_t limit, size_t byteLimit = 0)
        : m_limit(limit),
          m_byteLimit(byteLimit)
    {
    }

    /// Stores, replaces or, with an empty payload, clears [MQTT-3.3.1-5, 3.3.1-10]. For want of
    /// room those that have expired are removed first [5.0: MQTT-3.3.2-5].
    /// \return false when the store is full: the message is not stored, and what its topic had
    /// before is gone, for it is not the last any more
    bool Set(TimePoint now, const MessagePtr& message)
    {
        auto known = m_messages.find(message->topic);
        if (known != m_messages.end())
        {
            Remove(known);
        }
        if (message->payload.empty())
        {
            return true;
        }
        if (!HasRoomFor(*message))
        {
            RemoveExpired(now);
        }
        if (!HasRoomFor(*message))
        {
            return false;
        }
        m_memory += GetMemory(*message);
        m_firstExpiry = std::min(m_firstExpiry, GetExpiryTime(*message));
        m_messages.emplace(message->topic, message);
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
                Remove(met);
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
    using Messages = std::map<std::string, MessagePtr, std::less<>>;

    static size_t GetMemory(const Message& message)
    {
        return GetContentSize(message) + sansio::ENTRY_MEMORY;
    }

    bool HasRoomFor(const Message& message) const
    {
        size_t bytes = m_memory - m_messages.size() * sansio::ENTRY_MEMORY;
        bool tooMany = m_limit > 0 && m_messages.size() >= m_limit;
        bool tooMuch = m_byteLimit > 0 && bytes + GetContentSize(message) > m_byteLimit;
        return !tooMany && !tooMuch;
    }

    void RemoveExpired(TimePoint now)
    {
        if (now < m_firstExpiry)
        {
            return;
        }
        m_firstExpiry = TimePoint::max();
        for (auto it = m_messages.begin(); it != m_messages.end();)
        {
            auto met = it++;
            if (HasExpired(*met->second, now))
            {
                Remove(met);
            }
            else
            {
                m_firstExpiry = std::min(m_firstExpiry, GetExpiryTime(*met->second));
            }
        }
    }

    void Remove(Messages::iterator message)
    {
        m_memory -= GetMemory(*message->second);
        m_messages.erase(message);
    }

    size_t m_limit;
    size_t m_byteLimit;
    size_t m_memory{0};
    TimePoint m_firstExpiry{TimePoint::max()}; ///< nothing expires before
    Messages m_messages;
};

} // namespace mqtt
