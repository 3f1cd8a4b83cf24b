// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/attribute-check.h"

#include "sans-io/model/parameter-text.h"

#include "ns3/data-rate.h"
#include "ns3/global-value.h"
#include "ns3/string.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <cmath>
#include <map>
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
    return type != "ns3::DoubleValue" || std::isfinite(ReadNumber<double>(text).value_or(NAN));
}

/// What the classes that an attribute or global value of that name can name derive from; empty
/// where it names none.
std::string
FindBase(const std::string& name)
{
    static const std::map<std::string, std::string> BASES{
        {"Protocol", "ns3::SocketFactory"},
        {"Transport", "ns3::SocketFactory"},
        {"SocketType", "ns3::TcpCongestionOps"},
        {"RecoveryType", "ns3::TcpRecoveryOps"},
        {"RttEstimatorType", "ns3::RttEstimator"},
        {"SchedulerType", "ns3::Scheduler"},
        {"SimulatorImplementationType", "ns3::SimulatorImpl"},
    };
    const size_t colons = name.rfind("::");
    const auto found = BASES.find(colons == std::string::npos ? name : name.substr(colons + 2));
    return found == BASES.end() ? "" : found->second;
}

/// Those that it can name: with a constructor, but for factories of sockets, of which each node has
/// its own.
std::vector<std::string>
FindClasses(const std::string& base)
{
    std::vector<std::string> classes;
    TypeId parent;
    if (TypeId::LookupByNameFailSafe(base, &parent))
    {
        for (uint16_t i = 0; i < TypeId::GetRegisteredN(); i++)
        {
            const TypeId type = TypeId::GetRegistered(i);
            const bool isMade = type.HasConstructor() || base == "ns3::SocketFactory";
            // ns-3 calls the parent of TcpCubic, its own default, TcpSocketBase.
            const bool isCubic =
                base == "ns3::TcpCongestionOps" && type.GetName() == "ns3::TcpCubic";
            if (isMade && type != parent && (type.IsChildOf(parent) || isCubic))
            {
                classes.push_back(type.GetName());
            }
        }
    }
    std::sort(classes.begin(), classes.end());
    return classes;
}

/// Refuses the name of a class that ns-3 could not make, or would take for another kind.
void
CheckClass(const std::string& name, const std::string& text)
{
    const std::vector<std::string> classes = FindClasses(FindBase(name));
    if (!classes.empty() && !std::binary_search(classes.begin(), classes.end(), text))
    {
        Reject(name, text, "one of " + Join(classes));
    }
}

} // namespace

void
CheckText(const std::string& name, const std::string& text, Ptr<const AttributeChecker> checker)
{
    CheckClass(name, text);
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

void
CheckBelow(const std::string& name, const std::string& bound)
{
    const auto getDefault = [](const std::string& attribute) {
        const size_t colons = attribute.rfind("::");
        TypeId::AttributeInformation found;
        TypeId::LookupByName(attribute.substr(0, colons))
            .LookupAttributeByName(attribute.substr(colons + 2), &found);
        return DynamicCast<const TimeValue>(found.initialValue)->Get();
    };
    if (getDefault(name) >= getDefault(bound))
    {
        Reject(name,
               WriteSeconds(getDefault(name)),
               "less than the " + WriteSeconds(getDefault(bound)) + " of --" + bound);
    }
}

} // namespace ns3
