// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/parameter-rules.h"
#include "sans-io/model/parameter-text.h"

#include "ns3/command-line.h"

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace ns3
{

/// A value as the record shows it: numbers in SI units (times in seconds), names as text.
using ParameterValue = std::variant<bool, uint32_t, double, std::string>;

/**
 * The parameters of a program as a table: name, help, default, and how to read the value. It adds
 * to ns-3's command line what a user expects of bad input: one line that names the value and
 * what was expected, as a ParameterError.
 *
 * Variables given to the Add methods hold the default and receive the value; they must outlive
 * the table.
 */
class ParameterTable
{
  public:
    /// \param usage what the program does, printed on top of --PrintHelp
    explicit ParameterTable(std::string usage);

    void AddChoice(std::string name,
                   std::string help,
                   std::string& value,
                   std::vector<std::string> choices);
    void AddCount(std::string name, std::string help, uint32_t& value, uint32_t low, uint32_t high);
    void AddShare(std::string name, std::string help, double& value);
    /// A number per second, more than zero.
    void AddRate(std::string name, std::string help, double& value);
    /// The name alone is as good as NAME=true.
    void AddFlag(std::string name, std::string help, bool& value);
    void AddDuration(std::string name, std::string help, Time& value, Time low);
    /// Well-formed UTF-8, for the record of a run is JSON, of at most MAX_TEXT bytes.
    void AddText(std::string name, std::string help, std::string& value);
    static constexpr size_t MAX_TEXT = 65535; ///< as of a text of MQTT

    /// A file to write: it changes no result, so it is not among the values.
    void AddOutput(std::string name, std::string help, std::string& path);
    /// How the names of several of them begin, in a folder that can be written to; empty: none.
    void AddOutputs(std::string name, std::string help, std::string& prefix);

    /// Leaves these parameters out of the values unless \p condition holds when they are asked for:
    /// it must outlive the table.
    void TellOnlyIf(const std::vector<std::string>& names, std::function<bool()> condition);

    /// See ParameterRules; the help says them.
    using Choice = ParameterRules::Choice;
    void OnlyWith(const std::string& name, std::vector<Choice> choices);
    void AttributesOnlyWith(const std::string& prefix, std::vector<Choice> choices);
    void Needs(const std::string& name, const std::string& other);

    /// Sets \p given to whether the arguments name the parameter; it must outlive the table.
    void NoteGiven(const std::string& name, bool& given);

    /// --check: the program looks at its parameters and simulates nothing. Not among the values.
    void AddCheck(bool& check);

    /**
     * Refuses the attributes "ns3::Class::Name", which the program sets itself.
     *
     * \param names of attributes of \p type
     * \param instead what to use, such as "--loss"
     */
    void Reserve(const std::string& type,
                 const std::vector<std::string>& names,
                 const std::string& instead);

    /// Refuses a default of the attribute, a time, that is not below that of the other, where the
    /// arguments set one of them.
    void KeepBelow(const std::string& attribute, const std::string& bound);

    /**
     * Reads the arguments; --PrintHelp and its like print and exit as in every ns-3 program,
     * and so do global values (--RngRun) and attribute defaults (--ns3::Class::Attribute).
     */
    void Parse(int argc, char* argv[]);

    /// The same for a small program: what is wrong goes to standard error after the name of the
    /// program, which ends with exit code 1.
    void ParseOrExit(int argc, char* argv[]);

    /// Every parameter but outputs with its value, in the order in which they were added.
    std::vector<std::pair<std::string, ParameterValue>> GetValues() const;

  private:
    struct Parameter
    {
        std::string name;
        std::string help;
        std::string text;
        std::function<void(const std::string&)> read;
        std::function<ParameterValue()> get; ///< none for an output
        std::function<bool()> told;          ///< whether it is among the values; none: always
        bool flag{false};
        bool named{false};    ///< by the arguments
        bool* given{nullptr}; ///< where to tell that
    };

    void Add(std::string name,
             std::string help,
             std::string text,
             std::function<void(const std::string&)> read,
             std::function<ParameterValue()> get);
    Parameter* Find(const std::string& name);
    void CheckEffects();
    std::string Complete(const std::string& argument);
    bool HasParameter(const std::string& name) const;
    void CheckName(const std::string& argument);
    void CheckValue(const std::string& argument, const std::string& name) const;

    std::string m_usage;
    std::vector<Parameter> m_parameters;
    std::map<std::string, std::string> m_reserved;            ///< attribute to what is used instead
    std::map<std::string, std::string> m_attributes;          ///< those that the arguments set
    std::vector<std::pair<std::string, std::string>> m_below; ///< attribute and its bound
    ParameterRules m_rules;
};

} // namespace ns3
