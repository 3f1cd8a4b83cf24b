// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/secure-socket-factory.h"

namespace ns3
{

/**
 * Makes the TLS sockets of a node. Name it in the attribute Protocol of an application and the
 * application speaks TLS; credentials and limits are attributes of SecureSocketFactory.
 */
class TlsSocketFactory : public SecureSocketFactory
{
  public:
    static TypeId GetTypeId();

    Ptr<Socket> CreateSocket() override;

    /// How long a handshake may take from the established TCP connection on; zero: for ever.
    Time GetHandshakeTimeout() const;

    /// Whether a new peer takes the place of the handshake that began first.
    bool EvictsOldest() const;

    uint32_t GetSendBufferSize() const;
    uint32_t GetReceiveBufferSize() const;

  protected:
    tls::Version GetVersion() const override;

  private:
    std::string m_version;
    Time m_handshakeTimeout;
    bool m_evictOldest;
    uint32_t m_sendBufferSize;
    uint32_t m_receiveBufferSize;
};

} // namespace ns3
