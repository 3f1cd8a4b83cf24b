// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/topic.h"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace mqtt
{

/**
 * The levels of Topic Filters as a tree, each node with a number of its own that its owner gives a
 * meaning to. A node is there as long as it has such a number or a node below it.
 *
 * Nodes are named by numbers and lie in blocks, and the table that finds a child by its level holds
 * nothing but their numbers: a broker may have hundreds of thousands.
 */
class FilterNodes
{
  public:
    using Number = uint32_t;

    static constexpr Number ROOT = 0;
    static constexpr Number NONE = 0xffffffff;

    struct Node
    {
        std::string level;
        Number parent{NONE};
        Number plus{NONE};      ///< child `+`
        Number hash{NONE};      ///< child `#`
        uint32_t children{0};   ///< how many, these two included
        uint32_t content{NONE}; ///< the owner's
        Number next{NONE};      ///< in the same bucket
    };

    /// The node of a filter, made where it is missing.
    Number Enter(std::string_view filter);

    /// The node of a filter, or NONE.
    Number Find(std::string_view filter) const;

    /// The child for a level of a topic, not by a wildcard; or NONE.
    Number FindNamed(Number parent, std::string_view level) const;

    /// What the owner put at a node; NONE at first.
    uint32_t& GetContent(Number node)
    {
        return m_nodes[node].content;
    }

    const Node& Get(Number node) const
    {
        return m_nodes[node];
    }

    /// Frees a node and its parents as far as nobody needs them.
    void Prune(Number node);

    /// How many nodes are in use, the root included.
    size_t GetSize() const
    {
        return m_nodes.size() - m_free.size();
    }

  private:
    Number* GetWildcard(Number parent, std::string_view level);
    Number FindChild(Number parent, std::string_view level) const;
    Number EnterChild(Number parent, std::string_view level);
    size_t GetBucket(Number parent, std::string_view level) const;
    void Link(Number child);
    void Unlink(Number child);
    void Rehash(size_t buckets);

    std::deque<Node> m_nodes{1};
    std::vector<Number> m_free;
    std::vector<Number> m_buckets{NONE}; ///< the first in each; their number is a power of two
};

} // namespace mqtt
