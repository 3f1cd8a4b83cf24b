// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/arrival-times.h"
#include "sans-io/model/deadline.h"
#include "tls/model/datagram-buffer.h"
#include "tls/model/dtls-session-table.h"
#include "tls/model/secure-socket.h"
#include "tls/protocol/datagram-listener.h"

#include <memory>

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
 * a handshake older than HandshakeGrace, and only where StaleTime asks for it that of an
 * established session, whose peer is sent close_notify.
 *
 * The socket that has connected learns of the end of its session by the close callbacks of Socket:
 * the first one after close_notify, the second one after a fatal alert. Close() says close_notify
 * to all peers. ShutdownSend() refuses what the application sends and ShutdownRecv() discards what
 * arrives; neither touches the handshake.
 *
 * Left out: multicast, a Path MTU discovery, resumption, and the choice of a session by anything
 * else than address and port (RFC 9146).
 */
class DtlsSocket : public SecureSocket
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
    bool HasInput() const override;
    bool HasOutput() const override;
    bool DoNextTask() override;
    bool DoNextOutput() override;
    void HandleIdle() override;

  private:
    /// A datagram of the application that is to be protected.
    struct Outgoing
    {
        sansio::PeerAddress peer;
        Ptr<Packet> packet;
    };

    /// A datagram of the transport.
    struct Incoming
    {
        sansio::PeerAddress peer;
        sansio::Bytes bytes;
        Time arrived;
    };

    int CheckBound(int result);
    void HandleTransportReadable(Ptr<Socket> transport);
    void HandleTransportDrop(Ptr<const Packet> datagram);

    // Tasks, in the order in which they are looked for; each does something or returns false
    bool ServeDeadline();
    bool StartSession();
    bool ProtectOutput();
    bool ReceiveInput();
    bool CloseNext();

    /// Hands a datagram to whom it belongs; false if nobody wants it.
    bool Dispatch(const Incoming& incoming);
    void ReceiveAtListener(const Incoming& incoming);

    DtlsSession& AdoptPeer(tls::NewPeer newPeer);

    /// Gives up what a new peer evicts; \return what its own peer is told.
    std::vector<tls::AddressedDatagram> Evict(tls::Eviction eviction,
                                              sansio::Operations& operations);

    /// Who gives its place to a new peer; null: nobody.
    DtlsSession* FindEvictable(tls::Eviction eviction);

    /// When the handshake that is under way for longest at this server has to be done.
    std::optional<Time> GetHandshakeDeadline() const;

    /// What a task wants beside handing out what the channel produced.
    struct TaskOptions
    {
        sansio::Operations before;                     ///< operations done before the channel's
        std::vector<tls::AddressedDatagram> datagrams; ///< to others, sent first
        uint32_t plaintext{0};         ///< bytes of the application that were protected
        bool last{false};              ///< the session goes when it is done
        std::optional<Time> arrived{}; ///< when the datagram came that it takes in
    };

    /// Ends a task in which the channel of a session was called.
    void FinishTask(DtlsSession& session, TaskOptions options);
    void CloseSession(DtlsSession& session);
    void SendDatagrams(const std::vector<tls::AddressedDatagram>& datagrams);
    void SendDatagram(const sansio::PeerAddress& peer, const sansio::SpannedBytes& bytes);
    void HandleEvent(DtlsSession& session, const tls::HandshakeCompleted& completed);
    void HandleEvent(DtlsSession& session, const tls::HandshakeFailed& failed);
    void HandleEvent(DtlsSession& session, const tls::Plaintext& plaintext);
    void HandleEvent(DtlsSession& session, const tls::Closed& closed);
    void HandleEvent(DtlsSession& session, const tls::ConnectionFailed& failed);
    void HandleEvent(DtlsSession& session, const tls::RecordRejected& rejected);
    void HandleEvent(DtlsSession& session, const tls::FlightRetransmitted& retransmitted);

    DtlsSession* OpenSession(const Address& to); ///< the one there is, or a new one; null: no room
    void RemoveSession(DtlsSession& session, const std::string& dropReason);
    std::optional<sansio::TimePoint> GetNextDeadline() const;
    bool IsServer() const;

    /// The session with the peer of Connect(), for an application that has not closed.
    bool IsConnection(const DtlsSession& session) const;

    Ptr<DtlsSocketFactory> m_dtlsFactory;
    bool m_bound{false};
    bool m_closing{false}; ///< the application has closed it
    bool m_closed{false};  ///< the transport too

    DtlsSessionTable m_sessions;
    std::unique_ptr<tls::DatagramListener> m_listener;
    tls::Fifo<sansio::PeerAddress> m_toStart;
    Deadline m_deadline;
    bool m_readable{false};  ///< datagrams may have arrived
    ArrivalTimes m_arrivals; ///< of those that the transport holds

    tls::Fifo<Outgoing> m_outgoing; ///< for established sessions, in the order of the application
    uint32_t m_waitingBytes{0};     ///< of m_outgoing and of all sessions' waiting
    DatagramBuffer m_received;
};

} // namespace ns3
