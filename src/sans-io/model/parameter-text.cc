// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/parameter-text.h"

#include "sans-io/protocol/utf8.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>

namespace ns3
{

namespace
{

/// What an error message shows of a text: not all of a long one, and no bytes that are no UTF-8.
std::string
Shorten(const std::string& text)
{
    constexpr size_t SHOWN = 400;
    std::string shown = text.substr(0, SHOWN);
    const bool isReadable = sansio::IsValidUtf8(shown);
    for (char& character : shown)
    {
        character = isReadable || character > 0 ? character : '?';
    }
    return shown + (text.size() > SHOWN ? "..." : "");
}

} // namespace

void
Reject(const std::string& name, const std::string& text, const std::string& expected)
{
    throw ParameterError("--" + name + "=" + Shorten(text) + ": expected " + expected);
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
    const int64_t nanoseconds = time.GetNanoSeconds();
    const std::string digits = std::to_string(std::abs(nanoseconds) % 1000000000);
    std::string fraction = std::string(9 - digits.size(), '0') + digits;
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return (nanoseconds < 0 ? "-" : "") + std::to_string(std::abs(nanoseconds) / 1000000000) +
           (fraction.empty() ? "" : "." + fraction) + "s";
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
