// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/payload-senml.h"

#include <algorithm>
#include <map>
#include <sstream>

namespace ns3
{

namespace
{

using Json = nlohmann::ordered_json;

constexpr uint8_t CBOR_ARRAY = 0x80;
constexpr uint8_t CBOR_MAP = 0xa0;
constexpr uint8_t CBOR_SHORT = 24; ///< lengths below are in the first byte (RFC 8949 section 3)
constexpr int VERSION = 10;

enum class Type
{
    Number,
    Text,
    Flag,
};

struct Label
{
    const char* name;
    int number; ///< in CBOR
    Type type;
};

/// Tables 1 and 4, without vd.
constexpr Label LABELS[] = {
    {"bver", -1, Type::Number},
    {"bn", -2, Type::Text},
    {"bt", -3, Type::Number},
    {"bu", -4, Type::Text},
    {"bv", -5, Type::Number},
    {"bs", -6, Type::Number},
    {"n", 0, Type::Text},
    {"u", 1, Type::Text},
    {"v", 2, Type::Number},
    {"vs", 3, Type::Text},
    {"vb", 4, Type::Flag},
    {"s", 5, Type::Number},
    {"t", 6, Type::Number},
    {"ut", 7, Type::Number},
};

template <typename Match>
const Label*
FindLabel(Match match)
{
    const auto found = std::find_if(std::begin(LABELS), std::end(LABELS), match);
    return found == std::end(LABELS) ? nullptr : found;
}

const Label*
FindLabel(const std::string& name)
{
    return FindLabel([&name](const Label& label) { return label.name == name; });
}

void
Append(sansio::Bytes& bytes, const Json& value)
{
    const sansio::Bytes encoded = Json::to_cbor(value);
    bytes.insert(bytes.end(), encoded.begin(), encoded.end());
}

/// The length of an array or map of the given kind; nothing where there is none, or a long one.
std::optional<size_t>
ReadLength(std::istream& bytes, uint8_t kind)
{
    const int length = bytes.get() - kind;
    return bytes && length >= 0 && length < CBOR_SHORT ? std::optional<size_t>(length)
                                                       : std::nullopt;
}

/// The next number, text or truth value; discarded where there is none. Nothing that nests is read,
/// so that no bytes can make it recur.
Json
ReadItem(std::istream& bytes)
{
    constexpr int INDEFINITE_TEXT = 0x7f;
    const int first = bytes.peek();
    const int major = first >> 5; // -1 at the end
    const bool isFlat = major == 0 || major == 1 || major == 3 || major == 7;
    constexpr bool TO_THE_END = false;
    constexpr bool THROW = false;
    return isFlat && first != INDEFINITE_TEXT ? Json::from_cbor(bytes, TO_THE_END, THROW)
                                              : Json(Json::value_t::discarded);
}

/// One record: nlohmann's maps have texts as keys, so keys and values are read one by one.
std::optional<Json>
ReadRecord(std::istream& bytes)
{
    const auto size = ReadLength(bytes, CBOR_MAP);
    Json record = Json::object();
    for (size_t i = 0; size && i < *size; i++)
    {
        const Json key = ReadItem(bytes);
        const Label* label = nullptr;
        if (key.is_number_integer())
        {
            const auto number = key.get<int64_t>();
            label = FindLabel([number](const Label& row) { return row.number == number; });
        }
        const bool isNamed = key.is_string(); // an extension (section 6)
        Json value = ReadItem(bytes);
        if ((!label && !isNamed) || value.is_discarded())
        {
            return std::nullopt;
        }
        record[isNamed ? key.get<std::string>() : label->name] = std::move(value);
    }
    return size ? std::optional(record) : std::nullopt;
}

bool
IsNameValid(const std::string& name)
{
    auto isLetterOrDigit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    return !name.empty() && isLetterOrDigit(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return isLetterOrDigit(c) || std::string_view("-:./_").find(c) != std::string::npos;
           });
}

bool
AreFieldsValid(const Json& record)
{
    for (const auto& [name, value] : record.items())
    {
        const Label* label = FindLabel(name);
        const bool fits = !label                        ? name.empty() || name.back() != '_'
                          : label->type == Type::Number ? value.is_number()
                          : label->type == Type::Text   ? value.is_string()
                                                        : value.is_boolean();
        if (!fits)
        {
            return false;
        }
    }
    return true;
}

/// Applies the fields of a record and the base fields in force to it.
std::optional<SenmlRecord>
Resolve(const Json& record, const Json& base)
{
    SenmlRecord resolved;
    resolved.name = base.value("bn", "") + record.value("n", "");
    resolved.unit = record.value("u", base.value("bu", ""));
    resolved.time = base.value("bt", 0.0) + record.value("t", 0.0);
    const bool isText = record.contains("vs");
    const bool isFlag = record.contains("vb");
    const bool hasSum = record.contains("s") || base.contains("bs");
    const bool isNumber = record.contains("v") || (base.contains("bv") && !isText && !isFlag);
    if (isNumber)
    {
        resolved.value = base.value("bv", 0.0) + record.value("v", 0.0);
    }
    if (isText)
    {
        resolved.text = record["vs"].get<std::string>();
    }
    if (isFlag)
    {
        resolved.flag = record["vb"].get<bool>();
    }
    if (hasSum)
    {
        resolved.sum = base.value("bs", 0.0) + record.value("s", 0.0);
    }
    const int values = isNumber + isText + isFlag;
    const bool valid = values == 1 || (values == 0 && hasSum);
    return valid && IsNameValid(resolved.name) ? std::optional(resolved) : std::nullopt;
}

} // namespace

sansio::Bytes
WriteSenmlCbor(const Json& pack)
{
    sansio::Bytes bytes{static_cast<uint8_t>(CBOR_ARRAY | pack.size())};
    for (const Json& record : pack)
    {
        bytes.push_back(static_cast<uint8_t>(CBOR_MAP | record.size()));
        for (const auto& [name, value] : record.items())
        {
            Append(bytes, FindLabel(name)->number);
            Append(bytes, value);
        }
    }
    return bytes;
}

std::optional<Json>
ReadSenmlCbor(sansio::ByteView bytes)
{
    std::istringstream stream(bytes.ToString());
    const auto size = ReadLength(stream, CBOR_ARRAY);
    Json pack = Json::array();
    for (size_t i = 0; size && i < *size; i++)
    {
        auto record = ReadRecord(stream);
        if (!record)
        {
            return std::nullopt;
        }
        pack.push_back(std::move(*record));
    }
    return size && stream.peek() == EOF ? std::optional(pack) : std::nullopt;
}

std::optional<std::vector<SenmlRecord>>
ResolveSenml(const Json& pack)
{
    if (!pack.is_array())
    {
        return std::nullopt;
    }
    std::vector<SenmlRecord> resolved;
    Json base = Json::object(); // the base fields in force (section 4)
    for (const Json& record : pack)
    {
        if (!record.is_object() || !AreFieldsValid(record))
        {
            return std::nullopt;
        }
        bool isOnlyBase = true;
        for (const auto& [name, value] : record.items())
        {
            const bool isBase = name[0] == 'b' && FindLabel(name);
            isOnlyBase = isOnlyBase && isBase;
            if (isBase)
            {
                base[name] = value;
            }
        }
        if (base.value("bver", VERSION) > VERSION)
        {
            return std::nullopt;
        }
        if (isOnlyBase && !base.contains("bv") && !base.contains("bs"))
        {
            continue; // as in the example of section 5.1.7
        }
        auto one = Resolve(record, base);
        if (!one)
        {
            return std::nullopt;
        }
        resolved.push_back(std::move(*one));
    }
    return resolved;
}

} // namespace ns3
