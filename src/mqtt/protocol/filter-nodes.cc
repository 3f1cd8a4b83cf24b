// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/filter-nodes.h"

#include <functional>
#include <utility>

namespace mqtt
{

FilterNodes::Number
FilterNodes::Enter(std::string_view filter)
{
    Number node = ROOT;
    TopicLevels levels(filter);
    for (std::string_view level; levels.Next(level);)
    {
        Number child = FindChild(node, level);
        node = child == NONE ? EnterChild(node, level) : child;
    }
    return node;
}

FilterNodes::Number
FilterNodes::Find(std::string_view filter) const
{
    Number node = ROOT;
    TopicLevels levels(filter);
    for (std::string_view level; node != NONE && levels.Next(level);)
    {
        node = FindChild(node, level);
    }
    return node;
}

FilterNodes::Number
FilterNodes::FindNamed(Number parent, std::string_view level) const
{
    Number child = m_buckets[GetBucket(parent, level)];
    while (child != NONE && (m_nodes[child].parent != parent || m_nodes[child].level != level))
    {
        child = m_nodes[child].next;
    }
    return child;
}

void
FilterNodes::Prune(Number node)
{
    while (node != ROOT && m_nodes[node].content == NONE && m_nodes[node].children == 0)
    {
        Number parent = m_nodes[node].parent;
        if (Number* wildcard = GetWildcard(parent, m_nodes[node].level))
        {
            *wildcard = NONE;
        }
        else
        {
            Unlink(node);
        }
        m_nodes[parent].children--;
        m_nodes[node] = Node();
        m_free.push_back(node);
        node = parent;
    }
}

FilterNodes::Number*
FilterNodes::GetWildcard(Number parent, std::string_view level)
{
    Node& node = m_nodes[parent];
    return level == "+" ? &node.plus : level == "#" ? &node.hash : nullptr;
}

FilterNodes::Number
FilterNodes::FindChild(Number parent, std::string_view level) const
{
    const Node& node = m_nodes[parent];
    return level == "+" ? node.plus : level == "#" ? node.hash : FindNamed(parent, level);
}

FilterNodes::Number
FilterNodes::EnterChild(Number parent, std::string_view level)
{
    Number child = static_cast<Number>(m_nodes.size());
    if (m_free.empty())
    {
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
    if (Number* wildcard = GetWildcard(parent, level))
    {
        *wildcard = child;
        return child;
    }
    Link(child);
    if (m_nodes.size() > m_buckets.size())
    {
        Rehash(2 * m_buckets.size());
    }
    return child;
}

size_t
FilterNodes::GetBucket(Number parent, std::string_view level) const
{
    size_t hash = std::hash<std::string_view>{}(level) ^ parent * 0x9e3779b97f4a7c15u;
    return hash & (m_buckets.size() - 1);
}

void
FilterNodes::Link(Number child)
{
    Node& node = m_nodes[child];
    node.next = std::exchange(m_buckets[GetBucket(node.parent, node.level)], child);
}

void
FilterNodes::Unlink(Number child)
{
    const Node& node = m_nodes[child];
    Number* link = &m_buckets[GetBucket(node.parent, node.level)];
    while (*link != child)
    {
        link = &m_nodes[*link].next;
    }
    *link = node.next;
}

void
FilterNodes::Rehash(size_t buckets)
{
    m_buckets.assign(buckets, NONE);
    for (Number node = ROOT + 1; node < m_nodes.size(); node++)
    {
        bool isFree = m_nodes[node].parent == NONE;
        if (!isFree && !GetWildcard(m_nodes[node].parent, m_nodes[node].level))
        {
            Link(node);
        }
    }
}

} // namespace mqtt
