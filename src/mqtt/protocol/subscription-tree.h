// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/filter-nodes.h"

#include <boost/container/small_vector.hpp>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace mqtt
{

/**
 * All subscriptions of a broker, found by topic. Finding the subscribers of a topic takes time by
 * its levels and matches, not by how many others there are.
 *
 * \tparam Subscriber a small value that names a subscriber (compared by ==)
 * \tparam Terms what the subscription asks for
 *
 * Matches come in an order that depends on the filters and on the order of subscribing only.
 */
template <typename Subscriber, typename Terms>
class SubscriptionTree
{
  public:
    /// Names a subscription as long as it is there.
    using Place = uint32_t;

    /// Adds a subscription, or replaces the terms of the one with the same filter (section 3.8.4).
    /// \return where it is, and whether it is new
    std::pair<Place, bool> Add(std::string_view filter, Subscriber subscriber, Terms terms)
    {
        uint32_t node = m_nodes.Enter(filter);
        uint32_t* link = &m_nodes.GetContent(node);
        for (; *link != NONE; link = &m_entries[*link].next)
        {
            if (m_entries[*link].subscriber == subscriber)
            {
                m_entries[*link].terms = std::move(terms);
                return {*link, false};
            }
        }
        Place place = static_cast<Place>(m_entries.size());
        if (m_free.empty())
        {
            m_entries.emplace_back();
        }
        else
        {
            place = m_free.back();
            m_free.pop_back();
        }
        *link = place;
        m_entries[place] = {subscriber, std::move(terms), node, NONE};
        return {place, true};
    }

    /// The subscription of this filter, if there is one.
    std::optional<Place> Find(std::string_view filter, Subscriber subscriber) const
    {
        uint32_t node = m_nodes.Find(filter);
        Place place = node == NONE ? NONE : m_nodes.Get(node).content;
        while (place != NONE && !(m_entries[place].subscriber == subscriber))
        {
            place = m_entries[place].next;
        }
        return place == NONE ? std::nullopt : std::make_optional(place);
    }

    /// What a subscription that is there asks for.
    const Terms& GetTerms(Place place) const
    {
        return m_entries[place].terms;
    }

    /// Removes a subscription that is there.
    void Remove(Place place)
    {
        uint32_t node = m_entries[place].node;
        uint32_t* link = &m_nodes.GetContent(node);
        while (*link != place)
        {
            link = &m_entries[*link].next;
        }
        *link = m_entries[place].next;
        m_entries[place] = Entry();
        m_free.push_back(place);
        m_nodes.Prune(node);
    }

    /// Calls \p found(subscriber, terms) for every subscription that matches a valid topic name.
    template <typename Found>
    void Match(std::string_view topic, Found&& found) const
    {
        bool hidden = topic[0] == '$'; // from wildcards in the first level [MQTT-4.7.2-1]
        Branches branches; // those still to be walked: no recursion, a topic may have 65,536 levels
        std::optional<Branch> here = Branch{FilterNodes::ROOT, TopicLevels(topic)};
        while (here)
        {
            here = Walk(*here, hidden, branches, found);
            hidden = false;
            if (!here && !branches.empty())
            {
                here = branches.back();
                branches.pop_back();
            }
        }
    }

    /// How many nodes are in use.
    size_t GetNodeCount() const
    {
        return m_nodes.GetSize();
    }

  private:
    static constexpr uint32_t NONE = FilterNodes::NONE;

    struct Entry
    {
        Subscriber subscriber{};
        Terms terms{};
        uint32_t node{NONE};
        Place next{NONE}; ///< of the same filter, in the order of subscribing
    };

    /// A node that is reached and the levels of the topic that lie below it.
    struct Branch
    {
        uint32_t node;
        TopicLevels levels;
    };

    using Branches = boost::container::small_vector<Branch, 8>;

    template <typename Found>
    void Report(uint32_t node, Found& found) const
    {
        for (Place place = m_nodes.Get(node).content; place != NONE; place = m_entries[place].next)
        {
            found(m_entries[place].subscriber, m_entries[place].terms);
        }
    }

    /// Reports what matches at a node. \return where to go next, if anywhere; where there are two
    /// ways, the other is added to \p branches
    template <typename Found>
    std::optional<Branch> Walk(Branch at, bool hidden, Branches& branches, Found& found) const
    {
        const FilterNodes::Node& here = m_nodes.Get(at.node);
        if (here.hash != NONE && !hidden) // matches this level's parent too
        {
            Report(here.hash, found);
        }
        std::string_view level;
        if (!at.levels.Next(level))
        {
            Report(at.node, found);
            return {};
        }
        std::optional<Branch> next;
        if (uint32_t child = m_nodes.FindNamed(at.node, level); child != NONE)
        {
            next = Branch{child, at.levels};
        }
        if (here.plus != NONE && !hidden)
        {
            if (next)
            {
                branches.push_back(*next);
            }
            next = Branch{here.plus, at.levels};
        }
        return next;
    }

    FilterNodes m_nodes; ///< the content of each is its first subscription
    std::deque<Entry> m_entries;
    std::vector<Place> m_free;
};

} // namespace mqtt
