// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/parameter-table.h"

#include "sans-io/model/attribute-check.h"
#include "sans-io/protocol/utf8.h"

#include "ns3/abort.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace ns3
{

namespace
{

/// Refuses to print the attributes of a class, or the classes of a group, that there is not.
void
CheckPrinted(const std::string& name, const std::string& text)
{
    bool isKnown = false;
    for (uint16_t i = 0; i < TypeId::GetRegisteredN(); i++)
    {
        const TypeId type = TypeId::GetRegistered(i);
        isKnown |= text == (name == "PrintGroup" ? type.GetGroupName() : type.GetName());
    }
    if (text.empty() || !isKnown)
    {
        Reject(name,
               text,
               name == "PrintGroup" ? "a group of classes; --PrintGroups lists them"
                                    : "the name of a class; --PrintTypeIds lists them");
    }
}

} // namespace

ParameterTable::ParameterTable(std::string usage)
    : m_usage(std::move(usage))
{
}

void
ParameterTable::Add(std::string name,
                    std::string help,
                    std::string text,
                    std::function<void(const std::string&)> read,
                    std::function<ParameterValue()> get)
{
    m_parameters.push_back(
        {std::move(name), std::move(help), std::move(text), std::move(read), std::move(get), {}});
}

void
ParameterTable::AddChoice(std::string name,
                          std::string help,
                          std::string& value,
                          std::vector<std::string> choices)
{
    help += " (" + Join(choices) + ")";
    Add(
        name,
        help,
        value,
        [name, choices, &value](const std::string& text) {
            if (std::find(choices.begin(), choices.end(), text) == choices.end())
            {
                Reject(name, text, "one of " + Join(choices));
            }
            value = text;
        },
        [&value] { return ParameterValue(value); });
}

void
ParameterTable::AddCount(std::string name,
                         std::string help,
                         uint32_t& value,
                         uint32_t low,
                         uint32_t high)
{
    Add(
        name,
        help,
        std::to_string(value),
        [name, low, high, &value](const std::string& text) {
            auto number = ReadNumber<uint32_t>(text);
            if (!number || *number < low || *number > high)
            {
                Reject(name,
                       text,
                       "a whole number from " + std::to_string(low) + " to " +
                           std::to_string(high));
            }
            value = *number;
        },
        [&value] { return ParameterValue(value); });
}

void
ParameterTable::AddShare(std::string name, std::string help, double& value)
{
    Add(
        name,
        help,
        WriteNumber(value),
        [name, &value](const std::string& text) {
            auto number = ReadNumber<double>(text);
            if (!number || !(*number >= 0 && *number <= 1))
            {
                Reject(name, text, "a probability from 0 to 1");
            }
            value = *number;
        },
        [&value] { return ParameterValue(value); });
}

void
ParameterTable::AddRate(std::string name, std::string help, double& value)
{
    constexpr double LOWEST = 1e-6; // what ns3::Attack takes
    constexpr double HIGHEST = 1e6;
    Add(
        name,
        help,
        WriteNumber(value),
        [name, &value](const std::string& text) {
            auto number = ReadNumber<double>(text);
            if (!number || !(*number >= LOWEST && *number <= HIGHEST))
            {
                Reject(name,
                       text,
                       "a number from " + WriteNumber(LOWEST) + " to " + WriteNumber(HIGHEST));
            }
            value = *number;
        },
        [&value] { return ParameterValue(value); });
}

void
ParameterTable::AddFlag(std::string name, std::string help, bool& value)
{
    Add(
        name,
        help,
        value ? "true" : "false",
        [name, &value](const std::string& text) {
            if (text != "true" && text != "false")
            {
                Reject(name, text, "true or false");
            }
            value = text == "true";
        },
        [&value] { return ParameterValue(value); });
    m_parameters.back().flag = true;
}

void
ParameterTable::AddDuration(std::string name, std::string help, Time& value, Time low)
{
    Add(
        name,
        help,
        WriteSeconds(value),
        [name, low, &value](const std::string& text) {
            auto time = ReadTime(text);
            if (!time || *time < low)
            {
                Reject(
                    name,
                    text,
                    (low.IsZero() ? "0s, or a time from 1ns" : "a time from " + WriteSeconds(low)) +
                        " to " + LONGEST_TIME + ", such as 10s or 250ms");
            }
            value = *time;
        },
        [&value] { return ParameterValue(value.GetSeconds()); });
}

void
ParameterTable::AddText(std::string name, std::string help, std::string& value)
{
    auto read = [name, &value](const std::string& text) {
        if (text.size() > MAX_TEXT || !sansio::IsValidUtf8(text))
        {
            Reject(name, text, "UTF-8 of at most " + std::to_string(MAX_TEXT) + " bytes");
        }
        value = text;
    };
    Add(name, help, value, read, [&value] { return ParameterValue(value); });
}

void
ParameterTable::AddOutput(std::string name, std::string help, std::string& path)
{
    Add(
        name,
        help,
        path,
        [&path](const std::string& text) { path = text; },
        nullptr);
}

void
ParameterTable::AddOutputs(std::string name, std::string help, std::string& prefix)
{
    AddOutput(name, std::move(help), prefix);
    m_parameters.back().read = [name, &prefix](const std::string& text) {
        const auto folder = std::filesystem::path(text).parent_path();
        if (!text.empty() && access(folder.empty() ? "." : folder.c_str(), W_OK) != 0)
        {
            Reject(name, text, "a folder that can be written to");
        }
        prefix = text;
    };
}

void
ParameterTable::Reserve(const std::string& type,
                        const std::vector<std::string>& names,
                        const std::string& instead)
{
    for (const std::string& name : names)
    {
        const std::string attribute = type + "::" + name;
        NS_ABORT_MSG_UNLESS(FindChecker(attribute), attribute + " is no attribute");
        m_reserved[attribute] = instead;
    }
}

void
ParameterTable::KeepBelow(const std::string& attribute, const std::string& bound)
{
    NS_ABORT_MSG_UNLESS(FindChecker(attribute) && FindChecker(bound), attribute + ", " + bound);
    m_below.emplace_back(attribute, bound);
}

void
ParameterTable::AddCheck(bool& check)
{
    AddFlag("check", "Only check the parameters, simulate nothing", check);
    m_parameters.back().get = nullptr;
}

void
ParameterTable::TellOnlyIf(const std::vector<std::string>& names, std::function<bool()> condition)
{
    for (const std::string& name : names)
    {
        Find(name)->told = condition;
    }
}

void
ParameterTable::NoteGiven(const std::string& name, bool& given)
{
    Find(name)->given = &given;
}

void
ParameterTable::OnlyWith(const std::string& name, std::vector<Choice> choices)
{
    NS_ABORT_MSG_UNLESS(HasParameter(name), name + " is no parameter");
    m_rules.OnlyWith(name, std::move(choices));
}

void
ParameterTable::AttributesOnlyWith(const std::string& prefix, std::vector<Choice> choices)
{
    m_rules.AttributesOnlyWith(prefix, std::move(choices));
}

void
ParameterTable::Needs(const std::string& name, const std::string& other)
{
    NS_ABORT_MSG_UNLESS(HasParameter(name) && HasParameter(other), name + ", " + other);
    m_rules.Needs(name, other);
}

void
ParameterTable::CheckEffects()
{
    ParameterRules::Arguments given;
    for (const auto& parameter : m_parameters)
    {
        if (parameter.named)
        {
            given.emplace_back(parameter.name, parameter.text);
        }
    }
    given.insert(given.end(), m_attributes.begin(), m_attributes.end());
    m_rules.Check(given, [this](const std::string& name) { return Find(name)->text; });
}

ParameterTable::Parameter*
ParameterTable::Find(const std::string& name)
{
    auto found = std::find_if(m_parameters.begin(), m_parameters.end(), [&](const auto& parameter) {
        return parameter.name == name;
    });
    return found == m_parameters.end() ? nullptr : &*found;
}

bool
ParameterTable::HasParameter(const std::string& name) const
{
    return std::any_of(m_parameters.begin(), m_parameters.end(), [&](const auto& parameter) {
        return parameter.name == name;
    });
}

void
ParameterTable::CheckValue(const std::string& argument, const std::string& name) const
{
    const size_t equals = argument.find('=');
    const std::string text = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (HasParameter(name) && text.empty())
    {
        throw ParameterError("--" + name + ": expected a value, --" + name + "=VALUE");
    }
    if (name == "PrintAttributes" || name == "PrintGroup")
    {
        CheckPrinted(name, text);
    }
    if (name == "RngRun" || name == "RngSeed")
    {
        auto number = ReadNumber<uint32_t>(text);
        if (!number || *number == 0)
        {
            Reject(name, text, "a whole number from 1 to 4294967295");
        }
    }
}

void
ParameterTable::CheckName(const std::string& argument)
{
    static const std::vector<std::string> GENERAL{"PrintHelp",
                                                  "help",
                                                  "PrintVersion",
                                                  "version",
                                                  "PrintGlobals",
                                                  "PrintGroups",
                                                  "PrintGroup",
                                                  "PrintTypeIds",
                                                  "PrintAttributes"};
    std::string name = argument.substr(std::min(argument.find_first_not_of('-'), argument.size()));
    name = name.substr(0, name.find('='));
    const bool option = argument.rfind("--", 0) == 0;
    const bool known =
        option &&
        (std::find(GENERAL.begin(), GENERAL.end(), name) != GENERAL.end() || HasParameter(name));
    CheckValue(argument, name);
    if (auto reserved = m_reserved.find(name); reserved != m_reserved.end())
    {
        throw ParameterError(argument + ": expected " + reserved->second + ", which sets it");
    }
    if (auto checker = option && !known ? FindChecker(name) : nullptr)
    {
        const size_t equals = argument.find('=');
        m_attributes[name] = equals == std::string::npos ? "" : argument.substr(equals + 1);
        CheckText(name, m_attributes[name], checker);
    }
    else if (!known)
    {
        throw ParameterError(argument + ": unknown parameter; --PrintHelp lists them");
    }
}

std::string
ParameterTable::Complete(const std::string& argument)
{
    const size_t equals = argument.find('=');
    Parameter* parameter =
        argument.rfind("--", 0) == 0 ? Find(argument.substr(2, equals - 2)) : nullptr;
    if (parameter)
    {
        parameter->named = true;
    }
    if (parameter && parameter->given)
    {
        *parameter->given = true;
    }
    const bool bare = parameter && parameter->flag && equals == std::string::npos;
    return bare ? argument + "=true" : argument;
}

void
ParameterTable::Parse(int argc, char* argv[])
{
    CommandLine command("");
    command.Usage(m_usage + m_rules.GetUsage());
    for (auto& parameter : m_parameters)
    {
        const std::string& name = parameter.name;
        command.AddValue(name, parameter.help + m_rules.GetHelp(name), parameter.text);
    }
    std::vector<std::string> arguments{argv[0]};
    for (int i = 1; i < argc; i++)
    {
        arguments.push_back(Complete(argv[i]));
        CheckName(arguments.back());
    }
    command.Parse(arguments);
    for (const std::string& argument : arguments) // of which ns-3 reads up to the first space
    {
        const size_t equals = argument.find('=');
        const bool isOption = argument.rfind("--", 0) == 0 && equals != std::string::npos;
        if (Parameter* parameter = isOption ? Find(argument.substr(2, equals - 2)) : nullptr)
        {
            parameter->text = argument.substr(equals + 1);
        }
    }
    for (const auto& parameter : m_parameters)
    {
        parameter.read(parameter.text);
    }
    CheckEffects();
    for (const auto& [attribute, bound] : m_below)
    {
        if (m_attributes.count(attribute) + m_attributes.count(bound) > 0)
        {
            CheckBelow(attribute, bound);
        }
    }
}

void
ParameterTable::ParseOrExit(int argc, char* argv[])
{
    try
    {
        Parse(argc, argv);
    }
    catch (const ParameterError& error)
    {
        std::cerr << std::filesystem::path(argv[0]).filename().string() << ": " << error.what()
                  << "\n";
        std::exit(1);
    }
}

std::vector<std::pair<std::string, ParameterValue>>
ParameterTable::GetValues() const
{
    std::vector<std::pair<std::string, ParameterValue>> values;
    for (const auto& parameter : m_parameters)
    {
        if (parameter.get && (!parameter.told || parameter.told()))
        {
            values.emplace_back(parameter.name, parameter.get());
        }
    }
    return values;
}

} // namespace ns3
