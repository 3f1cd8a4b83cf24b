// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/broker.h"

namespace mqtt
{

std::string_view
ToString(Limit limit)
{
    constexpr std::string_view names[] = {"connections",
                                          "connect-timeout",
                                          "packet-size",
                                          "keep-alive",
                                          "keep-alive-expired",
                                          "sessions",
                                          "queued-messages",
                                          "received-ids",
                                          "subscriptions",
                                          "output-bytes",
                                          "retained-messages",
                                          "publish-rate"};
    static_assert(sizeof(names) / sizeof(names[0]) == static_cast<size_t>(Limit::Count));
    return names[static_cast<size_t>(limit)];
}

Broker::Broker(const BrokerLimits& limits)
    : m_limits(limits),
      m_retained(limits.retainedMessages)
{
}

Broker::~Broker() = default;

std::optional<ConnectionId>
Broker::HandleConnection(TimePoint now, const sansio::PeerIdentity& peer)
{
    m_closed.clear();
    if (m_limits.connections > 0 && m_connections.size() >= m_limits.connections)
    {
        Reach(Limit::Connections, {}, peer);
        return {};
    }
    ConnectionId id = ++m_lastConnection;
    size_t firstPacketSize = std::min(m_limits.connectPacketSize, m_limits.packetSize);
    auto connection = std::make_unique<Connection>(id, peer, firstPacketSize);
    connection->lastPacket = now;
    connection->silence = m_limits.connectTimeout;
    SetTimer(*connection);
    Count(*connection);
    m_connections.emplace(id, std::move(connection));
    return id;
}

void
Broker::HandleClosed(TimePoint now, ConnectionId id)
{
    m_closed.clear();
    if (Connection* connection = Find(id))
    {
        MessagePtr will = std::move(connection->will);
        std::string clientId = connection->session ? connection->session->clientId : "";
        Detach(*connection, "connection closed");
        if (will)
        {
            Accept(clientId, std::move(will));
        }
    }
}

void
Broker::SetWritable(TimePoint now, ConnectionId id, bool writable)
{
    m_closed.clear();
    if (Connection* connection = Find(id))
    {
        connection->writable = writable;
        Flush(*connection);
    }
}

void
Broker::Receive(TimePoint now, ConnectionId id, ByteView bytes)
{
    m_closed.clear();
    Connection* connection = Find(id);
    if (!connection)
    {
        return;
    }
    FrameReader& reader = connection->reader;
    reader.Begin(bytes);
    m_handled.bytes += bytes.size();
    Frame frame;
    FrameReader::Status status = reader.Next(frame);
    while (status == FrameReader::Status::Frame)
    {
        connection->lastPacket = now; // packets count, not bytes [MQTT-3.1.2-24]
        m_handled.count++;
        HandleFrame(now, *connection, frame);
        if (!connection->open)
        {
            return;
        }
        status = reader.Next(frame);
    }
    if (status == FrameReader::Status::Error)
    {
        if (reader.GetError() == DecodeError::PacketTooLarge)
        {
            Reach(Limit::PacketSize, connection->session ? connection->session->clientId : "");
        }
        Violate(now, *connection, ToString(reader.GetError()));
        return;
    }
    reader.End();
    Flush(*connection);
    Count(*connection);
    if (!connection->writable && connection->writer.GetSize() > m_limits.outputBytes)
    {
        Reach(Limit::OutputBytes, connection->session ? connection->session->clientId : "");
        Close(now, *connection, "answers are not read");
        return;
    }
    KeepPublishRate(now, *connection);
}

void
Broker::KeepPublishRate(TimePoint now, Connection& connection)
{
    const sansio::RateLimit& limit = m_limits.publishRate;
    if (!limit.IsLimited())
    {
        return;
    }
    // The last token may be spent; what was handled beyond it is owed and has to be waited for.
    sansio::Duration debt = connection.publishes.GetWait(now, limit) - limit.GetInterval();
    if (debt > sansio::Duration(0))
    {
        connection.lastPacket = now + debt; // it is not the client that is silent
        Reach(Limit::PublishRate,
              connection.session ? connection.session->clientId : "",
              connection.peer);
        m_events.push_back(HoldBack{connection.id, now + debt});
    }
}

sansio::Operations
Broker::TakeOperations()
{
    if (m_handled.count == 0)
    {
        return {};
    }
    return {std::exchange(m_handled, {sansio::OperationKind::Message, 0, 0})};
}

void
Broker::HandleTimeout(TimePoint now)
{
    m_closed.clear();
    while (!m_timers.empty() && m_timers.begin()->first <= now)
    {
        Connection& connection = *Find(m_timers.begin()->second);
        if (now < connection.lastPacket + connection.silence)
        {
            SetTimer(connection);
        }
        else if (connection.session)
        {
            Reach(Limit::KeepAliveExpired, connection.session->clientId, connection.peer);
            Close(now, connection, "keep alive expired");
        }
        else
        {
            Reach(Limit::ConnectTimeout, {}, connection.peer);
            Close(now, connection, "no CONNECT");
        }
    }
}

std::optional<TimePoint>
Broker::GetNextTimeout() const
{
    return m_timers.empty() ? std::nullopt : std::make_optional(m_timers.begin()->first);
}

std::optional<Broker::Transmit>
Broker::TakeTransmit()
{
    if (!m_farewells.empty())
    {
        Transmit last = std::move(m_farewells.front());
        m_farewells.pop_front();
        return last;
    }
    while (!m_toTransmit.empty())
    {
        Connection* connection = Find(m_toTransmit.front());
        m_toTransmit.pop_front();
        if (connection)
        {
            connection->waitsToTransmit = false;
            if (connection->writable)
            {
                return TakeFrom(*connection);
            }
        }
    }
    return {};
}

Broker::Transmit
Broker::TakeFrom(Connection& connection)
{
    if (connection.session) // what had no room in the writer when it was queued
    {
        connection.session->outbox.Flush(connection.writer, m_limits.outputBytes, [](uint64_t) {});
    }
    Count(connection);
    Transmit transmit{connection.id, connection.writer.Take()};
    Count(connection);
    if (connection.session && connection.session->outbox.HasToSend())
    {
        connection.waitsToTransmit = true;
        m_toTransmit.push_back(connection.id);
    }
    return transmit;
}

std::optional<Broker::Event>
Broker::PollEvent()
{
    if (m_events.empty())
    {
        return {};
    }
    Event event = std::move(m_events.front());
    m_events.pop_front();
    return event;
}

void
Broker::Stop(TimePoint now)
{
    m_closed.clear();
    std::set<ConnectionId> ids; // in a fixed order
    for (const auto& [id, connection] : m_connections)
    {
        ids.insert(id);
    }
    for (ConnectionId id : ids)
    {
        Find(id)->will.reset();
        Close(now, *Find(id), "broker stopped");
    }
}

Connection*
Broker::Find(ConnectionId id)
{
    auto connection = m_connections.find(id);
    return connection == m_connections.end() ? nullptr : connection->second.get();
}

void
Broker::SetTimer(Connection& connection)
{
    if (connection.timer)
    {
        m_timers.erase({*connection.timer, connection.id});
        connection.timer.reset();
    }
    if (connection.open && connection.silence > Duration(0))
    {
        connection.timer = connection.lastPacket + connection.silence;
        m_timers.insert({*connection.timer, connection.id});
    }
}

void
Broker::Flush(Connection& connection)
{
    if (!connection.writable)
    {
        return;
    }
    if (connection.session)
    {
        connection.session->outbox.Flush(connection.writer, m_limits.outputBytes, [](uint64_t) {});
    }
    if (!connection.waitsToTransmit && !connection.writer.IsEmpty())
    {
        connection.waitsToTransmit = true;
        m_toTransmit.push_back(connection.id);
    }
}

void
Broker::Close(TimePoint now, Connection& connection, const std::string& reason)
{
    if (!connection.writer.IsEmpty())
    {
        m_farewells.push_back({connection.id, connection.writer.Take()});
    }
    m_events.push_back(CloseConnection{connection.id});
    MessagePtr will = std::move(connection.will);
    std::string clientId = connection.session ? connection.session->clientId : "";
    Detach(connection, reason);
    if (will) // [MQTT-3.1.2-8]
    {
        Accept(clientId, std::move(will));
    }
}

void
Broker::Detach(Connection& connection, const std::string& reason)
{
    connection.open = false;
    SetTimer(connection);
    if (Session* session = std::exchange(connection.session, nullptr))
    {
        m_events.push_back(SessionClosed{session->clientId, reason});
        session->connection = nullptr;
        session->outbox.DropUnacknowledged();
        Count(*session);
        if (session->clean)
        {
            RemoveSession(*session);
        }
    }
    Count(connection.counted, 0);
    auto closed = m_connections.find(connection.id);
    m_closed.push_back(std::move(closed->second));
    m_connections.erase(closed);
}

void
Broker::Violate(TimePoint now, Connection& connection, std::string_view reason)
{
    m_events.push_back(ProtocolError{connection.peer, std::string(reason)});
    Close(now, connection, "protocol error: " + std::string(reason));
}

void
Broker::Reach(Limit limit, const std::string& clientId, const sansio::PeerIdentity& peer)
{
    m_counts[static_cast<size_t>(limit)]++;
    m_events.push_back(LimitReached{limit, clientId, peer});
}

void
Broker::Count(size_t& counted, size_t now)
{
    m_memory += now - counted; // modulo 2^n, so it may shrink
    counted = now;
    m_peakMemory.Update(GetMemory());
}

void
Broker::Count(Session& session)
{
    Count(session.counted, mqtt::GetMemory(session));
}

void
Broker::Count(Connection& connection)
{
    if (connection.open)
    {
        Count(connection.counted, mqtt::GetMemory(connection));
        if (connection.session)
        {
            Count(*connection.session);
        }
    }
}

void
Broker::RemoveSession(Session& session)
{
    Count(session.counted, 0);
    for (const auto& [filter, qos] : session.subscriptions)
    {
        m_subscriptions.Remove(filter, &session);
    }
    m_sessions.erase(m_sessions.find(session.clientId));
}

void
Broker::Accept(const std::string& clientId, MessagePtr message)
{
    m_events.push_back(MessageAccepted{clientId, message});
    if (message->topic[0] == '$')
    {
        return;
    }
    if (message->retain && !m_retained.Set(message))
    {
        Reach(Limit::RetainedMessages, clientId);
    }
    Route(message);
}

void
Broker::Route(const MessagePtr& message)
{
    uint64_t route = ++m_lastRoute;
    m_routeTo.clear();
    m_subscriptions.Match(message->topic, [&](Session* session, uint8_t qos) {
        if (session->routed != route)
        {
            session->routed = route;
            session->routedQos = qos;
            m_routeTo.push_back(session);
        }
        session->routedQos = std::max(session->routedQos, qos);
    });
    for (Session* session : m_routeTo)
    {
        Deliver(*session, message, session->routedQos, false); // [MQTT-3.3.1-9]
    }
}

void
Broker::Deliver(Session& session, const MessagePtr& message, uint8_t qos, bool retain)
{
    qos = std::min(qos, message->qos);
    if (qos == 0 && !session.connection)
    {
        return;
    }
    if (!session.outbox.Add(message, qos, retain, 0))
    {
        Reach(Limit::QueuedMessages, session.clientId);
        return;
    }
    Count(session);
    if (session.connection)
    {
        Flush(*session.connection);
        Count(session);
    }
}

} // namespace mqtt
