// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/attribute.h"

#include <string>

namespace ns3
{

/**
 * The checker of the attribute "ns3::Class::Attribute" or of the global value; none of neither.
 * \throw ParameterError where another class declares the attribute
 */
Ptr<const AttributeChecker> FindChecker(const std::string& name);

/**
 * Looks at a text that is to be the value of an attribute or global value.
 * \throw ParameterError where it is none, for ns-3 would print its whole help
 */
void CheckText(const std::string& name,
               const std::string& text,
               Ptr<const AttributeChecker> checker);

/**
 * Looks at the defaults of two attributes "ns3::Class::Attribute", both times.
 * \throw ParameterError unless the one is below the other
 */
void CheckBelow(const std::string& name, const std::string& bound);

} // namespace ns3
