// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/mqtt-broker-limits.h"

#include "sans-io/model/time-conversion.h"

#include "ns3/double.h"
#include "ns3/object-base.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{

TypeId
MqttBrokerLimits::AddAttributes(TypeId tid)
{
    return MqttBounds::AddAttributes(tid)
        .AddAttribute("ProtocolLevel",
                      "The only version of MQTT that is spoken: 4 = 3.1.1, 5 = 5.0; a CONNECT "
                      "of the other is answered \"unsupported protocol version\". 0 = both.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_protocolLevel),
                      MakeUintegerChecker<uint8_t>(0, 5))
        .AddAttribute("MaxConnections",
                      "Open streams; a further one is closed at once. 0 = unlimited.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_connections),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("ConnectTimeout",
                      "How long a stream may be open before CONNECT is complete; then it is "
                      "closed.",
                      TimeValue(Seconds(90)),
                      MakeTimeAccessor(&MqttBrokerLimits::m_connectTimeout),
                      MakeTimeChecker(Time(1)))
        .AddAttribute("MaxConnectPacketSize",
                      "Bytes of the first packet of a connection.",
                      UintegerValue(100000),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_connectPacketSize),
                      MakeUintegerChecker<uint32_t>(14, mqtt::MAX_PACKET_SIZE))
        .AddAttribute("MaxKeepAlive",
                      "The largest Keep Alive, whole seconds. A client of MQTT 5.0 that asks "
                      "for more or for none is told this one; a CONNECT of 3.1.1 is refused "
                      "as \"identifier rejected\". 0 = unlimited.",
                      TimeValue(Seconds(0)),
                      MakeTimeAccessor(&MqttBrokerLimits::m_maximumKeepAlive),
                      MakeTimeChecker(Seconds(0), Seconds(65535)))
        .AddAttribute("MaxSessions",
                      "Sessions, connected and stored; a CONNECT that needs one more is "
                      "refused as \"server unavailable\". 0 = unlimited.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_sessions),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("MaxOutputBytes",
                      "Bytes that are ready for a client's stream; messages beyond stay "
                      "queued, and more answers to a client that does not read close the "
                      "connection.",
                      UintegerValue(1 << 20),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_outputBytes),
                      MakeUintegerChecker<uint32_t>(1))
        .AddAttribute("MaxSubscriptions",
                      "Subscriptions of a client; a further one is answered with \"quota "
                      "exceeded\", 128 in 3.1.1. 0 = unlimited.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_subscriptions),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("MaxTopicLevels",
                      "Levels of a Topic Name or Topic Filter. A message of a deeper topic goes "
                      "nowhere (\"topic name invalid\"), a deeper filter is refused (\"topic "
                      "filter invalid\", 128 in 3.1.1), and a CONNECT with a deeper Will Topic. "
                      "0 = unlimited.",
                      UintegerValue(201),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_topicLevels),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("MaxTopicLength",
                      "Bytes of a Topic Name or Topic Filter; with a longer one it is done as "
                      "beyond MaxTopicLevels. 0 = the 65,535 of the standard.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_topicLength),
                      MakeUintegerChecker<uint16_t>())
        .AddAttribute("MaxRetainedMessages",
                      "Topics with a retained message; a message of a further one is "
                      "forwarded and not stored. 0 = unlimited.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_retainedMessages),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("MaxRetainedBytes",
                      "Topic, payload and property bytes of the retained messages; a message "
                      "beyond is forwarded and not stored, and what its topic had is gone. "
                      "0 = unlimited.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_retainedBytes),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("ResponsePrefix",
                      "Response Information for a client of MQTT 5.0 that asks for it: this "
                      "and its Client Identifier, a topic for responses. Empty: none.",
                      StringValue(""),
                      MakeStringAccessor(&MqttBrokerLimits::m_responsePrefix),
                      MakeStringChecker())
        .AddAttribute("MaxContentFilter",
                      "Bytes of the filter by type and content that a SUBSCRIBE of MQTT 5.0 "
                      "asks for in its User Properties type-filter and content-filter; a "
                      "longer one is refused. 0 = they mean nothing.",
                      UintegerValue(mqtt::ContentFilterLimits().bytes),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_contentFilter),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("MaxFilteredPayload",
                      "Bytes of a payload whose JSON fields are read for a content filter; a "
                      "message with a longer one is not wanted by its subscription.",
                      UintegerValue(mqtt::ContentFilterLimits().payload),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_filteredPayload),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("MaxPublishRate",
                      "PUBLISH packets per second of a connection in the long run; beyond, it "
                      "is read no faster than this. 0 = unlimited.",
                      DoubleValue(0),
                      MakeDoubleAccessor(&MqttBrokerLimits::m_publishRate),
                      MakeDoubleChecker<double>(0))
        .AddAttribute("PublishBurst",
                      "PUBLISH packets of a connection at once under MaxPublishRate.",
                      UintegerValue(20),
                      MakeUintegerAccessor(&MqttBrokerLimits::m_publishBurst),
                      MakeUintegerChecker<uint32_t>(1));
}

mqtt::BrokerLimits
MqttBrokerLimits::GetLimits() const
{
    mqtt::BrokerLimits limits;
    if (m_protocolLevel > 0)
    {
        limits.version = static_cast<mqtt::Version>(m_protocolLevel);
    }
    limits.connections = m_connections;
    limits.connectTimeout = ToDuration(m_connectTimeout);
    limits.connectPacketSize = m_connectPacketSize;
    limits.maximumKeepAlive = static_cast<uint16_t>(m_maximumKeepAlive.GetSeconds());
    limits.sessions = m_sessions;
    ApplyTo(limits);
    limits.outputBytes = m_outputBytes;
    limits.subscriptions = m_subscriptions;
    limits.topicLevels = m_topicLevels;
    limits.topicLength = m_topicLength;
    limits.retainedMessages = m_retainedMessages;
    limits.retainedBytes = m_retainedBytes;
    limits.responsePrefix = m_responsePrefix;
    limits.content = {m_contentFilter, m_filteredPayload};
    limits.publishRate = {m_publishRate, m_publishBurst};
    return limits;
}

} // namespace ns3
