// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"

#include <charconv>
#include <optional>
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

/// Throws the ParameterError "--name=text: expected ..."; of a long text with its front alone.
[[noreturn]] void Reject(const std::string& name,
                         const std::string& text,
                         const std::string& expected);

/// The number that the whole text is, or nothing.
template <typename Number>
std::optional<Number>
ReadNumber(const std::string& text)
{
    Number number{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional(number) : std::nullopt;
}

/// The longest time that ReadTime() takes: some of the 292 years that ns-3's Time can count.
inline constexpr const char* LONGEST_TIME = "36500d";

/// A number with one of ns-3's units; nothing where ns-3 itself would abort the process, or take a
/// time below its resolution for none.
std::optional<Time> ReadTime(const std::string& text);

/// "0.5s": a time as a user would write it, in the fewest digits.
std::string WriteSeconds(Time time);

/// As C++ writes numbers by default.
std::string WriteNumber(double number);

/// "a, b, c"
std::string Join(const std::vector<std::string>& words);

} // namespace ns3
