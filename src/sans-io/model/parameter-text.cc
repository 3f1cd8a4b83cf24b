// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/parameter-text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

namespace ns3
{

void
Reject(const std::string& name, const std::string& text, const std::string& expected)
{
    throw ParameterError("--" + name + "=" + text + ": expected " + expected);
}

std::optional<Time>
ReadTime(const std::string& text)
{
    size_t digits = text.find_first_not_of("0123456789.eE+-");
    std::string unit = digits == std::string::npos ? "s" : text.substr(digits);
    auto number = ReadNumber<double>(text.substr(0, digits));
    static const std::vector<std::string> UNITS{"s", "ms", "us", "ns", "min", "h", "d"};
    if (!number || !std::isfinite(*number) ||
        std::find(UNITS.begin(), UNITS.end(), unit) == UNITS.end())
    {
        return {};
    }
    static const Time LONGEST(LONGEST_TIME);
    Time one("1" + unit);
    if (std::abs(*number) * one.GetSeconds() > LONGEST.GetSeconds())
    {
        return {};
    }
    const Time time(text.substr(0, digits) + unit);
    return time.IsZero() && *number != 0 ? std::nullopt : std::optional(time);
}

std::string
WriteSeconds(Time time)
{
    std::array<char, 64> text;
    const auto end = std::to_chars(text.data(),
                                   text.data() + text.size(),
                                   time.GetSeconds(),
                                   std::chars_format::fixed)
                         .ptr;
    return std::string(text.data(), end) + "s";
}

std::string
WriteNumber(double number)
{
    std::ostringstream text;
    text << number;
    return text.str();
}

std::string
Join(const std::vector<std::string>& words)
{
    std::string joined;
    for (const auto& word : words)
    {
        joined += (joined.empty() ? "" : ", ") + word;
    }
    return joined;
}

} // namespace ns3
