// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/datagram-buffer.h"
#include "tls/model/dtls-port.h"
#include "tls/model/secure-socket.h"

namespace ns3
{

class DtlsSocketFactory;

/**
 * A datagram socket that protects each datagram by DTLS 1.2 (RFC 6347) over a UDP socket of the
 * node. Made by DtlsSocketFactory; any application that names that factory gets it.
 *
 * It keeps the semantics of UDP: one socket, many peers, RecvFrom() and SendTo() per peer, one
 * record per datagram, datagrams that are lost or come late stay lost. It is
 * - client to the peer of Connect(), and to a peer that SendTo() names and with which there is no
 *   session: both start a handshake;
 * - server on the port to which Bind() has bound it, unless Connect() has given it one peer.
 *
 * What is sent before a handshake completes waits, up to SndBufSize bytes for the whole socket.
 * ConnectionSucceeded and ConnectionFailed tell the end of each handshake that the socket started
 * as client; a server learns of its peers by their datagrams (and by the traces of the factory).
 * After a failure, or when the peer has closed, the next datagram to that peer starts a new
 * handshake. A peer of a server that starts over (a ClientHello in the clear from an address with
 * a session, of another random than the one that began it) has to return a cookie before its old
 * session, established or not, is given up (RFC 6347 section 4.2.8), even where the cookie exchange
 * is off. A late or replayed copy of the ClientHello of the session changes nothing.
 *
 * Sessions are bounded by MaxSessions and IdleTimeout, what waits for the application by
 * RcvBufSize. A server that is full gives a new peer, once that has returned a cookie, the place of
 * a handshake older than HandshakeGrace, or of the established session of the same address that was
 * used longest ago, and only where StaleTime asks for it of one of another address. Who loses an
 * established session is sent close_notify.
 *
 * The socket that has connected learns of the end of its session by the close callbacks of Socket:
 * the first one after close_notify, the second one after a fatal alert. Close() says close_notify
 * to all peers. ShutdownSend() refuses what the application sends and ShutdownRecv() discards what
 * arrives; neither touches the handshake.
 *
 * Left out: multicast, a Path MTU discovery, resumption, and the choice of a session by anything
 * else than address and port (RFC 9146).
 */
class DtlsSocket : public SecureSocket, private DtlsPort::Owner
{
  public:
    static TypeId GetTypeId();

    DtlsSocket();
    ~DtlsSocket() override;

    /// Called by the factory, once.
    void Setup(Ptr<DtlsSocketFactory> factory, Ptr<Socket> transport);

    size_t GetMemory() const override;
    SocketType GetSocketType() const override;
    int Bind(const Address& address) override;
    int Bind() override;
    int Bind6() override;
    int Connect(const Address& address) override;
    int Listen() override;
    int Close() override;
    int ShutdownRecv() override;
    uint32_t GetTxAvailable() const override;
    int Send(Ptr<Packet> packet, uint32_t flags) override;
    int SendTo(Ptr<Packet> packet, uint32_t flags, const Address& to) override;
    uint32_t GetRxAvailable() const override;
    Ptr<Packet> Recv(uint32_t maxSize, uint32_t flags) override;
    Ptr<Packet> RecvFrom(uint32_t maxSize, uint32_t flags, Address& from) override;
    sansio::PeerIdentity GetPeerIdentity(const Address& address) const override;

    using Socket::Recv;
    using Socket::RecvFrom;
    using Socket::Send;
    using Socket::SendTo;

    /// How many sessions are alive, handshakes under way included.
    uint32_t GetSessionCount() const override;

  protected:
    void DoDispose() override;

  private:
    // The port's owner
    bool IsServer() const override;
    void HandleConnected(bool success) override;
    void HandleClosed(const Address& peer, bool failed) override;
    void HandlePlaintext(Ptr<Packet> packet, const Address& from) override;
    void HandleSending(Ptr<Packet> datagram) override;
    void HandleSent(uint32_t size) override;
    void HandleGone() override;

    int CheckBound(int result);
    DtlsSession* OpenSession(const Address& to); ///< the one there is, or a new one; null: failed

    Ptr<DtlsSocketFactory> m_dtlsFactory;
    DtlsPort m_port;
    DatagramBuffer m_received;
    bool m_bound{false};
};

} // namespace ns3
