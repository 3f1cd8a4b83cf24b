// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/attribute-check.h"

#include "iot-scenario/model/parameter-text.h"

#include "ns3/data-rate.h"
#include "ns3/global-value.h"
#include "ns3/string.h"
#include "ns3/type-id.h"

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

} // namespace

void
CheckText(const std::string& name, const std::string& text, Ptr<const AttributeChecker> checker)
{
    // ns-3 ends the process on a text that is no time at all.
    const bool badTime = checker->GetValueTypeName() == "ns3::TimeValue" && !ReadTime(text);
    const Ptr<AttributeValue> value =
        badTime ? nullptr : checker->CreateValidValue(StringValue(text));
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
    Reject(name, text, badTime ? "a time such as 10s or 250ms" : "a value of type " + expected);
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
