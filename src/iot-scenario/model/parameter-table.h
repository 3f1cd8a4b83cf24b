// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/command-line.h"
#include "ns3/nstime.h"

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{

/// A parameter has no such name or makes no sense; what() is the one line a user needs.
class ParameterError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

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
    void AddFlag(std::string name, std::string help, bool& value);
    void AddDuration(std::string name, std::string help, Time& value, Time low);
    void AddText(std::string name, std::string help, std::string& value);

    /**
     * Reads the arguments; --PrintHelp and its like print and exit as in every ns-3 program,
     * and so do global values (--RngRun) and attribute defaults (--ns3::Class::Attribute).
     */
    void Parse(int argc, char* argv[]);

    /// Every parameter with the text of its value, in the order in which they were added.
    std::vector<std::pair<std::string, std::string>> GetValues() const;

  private:
    struct Parameter
    {
        std::string name;
        std::string help;
        std::string text;
        std::function<void(const std::string&)> read;
    };

    void Add(std::string name,
             std::string help,
             std::string text,
             std::function<void(const std::string&)> read);
    bool HasParameter(const std::string& name) const;
    void CheckName(const std::string& argument) const;
    void CheckValue(const std::string& argument, const std::string& name) const;

    std::string m_usage;
    std::vector<Parameter> m_parameters;
};

} // namespace ns3
