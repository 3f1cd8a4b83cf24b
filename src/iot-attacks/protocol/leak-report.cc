// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/leak-report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace attacks
{

namespace
{

constexpr const char* NOTHING = "-";

/// Text as it is, other bytes in hexadecimal.
std::string
ToPrintable(sansio::ByteView bytes)
{
    bool printable = std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) {
        return byte >= 0x20 && byte < 0x7f;
    });
    if (printable)
    {
        return bytes.ToString();
    }
    constexpr char digits[] = "0123456789abcdef";
    std::string text = "0x";
    for (uint8_t byte : bytes)
    {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string
ToPrintable(const std::string& text)
{
    return ToPrintable(sansio::ByteView(std::string_view(text)));
}

nlohmann::json
ToArray(const std::set<std::string>& names)
{
    nlohmann::json array = nlohmann::json::array();
    for (const std::string& name : names)
    {
        array.push_back(ToPrintable(name));
    }
    return array;
}

template <typename Names>
std::string
Join(const Names& names)
{
    std::string joined;
    for (const std::string& name : names)
    {
        joined += (joined.empty() ? "" : ", ") + ToPrintable(name);
    }
    return joined.empty() ? NOTHING : joined;
}

double
ToSeconds(sansio::TimePoint time)
{
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

nlohmann::json
ToObject(const FlowLeak& leak)
{
    nlohmann::json object{{"flow", ToString(leak.flow)},
                          {"direction", ToString(leak.direction)},
                          {"protocol", leak.protocol},
                          {"messages", leak.messages},
                          {"bytes", leak.bytes},
                          {"unread_bytes", leak.unread},
                          {"first_s", ToSeconds(leak.first)},
                          {"last_s", ToSeconds(leak.last)},
                          {"payloads", leak.payloads},
                          {"payload_bytes", leak.payloadBytes},
                          {"client_ids", ToArray(leak.clientIds)},
                          {"user_names", ToArray(leak.userNames)},
                          {"passwords", ToArray(leak.passwords)},
                          {"version", leak.version},
                          {"handshake_records", leak.handshakeRecords},
                          {"protected_records", leak.protectedRecords},
                          {"certificate_names", ToArray(leak.certificateNames)},
                          {"server_names", ToArray(leak.serverNames)},
                          {"psk_identities", ToArray(leak.pskIdentities)}};
    object["topics"] = nlohmann::json::object();
    for (const auto& [topic, count] : leak.topics)
    {
        object["topics"][ToPrintable(topic)] = count;
    }
    object["samples"] = nlohmann::json::array();
    for (const sansio::Bytes& sample : leak.samples)
    {
        object["samples"].push_back(ToPrintable(sample));
    }
    object["record_sizes"] = nlohmann::json::object();
    for (const auto& [size, count] : leak.recordSizes)
    {
        object["record_sizes"][std::to_string(size)] = count;
    }
    return object;
}

/// The first of many names, and how many more there are.
std::string
Shorten(const std::map<std::string, uint64_t>& names)
{
    if (names.empty())
    {
        return NOTHING;
    }
    std::string text = ToPrintable(names.begin()->first);
    return names.size() == 1 ? text : text + " (+" + std::to_string(names.size() - 1) + ")";
}

/// What a listener learns without reading: sizes of records, names in the handshake.
std::string
GetRemains(const FlowLeak& leak)
{
    std::string text;
    auto add = [&text](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
    if (!leak.recordSizes.empty())
    {
        size_t least = leak.recordSizes.begin()->first;
        size_t most = leak.recordSizes.rbegin()->first;
        std::string sizes = std::to_string(least);
        sizes += least == most ? "" : "-" + std::to_string(most);
        add(std::to_string(leak.protectedRecords) + " records of " + sizes + " bytes");
    }
    if (!leak.certificateNames.empty())
    {
        add("certificate " + Join(leak.certificateNames));
    }
    if (!leak.serverNames.empty())
    {
        add("server name " + Join(leak.serverNames));
    }
    if (!leak.pskIdentities.empty())
    {
        add("PSK identity " + Join(leak.pskIdentities));
    }
    return text.empty() ? NOTHING : text;
}

using Row = std::vector<std::string>;

Row
ToRow(const FlowLeak& leak)
{
    std::string protocol = leak.protocol + (leak.version.empty() ? "" : " " + leak.version);
    return {ToString(leak.flow),
            protocol,
            std::to_string(leak.messages),
            std::to_string(leak.bytes),
            Shorten(leak.topics),
            std::to_string(leak.payloads),
            Join(leak.clientIds),
            Join(leak.userNames),
            Join(leak.passwords),
            GetRemains(leak)};
}

std::string
Layout(const std::vector<Row>& rows)
{
    std::vector<size_t> widths(rows.front().size());
    for (const Row& row : rows)
    {
        for (size_t i = 0; i < row.size(); i++)
        {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::ostringstream text;
    for (const Row& row : rows)
    {
        for (size_t i = 0; i + 1 < row.size(); i++)
        {
            text << row[i] << std::string(widths[i] - row[i].size() + 2, ' ');
        }
        text << row.back() << "\n";
    }
    return text.str();
}

} // namespace

bool
FlowLeak::HasContent() const
{
    return payloads > 0 || !topics.empty() || !clientIds.empty() || !userNames.empty() ||
           !passwords.empty();
}

nlohmann::json
LeakReport::ToJson() const
{
    nlohmann::json report;
    report["flows"] = nlohmann::json::array();
    for (const FlowLeak& leak : flows)
    {
        report["flows"].push_back(ToObject(leak));
    }
    return report;
}

std::string
LeakReport::ToTable() const
{
    std::vector<Row> rows{{"flow",
                           "protocol",
                           "messages",
                           "bytes",
                           "topic or URI",
                           "payloads",
                           "client id",
                           "user name",
                           "password",
                           "what remains"}};
    for (const FlowLeak& leak : flows)
    {
        if (leak.messages > 0)
        {
            rows.push_back(ToRow(leak));
        }
    }
    return Layout(rows);
}

} // namespace attacks
