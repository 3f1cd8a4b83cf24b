// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/**
 * Where parameters and attributes have an effect: an argument that would have none is refused, and
 * the help says what it needs, in a form that scripts/sweep reads.
 */
class ParameterRules
{
  public:
    /// A value of a parameter.
    struct Choice
    {
        std::string name;
        std::vector<std::string> values; ///< any of them
    };

    /// The arguments, name and text, without defaults.
    using Arguments = std::vector<std::pair<std::string, std::string>>;

    /// A parameter that has an effect where one of the choices is made.
    void OnlyWith(const std::string& name, std::vector<Choice> choices);

    /// Attributes "ns3::Class::Name" that begin so. Of prefixes that fit the one added first
    /// counts; no choices: they always have an effect.
    void AttributesOnlyWith(const std::string& prefix, std::vector<Choice> choices);

    /// A parameter that is nothing without the other.
    void Needs(const std::string& name, const std::string& other);

    /// What the help of a parameter says of it: " (only with --stack=mqtt, mqtts) (with --user)".
    std::string GetHelp(const std::string& name) const;

    /// A line for each prefix of attributes.
    std::string GetUsage() const;

    /**
     * \param given the arguments
     * \param getText tells the text of a parameter, given or its default
     * \throw ParameterError for the first that has no effect
     */
    void Check(const Arguments& given,
               const std::function<std::string(const std::string& name)>& getText) const;

  private:
    struct Rule
    {
        std::string prefix; ///< of names of attributes
        std::vector<Choice> choices;
    };

    const std::vector<Choice>& FindChoices(const std::string& name) const;

    std::map<std::string, std::vector<Choice>> m_parameters;
    std::vector<Rule> m_attributes;
    std::map<std::string, std::vector<std::string>> m_needs;
};

} // namespace ns3
