// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/broker.h"

/**
 * \file
 * How a client gets in and takes leave: CONNECT, CONNACK, DISCONNECT (sections 3.1, 3.2, 3.14).
 */
namespace mqtt
{

namespace
{

/// The Session Expiry Interval that a CONNECT asks for, in seconds.
uint32_t
GetExpiry(const Connect& connect)
{
    if (connect.version == Version::V3_1_1)
    {
        return connect.cleanStart ? 0 : NEVER_EXPIRES;
    }
    return connect.properties.GetNumber(PropertyId::SessionExpiryInterval).value_or(0);
}

/// CONNECT is the first packet [MQTT-3.1.0-1], once [MQTT-3.1.0-2]; until it is answered only AUTH
/// and DISCONNECT may follow [5.0: MQTT-3.1.2-30].
bool
IsInTurn(const Connection& connection, PacketType type)
{
    if (connection.session)
    {
        return type != PacketType::Connect;
    }
    if (connection.entrance)
    {
        return type == PacketType::Auth || type == PacketType::Disconnect;
    }
    return type == PacketType::Connect;
}

} // namespace

void
Broker::HandleFrame(TimePoint now, Connection& connection, const Frame& frame)
{
    bool isConnect = frame.GetType() == PacketType::Connect;
    if (!IsInTurn(connection, frame.GetType()))
    {
        Violate(now,
                connection,
                ReasonCode::ProtocolError,
                isConnect ? "second CONNECT" : "packet before CONNECT");
        return;
    }
    Packet packet;
    DecodeError error = Decode(frame, packet, connection.GetVersion());
    if (error == DecodeError::None)
    {
        std::visit([&](const auto& one) { Handle(now, connection, one); }, packet);
    }
    else if (isConnect)
    {
        HandleConnectError(now, connection, frame, error);
    }
    else
    {
        Violate(now, connection, GetReason(error), ToString(error));
    }
}

void
Broker::HandleConnectError(TimePoint now,
                           Connection& connection,
                           const Frame& frame,
                           DecodeError error)
{
    uint8_t level = GetProtocolLevel(frame);
    if (error == DecodeError::ProtocolLevel) // [MQTT-3.1.2-2]
    {
        bool isLater = level > static_cast<uint8_t>(Version::V5);
        connection.writer.SetVersion(isLater ? Version::V5 : Version::V3_1_1);
        Refuse(now, connection, ReasonCode::UnsupportedProtocolVersion);
        return;
    }
    bool isVersion5 = level == static_cast<uint8_t>(Version::V5);
    if (isVersion5 && error != DecodeError::ProtocolName) // 5.0: section 4.13.1
    {
        connection.writer.SetVersion(Version::V5);
        WriteWithReason(connection, Connack{false, GetReason(error)}, ToString(error));
    }
    Violate(now, connection, GetReason(error), ToString(error));
}

void
Broker::Refuse(TimePoint now, Connection& connection, ReasonCode code, const std::string& reason)
{
    WriteWithReason(connection, Connack{false, code}, reason); // [MQTT-3.2.2-4, 3.2.2-5]
    const std::string text =
        std::string(ToString(code)) + (reason.empty() ? reason : ", " + reason);
    m_events.push_back(ConnectRefused{connection.peer, text});
    EndStream(now, connection, "refused: " + text);
}

bool
Broker::AdmitConnect(TimePoint now, Connection& connection, const Connect& connect)
{
    if (m_limits.version && connect.version != *m_limits.version) // [MQTT-3.1.2-2]
    {
        Refuse(now, connection, ReasonCode::UnsupportedProtocolVersion);
        return false;
    }
    std::string clientId(connect.clientId);
    bool tooLong = m_limits.maximumKeepAlive > 0 &&
                   (connect.keepAlive == 0 || connect.keepAlive > m_limits.maximumKeepAlive);
    if (tooLong)
    {
        Reach(Limit::KeepAlive, clientId, connection.peer);
    }
    if (tooLong && connect.version == Version::V3_1_1) // 5.0 has the Server Keep Alive
    {
        Refuse(now, connection, ReasonCode::ClientIdentifierNotValid);
        return false;
    }
    bool named = !clientId.empty() || connect.cleanStart || connect.version == Version::V5;
    if (!named) // [MQTT-3.1.3-8]
    {
        Refuse(now, connection, ReasonCode::ClientIdentifierNotValid);
        return false;
    }
    if (connect.will && !TakesTopic(connect.will->topic))
    {
        Reach(Limit::Topic, clientId, connection.peer);
        Refuse(now, connection, ReasonCode::TopicNameInvalid, "will topic beyond the bounds");
        return false;
    }
    return AdmitSession(now, connection, clientId);
}

bool
Broker::AdmitSession(TimePoint now, Connection& connection, const std::string& clientId)
{
    bool isKnown = m_sessions.find(clientId) != m_sessions.end();
    if (!isKnown && m_limits.sessions > 0 && m_sessions.size() >= m_limits.sessions)
    {
        Reach(Limit::Sessions, clientId, connection.peer);
        Refuse(now, connection, ReasonCode::ServerUnavailable);
        return false;
    }
    return true;
}

void
Broker::TakeSettings(Connection& connection, const Connect& connect)
{
    connection.session->outbox.Begin(ReadReceiverLimits(connect.properties));
    connection.aliases.Begin(m_limits.topicAliases);
    uint16_t keepAlive = connect.keepAlive;
    if (m_limits.maximumKeepAlive > 0)
    {
        bool none = keepAlive == 0;
        keepAlive =
            none ? m_limits.maximumKeepAlive : std::min(keepAlive, m_limits.maximumKeepAlive);
    }
    connection.silence = std::chrono::milliseconds(1500) * keepAlive; // [MQTT-3.1.2-24]
    SetTimer(connection);
    connection.reader.SetMaximumSize(m_limits.packetSize);
}

void
Broker::Handle(TimePoint now, Connection& connection, const Connect& connect)
{
    connection.writer.SetVersion(connect.version);
    connection.reader.SetVersion(connect.version);
    connection.writer.SetMaximumSize(ReadReceiverLimits(connect.properties).packetSize);
    connection.problemInformation =
        connect.properties.GetNumber(PropertyId::RequestProblemInformation).value_or(1) == 1;
    if (!AdmitConnect(now, connection, connect))
    {
        return;
    }
    auto method = connect.properties.GetText(PropertyId::AuthenticationMethod);
    if (!method)
    {
        std::string clientId(connect.clientId);
        Admission admission =
            m_access ? m_access->Admit(now, connect, clientId, connection.peer) : Admission();
        Enter(now, connection, connect, admission, {});
        return;
    }
    auto authentication = m_access ? m_access->Begin(*method) : nullptr;
    if (!authentication) // [5.0: MQTT-4.12.0-1]
    {
        Refuse(now, connection, ReasonCode::BadAuthenticationMethod);
        return;
    }
    connection.entrance = std::make_unique<Entrance>();
    connection.entrance->method = *method;
    connection.entrance->authentication = std::move(authentication);
    connection.entrance->connect = ToBytes(connect, Version::V5);
    auto data = connect.properties.GetBinary(PropertyId::AuthenticationData);
    Authenticate(now, connection, data.value_or(ByteView()));
}

void
Broker::Enter(TimePoint now,
              Connection& connection,
              const Connect& connect,
              const Admission& admission,
              ByteView authenticationData)
{
    if (IsFailure(admission.reason))
    {
        std::string why =
            admission.detail.empty() ? std::string(ToString(admission.reason)) : admission.detail;
        Deny(connection, std::string(connect.clientId), "connect: " + why);
        Refuse(now, connection, admission.reason, admission.detail);
        return;
    }
    std::string clientId =
        connect.clientId.empty() ? MakeClientId() : std::string(connect.clientId);
    if (connect.will && m_access &&
        !m_access->MayPublish({clientId, admission.user}, connect.will->topic))
    {
        Deny(connection, clientId, "publish: " + std::string(connect.will->topic));
        Refuse(now, connection, ReasonCode::NotAuthorized, "will");
        return;
    }
    // Others may have come in while this one proved who it is.
    if (connection.entrance && !AdmitSession(now, connection, clientId))
    {
        return;
    }
    connection.until = admission.until;
    bool present = false;
    Session& session = OpenSession(now, clientId, connect.cleanStart, present);
    session.connection = &connection;
    connection.session = &session;
    session.user = admission.user;
    connection.isToBeKept = GetExpiry(connect) > 0;
    SetExpiry(connection, GetExpiry(connect));
    JudgeWaiting(session, true);
    SetWill(now, session, connect);
    TakeSettings(connection, connect);
    m_events.push_back(SessionOpened{clientId, present, connection.peer, connect.version});
    if (!Answer(connection, connect, present, authenticationData))
    {
        EndStream(now, connection, "the client takes no CONNACK of this size");
        return;
    }
    session.outbox.Redeliver(
        now,
        connection.writer,
        [&](uint16_t packetId) {
            m_events.push_back(Redelivered{clientId, packetId});
        },
        [&](uint64_t, Outbox::Drop drop) {
            m_events.push_back(MessageDropped{clientId, drop});
        });
}

void
Broker::SetExpiry(Connection& connection, uint32_t asked)
{
    Session& session = *connection.session;
    session.expiry = std::min(asked, m_limits.sessionExpiry);
    if (session.expiry < asked)
    {
        Reach(Limit::SessionExpiry, session.clientId, connection.peer);
    }
}

bool
Broker::Answer(Connection& connection,
               const Connect& connect,
               bool present,
               ByteView authenticationData)
{
    PropertyList properties;
    if (connect.version == Version::V5) // what differs from its default (5.0: section 3.2.2.3)
    {
        const Session& session = *connection.session;
        if (session.expiry != GetExpiry(connect))
        {
            properties.Add(PropertyId::SessionExpiryInterval, session.expiry);
        }
        if (m_limits.receivedIds < 65535)
        {
            properties.Add(PropertyId::ReceiveMaximum, static_cast<uint32_t>(m_limits.receivedIds));
        }
        if (m_limits.packetSize < MAX_PACKET_SIZE)
        {
            properties.Add(PropertyId::MaximumPacketSize,
                           static_cast<uint32_t>(m_limits.packetSize));
        }
        if (connect.clientId.empty()) // [5.0: MQTT-3.2.2-16]
        {
            properties.Add(PropertyId::AssignedClientIdentifier,
                           std::string_view(session.clientId));
        }
        if (m_limits.topicAliases > 0)
        {
            properties.Add(PropertyId::TopicAliasMaximum, m_limits.topicAliases);
        }
        if (connection.silence != std::chrono::milliseconds(1500) * connect.keepAlive)
        {
            properties.Add(PropertyId::ServerKeepAlive, m_limits.maximumKeepAlive);
        }
        bool asks = connect.properties.GetNumber(PropertyId::RequestResponseInformation) == 1u;
        if (asks && !m_limits.responsePrefix.empty()) // [5.0: MQTT-3.1.2-28]
        {
            properties.Add(PropertyId::ResponseInformation,
                           std::string_view(m_limits.responsePrefix + session.clientId));
        }
        if (connection.entrance) // [5.0: MQTT-4.12.0-5]
        {
            AddAuthentication(properties, connection.entrance->method, authenticationData);
        }
    }
    return connection.writer.Write(Connack{present, ReasonCode::Success, properties.Get()});
}

void
Broker::SetWill(TimePoint now, Session& session, const Connect& connect)
{
    session.will.reset();
    session.willDelay = 0;
    if (!connect.will)
    {
        return;
    }
    const Will& will = *connect.will;
    Publish publish;
    publish.topic = will.topic;
    publish.payload = will.message;
    publish.qos = will.qos;
    publish.retain = will.retain;
    publish.properties = will.properties;
    session.will = std::make_shared<Message>(MakeMessage(publish, now));
    session.willDelay = will.properties.GetNumber(PropertyId::WillDelayInterval).value_or(0);
}

Session&
Broker::OpenSession(TimePoint now, const std::string& clientId, bool clean, bool& present)
{
    auto known = m_sessions.find(clientId);
    if (known != m_sessions.end() && known->second->connection) // [MQTT-3.1.4-2]
    {
        Close(now, *known->second->connection, ReasonCode::SessionTakenOver, "taken over");
        known = m_sessions.find(clientId);
    }
    if (known != m_sessions.end() && clean) // [MQTT-3.1.2-6]
    {
        RemoveSession(now, *known->second);
        known = m_sessions.end();
    }
    present = known != m_sessions.end();
    if (!present)
    {
        auto session = std::make_unique<Session>(clientId, m_limits.delivery);
        known = m_sessions.emplace(clientId, std::move(session)).first;
    }
    Session& session = *known->second;
    session.ends.reset();
    session.willDue.reset(); // [5.0: MQTT-3.1.3-9]
    SetTimer(session);
    return session;
}

std::string
Broker::MakeClientId()
{
    std::string clientId;
    do
    {
        clientId = "auto-" + std::to_string(++m_lastMadeId);
    } while (m_sessions.find(clientId) != m_sessions.end());
    return clientId;
}

void
Broker::Handle(TimePoint, Connection& connection, const Pingreq&)
{
    connection.writer.Write(Pingresp{});
}

void
Broker::Handle(TimePoint now, Connection& connection, const Disconnect& disconnect)
{
    if (!connection.session) // it has not proved who it is, and will not
    {
        EndStream(now, connection, "disconnected");
        return;
    }
    if (auto expiry = disconnect.properties.GetNumber(PropertyId::SessionExpiryInterval))
    {
        if (!connection.isToBeKept && *expiry > 0) // 5.0: section 3.14.2.2.2
        {
            Violate(now, connection, ReasonCode::ProtocolError, "session expiry after none");
            return;
        }
        SetExpiry(connection, *expiry);
    }
    if (disconnect.reason == ReasonCode::NormalDisconnection) // [MQTT-3.14.4-3]
    {
        connection.session->will.reset();
    }
    EndStream(now, connection, "disconnected");
}

} // namespace mqtt
