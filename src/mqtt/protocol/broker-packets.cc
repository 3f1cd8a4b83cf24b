// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/broker.h"

namespace mqtt
{

void
Broker::HandleFrame(TimePoint now, Connection& connection, const Frame& frame)
{
    bool isConnect = frame.GetType() == PacketType::Connect;
    if (isConnect != !connection.session) // the first packet [MQTT-3.1.0-1], once [MQTT-3.1.0-2]
    {
        Violate(now, connection, isConnect ? "second CONNECT" : "packet before CONNECT");
        return;
    }
    Packet packet;
    DecodeError error = Decode(frame, packet);
    if (error == DecodeError::ProtocolLevel) // [MQTT-3.1.2-2]
    {
        Refuse(now, connection, ConnectReturnCode::UnacceptableProtocolVersion);
        return;
    }
    if (error != DecodeError::None)
    {
        Violate(now, connection, ToString(error));
        return;
    }
    std::visit([&](const auto& one) { Handle(now, connection, one); }, packet);
}

void
Broker::Refuse(TimePoint now, Connection& connection, ConnectReturnCode code)
{
    connection.writer.Write(Connack{false, code}); // [MQTT-3.2.2-4, 3.2.2-5]
    Close(now, connection, "refused: " + std::string(ToString(code)));
}

bool
Broker::AdmitConnect(TimePoint now, Connection& connection, const Connect& connect)
{
    std::string clientId(connect.clientId);
    bool tooLong = m_limits.maximumKeepAlive > 0 &&
                   (connect.keepAlive == 0 || connect.keepAlive > m_limits.maximumKeepAlive);
    if (tooLong)
    {
        Reach(Limit::KeepAlive, clientId, connection.peer);
        Refuse(now, connection, ConnectReturnCode::IdentifierRejected);
        return false;
    }
    if (clientId.empty() && !connect.cleanSession) // [MQTT-3.1.3-8]
    {
        Refuse(now, connection, ConnectReturnCode::IdentifierRejected);
        return false;
    }
    bool isKnown = m_sessions.find(clientId) != m_sessions.end();
    if (!isKnown && m_limits.sessions > 0 && m_sessions.size() >= m_limits.sessions)
    {
        Reach(Limit::Sessions, clientId, connection.peer);
        Refuse(now, connection, ConnectReturnCode::ServerUnavailable);
        return false;
    }
    return true;
}

void
Broker::Handle(TimePoint now, Connection& connection, const Connect& connect)
{
    if (!AdmitConnect(now, connection, connect))
    {
        return;
    }
    std::string clientId =
        connect.clientId.empty() ? MakeClientId() : std::string(connect.clientId);
    bool present = false;
    Session& session = OpenSession(now, clientId, connect.cleanSession, present);
    session.connection = &connection;
    connection.session = &session;
    if (connect.will)
    {
        const Will& will = *connect.will;
        connection.will = std::make_shared<Message>(
            Message{std::string(will.topic), will.message.ToBytes(), will.qos, will.retain});
    }
    connection.silence = std::chrono::milliseconds(1500) * connect.keepAlive; // [MQTT-3.1.2-24]
    SetTimer(connection);
    connection.reader.SetMaximumSize(m_limits.packetSize);
    m_events.push_back(SessionOpened{clientId, present});
    connection.writer.Write(Connack{present, ConnectReturnCode::Accepted});
    session.outbox.Redeliver(connection.writer, [&](uint16_t packetId) {
        m_events.push_back(Redelivered{clientId, packetId});
    });
}

Session&
Broker::OpenSession(TimePoint now, const std::string& clientId, bool clean, bool& present)
{
    auto known = m_sessions.find(clientId);
    if (known != m_sessions.end() && known->second->connection) // [MQTT-3.1.4-2]
    {
        Close(now, *known->second->connection, "taken over");
        known = m_sessions.find(clientId);
    }
    if (known != m_sessions.end() && clean) // [MQTT-3.1.2-6]
    {
        RemoveSession(*known->second);
        known = m_sessions.end();
    }
    present = known != m_sessions.end();
    if (!present)
    {
        auto session = std::make_unique<Session>(clientId, m_limits.delivery);
        known = m_sessions.emplace(clientId, std::move(session)).first;
    }
    known->second->clean = clean;
    return *known->second;
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
Broker::Handle(TimePoint now, Connection& connection, const Publish& publish)
{
    Session& session = *connection.session;
    connection.publishes.Spend(now, m_limits.publishRate);
    if (publish.qos == 1)
    {
        connection.writer.Write(Puback{publish.packetId});
    }
    else if (publish.qos == 2)
    {
        bool isNew = session.received.Add(publish.packetId); // [MQTT-4.3.3-2]
        if (session.received.GetSize() > m_limits.receivedIds)
        {
            session.received.Remove(publish.packetId);
            Reach(Limit::ReceivedIds, session.clientId);
            Close(now, connection, "too many QoS 2 messages not released");
            return;
        }
        connection.writer.Write(Pubrec{publish.packetId});
        if (!isNew)
        {
            m_events.push_back(DuplicateReceived{session.clientId, publish.packetId});
            return;
        }
    }
    Accept(session.clientId,
           std::make_shared<Message>(Message{std::string(publish.topic),
                                             publish.payload.ToBytes(),
                                             publish.qos,
                                             publish.retain,
                                             publish.dup}));
}

void
Broker::Handle(TimePoint now, Connection& connection, const Puback& puback)
{
    connection.session->outbox.HandlePuback(puback.packetId);
}

void
Broker::Handle(TimePoint now, Connection& connection, const Pubrec& pubrec)
{
    connection.session->outbox.HandlePubrec(pubrec.packetId, connection.writer);
}

void
Broker::Handle(TimePoint now, Connection& connection, const Pubrel& pubrel)
{
    connection.session->received.Remove(pubrel.packetId);
    connection.writer.Write(Pubcomp{pubrel.packetId});
}

void
Broker::Handle(TimePoint now, Connection& connection, const Pubcomp& pubcomp)
{
    connection.session->outbox.HandlePubcomp(pubcomp.packetId);
}

void
Broker::Handle(TimePoint now, Connection& connection, const Subscribe& subscribe)
{
    Session& session = *connection.session;
    Bytes codes;
    for (const SubscriptionRequest& request : subscribe.subscriptions)
    {
        codes.push_back(AddSubscription(session, request));
    }
    connection.writer.Write(Suback{subscribe.packetId, codes});
    for (size_t i = 0; i < codes.size(); i++)
    {
        if (codes[i] != SUBSCRIPTION_FAILURE) // [MQTT-3.8.4-3, 3.3.1-6]
        {
            m_retained.Match(subscribe.subscriptions[i].filter, [&](const MessagePtr& message) {
                Deliver(session, message, codes[i], true);
            });
        }
    }
}

uint8_t
Broker::AddSubscription(Session& session, const SubscriptionRequest& request)
{
    auto known = session.subscriptions.find(request.filter);
    bool full =
        m_limits.subscriptions > 0 && session.subscriptions.size() >= m_limits.subscriptions;
    if (known == session.subscriptions.end() && full)
    {
        Reach(Limit::Subscriptions, session.clientId);
        return SUBSCRIPTION_FAILURE;
    }
    session.filterBytes += known == session.subscriptions.end() ? request.filter.size() : 0;
    session.subscriptions[std::string(request.filter)] = request.qos;
    m_subscriptions.Add(request.filter, &session, request.qos);
    return request.qos;
}

void
Broker::Handle(TimePoint now, Connection& connection, const Unsubscribe& unsubscribe)
{
    Session& session = *connection.session;
    for (std::string_view filter : unsubscribe.filters)
    {
        auto known = session.subscriptions.find(filter);
        if (known != session.subscriptions.end())
        {
            m_subscriptions.Remove(filter, &session);
            session.filterBytes -= filter.size();
            session.subscriptions.erase(known);
        }
    }
    connection.writer.Write(Unsuback{unsubscribe.packetId}); // also for unknown [MQTT-3.10.4-5]
}

void
Broker::Handle(TimePoint now, Connection& connection, const Pingreq& pingreq)
{
    connection.writer.Write(Pingresp{});
}

void
Broker::Handle(TimePoint now, Connection& connection, const Disconnect& disconnect)
{
    connection.will.reset(); // [MQTT-3.1.2-10]
    Close(now, connection, "disconnected");
}

} // namespace mqtt
