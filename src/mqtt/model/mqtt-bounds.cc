// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/mqtt-bounds.h"

#include "mqtt/protocol/packet.h"

#include "ns3/object-base.h"
#include "ns3/uinteger.h"

namespace ns3
{

TypeId
MqttBounds::AddAttributes(TypeId tid)
{
    return tid
        .AddAttribute(
            "MaxInFlight",
            "QoS 1 and 2 messages sent to the peer and not yet acknowledged; further ones "
            "wait.",
            UintegerValue(20),
            MakeUintegerAccessor(&MqttBounds::m_inFlight),
            MakeUintegerChecker<uint16_t>(1, 32767))
        .AddAttribute("MaxInFlightBytes",
                      "Topic, payload and property bytes of the QoS 1 and 2 messages sent to the "
                      "peer and not yet acknowledged, of QoS 2 by PUBREC; further messages wait, "
                      "and one that is larger alone is sent alone. 0 = unlimited.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBounds::m_inFlightBytes),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute(
            "MaxQueuedMessages",
            "Messages that wait to be sent to the peer; a client refuses a further one, a "
            "broker drops it for that client. 0 = unlimited.",
            UintegerValue(1000),
            MakeUintegerAccessor(&MqttBounds::m_queuedMessages),
            MakeUintegerChecker<uint32_t>())
        .AddAttribute("MaxQueuedBytes",
                      "Topic and payload bytes of the messages that wait to be sent to the peer; "
                      "with a message beyond it is done as beyond MaxQueuedMessages. "
                      "0 = unlimited.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBounds::m_queuedBytes),
                      MakeUintegerChecker<uint32_t>())
        .AddAttribute("MaxPacketSize",
                      "Bytes of an incoming packet; a larger one closes the connection as soon as "
                      "it tells its size.",
                      UintegerValue(mqtt::MAX_PACKET_SIZE),
                      MakeUintegerAccessor(&MqttBounds::m_packetSize),
                      MakeUintegerChecker<uint32_t>(2, mqtt::MAX_PACKET_SIZE))
        .AddAttribute("MaxReceivedIds",
                      "QoS 2 messages of the peer received and not yet released; one more closes "
                      "the connection.",
                      UintegerValue(1000),
                      MakeUintegerAccessor(&MqttBounds::m_receivedIds),
                      MakeUintegerChecker<uint32_t>(1, 65535))
        .AddAttribute("TopicAliases",
                      "Topic Aliases to use towards a peer of MQTT 5.0, as far as it takes them: "
                      "the first topics published get one, and are two bytes from the second "
                      "message on. A topic that is published once costs three bytes more.",
                      UintegerValue(0),
                      MakeUintegerAccessor(&MqttBounds::m_topicAliases),
                      MakeUintegerChecker<uint16_t>())
        .AddAttribute("TopicAliasMaximum",
                      "Topic Aliases that a peer of MQTT 5.0 may use.",
                      UintegerValue(10),
                      MakeUintegerAccessor(&MqttBounds::m_topicAliasMaximum),
                      MakeUintegerChecker<uint16_t>())
        .AddAttribute("SessionExpiry",
                      "How long a session outlives its connection, whole seconds: a client of "
                      "MQTT 5.0 without CleanSession asks for it, a broker grants no more, also "
                      "to a client of 3.1.1. The largest value: for ever.",
                      TimeValue(Seconds(mqtt::NEVER_EXPIRES)),
                      MakeTimeAccessor(&MqttBounds::m_sessionExpiry),
                      MakeTimeChecker(Seconds(0), Seconds(mqtt::NEVER_EXPIRES)));
}

} // namespace ns3
