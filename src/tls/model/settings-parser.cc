// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/settings-parser.h"

#include <ctime>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <stdexcept>

namespace ns3
{

namespace
{

[[noreturn]] void
Refuse(const std::string& attribute, const std::string& value, const std::string& expected)
{
    throw std::runtime_error(attribute + " '" + value + "': expected " + expected);
}

int
GetDigit(char c)
{
    constexpr std::string_view digits = "0123456789abcdef";
    auto digit = digits.find(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

} // namespace

std::vector<std::string>
ParseList(const std::string& text)
{
    std::vector<std::string> items;
    std::istringstream stream(text);
    for (std::string item; std::getline(stream, item, ',');)
    {
        auto begin = item.find_first_not_of(' ');
        auto end = item.find_last_not_of(' ');
        if (begin != std::string::npos)
        {
            items.push_back(item.substr(begin, end - begin + 1));
        }
    }
    return items;
}

sansio::Bytes
ParseKey(const std::string& attribute, const std::string& hex)
{
    sansio::Bytes key;
    bool valid = !hex.empty() && hex.size() % 2 == 0;
    for (size_t i = 0; valid && i < hex.size(); i += 2)
    {
        int high = GetDigit(hex[i]);
        int low = GetDigit(hex[i + 1]);
        valid = high >= 0 && low >= 0;
        key.push_back(static_cast<uint8_t>(high << 4 | low));
    }
    if (!valid)
    {
        Refuse(attribute, hex, "an even number of hexadecimal digits");
    }
    return key;
}

std::vector<tls::PreSharedKey>
ParsePskTable(const std::string& attribute, const std::string& text)
{
    std::vector<tls::PreSharedKey> table;
    for (const std::string& item : ParseList(text))
    {
        auto colon = item.rfind(':');
        if (colon == std::string::npos || colon == 0)
        {
            Refuse(attribute, item, "identity:key, the key in hexadecimal digits");
        }
        table.push_back({item.substr(0, colon), ParseKey(attribute, item.substr(colon + 1))});
    }
    return table;
}

tls::Profile
ParseProfile(const std::string& attribute, const std::string& text)
{
    if (text == "lean")
    {
        return tls::Profile::Lean;
    }
    if (text == "openssl")
    {
        return tls::Profile::OpenSsl;
    }
    Refuse(attribute, text, "lean or openssl");
}

int64_t
ParseDate(const std::string& attribute, const std::string& text)
{
    constexpr const char* format = "%Y-%m-%dT%H:%M:%SZ";
    std::tm date{};
    std::istringstream stream(text);
    stream.imbue(std::locale::classic());
    stream >> std::get_time(&date, format);
    int64_t seconds = timegm(&date);
    std::ostringstream again; // what is missing or out of range does not come out as it went in
    again.imbue(std::locale::classic());
    again << std::put_time(&date, format);
    if (again.str() != text)
    {
        Refuse(attribute, text, "a date in UTC such as 2026-01-01T00:00:00Z");
    }
    return seconds;
}

std::string
ReadPem(const std::string& attribute, const std::string& file, const std::string& text)
{
    if (file.empty())
    {
        return text;
    }
    if (!text.empty())
    {
        Refuse(attribute + "File", file, "no " + attribute + " text beside it");
    }
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    if (!stream || content.str().empty())
    {
        Refuse(attribute + "File", file, "a PEM file that can be read");
    }
    return content.str();
}

} // namespace ns3
