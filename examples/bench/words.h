// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace bench
{

/**
 * The words a benchmark was called with, empty for the whole benchmark. What it measures is fixed,
 * so there is nothing to set: other words than those for a part of it end it with one line.
 */
inline std::string
ReadWords(int argc, char* argv[], const std::vector<std::string>& parts = {})
{
    std::string words;
    for (int i = 1; i < argc; i++)
    {
        words += (i > 1 ? " " : "") + std::string(argv[i]);
    }
    if (argc > 1 && std::find(parts.begin(), parts.end(), words) == parts.end())
    {
        std::string expected = "no arguments";
        for (const std::string& part : parts)
        {
            expected += ", or " + part;
        }
        std::cerr << std::filesystem::path(argv[0]).filename().string() << ": " << words
                  << ": expected " << expected << std::endl;
        std::exit(1);
    }
    return words;
}

} // namespace bench
