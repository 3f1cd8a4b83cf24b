// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/secure-socket.h"
#include "tls/model/tls-connection.h"
#include "tls/model/tls-listener.h"

#include <memory>

namespace ns3
{

class TlsSocketFactory;

/**
 * A stream socket whose bytes go through TLS 1.2 (RFC 5246) or TLS 1.3 (RFC 8446) over a TCP socket
 * of the node. Made by TlsSocketFactory; any application that names that factory gets it.
 *
 * Connect() reports success when the handshake has completed; a failed handshake is a failed
 * connection. A listener hands a connection to the application when its handshake has completed,
 * and never otherwise. Each packet given to Send() becomes a record (more above 2^14 bytes), and
 * its ProvenanceTags are carried over to the bytes of the record; untagged bytes count as payload.
 *
 * Send() follows ns-3's TCP: it takes a packet as a whole or not at all (-1, ERROR_MSGSIZE), so
 * that applications which offer the whole packet again do not send bytes twice. Only a packet
 * larger than the whole send buffer is taken in part, as much as there is room.
 *
 * ShutdownSend() and ShutdownRecv() act on the plaintext: the first sends close_notify behind what
 * was sent and refuses more, the second discards what arrives. TCP never sees them, for the
 * handshake needs both directions. Neither is inherited from a listener. Close() sends close_notify
 * (RFC 5246 section 7.2.1, RFC 8446 section 6.1) and closes TCP behind it; the close of a peer is
 * answered with ours at once in TLS 1.2, where the standard demands it, and left to the application
 * in TLS 1.3. A TCP connection that ends without close_notify is reported as RecordRejected
 * (truncated) and as an error close.
 *
 * Left out: renegotiation, early data, urgent data; flags of Send() and Recv() are ignored.
 */
class TlsSocket : public SecureSocket, private TlsConnection::Owner
{
  public:
    static TypeId GetTypeId();

    TlsSocket();
    ~TlsSocket() override;

    /// Called by the factory, once.
    void Setup(Ptr<TlsSocketFactory> factory, Ptr<Socket> transport);

    size_t GetMemory() const override;
    uint32_t GetSessionCount() const override;
    SocketType GetSocketType() const override;
    int Connect(const Address& address) override;
    int Listen() override;
    int Close() override;
    int ShutdownSend() override;
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

  protected:
    void DoDispose() override;

  private:
    // The connection's owner
    void HandleConnected() override;
    void HandleNotConnected() override;
    void HandlePlaintext() override;
    void HandleSending() override;
    void HandleSent(uint32_t size) override;
    void HandleSendable(uint32_t room) override;
    void HandleClosed(bool failed) override;
    void HandleGone() override;

    /// Of a listener: makes the socket of a TCP connection.
    void AcceptConnection(Ptr<Socket> transport, const Address& from);
    void Accept(Ptr<TlsSocket> listener, const Address& from);
    void StopListening(); ///< connections on their way do not reach it any more

    Ptr<TlsSocketFactory> m_tlsFactory;
    std::shared_ptr<TlsListener> m_listening; ///< of a listener
    Ptr<TlsSocket> m_listener;                ///< of a connection whose handshake runs
    TlsConnection m_connection;
};

} // namespace ns3
