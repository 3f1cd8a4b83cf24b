// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/dtls-acceptor.h"

#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/time-conversion.h"
#include "tls/model/dtls-socket-factory.h"

#include "ns3/simulator.h"

#include <utility>

namespace ns3
{

DtlsAcceptor::DtlsAcceptor(Ptr<DtlsSocketFactory> factory,
                           DtlsSessionTable& sessions,
                           Remove remove)
    : m_factory(factory),
      m_sessions(sessions),
      m_remove(std::move(remove)),
      m_listener(factory->GetContext(), factory->GetRandomSource())
{
}

DtlsAcceptor::Outcome
DtlsAcceptor::Receive(const sansio::PeerAddress& peer, const sansio::Bytes& datagram)
{
    const tls::Offer offer{m_sessions.Find(peer) != nullptr,
                           FindEvictable(tls::Eviction::Own, peer) != nullptr,
                           FindEvictable(tls::Eviction::Handshake, peer) != nullptr,
                           FindEvictable(tls::Eviction::Session, peer) != nullptr};
    m_listener.Receive(SimulatedNow(), peer, datagram, offer);
    Outcome outcome;
    outcome.operations = m_listener.TakeOperations();
    while (auto event = m_listener.PollEvent())
    {
        if (auto newPeer = std::get_if<tls::NewPeer>(&*event))
        {
            if (DtlsSession* evicted = FindEvictable(newPeer->evicts, peer))
            {
                Evict(*evicted, outcome);
            }
            outcome.adopted = &Adopt(std::move(*newPeer), datagram);
        }
        else
        {
            auto& refused = std::get<tls::PeerRefused>(*event);
            m_factory->NotifyRefused(refused.reason, ToSocketAddress(refused.peer));
        }
    }
    while (auto answer = m_listener.TakeTransmit())
    {
        outcome.answers.push_back(std::move(*answer));
    }
    return outcome;
}

DtlsSession&
DtlsAcceptor::Adopt(tls::NewPeer newPeer, const sansio::Bytes& datagram)
{
    if (DtlsSession* former = m_sessions.Find(newPeer.peer))
    {
        m_remove(*former, "closed"); // of a peer that starts over
    }
    DtlsSession& session = m_sessions.Add(newPeer.peer, tls::Role::Server);
    session.channel = std::move(newPeer.channel);
    const sansio::ByteView random = tls::DatagramListener::GetClientRandom(datagram);
    session.clientRandom.assign(random.begin(), random.end());
    return session;
}

DtlsSession*
DtlsAcceptor::FindEvictable(tls::Eviction eviction, const sansio::PeerAddress& peer)
{
    switch (eviction)
    {
    case tls::Eviction::Nobody:
        return nullptr;
    case tls::Eviction::Own:
        return m_sessions.FindUnusedOf(peer);
    case tls::Eviction::Handshake: {
        DtlsSession* oldest = m_sessions.FindOldestHandshake();
        const Time grace = m_factory->GetHandshakeGrace();
        return oldest && oldest->started + grace <= Simulator::Now() ? oldest : nullptr;
    }
    case tls::Eviction::Session: {
        const Time unused = m_factory->GetStaleTime();
        return unused.IsStrictlyPositive() ? m_sessions.FindUnused(unused) : nullptr;
    }
    }
    return nullptr;
}

void
DtlsAcceptor::Evict(DtlsSession& session, Outcome& outcome)
{
    m_factory->NotifyEvicted(session.address,
                             session.established,
                             Simulator::Now() - session.started);
    if (session.established)
    {
        session.channel->Close(session.GetChannelTime()); // a peer that lives starts over
        outcome.answers.push_back({session.peer, session.channel->TakeTransmit()});
        const sansio::Operations closing = session.channel->TakeOperations();
        outcome.operations.insert(outcome.operations.end(), closing.begin(), closing.end());
    }
    m_remove(session, "evicted");
}

} // namespace ns3
