// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/mqtt-client-options.h"

#include "mqtt/model/mqtt-text-checker.h"
#include "sans-io/model/time-conversion.h"

#include "ns3/boolean.h"
#include "ns3/object-base.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{

TypeId
MqttClientOptions::AddAttributes(TypeId tid)
{
    return MqttBounds::AddAttributes(tid)
        .AddAttribute("ClientId",
                      "The Client Identifier. Empty: the broker makes one up (with "
                      "CleanSession), or n and the number of the node (without).",
                      StringValue(""),
                      MakeStringAccessor(&MqttClientOptions::m_clientId),
                      MakeMqttTextChecker())
        .AddAttribute("ProtocolLevel",
                      "The version of MQTT: 4 = 3.1.1, 5 = 5.0. A broker speaks both.",
                      UintegerValue(4),
                      MakeUintegerAccessor(&MqttClientOptions::m_protocolLevel),
                      MakeUintegerChecker<uint8_t>(4, 5))
        .AddAttribute("KeepAlive",
                      "The Keep Alive, whole seconds: a PINGREQ is sent after so much "
                      "silence of our own, and the broker gives up after 1.5 times it. "
                      "0 = none.",
                      TimeValue(Seconds(60)),
                      MakeTimeAccessor(&MqttClientOptions::m_keepAlive),
                      MakeTimeChecker(Seconds(0), Seconds(65535)))
        .AddAttribute("CleanSession",
                      "Whether nothing of the session survives the connection.",
                      BooleanValue(false),
                      MakeBooleanAccessor(&MqttClientOptions::m_cleanSession),
                      MakeBooleanChecker())
        .AddAttribute("RequestProblemInformation",
                      "Whether a broker of MQTT 5.0 may explain itself in any packet; else in "
                      "CONNACK and DISCONNECT alone, which saves bytes.",
                      BooleanValue(true),
                      MakeBooleanAccessor(&MqttClientOptions::m_requestProblemInformation),
                      MakeBooleanChecker())
        .AddAttribute("RequestResponseInformation",
                      "Whether a broker of MQTT 5.0 is asked where to let responses go; see "
                      "GetResponseInformation().",
                      BooleanValue(false),
                      MakeBooleanAccessor(&MqttClientOptions::m_requestResponseInformation),
                      MakeBooleanChecker())
        .AddAttribute("WillTopic",
                      "Topic of the message the broker publishes when the connection ends "
                      "without DISCONNECT; empty = no will.",
                      StringValue(""),
                      MakeStringAccessor(&MqttClientOptions::m_willTopic),
                      MakeMqttTopicChecker())
        .AddAttribute("WillPayload",
                      "Payload of the will.",
                      StringValue(""),
                      MakeStringAccessor(&MqttClientOptions::m_willPayload),
                      MakeMqttBinaryChecker())
        .AddAttribute("WillQos",
                      "QoS of the will.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttClientOptions::m_willQos),
                      MakeUintegerChecker<uint8_t>(0, 2))
        .AddAttribute("WillRetain",
                      "Whether the will is retained.",
                      BooleanValue(false),
                      MakeBooleanAccessor(&MqttClientOptions::m_willRetain),
                      MakeBooleanChecker())
        .AddAttribute("WillDelay",
                      "How long after the end of the connection a broker of MQTT 5.0 "
                      "publishes the will, unless the client is back by then, whole seconds.",
                      TimeValue(Seconds(0)),
                      MakeTimeAccessor(&MqttClientOptions::m_willDelay),
                      MakeTimeChecker(Seconds(0), Seconds(mqtt::NEVER_EXPIRES)))
        .AddAttribute("UserName",
                      "The user name; empty = none, and no password either.",
                      StringValue(""),
                      MakeStringAccessor(&MqttClientOptions::m_userName),
                      MakeMqttTextChecker())
        .AddAttribute("Password",
                      "The password; empty = none.",
                      StringValue(""),
                      MakeStringAccessor(&MqttClientOptions::m_password),
                      MakeMqttBinaryChecker())
        .AddAttribute("MaxSubscriptions",
                      "Topic filters subscribed to; Subscribe() refuses a further one.",
                      UintegerValue(1000),
                      MakeUintegerAccessor(&MqttClientOptions::m_subscriptions),
                      MakeUintegerChecker<uint32_t>(0, 32767))
        .AddAttribute("MaxOutputBytes",
                      "Bytes of answers that wait for a broker that does not read; more end "
                      "the connection.",
                      UintegerValue(1 << 16),
                      MakeUintegerAccessor(&MqttClientOptions::m_outputBytes),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("ConnackTimeout",
                      "How long to wait for CONNACK once the stream is open.",
                      TimeValue(Seconds(30)),
                      MakeTimeAccessor(&MqttClientOptions::m_connackTimeout),
                      MakeTimeChecker(Time(1)))
        .AddAttribute("PingTimeout",
                      "How long to wait for PINGRESP before the connection is given up.",
                      TimeValue(Seconds(60)),
                      MakeTimeAccessor(&MqttClientOptions::m_pingTimeout),
                      MakeTimeChecker(Time(1)))
        .AddAttribute("ReconnectMin",
                      "The first backoff before connecting again; it doubles with each "
                      "failure, and between half of it and all of it is waited.",
                      TimeValue(Seconds(1)),
                      MakeTimeAccessor(&MqttClientOptions::m_reconnectMin),
                      MakeTimeChecker(Time(1)))
        .AddAttribute("ReconnectMax",
                      "The largest backoff.",
                      TimeValue(Seconds(120)),
                      MakeTimeAccessor(&MqttClientOptions::m_reconnectMax),
                      MakeTimeChecker(Time(1)));
}

mqtt::ClientSettings
MqttClientOptions::GetSettings(const std::string& name) const
{
    mqtt::ClientSettings settings;
    settings.version = static_cast<mqtt::Version>(m_protocolLevel);
    settings.willDelay = static_cast<uint32_t>(m_willDelay.GetSeconds());
    bool named = !m_clientId.empty() || m_cleanSession;
    settings.clientId = named ? m_clientId : name;
    settings.keepAlive = static_cast<uint16_t>(m_keepAlive.GetSeconds());
    settings.cleanSession = m_cleanSession;
    settings.problemInformation = m_requestProblemInformation;
    settings.responseInformation = m_requestResponseInformation;
    if (!m_willTopic.empty())
    {
        sansio::Bytes payload(m_willPayload.begin(), m_willPayload.end());
        settings.will = mqtt::Message{m_willTopic, payload, m_willQos, m_willRetain};
    }
    if (!m_userName.empty())
    {
        settings.userName = m_userName;
        if (!m_password.empty())
        {
            settings.password = sansio::Bytes(m_password.begin(), m_password.end());
        }
    }
    ApplyTo(settings);
    settings.subscriptions = m_subscriptions;
    settings.outputBytes = m_outputBytes;
    settings.connackTimeout = ToDuration(m_connackTimeout);
    settings.pingTimeout = ToDuration(m_pingTimeout);
    settings.reconnectMin = ToDuration(m_reconnectMin);
    settings.reconnectMax = ToDuration(m_reconnectMax);
    return settings;
}

} // namespace ns3
