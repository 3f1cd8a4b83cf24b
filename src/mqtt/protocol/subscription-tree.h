// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/topic.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mqtt
{

/**
 * All subscriptions of a broker, found by topic: one node per level of a filter. Finding the
 * subscribers of a topic takes time by its levels and matches, not by how many others there are.
 *
 * \tparam Subscriber a small value that names a subscriber (compared by ==)
 * \tparam Terms a small value that says what the subscription asks for
 *
 * Matches come in an order that depends on the filters and on the order of subscribing only.
 */
template <typename Subscriber, typename Terms>
class SubscriptionTree
{
  public:
    /// Adds a subscription, or replaces the terms of the one with the same filter (section 3.8.4).
    /// \return whether it is new
    bool Add(std::string_view filter, Subscriber subscriber, Terms terms)
    {
        uint32_t node = ROOT;
        TopicLevels levels(filter);
        for (std::string_view level; levels.Next(level);)
        {
            node = Enter(node, level);
        }
        for (Entry& entry : m_nodes[node].entries)
        {
            if (entry.subscriber == subscriber)
            {
                entry.terms = terms;
                return false;
            }
        }
        m_nodes[node].entries.push_back({subscriber, terms});
        return true;
    }

    /// Removes a subscription; \return whether there was one.
    bool Remove(std::string_view filter, Subscriber subscriber)
    {
        uint32_t node = ROOT;
        TopicLevels levels(filter);
        for (std::string_view level; levels.Next(level);)
        {
            node = Find(node, level);
            if (node == NONE)
            {
                return false;
            }
        }
        auto& entries = m_nodes[node].entries;
        auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& candidate) {
            return candidate.subscriber == subscriber;
        });
        if (entry == entries.end())
        {
            return false;
        }
        entries.erase(entry);
        Prune(node);
        return true;
    }

    /// Calls \p found(subscriber, terms) for every subscription that matches a valid topic name.
    template <typename Found>
    void Match(std::string_view topic, Found&& found) const
    {
        bool hidden = topic[0] == '$'; // from wildcards in the first level [MQTT-4.7.2-1]
        std::vector<Branch> branches;  // those still to be walked: no recursion, a topic may have
                                       // 65,536 levels
        std::optional<Branch> here = Branch{ROOT, TopicLevels(topic)};
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
        return m_nodes.size() - m_free.size();
    }

  private:
    static constexpr uint32_t ROOT = 0;
    static constexpr uint32_t NONE = 0xffffffff;

    struct Entry
    {
        Subscriber subscriber;
        Terms terms;
    };

    struct Node
    {
        std::string level;
        uint32_t parent{NONE};
        uint32_t plus{NONE}; ///< child `+`
        uint32_t hash{NONE}; ///< child `#`
        uint32_t children{0};
        std::vector<Entry> entries;
    };

    /// A child by parent and level; the text is the one in the child's node.
    struct Edge
    {
        uint32_t parent;
        std::string_view level;

        bool operator==(const Edge& other) const
        {
            return parent == other.parent && level == other.level;
        }
    };

    struct EdgeHash
    {
        size_t operator()(const Edge& edge) const
        {
            return std::hash<std::string_view>{}(edge.level) ^ edge.parent * 0x9e3779b97f4a7c15u;
        }
    };

    uint32_t* GetWildcard(uint32_t node, std::string_view level)
    {
        return level == "+" ? &m_nodes[node].plus : level == "#" ? &m_nodes[node].hash : nullptr;
    }

    uint32_t Find(uint32_t parent, std::string_view level)
    {
        if (const uint32_t* wildcard = GetWildcard(parent, level))
        {
            return *wildcard;
        }
        auto edge = m_edges.find({parent, level});
        return edge == m_edges.end() ? NONE : edge->second;
    }

    /// The child of a level, made where it is missing.
    uint32_t Enter(uint32_t parent, std::string_view level)
    {
        uint32_t child = Find(parent, level);
        if (child != NONE)
        {
            return child;
        }
        if (m_free.empty())
        {
            child = static_cast<uint32_t>(m_nodes.size());
            m_nodes.emplace_back();
        }
        else
        {
            child = m_free.back();
            m_free.pop_back();
        }
        m_nodes[child].level = level;
        m_nodes[child].parent = parent;
        m_nodes[parent].children++;
        if (uint32_t* wildcard = GetWildcard(parent, level))
        {
            *wildcard = child;
        }
        else
        {
            m_edges.emplace(Edge{parent, m_nodes[child].level}, child);
        }
        return child;
    }

    /// Frees a node and its parents as far as nobody needs them.
    void Prune(uint32_t node)
    {
        while (node != ROOT && m_nodes[node].entries.empty() && m_nodes[node].children == 0)
        {
            uint32_t parent = m_nodes[node].parent;
            if (uint32_t* wildcard = GetWildcard(parent, m_nodes[node].level))
            {
                *wildcard = NONE;
            }
            else
            {
                m_edges.erase({parent, m_nodes[node].level});
            }
            m_nodes[parent].children--;
            m_nodes[node] = Node();
            m_free.push_back(node);
            node = parent;
        }
    }

    template <typename Found>
    void Report(uint32_t node, Found& found) const
    {
        for (const Entry& entry : m_nodes[node].entries)
        {
            found(entry.subscriber, entry.terms);
        }
    }

    /// A node that is reached and the levels of the topic that lie below it.
    struct Branch
    {
        uint32_t node;
        TopicLevels levels;
    };

    /// Reports what matches at a node. \return where to go next, if anywhere; where there are two
    /// ways, the other is added to \p branches
    template <typename Found>
    std::optional<Branch> Walk(Branch at,
                               bool hidden,
                               std::vector<Branch>& branches,
                               Found& found) const
    {
        const Node& here = m_nodes[at.node];
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
        if (auto edge = m_edges.find({at.node, level}); edge != m_edges.end())
        {
            next = Branch{edge->second, at.levels};
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

    std::deque<Node> m_nodes{1};
    std::vector<uint32_t> m_free;
    std::unordered_map<Edge, uint32_t, EdgeHash> m_edges;
};

} // namespace mqtt
