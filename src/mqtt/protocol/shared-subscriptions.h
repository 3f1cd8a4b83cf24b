// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/subscription-tree.h"

#include <map>
#include <memory>

namespace mqtt
{

/**
 * Shared subscriptions (5.0: section 4.8.2): of the members of a group one gets a message. They
 * take turns in the order in which they joined; whoever is away is passed over as long as another
 * member is there, and otherwise the message waits in the session whose turn it is.
 *
 * \tparam Member names a member (compared by ==)
 * \tparam Terms what the member's subscription asks for
 */
template <typename Member, typename Terms>
class SharedSubscriptions
{
  public:
    /// \param filter whole, with `$share/` and the group
    /// \return whether it is new
    bool Add(std::string_view filter, Member member, Terms terms)
    {
        auto [known, isNew] = m_groups.try_emplace(std::string(filter));
        Group& group = known->second;
        if (isNew)
        {
            group.place = m_tree.Add(SplitSharedFilter(filter).filter, &group, 0).first;
        }
        for (auto& joined : group.members)
        {
            if (joined.first == member)
            {
                joined.second = std::move(terms);
                return false;
            }
        }
        group.members.emplace_back(member, std::move(terms));
        return true;
    }

    /// \return whether there was one
    bool Remove(std::string_view filter, Member member)
    {
        auto known = m_groups.find(filter);
        if (known == m_groups.end())
        {
            return false;
        }
        Group& group = known->second;
        for (size_t i = 0; i < group.members.size(); i++)
        {
            if (group.members[i].first == member)
            {
                group.members.erase(group.members.begin() + i);
                group.next -= i < group.next ? 1 : 0;
                if (group.members.empty())
                {
                    m_tree.Remove(group.place);
                    m_groups.erase(known);
                }
                return true;
            }
        }
        return false;
    }

    /// Calls \p found(member, terms) for one member of each group that the topic matches.
    /// \param mayHave (member) whether the member comes into question, as long as another does
    /// \param isThere (member) whether the member can be given a message at once
    template <typename MayHave, typename IsThere, typename Found>
    void Match(std::string_view topic, MayHave&& mayHave, IsThere&& isThere, Found&& found)
    {
        m_tree.Match(topic, [&](Group* group, char) {
            size_t count = group->members.size();
            size_t turn = group->next % count;
            int best = 0;
            for (size_t i = 0; i < count && best < 2; i++)
            {
                size_t other = (group->next + i) % count;
                Member member = group->members[other].first;
                int fitness = isThere(member) ? 2 : 1;
                if (fitness > best && mayHave(member))
                {
                    best = fitness;
                    turn = other;
                }
            }
            group->next = (turn + 1) % count;
            found(group->members[turn].first, group->members[turn].second);
        });
    }

  private:
    struct Group
    {
        std::vector<std::pair<Member, Terms>> members;
        size_t next{0};    ///< whose turn it is
        uint32_t place{0}; ///< in the tree
    };

    std::map<std::string, Group, std::less<>> m_groups;
    SubscriptionTree<Group*, char> m_tree;
};

} // namespace mqtt
