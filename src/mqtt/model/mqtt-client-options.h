// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/model/mqtt-bounds.h"
#include "mqtt/protocol/client.h"

#include <string>

namespace ns3
{

/// What a client is told to be, as attributes of the class that derives from this one.
struct MqttClientOptions : public MqttBounds
{
    /// Adds the attributes, those of MqttBounds too, to the type of that class.
    static TypeId AddAttributes(TypeId tid);

    /// The values for the machine. \param name Client Identifier where one is needed and none is
    /// set
    mqtt::ClientSettings GetSettings(const std::string& name) const;

    std::string m_clientId;
    uint8_t m_protocolLevel{0};
    Time m_keepAlive;
    bool m_cleanSession{false};
    bool m_requestProblemInformation{false};
    bool m_requestResponseInformation{false};
    std::string m_willTopic;
    std::string m_willPayload;
    uint8_t m_willQos{0};
    bool m_willRetain{false};
    Time m_willDelay;
    std::string m_userName;
    std::string m_password;
    uint32_t m_subscriptions{0};
    uint32_t m_outputBytes{0};
    Time m_connackTimeout;
    Time m_pingTimeout;
    Time m_reconnectMin;
    Time m_reconnectMax;
};

} // namespace ns3
