// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/attribute-check.h"

#include "sans-io/model/parameter-text.h"

#include "ns3/data-rate.h"
#include "ns3/global-value.h"
#include "ns3/string.h"
#include "ns3/type-id.h"

#include <cmath>
#include <regex>

namespace ns3
{

namespace
{

bool
Declares(TypeId type, const std::string& attribute)
{
    for (size_t i = 0; i < type.GetAttributeN(); i++)
    {
        if (type.GetAttribute(i).name == attribute)
        {
            return true;
        }
    }
    return false;
}

/// \param low, high empty: no bound
std::string
DescribeRange(const std::string& what, const std::string& low, const std::string& high)
{
    if (!low.empty() && !high.empty())
    {
        return what + " from " + low + " to " + high;
    }
    return what + (low.empty() ? "" : " of at least " + low) +
           (high.empty() ? "" : " of at most " + high);
}

/// What a checker wants, in plain words: it tells "Time +0ns:+9.22337e+18ns" or "uint32_t 1:8".
std::string
Describe(const std::string& type)
{
    std::smatch part;
    if (type == "bool")
    {
        return "true or false";
    }
    if (!std::regex_match(type,
                          part,
                          std::regex(R"((u?int\w+|double|float|Time) \+?([^:]+):\+?([^:]+))")))
    {
        return "a value of type " + type;
    }
    const std::string kind = part[1];
    if (kind == "Time")
    {
        const auto low = ReadTime(part[2]);
        const auto high = ReadTime(part[3]);
        return DescribeRange("a time",
                             low ? WriteSeconds(*low) : "",
                             high ? WriteSeconds(*high) : "") +
               (low || high ? "," : "") + " such as 10s or 250ms";
    }
    const auto bound = [&part](int at) { // none where it is that of the type
        const std::string text = part[at];
        return std::abs(ReadNumber<double>(text).value_or(0)) < 1.79e308 ? text : "";
    };
    const bool whole = kind.find("int") != std::string::npos;
    return DescribeRange(whole ? "a whole number" : "a number", bound(2), bound(3));
}

/// Whether ns-3 can read it; it ends the process on a text that is no number or no time at all.
bool
IsReadable(const std::string& type, const std::string& text)
{
    if (type == "ns3::TimeValue")
    {
        return ReadTime(text).has_value();
    }
    if (type == "ns3::UintegerValue")
    {
        return ReadNumber<uint64_t>(text).has_value();
    }
    if (type == "ns3::IntegerValue")
    {
        return ReadNumber<int64_t>(text).has_value();
    }
    return type != "ns3::DoubleValue" || ReadNumber<double>(text);
}

} // namespace

void
CheckText(const std::string& name, const std::string& text, Ptr<const AttributeChecker> checker)
{
    const Ptr<AttributeValue> value = IsReadable(checker->GetValueTypeName(), text)
                                          ? checker->CreateValidValue(StringValue(text))
                                          : nullptr;
    const auto* rate = dynamic_cast<const DataRateValue*>(PeekPointer(value));
    if (rate && rate->Get().GetBitRate() == 0) // ns-3 would divide by it
    {
        Reject(name, text, "a rate above 0bps");
    }
    if (value)
    {
        return;
    }
    std::string expected = checker->HasUnderlyingTypeInformation()
                               ? checker->GetUnderlyingTypeInformation()
                               : checker->GetValueTypeName();
    Reject(name, text, Describe(expected));
}

Ptr<const AttributeChecker>
FindChecker(const std::string& name)
{
    for (auto global = GlobalValue::Begin(); global != GlobalValue::End(); ++global)
    {
        if ((*global)->GetName() == name)
        {
            return (*global)->GetChecker();
        }
    }
    const size_t colons = name.rfind("::");
    TypeId type;
    if (colons == std::string::npos || !TypeId::LookupByNameFailSafe(name.substr(0, colons), &type))
    {
        return nullptr;
    }
    TypeId::AttributeInformation found;
    if (!type.LookupAttributeByName(name.substr(colons + 2), &found))
    {
        return nullptr;
    }
    if (!Declares(type, found.name)) // a default is set at the class that declares the attribute
    {
        while (!Declares(type, found.name))
        {
            type = type.GetParent();
        }
        throw ParameterError("--" + name + ": expected --" + type.GetName() + "::" + found.name +
                             ", the class that declares it");
    }
    return found.checker;
}

} // namespace ns3
