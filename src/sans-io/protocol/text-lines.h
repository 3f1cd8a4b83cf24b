// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

/**
 * \file
 * How files of one entry a line are read, with errors that name the line.
 */
namespace sansio
{

/// Takes what is before the first \p separator, or all, and the separator, off a text.
inline std::string_view
TakeUntil(std::string_view& text, char separator)
{
    size_t at = text.find(separator);
    std::string_view taken = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return taken;
}

/**
 * Calls \p read for each line that is neither empty nor a comment (#).
 * \return empty, or "line N: " and the first error that \p read returned
 */
template <typename Function>
std::string
ForEachLine(std::string_view text, Function read)
{
    for (size_t number = 1; !text.empty(); number++)
    {
        std::string_view line = TakeUntil(text, '\n');
        if (!line.empty() && line.back() == '\r')
        {
            line.remove_suffix(1);
        }
        std::string error = line.empty() || line[0] == '#' ? std::string() : read(line);
        if (!error.empty())
        {
            return "line " + std::to_string(number) + ": " + error;
        }
    }
    return "";
}

} // namespace sansio
