// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/parameter-rules.h"

#include "sans-io/model/parameter-text.h"

#include <algorithm>

namespace ns3
{

namespace
{

std::string
Write(const std::vector<ParameterRules::Choice>& choices)
{
    std::string text;
    for (const auto& choice : choices)
    {
        text += (text.empty() ? "--" : " or --") + choice.name + "=" + Join(choice.values);
    }
    return text;
}

/// Whether the text of a parameter is this value; 0ms is 0s.
bool
IsValue(const std::string& text, const std::string& value)
{
    const auto time = ReadTime(text);
    return text == value || (time && time == ReadTime(value));
}

} // namespace

void
ParameterRules::OnlyWith(const std::string& name, std::vector<Choice> choices)
{
    m_parameters[name] = std::move(choices);
}

void
ParameterRules::AttributesOnlyWith(const std::string& prefix, std::vector<Choice> choices)
{
    m_attributes.push_back({prefix, std::move(choices)});
}

void
ParameterRules::Needs(const std::string& name, const std::string& other)
{
    m_needs[name].push_back(other);
}

std::string
ParameterRules::GetHelp(const std::string& name) const
{
    std::string help;
    if (auto found = m_parameters.find(name); found != m_parameters.end())
    {
        help += " (only with " + Write(found->second) + ")";
    }
    if (auto found = m_needs.find(name); found != m_needs.end())
    {
        for (const auto& other : found->second)
        {
            help += " (with --" + other + ")";
        }
    }
    return help;
}

std::string
ParameterRules::GetUsage() const
{
    std::string usage;
    for (const Rule& rule : m_attributes)
    {
        usage += "\nAttributes " + rule.prefix + "... " +
                 (rule.choices.empty() ? "(always)" : "(only with " + Write(rule.choices) + ")");
    }
    return usage;
}

const std::vector<ParameterRules::Choice>&
ParameterRules::FindChoices(const std::string& name) const
{
    static const std::vector<Choice> NONE;
    if (auto found = m_parameters.find(name); found != m_parameters.end())
    {
        return found->second;
    }
    const auto rule = std::find_if(m_attributes.begin(), m_attributes.end(), [&](const Rule& one) {
        return name.rfind(one.prefix, 0) == 0;
    });
    return rule == m_attributes.end() ? NONE : rule->choices;
}

void
ParameterRules::Check(const Arguments& given,
                      const std::function<std::string(const std::string& name)>& getText) const
{
    for (const auto& [name, text] : given)
    {
        const auto& choices = FindChoices(name);
        const bool made = std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) {
            const std::string chosen = getText(choice.name);
            return std::any_of(choice.values.begin(),
                               choice.values.end(),
                               [&](const std::string& value) { return IsValue(chosen, value); });
        });
        if (!choices.empty() && !made)
        {
            Reject(name, text, Write(choices) + ", without which it has no effect");
        }
        const auto needs = m_needs.find(name);
        for (const auto& other :
             needs == m_needs.end() ? std::vector<std::string>() : needs->second)
        {
            if (std::none_of(given.begin(), given.end(), [&](const auto& argument) {
                    return argument.first == other;
                }))
            {
                Reject(name, text, "--" + other + " with it");
            }
        }
    }
}

} // namespace ns3
