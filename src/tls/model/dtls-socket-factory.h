// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/secure-socket-factory.h"

#include "ns3/packet.h"

namespace ns3
{

/**
 * Makes the DTLS sockets of a node. Name it in the attribute Protocol of an application and the
 * application speaks DTLS; credentials and limits are attributes of SecureSocketFactory.
 */
class DtlsSocketFactory : public SecureSocketFactory
{
  public:
    static TypeId GetTypeId();

    Ptr<Socket> CreateSocket() override;

    /// After how long without a datagram in either direction a session is closed; zero: never.
    Time GetIdleTimeout() const;

    /// How long a handshake may take at the server; zero: for ever.
    Time GetHandshakeTimeout() const;

    /// How long a handshake keeps its place at a full server.
    Time GetHandshakeGrace() const;

    /// How long an established session must have been unused to give its place to a new peer; zero:
    /// it never does.
    Time GetStaleTime() const;

    uint32_t GetSendBufferSize() const;
    uint32_t GetReceiveBufferSize() const;

    void NotifyDropped(Ptr<const Packet> packet, const Address& peer, const std::string& reason);

    void NotifyEvicted(const Address& peer, bool established, Time age);

    /// Signature of SessionEvicted: whose session it was, whether its handshake was done, and how
    /// long ago that had begun.
    typedef void (*SessionEvictedTracedCallback)(const Address& peer, bool established, Time age);

    /// Signature of Dropped: the plaintext, its peer, and why ("queue-full", "handshake-failed",
    /// "closed", "receive-buffer-full").
    typedef void (*DroppedTracedCallback)(Ptr<const Packet> packet,
                                          const Address& peer,
                                          const std::string& reason);

  protected:
    tls::Version GetVersion() const override;
    void CompleteSettings(tls::Settings& settings) const override;

  private:
    std::string m_version;
    bool m_cookieExchange;
    uint32_t m_mtu;
    Time m_initialTimeout;
    Time m_maximumTimeout;
    Time m_idleTimeout;
    Time m_handshakeTimeout;
    Time m_handshakeGrace;
    Time m_staleTime;
    uint32_t m_maxSessionsPerAddress;
    double m_sessionRatePerAddress;
    uint32_t m_sessionBurstPerAddress;
    uint32_t m_maxRateEntries;
    uint32_t m_sendBufferSize;
    uint32_t m_receiveBufferSize;
    TracedCallback<Ptr<const Packet>, const Address&, const std::string&> m_droppedTrace;
    TracedCallback<const Address&, bool, Time> m_evictedTrace;
};

} // namespace ns3
