// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/client.h"

/**
 * \file
 * How a client gets in, proves who it is, and is sent away: CONNECT, CONNACK, AUTH, DISCONNECT
 * (sections 3.1, 3.2, 3.14; 5.0: 3.15, 4.12).
 */
namespace mqtt
{

void
Client::SendConnect(TimePoint now)
{
    Connect connect;
    PropertyList properties = GetConnectProperties();
    PropertyList willProperties;
    connect.version = m_settings.version;
    connect.properties = properties.Get();
    connect.clientId = m_settings.clientId;
    connect.keepAlive = m_settings.keepAlive;
    connect.cleanStart = m_settings.cleanSession;
    if (m_settings.will)
    {
        const Message& will = *m_settings.will;
        willProperties = will.properties;
        if (will.expiry)
        {
            willProperties.Add(PropertyId::MessageExpiryInterval, *will.expiry);
        }
        if (m_settings.willDelay > 0)
        {
            willProperties.Add(PropertyId::WillDelayInterval, m_settings.willDelay);
        }
        connect.will = Will{will.topic, will.payload, will.qos, will.retain, willProperties.Get()};
    }
    connect.userName = m_settings.userName;
    if (m_settings.password)
    {
        connect.password = ByteView(*m_settings.password);
    }
    m_reader.Reset();
    m_writable = true;
    m_writer.Write(connect);
    m_peakMemory.Update(GetMemory());
    m_state = State::Connecting;
    m_lastSent = now;
    m_timer = now + m_settings.connackTimeout;
}

PropertyList
Client::GetConnectProperties() const
{
    PropertyList properties;
    if (m_settings.version == Version::V5) // what differs from its default (5.0: section 3.1.2.11)
    {
        if (!m_settings.cleanSession && m_settings.sessionExpiry > 0)
        {
            properties.Add(PropertyId::SessionExpiryInterval, m_settings.sessionExpiry);
        }
        if (m_settings.receivedIds < 65535)
        {
            properties.Add(PropertyId::ReceiveMaximum,
                           static_cast<uint32_t>(m_settings.receivedIds));
        }
        if (m_settings.packetSize < MAX_PACKET_SIZE)
        {
            properties.Add(PropertyId::MaximumPacketSize,
                           static_cast<uint32_t>(m_settings.packetSize));
        }
        if (m_settings.topicAliases > 0)
        {
            properties.Add(PropertyId::TopicAliasMaximum, m_settings.topicAliases);
        }
        if (m_settings.authenticator)
        {
            AddAuthentication(properties,
                              m_settings.authenticator->GetMethod(),
                              m_settings.authenticator->Begin(m_settings.clientId));
        }
    }
    return properties;
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
Client::LoseSession()
{
    m_received.Clear();
    for (Subscription& subscription : m_subscriptions)
    {
        subscription.made = false;
    }
    for (const Outbox::Entry& entry : m_outbox.ForgetSession())
    {
        if (entry.released)
        {
            m_events.push_back(Published{entry.report});
        }
        else
        {
            m_events.push_back(Refused{entry.report, "session lost"});
        }
    }
}

void
Client::ReAuthenticate(TimePoint now)
{
    if (m_state == State::Connected && m_settings.authenticator)
    {
        PropertyList properties;
        AddAuthentication(properties,
                          m_settings.authenticator->GetMethod(),
                          m_settings.authenticator->Begin(m_settings.clientId));
        m_writer.Write(Auth{ReasonCode::ReAuthenticate, properties.Get()});
        m_lastSent = now;
    }
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
