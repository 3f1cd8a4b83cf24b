// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/attribute.h"

namespace ns3
{

/// Checkers of attributes of type StringValue that a packet of MQTT has to carry: they refuse what
/// it cannot (section 1.5.3). Empty is always taken.
Ptr<const AttributeChecker> MakeMqttTextChecker();   ///< UTF-8 of at most 65,535 bytes
Ptr<const AttributeChecker> MakeMqttTopicChecker();  ///< such a text without wildcards
Ptr<const AttributeChecker> MakeMqttBinaryChecker(); ///< at most 65,535 bytes

} // namespace ns3
