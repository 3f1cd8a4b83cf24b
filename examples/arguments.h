// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/command-line.h"
#include "ns3/global-value.h"
#include "ns3/string.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

/**
 * The arguments of a small program: --name=VALUE. ns-3's CommandLine answers a wrong one with all
 * of its help; here one line says what was wrong, and the program exits with 1.
 */
class Arguments
{
  public:
    explicit Arguments(const std::string& program)
        : m_program(program)
    {
    }

    /// A text.
    void Add(const std::string& name, const std::string& help, std::string& value)
    {
        m_line.AddValue(name, help, value);
        m_expected[name] = [](const std::string&) { return ""; };
    }

    /// One of these.
    void AddChoice(const std::string& name,
                   const std::string& help,
                   std::string& value,
                   const std::vector<std::string>& choices)
    {
        m_line.AddValue(name, help, value);
        m_expected[name] = [choices](const std::string& text) {
            std::string expected = "one of";
            for (const auto& choice : choices)
            {
                expected += " " + choice;
            }
            return std::count(choices.begin(), choices.end(), text) > 0 ? "" : expected;
        };
    }

    /// How the names of files begin that are to be written.
    void AddPrefix(const std::string& name, const std::string& help, std::string& value)
    {
        m_line.AddValue(name, help, value);
        m_expected[name] = [](const std::string& text) {
            const auto folder = std::filesystem::path(text).parent_path();
            const bool writable = access(folder.empty() ? "." : folder.c_str(), W_OK) == 0;
            return writable ? "" : "a folder that can be written to";
        };
    }

    /// Reads them into the variables; --PrintHelp, global values and attributes as in any program.
    void Parse(int argc, char* argv[])
    {
        for (int i = 1; i < argc; i++)
        {
            Check(argv[i]);
        }
        m_line.Parse(argc, argv);
    }

  private:
    void Check(const std::string& argument) const
    {
        const size_t equals = argument.find('=');
        const std::string name =
            argument.rfind("--", 0) == 0 ? argument.substr(2, equals - 2) : argument;
        const std::string text = equals == std::string::npos ? "" : argument.substr(equals + 1);
        const auto own = m_expected.find(name);
        if (own == m_expected.end() && !IsOfEveryProgram(name))
        {
            Refuse(argument + ": unknown parameter; --PrintHelp lists them");
        }
        const std::string expected =
            own == m_expected.end() ? ExpectedOf(name, text) : own->second(text);
        if (!expected.empty())
        {
            Refuse(argument + ": expected " + expected);
        }
    }

    [[noreturn]] void Refuse(const std::string& line) const
    {
        std::cerr << m_program << ": " << line << "\n";
        std::exit(1);
    }

    static ns3::GlobalValue::Iterator FindGlobal(const std::string& name)
    {
        return std::find_if(ns3::GlobalValue::Begin(),
                            ns3::GlobalValue::End(),
                            [&](const auto* global) { return global->GetName() == name; });
    }

    static bool IsOfEveryProgram(const std::string& name)
    {
        return name.rfind("Print", 0) == 0 || name == "help" || name == "version" ||
               name.find("::") != std::string::npos || FindGlobal(name) != ns3::GlobalValue::End();
    }

    /// What a global value wanted, where this is not it.
    static std::string ExpectedOf(const std::string& name, const std::string& text)
    {
        const auto global = FindGlobal(name);
        if (global == ns3::GlobalValue::End())
        {
            return "";
        }
        const auto checker = (*global)->GetChecker();
        const bool isNumber =
            !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
        // UintegerValue ends the program at a text that is no number.
        const bool isReadable = checker->GetValueTypeName() != "ns3::UintegerValue" || isNumber;
        return isReadable && checker->CreateValidValue(ns3::StringValue(text))
                   ? ""
                   : "a value such as --PrintGlobals lists";
    }

    std::string m_program;
    ns3::CommandLine m_line;
    std::map<std::string, std::function<std::string(const std::string& text)>>
        m_expected; ///< by name: nothing, or what was expected instead of the text
};
