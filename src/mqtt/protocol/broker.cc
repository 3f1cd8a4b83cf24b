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
                                          "topic",
                                          "output-bytes",
                                          "retained-messages",
                                          "publish-rate",
                                          "content-filter",
                                          "topic-aliases",
                                          "session-expiry"};
    static_assert(sizeof(names) / sizeof(names[0]) == static_cast<size_t>(Limit::Count));
    return names[static_cast<size_t>(limit)];
}

Broker::Broker(const BrokerLimits& limits, std::shared_ptr<AccessControl> access)
    : m_limits(limits),
      m_access(std::move(access)),
      m_judgesDelivery(m_access && m_access->JudgesDelivery()),
      m_retained(limits.retainedMessages, limits.retainedBytes)
{
}

Broker::~Broker() = default;

std::optional<ConnectionId>
Broker::HandleConnection(TimePoint now, const sansio::PeerIdentity& peer)
{
    Begin(now);
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
    Begin(now);
    if (Connection* connection = Find(id))
    {
        Detach(now, *connection, "connection closed");
    }
}

void
Broker::SetWritable(TimePoint now, ConnectionId id, bool writable)
{
    Begin(now);
    if (Connection* connection = Find(id))
    {
        connection->writable = writable;
        Flush(now, *connection);
    }
}

void
Broker::Receive(TimePoint now, ConnectionId id, ByteView bytes)
{
    Begin(now);
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
            Reach(Limit::PacketSize, GetClientId(*connection));
        }
        Violate(now, *connection, GetReason(reader.GetError()), ToString(reader.GetError()));
        return;
    }
    reader.End();
    Flush(now, *connection);
    Count(*connection);
    if (!connection->writable && connection->writer.GetSize() > m_limits.outputBytes)
    {
        Reach(Limit::OutputBytes, GetClientId(*connection));
        Close(now, *connection, ReasonCode::QuotaExceeded, "answers are not read");
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
        Reach(Limit::PublishRate, GetClientId(connection), connection.peer);
        m_events.push_back(HoldBack{connection.id, now + debt});
    }
}

sansio::Operations
Broker::TakeOperations()
{
    sansio::Operations operations;
    if (m_handled.count > 0)
    {
        operations.push_back(std::exchange(m_handled, {sansio::OperationKind::Message, 0, 0}));
    }
    if (m_access)
    {
        sansio::Operations judging = m_access->TakeOperations();
        operations.insert(operations.end(), judging.begin(), judging.end());
    }
    return operations;
}

std::optional<Broker::Transmit>
Broker::TakeTransmit()
{
    if (!m_farewells.empty())
    {
        return m_farewells.Take();
    }
    while (!m_toTransmit.empty())
    {
        Connection* connection = Find(m_toTransmit.Take());
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
    FlushOutbox(m_now, connection); // what had no room in the writer when it was queued
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
    return m_events.empty() ? std::nullopt : std::optional(m_events.Take());
}

void
Broker::Stop(TimePoint now)
{
    Begin(now);
    std::set<ConnectionId> ids; // in a fixed order
    for (const auto& [id, connection] : m_connections)
    {
        ids.insert(id);
    }
    for (ConnectionId id : ids)
    {
        Connection& connection = *Find(id);
        if (connection.session)
        {
            connection.session->will.reset();
        }
        Close(now, connection, ReasonCode::ServerShuttingDown, "broker stopped");
    }
}

void
Broker::Begin(TimePoint now)
{
    m_now = now;
    m_closed.clear();
}

Connection*
Broker::Find(ConnectionId id)
{
    auto connection = m_connections.find(id);
    return connection == m_connections.end() ? nullptr : connection->second.get();
}

std::string
Broker::GetClientId(const Connection& connection)
{
    return connection.session ? connection.session->clientId : "";
}

void
Broker::Flush(TimePoint now, Connection& connection)
{
    if (!connection.writable)
    {
        return;
    }
    FlushOutbox(now, connection);
    if (!connection.waitsToTransmit && !connection.writer.IsEmpty())
    {
        connection.waitsToTransmit = true;
        m_toTransmit.push_back(connection.id);
    }
}

void
Broker::FlushOutbox(TimePoint now, Connection& connection)
{
    if (Session* session = connection.session)
    {
        session->outbox.Flush(
            now,
            connection.writer,
            m_limits.outputBytes,
            [](uint64_t) {},
            [&](uint16_t packetId) {
                m_events.push_back(Redelivered{session->clientId, packetId});
            },
            [&](uint64_t, Outbox::Drop drop) {
                m_events.push_back(MessageDropped{session->clientId, drop});
            });
    }
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

} // namespace mqtt
