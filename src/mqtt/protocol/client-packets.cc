// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/client.h"

#include <algorithm>

namespace mqtt
{

void
Client::HandleFrame(TimePoint now, const Frame& frame)
{
    Packet packet;
    if (DecodeError error = Decode(frame, packet, m_settings.version); error != DecodeError::None)
    {
        Violate(now, GetReason(error), ToString(error));
        return;
    }
    bool isConnack = frame.GetType() == PacketType::Connack;
    bool isProving = frame.GetType() == PacketType::Auth; // 5.0: section 4.12
    if (isConnack != (m_state == State::Connecting) &&
        !isProving) // the first packet, once [MQTT-3.2.0-1]
    {
        Violate(now,
                ReasonCode::ProtocolError,
                isConnack ? "second CONNACK" : "packet before CONNACK");
        return;
    }
    std::visit([&](const auto& one) { Handle(now, one); }, packet);
}

void
Client::Handle(TimePoint now, const Connack& connack)
{
    if (IsFailure(connack.reason))
    {
        CloseAndRetry(now, connack.reason, "refused: " + std::string(ToString(connack.reason)));
        return;
    }
    if (connack.sessionPresent && m_settings.cleanSession) // [MQTT-3.2.2-1]
    {
        Violate(now, ReasonCode::ProtocolError, "session present after Clean Session");
        return;
    }
    m_state = State::Connected;
    m_failures = 0;
    m_timer.reset();
    TakeSettings(connack.properties);
    if (m_keepAlive > 0)
    {
        m_timer = m_lastSent + std::chrono::seconds(m_keepAlive);
    }
    m_events.push_back(Connected{connack.sessionPresent});
    if (!connack.sessionPresent)
    {
        LoseSession();
    }
    m_outbox.Redeliver(now, m_writer, [this](uint16_t id) { m_events.push_back(Redelivered{id}); });
    SendSubscriptions();
}

void
Client::TakeSettings(const Properties& connack)
{
    m_keepAlive = m_settings.keepAlive;
    m_maximumQos = 2;
    m_retainAvailable = true;
    connack.ForEach([&](const Property& property) {
        switch (property.id)
        {
        case PropertyId::ServerKeepAlive: // [5.0: MQTT-3.2.2-21]
            m_keepAlive = static_cast<uint16_t>(property.number);
            break;
        case PropertyId::AssignedClientIdentifier:
            m_settings.clientId = property.GetText();
            break;
        case PropertyId::MaximumQos:
            m_maximumQos = static_cast<uint8_t>(property.number);
            break;
        case PropertyId::RetainAvailable:
            m_retainAvailable = property.number == 1;
            break;
        default:
            break;
        }
    });
    m_outbox.Begin(ReadReceiverLimits(connack));
    m_aliases.Begin(m_settings.topicAliases);
}

void
Client::Violate(TimePoint now, ReasonCode code, std::string_view reason)
{
    CloseAndRetry(now, code, "protocol error: " + std::string(reason));
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
        m_events.push_back(Refused{*report, std::string(ToString(puback.reason))});
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
        m_events.push_back(Refused{*report, std::string(ToString(pubrec.reason))});
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

void
Client::Handle(TimePoint now, const Suback& suback)
{
    for (Subscription& subscription : m_subscriptions)
    {
        if (subscription.packetId == suback.packetId && !subscription.leaving)
        {
            m_outbox.ReleasePacketId(subscription.packetId);
            subscription.packetId = 0;
            subscription.made = !IsFailure(suback.reasons[0]);
            m_events.push_back(Subscribed{subscription.filter, suback.reasons[0]});
        }
    }
}

void
Client::Handle(TimePoint now, const Unsuback& unsuback)
{
    auto left = std::find_if(m_subscriptions.begin(), m_subscriptions.end(), [&](const auto& s) {
        return s.packetId == unsuback.packetId && s.leaving;
    });
    if (left != m_subscriptions.end())
    {
        m_outbox.ReleasePacketId(left->packetId);
        m_events.push_back(Unsubscribed{left->filter});
        m_filterBytes -= left->filter.size();
        m_subscriptions.erase(left);
    }
}

void
Client::Handle(TimePoint now, const Pingresp& pingresp)
{
    m_pingLimit.reset();
}

void
Client::Handle(TimePoint now, const Auth& auth)
{
    if (!m_settings.authenticator)
    {
        Violate(now, ReasonCode::ProtocolError, "AUTH that was not asked for");
        return;
    }
    if (auth.reason == ReasonCode::Success && m_state == State::Connecting)
    {
        Violate(now, ReasonCode::ProtocolError, "AUTH success before CONNACK");
        return;
    }
    if (auth.reason == ReasonCode::Success)
    {
        m_events.push_back(ReAuthenticated{});
        return;
    }
    auto data = auth.properties.GetBinary(PropertyId::AuthenticationData);
    auto answer = m_settings.authenticator->Continue(data.value_or(ByteView()));
    if (!answer)
    {
        CloseAndRetry(now, ReasonCode::NotAuthorized, "server not authenticated");
        return;
    }
    PropertyList properties;
    AddAuthentication(properties, m_settings.authenticator->GetMethod(), *answer);
    m_writer.Write(Auth{ReasonCode::ContinueAuthentication, properties.Get()});
    m_lastSent = now;
}

void
Client::Handle(TimePoint now, const mqtt::Disconnect& disconnect)
{
    if (m_settings.version == Version::V3_1_1)
    {
        Violate(now, ReasonCode::ProtocolError, "packet that no server sends, or not now");
        return;
    }
    m_writer.Take();
    EndConnection("disconnected by server: " + std::string(ToString(disconnect.reason)));
    Retry(now);
}

} // namespace mqtt
