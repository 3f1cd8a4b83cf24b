// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/dtls-session-table.h"

#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/time-conversion.h"
#include "tls/protocol/datagram-listener.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <iterator>

namespace ns3
{

sansio::TimePoint
DtlsSession::GetChannelTime() const
{
    return SimulatedNow() - stopped;
}

bool
DtlsSession::IsStartedOverBy(sansio::ByteView datagram) const
{
    const sansio::ByteView random = tls::DatagramListener::GetClientRandom(datagram);
    return !random.empty() && !(random == sansio::ByteView(clientRandom));
}

DtlsSession*
DtlsSessionTable::Find(const sansio::PeerAddress& peer) const
{
    auto it = m_index.find(peer);
    return it == m_index.end() ? nullptr : &*it->second;
}

DtlsSession*
DtlsSessionTable::Find(const sansio::PeerAddress& peer, uint64_t id) const
{
    DtlsSession* session = Find(peer);
    return session && session->id == id ? session : nullptr;
}

DtlsSession&
DtlsSessionTable::Add(const sansio::PeerAddress& peer, tls::Role role)
{
    DtlsSession& session = m_sessions.emplace_back();
    m_index[peer] = std::prev(m_sessions.end());
    session.id = ++m_lastId;
    session.peer = peer;
    session.address = ToSocketAddress(peer);
    session.role = role;
    session.started = session.lastUsed = Simulator::Now();
    if (role == tls::Role::Server)
    {
        m_handshakes.emplace(session.id, peer);
    }
    return session;
}

void
DtlsSessionTable::Remove(DtlsSession& session)
{
    SetDeadline(session, std::nullopt);
    m_handshakes.erase(session.id);
    auto it = m_index.find(session.peer);
    m_sessions.erase(it->second);
    m_index.erase(it);
}

void
DtlsSessionTable::NoteEstablished(DtlsSession& session)
{
    session.established = true;
    m_handshakes.erase(session.id);
}

DtlsSession*
DtlsSessionTable::FindOldestHandshake() const
{
    return m_handshakes.empty() ? nullptr : Find(m_handshakes.begin()->second);
}

DtlsSession*
DtlsSessionTable::FindUnused(Time time)
{
    for (DtlsSession& session : m_sessions)
    {
        if (session.lastUsed + time > Simulator::Now())
        {
            break;
        }
        if (session.role == tls::Role::Server && session.established)
        {
            return &session;
        }
    }
    return nullptr;
}

DtlsSession*
DtlsSessionTable::FindUnusedOf(const sansio::PeerAddress& peer) const
{
    sansio::PeerAddress first = peer;
    first.port = 0; // ports of one address are next to each other in the index
    DtlsSession* found = nullptr;
    for (auto it = m_index.lower_bound(first); it != m_index.end() && it->first.ip == peer.ip; ++it)
    {
        DtlsSession& session = *it->second;
        const bool held = session.role == tls::Role::Server && session.established;
        if (held && (!found || session.lastUsed < found->lastUsed))
        {
            found = &session;
        }
    }
    return found;
}

void
DtlsSessionTable::Touch(DtlsSession& session)
{
    session.lastUsed = Simulator::Now();
    m_sessions.splice(m_sessions.end(), m_sessions, m_index[session.peer]);
}

DtlsSession&
DtlsSessionTable::GetOldest()
{
    return m_sessions.front();
}

DtlsSession*
DtlsSessionTable::FindLate(const Timeouts& timeouts) const
{
    DtlsSession* oldest = FindOldestHandshake();
    const bool late = oldest && timeouts.handshake.IsStrictlyPositive() &&
                      oldest->started + timeouts.handshake <= Simulator::Now();
    return late ? oldest : nullptr;
}

DtlsSession*
DtlsSessionTable::FindIdle(const Timeouts& timeouts)
{
    const bool idle = !empty() && timeouts.idle.IsStrictlyPositive() &&
                      GetOldest().lastUsed + timeouts.idle <= Simulator::Now();
    return idle ? &GetOldest() : nullptr;
}

void
DtlsSessionTable::SetDeadline(DtlsSession& session, std::optional<sansio::TimePoint> deadline)
{
    if (session.deadline)
    {
        m_deadlines.erase({*session.deadline, session.peer});
    }
    session.deadline = deadline;
    if (deadline)
    {
        m_deadlines.emplace(*deadline, session.peer);
    }
}

DtlsSession*
DtlsSessionTable::FindDue(sansio::TimePoint now) const
{
    const bool due = !m_deadlines.empty() && m_deadlines.begin()->first <= now;
    return due ? Find(m_deadlines.begin()->second) : nullptr;
}

std::optional<sansio::TimePoint>
DtlsSessionTable::GetNextDeadline(const Timeouts& timeouts) const
{
    std::optional<sansio::TimePoint> next;
    const auto add = [&next](sansio::TimePoint end) { next = next ? std::min(*next, end) : end; };
    if (!m_deadlines.empty())
    {
        add(m_deadlines.begin()->first);
    }
    if (timeouts.idle.IsStrictlyPositive() && !empty())
    {
        add(sansio::TimePoint(ToDuration(m_sessions.front().lastUsed + timeouts.idle)));
    }
    const DtlsSession* handshake = FindOldestHandshake();
    if (timeouts.handshake.IsStrictlyPositive() && handshake)
    {
        add(sansio::TimePoint(ToDuration(handshake->started + timeouts.handshake)));
    }
    return next;
}

} // namespace ns3
