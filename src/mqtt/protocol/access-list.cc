// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/access-list.h"

#include "mqtt/protocol/topic.h"
#include "sans-io/protocol/text-lines.h"

#include <map>

namespace mqtt
{

namespace
{

/// A name that is one level of a topic when it stands in a filter.
bool
IsLevel(std::string_view name)
{
    return !name.empty() && name.find_first_of("+#/") == std::string_view::npos;
}

} // namespace

bool
FilterCovers(std::string_view wide, std::string_view narrow)
{
    bool startsWithWildcard = wide[0] == '+' || wide[0] == '#';
    if (narrow[0] == '$' && startsWithWildcard) // [MQTT-4.7.2-1]
    {
        return false;
    }
    TopicLevels wideLevels(wide);
    TopicLevels narrowLevels(narrow);
    std::string_view allowed;
    std::string_view level;
    while (wideLevels.Next(allowed))
    {
        if (allowed == "#") // the parent level included
        {
            return true;
        }
        bool isOneLevel = narrowLevels.Next(level) && level != "#";
        if (!isOneLevel || (allowed != "+" && allowed != level))
        {
            return false;
        }
    }
    return !narrowLevels.Next(level);
}

AccessList::AccessList(const AccessListLimits& limits)
    : m_limits(limits)
{
}

std::string
AccessList::ReadLine(std::string_view line, Rule& subject, std::vector<Rule>& rules) const
{
    static const std::map<std::string_view, Rule> WHAT{
        {"read", {Subject::Nobody, "", false, true}},
        {"write", {Subject::Nobody, "", true, false}},
        {"readwrite", {Subject::Nobody, "", true, true}},
        {"deny", {Subject::Nobody, "", true, true, true}},
    };
    std::string_view rest = line;
    std::string_view word = sansio::TakeUntil(rest, ' ');
    if ((word == "user" || word == "client") && !rest.empty())
    {
        subject.subject = word == "user" ? Subject::User : Subject::Client;
        subject.name = rest;
        return "";
    }
    std::string_view filter = rest;
    auto what = WHAT.find(sansio::TakeUntil(filter, ' '));
    if (what == WHAT.end())
    {
        what = WHAT.find("readwrite");
        filter = rest;
    }
    bool isPattern = word == "pattern";
    if ((word != "topic" && !isPattern) || !IsValidUtf8(filter) || !IsValidTopicFilter(filter) ||
        filter.size() > m_limits.filterSize)
    {
        return "expected user NAME, client IDENTIFIER, or topic or pattern with read, write, "
               "readwrite or deny and a topic filter";
    }
    if (rules.size() >= m_limits.rules)
    {
        return "expected at most " + std::to_string(m_limits.rules) + " rules";
    }
    Rule rule = what->second;
    rule.subject = isPattern ? Subject::Everybody : subject.subject;
    rule.name = isPattern ? "" : subject.name;
    rule.filter = filter;
    rules.push_back(rule);
    return "";
}

std::string
AccessList::Read(std::string_view text)
{
    Rule subject;
    std::vector<Rule> rules;
    std::string error = sansio::ForEachLine(text, [&](std::string_view line) {
        return ReadLine(line, subject, rules);
    });
    if (error.empty())
    {
        m_rules = std::move(rules);
    }
    return error;
}

bool
AccessList::IsFor(const Rule& rule, const Principal& principal)
{
    switch (rule.subject)
    {
    case Subject::Nobody:
        return principal.user.empty();
    case Subject::User:
        return rule.name == principal.user;
    case Subject::Client:
        return rule.name == principal.clientId;
    case Subject::Everybody:
        return true;
    }
    return false;
}

std::string
AccessList::GetFilter(const Rule& rule, const Principal& principal)
{
    if (rule.subject != Subject::Everybody)
    {
        return rule.filter;
    }
    std::string filter;
    for (size_t i = 0; i < rule.filter.size(); i++)
    {
        std::string_view two = std::string_view(rule.filter).substr(i, 2);
        if (two != "%c" && two != "%u")
        {
            filter += rule.filter[i];
            continue;
        }
        const std::string& name = two == "%c" ? principal.clientId : principal.user;
        if (!IsLevel(name))
        {
            return "";
        }
        filter += name;
        i++;
    }
    return filter;
}

template <typename Predicate>
bool
AccessList::Judge(const Principal& principal, bool Rule::*what, Predicate covers) const
{
    bool isAllowed = false;
    for (const Rule& rule : m_rules)
    {
        if (!(rule.*what) || !IsFor(rule, principal))
        {
            continue;
        }
        std::string filter = GetFilter(rule, principal);
        if (!filter.empty() && covers(filter))
        {
            if (rule.deny)
            {
                return false;
            }
            isAllowed = true;
        }
    }
    return isAllowed;
}

bool
AccessList::MayPublish(const Principal& principal, std::string_view topic) const
{
    return Judge(principal, &Rule::publish, [&](const std::string& filter) {
        return TopicMatches(filter, topic);
    });
}

bool
AccessList::MaySubscribe(const Principal& principal, std::string_view filter) const
{
    return Judge(principal, &Rule::subscribe, [&](const std::string& allowed) {
        return FilterCovers(allowed, filter);
    });
}

bool
AccessList::MayReceive(const Principal& principal, std::string_view topic) const
{
    return Judge(principal, &Rule::subscribe, [&](const std::string& filter) {
        return TopicMatches(filter, topic);
    });
}

} // namespace mqtt
