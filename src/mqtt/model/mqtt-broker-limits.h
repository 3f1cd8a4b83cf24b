// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/model/mqtt-bounds.h"
#include "mqtt/protocol/broker-limits.h"

#include <string>

namespace ns3
{

/// What a broker takes, as attributes of the class that derives from this one.
struct MqttBrokerLimits : public MqttBounds
{
    /// Adds the attributes, those of MqttBounds too, to the type of that class.
    static TypeId AddAttributes(TypeId tid);

    /// The values for the machine.
    mqtt::BrokerLimits GetLimits() const;

    uint8_t m_protocolLevel{0};
    uint32_t m_connections{0};
    Time m_connectTimeout;
    uint32_t m_connectPacketSize{0};
    Time m_maximumKeepAlive;
    uint32_t m_sessions{0};
    uint32_t m_outputBytes{0};
    uint32_t m_subscriptions{0};
    uint32_t m_topicLevels{0};
    uint16_t m_topicLength{0};
    uint32_t m_retainedMessages{0};
    uint32_t m_retainedBytes{0};
    std::string m_responsePrefix;
    uint32_t m_contentFilter{0};
    uint32_t m_filteredPayload{0};
    double m_publishRate{0};
    uint32_t m_publishBurst{0};
};

} // namespace ns3
