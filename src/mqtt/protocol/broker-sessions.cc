// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/broker.h"

/**
 * \file
 * How connections, sessions and wills end: Keep Alive, Session Expiry, Will Delay, takeover.
 */
namespace mqtt
{

void
Broker::HandleTimeout(TimePoint now)
{
    Begin(now);
    while (!m_timers.empty() && m_timers.begin()->first <= now)
    {
        HandleSilence(now, *Find(m_timers.begin()->second));
    }
    while (!m_absences.empty() && m_absences.begin()->first <= now)
    {
        HandleAbsence(now, *m_sessions.find(m_absences.begin()->second)->second);
    }
}

std::optional<TimePoint>
Broker::GetNextTimeout() const
{
    std::optional<TimePoint> next;
    if (!m_timers.empty())
    {
        next = m_timers.begin()->first;
    }
    if (!m_absences.empty())
    {
        next = std::min(next.value_or(TimePoint::max()), m_absences.begin()->first);
    }
    return next;
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
    }
    if (connection.open && connection.until)
    {
        connection.timer = std::min(connection.timer.value_or(TimePoint::max()), *connection.until);
    }
    if (connection.timer)
    {
        m_timers.insert({*connection.timer, connection.id});
    }
}

void
Broker::HandleSilence(TimePoint now, Connection& connection)
{
    if (connection.until && now >= *connection.until)
    {
        Close(now, connection, ReasonCode::MaximumConnectTime, "credential expired");
    }
    else if (now < connection.lastPacket + connection.silence)
    {
        SetTimer(connection);
    }
    else if (connection.session)
    {
        Reach(Limit::KeepAliveExpired, connection.session->clientId, connection.peer);
        Close(now, connection, ReasonCode::KeepAliveTimeout, "keep alive expired");
    }
    else
    {
        Reach(Limit::ConnectTimeout, {}, connection.peer);
        Close(now, connection, ReasonCode::KeepAliveTimeout, "no CONNECT");
    }
}

void
Broker::SetTimer(Session& session)
{
    if (session.timer)
    {
        m_absences.erase({*session.timer, session.clientId});
        session.timer.reset();
    }
    if (!session.willDue && !session.ends)
    {
        return;
    }
    session.timer = std::min(session.willDue.value_or(TimePoint::max()),
                             session.ends.value_or(TimePoint::max()));
    m_absences.insert({*session.timer, session.clientId});
}

void
Broker::HandleAbsence(TimePoint now, Session& session)
{
    if (session.ends && now >= *session.ends)
    {
        RemoveSession(now, session);
        return;
    }
    PublishWill(now, session);
    SetTimer(session);
}

void
Broker::PublishWill(TimePoint now, Session& session)
{
    session.willDue.reset();
    if (MessagePtr will = std::exchange(session.will, nullptr)) // [MQTT-3.1.2-8]
    {
        Count(session);
        auto current = std::make_shared<Message>(*will);
        current->since = now; // its Message Expiry Interval begins with its publication
        Accept(now, session.clientId, std::move(current));
    }
}

void
Broker::Close(TimePoint now, Connection& connection, ReasonCode code, const std::string& reason)
{
    if (connection.GetVersion() == Version::V5 && connection.session)
    {
        WriteWithReason(connection, mqtt::Disconnect{code}, reason);
    }
    EndStream(now, connection, reason);
}

void
Broker::EndStream(TimePoint now, Connection& connection, const std::string& reason)
{
    if (!connection.writer.IsEmpty())
    {
        m_farewells.push_back({connection.id, connection.writer.Take()});
    }
    m_events.push_back(CloseConnection{connection.id});
    Detach(now, connection, reason);
}

void
Broker::Detach(TimePoint now, Connection& connection, const std::string& reason)
{
    connection.open = false;
    SetTimer(connection);
    Session* session = std::exchange(connection.session, nullptr);
    Count(connection.counted, 0);
    auto closed = m_connections.find(connection.id);
    m_closed.push_back(std::move(closed->second));
    m_connections.erase(closed);
    if (!session)
    {
        return;
    }
    m_events.push_back(SessionClosed{session->clientId, reason});
    session->connection = nullptr;
    session->outbox.DropUnacknowledged();
    Count(*session);
    if (session->expiry == 0) // and the will with it [5.0: MQTT-3.1.2-8]
    {
        RemoveSession(now, *session);
        return;
    }
    if (session->expiry != NEVER_EXPIRES)
    {
        session->ends = now + std::chrono::seconds(session->expiry);
    }
    if (session->will)
    {
        session->willDue = now + std::chrono::seconds(session->willDelay);
        if (session->willDelay == 0)
        {
            PublishWill(now, *session);
        }
    }
    SetTimer(*session);
}

void
Broker::RemoveSession(TimePoint now, Session& session)
{
    session.ends.reset();
    session.willDue.reset();
    SetTimer(session);
    for (uint32_t place : session.subscriptions)
    {
        m_subscriptions.Remove(place);
    }
    for (const std::string& filter : session.shared)
    {
        m_shared.Remove(filter, &session);
    }
    session.subscriptions.clear();
    session.shared.clear();
    PublishWill(now, session);
    Count(session.counted, 0);
    m_sessions.erase(m_sessions.find(session.clientId));
}

void
Broker::Violate(TimePoint now, Connection& connection, ReasonCode code, std::string_view reason)
{
    m_events.push_back(ProtocolError{connection.peer, std::string(reason)});
    Close(now, connection, code, "protocol error: " + std::string(reason));
}

} // namespace mqtt
