// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/dtls-session-table.h"

#include <string>

namespace ns3
{

class DtlsSocketFactory;

/**
 * The datagrams of the application that a DtlsSocket has not protected yet, within SndBufSize: for
 * established sessions in the order of the application, for the others with their session.
 */
class DtlsOutbox
{
  public:
    /// A datagram of the application, and for whom.
    struct Datagram
    {
        sansio::PeerAddress peer;
        Ptr<Packet> packet;
    };

    /// Once, before all else.
    void SetFactory(Ptr<DtlsSocketFactory> factory);

    /**
     * Keeps a datagram, or drops it where there is no room.
     * \param atOnce it needs none, for it is protected now
     * \return whether it was kept
     */
    bool Push(DtlsSession& session, Ptr<Packet> packet, bool atOnce);

    /// The handshake of a session is done: what waits for it waits no longer.
    void Release(DtlsSession& session);

    /// The oldest one for an established session; there must be one.
    Datagram Pop();

    /// Drops what has waited for the handshake of a session with \p peer.
    void Drop(tls::Fifo<Ptr<Packet>> waiting, const Address& peer, const std::string& reason);

    /// There is none for an established session.
    bool empty() const
    {
        return m_released.empty();
    }

    /// Bytes of all that wait.
    uint32_t GetSize() const
    {
        return m_size;
    }

  private:
    Ptr<DtlsSocketFactory> m_factory;
    tls::Fifo<Datagram> m_released;
    uint32_t m_size{0};
};

} // namespace ns3
