// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/client.h"
#include "mqtt/protocol/topic.h"

#include <limits>

/**
 * \file
 * PUBLISH and its acknowledgements, both ways (sections 3.3 to 3.7, 4.3).
 */
namespace mqtt
{

bool
Client::Publish(TimePoint now, MessagePtr message, uint64_t report)
{
    std::string fault = FindFault(*message);
    if (fault.empty())
    {
        auto timed = std::make_shared<Message>(*message);
        timed->since = now;
        Outbox::Entry entry;
        entry.qos = timed->qos;
        entry.retain = timed->retain;
        entry.report = report;
        entry.message = std::move(timed);
        auto dropped = [this](uint64_t waiting, Outbox::Drop drop) {
            m_events.push_back(Refused{waiting, std::string(ToString(drop))});
        };
        fault = m_outbox.Add(now, std::move(entry), dropped) ? "" : "queue full";
    }
    if (!fault.empty())
    {
        m_events.push_back(Refused{report, fault});
        return false;
    }
    m_peakMemory.Update(GetMemory());
    Flush(now);
    m_peakMemory.Update(GetMemory());
    return true;
}

std::string
Client::FindFault(const Message& message) const
{
    if (message.topic.size() > MAX_TEXT || !IsValidUtf8(message.topic) ||
        !IsValidTopicName(message.topic))
    {
        return "invalid topic name";
    }
    if (message.qos > 2)
    {
        return "invalid QoS";
    }
    if (Properties::Check(message.properties.Get().GetWire(), OwnerOf(PacketType::Publish)) !=
        DecodeError::None)
    {
        return "invalid properties";
    }
    mqtt::Publish publish;
    publish.topic = message.topic;
    publish.payload = message.payload;
    publish.qos = message.qos;
    publish.properties = message.properties.Get();
    return GetSize(publish, m_settings.version) > MAX_PACKET_SIZE ? "packet too large" : "";
}

void
Client::Flush(TimePoint now)
{
    if (m_state != State::Connected || !m_writable)
    {
        return;
    }
    m_outbox.Flush(
        now,
        m_writer,
        std::numeric_limits<size_t>::max(),
        [this](uint64_t report) { m_events.push_back(Published{report}); },
        [this](uint16_t packetId) { m_events.push_back(Redelivered{packetId}); },
        [this](uint64_t report, Outbox::Drop drop) {
            m_events.push_back(Refused{report, std::string(ToString(drop))});
        });
    if (!m_writer.IsEmpty())
    {
        m_lastSent = now;
    }
}

bool
Client::ResolveTopic(TimePoint now, mqtt::Publish& publish)
{
    auto alias = publish.properties.GetNumber(PropertyId::TopicAlias);
    auto status = alias ? m_aliases.Resolve(*alias, publish.topic) : ReceivedAliases::Status::Known;
    if (status == ReceivedAliases::Status::Known)
    {
        return true;
    }
    bool invalid = status == ReceivedAliases::Status::Invalid; // [5.0: MQTT-3.1.2-26]
    Violate(now,
            invalid ? ReasonCode::TopicAliasInvalid : ReasonCode::ProtocolError,
            invalid ? "topic alias out of range" : "topic alias without topic");
    return false;
}

void
Client::Handle(TimePoint now, const mqtt::Publish& received)
{
    mqtt::Publish publish = received;
    if (!ResolveTopic(now, publish))
    {
        return;
    }
    bool isNew = true;
    if (publish.qos == 2)
    {
        isNew = m_received.Add(publish.packetId); // [MQTT-4.3.3-2]
        if (m_received.GetSize() > m_settings.receivedIds)
        {
            m_received.Remove(publish.packetId);
            CloseAndRetry(now,
                          ReasonCode::ReceiveMaximumExceeded,
                          "too many QoS 2 messages not released");
            return;
        }
        m_writer.Write(Pubrec{publish.packetId});
    }
    else if (publish.qos == 1)
    {
        m_writer.Write(Puback{publish.packetId});
    }
    if (isNew)
    {
        m_events.push_back(MessageArrived{MakeMessage(publish, now)});
    }
}

void
Client::Handle(TimePoint now, const Puback& puback)
{
    auto report = m_outbox.HandlePuback(puback.packetId);
    if (report && IsFailure(puback.reason))
    {
        m_events.push_back(Refused{*report, Explain(puback)});
    }
    else if (report)
    {
        m_events.push_back(Published{*report});
    }
}

void
Client::Handle(TimePoint now, const Pubrec& pubrec)
{
    if (auto report = m_outbox.HandlePubrec(pubrec, m_writer))
    {
        m_events.push_back(Refused{*report, Explain(pubrec)});
    }
}

void
Client::Handle(TimePoint now, const Pubrel& pubrel)
{
    bool isKnown = m_received.Remove(pubrel.packetId);
    m_writer.Write(Pubcomp{pubrel.packetId,
                           isKnown ? ReasonCode::Success : ReasonCode::PacketIdentifierNotFound});
}

void
Client::Handle(TimePoint now, const Pubcomp& pubcomp)
{
    if (auto report = m_outbox.HandlePubcomp(pubcomp.packetId))
    {
        m_events.push_back(Published{*report});
    }
}

} // namespace mqtt
