// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/receive-buffer.h"
#include "tls/model/secure-socket.h"
#include "tls/model/stream-transport.h"
#include "tls/model/tls-listener.h"
#include "tls/protocol/stream-channel.h"

#include <list>
#include <memory>

namespace ns3
{

class TlsSocketFactory;

/**
 * A stream socket whose bytes go through TLS 1.2 (RFC 5246) or TLS 1.3 (RFC 8446) over a TCP
 * socket of the node. Made by TlsSocketFactory; any application that names that factory gets it.
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
 * handshake needs both directions. Neither is inherited from a listener. Close() sends
 * close_notify (RFC 5246 section 7.2.1, RFC 8446 section 6.1) and closes TCP behind it; the close
 * of a peer is answered with ours at once in TLS 1.2, where the standard demands it, and left to
 * the application in TLS 1.3. A TCP connection that ends without close_notify is reported as
 * RecordRejected (truncated) and as an error close.
 *
 * Left out: renegotiation, early data, urgent data; flags of Send() and Recv() are ignored.
 */
class TlsSocket : public SecureSocket, private StreamTransport::Observer
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
    bool HasInput() const override;
    bool HasOutput() const override;
    bool DoNextTask() override;
    bool DoNextOutput() override;

  private:
    enum class State : uint8_t
    {
        Closed,
        Listening,
        Connecting, ///< TCP connects or the handshake runs
        Connected,
        Closing, ///< the application has closed, or the connection has failed; what is left goes
                 ///< out
        Ended,   ///< nothing of the connection is left
    };

    // The transport's observer
    void HandleTransportConnected() override;
    void HandleTransportReadable() override;
    void HandleTransportSendable() override;
    void HandleTransportSent(uint32_t plaintext) override;
    void HandleTransportEnded() override;

    // Tasks, in the order in which they are looked for; each does something or returns false
    bool StartHandshake();
    bool ReceiveInput();
    bool HandleTransportEnd();
    bool ProtectOutput();
    bool SendCloseNotify();

    /// Hands out what a task produced.
    void FinishTask(uint32_t plaintext = 0);
    void CloseTransport();
    void HandleEvent(const tls::HandshakeCompleted& completed);
    void HandleEvent(const tls::HandshakeFailed& failed);
    void HandleEvent(const tls::Plaintext& plaintext);
    void HandleEvent(const tls::Closed& closed);
    void HandleEvent(const tls::ConnectionFailed& failed);
    void HandleEvent(const tls::RecordRejected& rejected);
    void HandleEvent(const tls::FlightRetransmitted& retransmitted);

    void AcceptConnection(Ptr<Socket> transport, const Address& from); ///< listener
    void Accept(Ptr<TlsSocket> listener, const Address& from);         ///< connection
    void CreateChannel();
    void FailHandshake(const tls::HandshakeFailed& failed);
    void HandleHandshakeTimeout();
    void EvictOldest(); ///< listener: makes room for one more handshake
    void AbortHandshake(const std::string& reason);
    void LeaveListener(); ///< it takes no place among the listener's handshakes any more
    void StopListening(); ///< connections on their way do not reach it any more
    void DropPlaintext(); ///< what has not been protected yet
    void End();           ///< nothing is left to do for this connection
    void NotifySendable();
    bool IsDiscarding() const;
    bool IsReceiveBlocked() const;
    bool CanReceive() const;
    bool CanProtect() const;
    bool CanClose() const;

    Ptr<TlsSocketFactory> m_tlsFactory;
    State m_state{State::Closed};
    tls::Role m_role{tls::Role::Client};
    Time m_started;
    EventId m_handshakeTimeout;
    EventId m_resume; ///< goes on reading after the application has made room

    std::shared_ptr<TlsListener> m_listening; ///< of a listener
    std::list<TlsSocket*> m_handshakes;       ///< of a listener: those under way, oldest in front
    Ptr<TlsSocket> m_listener;                ///< of a connection whose handshake runs
    std::list<TlsSocket*>::iterator m_position{}; ///< among those of the listener
    std::shared_ptr<void> m_handshakeSlot;        ///< at the listener
    std::shared_ptr<void> m_sessionSlot;

    StreamTransport m_stream;
    std::unique_ptr<tls::StreamChannel> m_channel; ///< until we close the transport
    sansio::PeerIdentity m_identity;               ///< after the channel
    bool m_startPending{false};

    tls::Fifo<Ptr<Packet>> m_plaintext; ///< taken from the application, not yet protected
    uint32_t m_plaintextBytes{0};
    ReceiveBuffer m_received;

    bool m_peerClosed{false};    ///< close_notify of the peer has arrived
    bool m_closeNotified{false}; ///< the application knows that the connection has ended
};

} // namespace ns3
