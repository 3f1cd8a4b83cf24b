// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/client.h"
#include "mqtt/protocol/topic.h"

#include <utility>

/**
 * \file
 * How a client gets in, proves who it is, and is sent away: CONNECT, CONNACK, AUTH, DISCONNECT
 * (sections 3.1, 3.2, 3.14; 5.0: 3.15, 4.12).
 */
namespace mqtt
{

namespace
{

/// The field of a CONNECT that has no form on the wire (sections 1.5.3 and 3.1.3); empty: none.
std::string_view
FindUnsendable(const Connect& connect)
{
    const auto isText = [](std::string_view text) {
        return text.size() <= MAX_TEXT && IsValidUtf8(text);
    };
    const auto& will = connect.will;
    return !isText(connect.clientId)                                         ? "Client Identifier"
           : will && !(isText(will->topic) && IsValidTopicName(will->topic)) ? "Will Topic"
           : will && will->message.size() > MAX_TEXT                         ? "Will Message"
           : !isText(connect.userName.value_or(""))                          ? "User Name"
           : connect.password && connect.password->size() > MAX_TEXT         ? "Password"
                                                                             : "";
}

} // namespace

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
    if (const std::string field(FindUnsendable(connect)); !field.empty())
    {
        CloseAndRetry(now, ReasonCode::UnspecifiedError, field + " that MQTT cannot carry");
        return;
    }
    m_reader.Reset();
    m_writable = true;
    m_writer.SetMaximumSize(MAX_PACKET_SIZE);
    m_writer.Write(connect);
    m_peakMemory.Update(GetMemory());
    m_state = State::Connecting;
    m_proving = m_settings.authenticator && m_settings.version == Version::V5;
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
        if (!m_settings.problemInformation)
        {
            properties.Add(PropertyId::RequestProblemInformation, 0);
        }
        if (m_settings.responseInformation)
        {
            properties.Add(PropertyId::RequestResponseInformation, 1);
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

bool
Client::Accepts(TimePoint now, const Connack& connack)
{
    if (IsFailure(connack.reason))
    {
        CloseAndRetry(now, connack.reason, "refused: " + Explain(connack));
        return false;
    }
    if (connack.sessionPresent && m_settings.cleanSession) // [MQTT-3.2.2-1]
    {
        Violate(now, ReasonCode::ProtocolError, "session present after Clean Session");
        return false;
    }
    if (!SaysMethod(connack.properties))
    {
        Violate(now, ReasonCode::ProtocolError, "another authentication method");
        return false;
    }
    auto data = connack.properties.GetBinary(PropertyId::AuthenticationData);
    if (m_settings.authenticator && m_settings.version == Version::V5 &&
        !m_settings.authenticator->Finish(data.value_or(ByteView())))
    {
        CloseAndRetry(now, ReasonCode::NotAuthorized, "server not authenticated");
        return false;
    }
    return true;
}

/// The method of the CONNECT and no other; none where it had none [5.0: MQTT-4.12.0-5, 4.12.0-6].
bool
Client::SaysMethod(const Properties& properties) const
{
    auto method = properties.GetText(PropertyId::AuthenticationMethod);
    bool expected = m_settings.authenticator && m_settings.version == Version::V5;
    return expected ? method == m_settings.authenticator->GetMethod() : !method;
}

void
Client::Handle(TimePoint now, const Connack& connack)
{
    if (!Accepts(now, connack))
    {
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
    auto responses = connack.properties.GetText(PropertyId::ResponseInformation);
    m_events.push_back(Connected{connack.sessionPresent,
                                 std::string(responses.value_or("")),
                                 std::exchange(m_proving, false)});
    if (!connack.sessionPresent)
    {
        LoseSession();
    }
    m_outbox.Redeliver(
        now,
        m_writer,
        [this](uint16_t id) { m_events.push_back(Redelivered{id}); },
        [this](uint64_t report, Outbox::Drop drop) {
            m_events.push_back(Refused{report, std::string(ToString(drop))});
        });
    SendSubscriptions();
}

void
Client::TakeSettings(const Properties& connack)
{
    m_keepAlive = m_settings.keepAlive;
    m_offers = {};
    connack.ForEach([&](const Property& property) {
        switch (property.id)
        {
        case PropertyId::ServerKeepAlive: // [5.0: MQTT-3.2.2-21]
            m_keepAlive = static_cast<uint16_t>(property.number);
            break;
        case PropertyId::AssignedClientIdentifier:
            m_settings.clientId = property.GetText();
            break;
        case PropertyId::WildcardSubscriptionAvailable:
            m_offers.wildcards = property.number == 1;
            break;
        case PropertyId::SubscriptionIdentifierAvailable:
            m_offers.identifiers = property.number == 1;
            break;
        case PropertyId::SharedSubscriptionAvailable:
            m_offers.sharing = property.number == 1;
            break;
        default:
            break;
        }
    });
    ReceiverLimits server = ReadReceiverLimits(connack);
    m_outbox.Begin(server);
    m_writer.SetMaximumSize(server.packetSize);
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
        m_proving = m_writer.Write(Auth{ReasonCode::ReAuthenticate, properties.Get()});
        m_lastSent = now;
    }
}

void
Client::Handle(TimePoint now, const Auth& auth)
{
    if (!m_proving || !SaysMethod(auth.properties))
    {
        Violate(now, ReasonCode::ProtocolError, "AUTH that was not asked for");
        return;
    }
    bool isLast = auth.reason == ReasonCode::Success;
    if ((isLast && m_state == State::Connecting) || auth.reason == ReasonCode::ReAuthenticate)
    {
        Violate(now, ReasonCode::ProtocolError, "AUTH that no server says, or not now");
        return;
    }
    ByteView data = auth.properties.GetBinary(PropertyId::AuthenticationData).value_or(ByteView());
    if (isLast && m_settings.authenticator->Finish(data))
    {
        m_proving = false;
        m_events.push_back(ReAuthenticated{});
        return;
    }
    auto answer = isLast ? std::nullopt : m_settings.authenticator->Continue(data);
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
    if (disconnect.properties.Find(PropertyId::SessionExpiryInterval)) // [5.0: MQTT-3.14.2-2]
    {
        Violate(now, ReasonCode::ProtocolError, "session expiry of a server");
        return;
    }
    m_writer.Take();
    EndConnection("disconnected by server: " + std::string(ToString(disconnect.reason)));
    Retry(now);
}

} // namespace mqtt
