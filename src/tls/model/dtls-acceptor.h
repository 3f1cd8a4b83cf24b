// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/dtls-session-table.h"
#include "tls/protocol/datagram-listener.h"

#include <functional>
#include <memory>
#include <vector>

namespace ns3
{

class DtlsSocketFactory;

/// The server's side of a DtlsSocket: makes sessions of the ClientHellos that reach its port, and
/// gives up those that have to make room.
class DtlsAcceptor
{
  public:
    /// Gives a session up; \p reason is told with what waited for it.
    using Remove = std::function<void(DtlsSession& session, const std::string& reason)>;

    DtlsAcceptor(Ptr<DtlsSocketFactory> factory, DtlsSessionTable& sessions, Remove remove);

    /// What a ClientHello has led to.
    struct Outcome
    {
        DtlsSession* adopted{nullptr}; ///< a new session, whose channel has something to send
        sansio::Operations operations; ///< without those of its channel
        std::vector<tls::AddressedDatagram> answers; ///< to be sent, to whom it may concern
    };

    /// A ClientHello of a peer without a session, or of one that starts over.
    Outcome Receive(const sansio::PeerAddress& peer, const sansio::Bytes& datagram);

  private:
    DtlsSession& Adopt(tls::NewPeer newPeer, const sansio::Bytes& datagram);

    /// Who gives its place to a new peer; null: nobody.
    DtlsSession* FindEvictable(tls::Eviction eviction, const sansio::PeerAddress& peer);
    void Evict(DtlsSession& session, Outcome& outcome);

    Ptr<DtlsSocketFactory> m_factory;
    DtlsSessionTable& m_sessions;
    Remove m_remove;
    tls::DatagramListener m_listener;
};

} // namespace ns3
