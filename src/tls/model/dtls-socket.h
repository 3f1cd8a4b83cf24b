// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/deadline.h"
#include "tls/model/secure-socket.h"
#include "tls/protocol/datagram-listener.h"

#include "ns3/packet.h"

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <set>

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
 * session, established or not, is given up (RFC 6347 section 4.2.8); with the cookie exchange off
 * it is given up at once. A late or replayed copy of the ClientHello of the session changes
 * nothing.
 *
 * Sessions are bounded by MaxSessions and IdleTimeout, what waits for the application by
 * RcvBufSize. Close() says close_notify to all peers. ShutdownSend() refuses what the application
 * sends and ShutdownRecv() discards what arrives; neither touches the handshake.
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
    int ShutdownSend() override;
    int ShutdownRecv() override;
    uint32_t GetTxAvailable() const override;
    int Send(Ptr<Packet> packet, uint32_t flags) override;
    int SendTo(Ptr<Packet> packet, uint32_t flags, const Address& to) override;
    uint32_t GetRxAvailable() const override;
    Ptr<Packet> Recv(uint32_t maxSize, uint32_t flags) override;
    Ptr<Packet> RecvFrom(uint32_t maxSize, uint32_t flags, Address& from) override;
    int GetPeerName(Address& address) const override;
    sansio::PeerIdentity GetPeerIdentity(const Address& address) const override;

    using Socket::Recv;
    using Socket::RecvFrom;
    using Socket::Send;
    using Socket::SendTo;

    /// How many sessions are alive, handshakes under way included.
    uint32_t GetSessionCount() const;

  protected:
    void DoDispose() override;
    bool DoNextTask() override;

  private:
    /// One peer.
    struct Session
    {
        uint64_t id{0}; ///< of all sessions of this socket
        sansio::PeerAddress peer;
        Address address; ///< the same as an ns-3 address
        tls::Role role{};
        std::unique_ptr<tls::DatagramChannel> channel;
        sansio::Bytes clientRandom; ///< server: of the ClientHello that began the session
        bool established{false};
        bool startPending{false};
        Time started;
        Time lastUsed;
        std::deque<Ptr<Packet>> waiting; ///< for the end of the handshake
        sansio::Duration stopped{0}; ///< how long the processor has worked: no time for the channel
        std::optional<sansio::TimePoint> deadline; ///< when the socket serves it
    };

    /// A datagram of the application that is to be protected.
    struct Outgoing
    {
        sansio::PeerAddress peer;
        Ptr<Packet> packet;
    };

    struct Incoming
    {
        Ptr<Packet> packet;
        Address from;
    };

    using Sessions = std::list<Session>; ///< the one that was used longest ago in front

    int CheckBound(int result);
    void HandleTransportReadable(Ptr<Socket> transport);

    // Tasks, in the order in which they are looked for; each does something or returns false
    bool ServeDeadline();
    bool StartSession();
    bool ProtectOutput();
    bool ReceiveInput();
    bool CloseNext();

    /// Hands a datagram to whom it belongs; false if nobody wants it.
    bool Dispatch(const Address& from, const sansio::Bytes& datagram);
    void ReceiveAtListener(const sansio::PeerAddress& peer, const sansio::Bytes& datagram);

    /// True for the ClientHello of another handshake than that of the session.
    static bool StartsOver(const Session& session, const sansio::Bytes& datagram);
    Session& AdoptPeer(tls::NewPeer newPeer);

    /// What a task wants beside handing out what the channel produced.
    struct TaskOptions
    {
        sansio::Operations before; ///< operations done before the channel's
        uint32_t plaintext{0};     ///< bytes of the application that were protected
        bool last{false};          ///< the session goes when it is done
    };

    /// Ends a task in which the channel of a session was called.
    void FinishTask(Session& session, TaskOptions options);
    void CloseSession(Session& session);
    void SendDatagram(const sansio::PeerAddress& peer, const sansio::SpannedBytes& bytes);
    void HandleEvent(Session& session, const tls::HandshakeCompleted& completed);
    void HandleEvent(Session& session, const tls::HandshakeFailed& failed);
    void HandleEvent(Session& session, const tls::Plaintext& plaintext);
    void HandleEvent(Session& session, const tls::Closed& closed);
    void HandleEvent(Session& session, const tls::ConnectionFailed& failed);
    void HandleEvent(Session& session, const tls::RecordRejected& rejected);
    void HandleEvent(Session& session, const tls::FlightRetransmitted& retransmitted);

    /// The time of the channel's clock, which stands still while the processor works for it: so its
    /// timers start when what it sends leaves.
    static sansio::TimePoint GetChannelTime(const Session& session);
    Session* FindSession(const sansio::PeerAddress& peer);
    Session& AddSession(const sansio::PeerAddress& peer, tls::Role role);
    Session* OpenSession(const Address& to); ///< the one there is, or a new one; null: no room
    void RemoveSession(const sansio::PeerAddress& peer, const std::string& dropReason);
    void Touch(Session& session);
    void SetDeadline(Session& session, std::optional<sansio::TimePoint> deadline);
    void ScheduleNext();
    bool IsServer() const;

    Ptr<DtlsSocketFactory> m_dtlsFactory;
    bool m_bound{false};
    bool m_closing{false}; ///< the application has closed it
    bool m_closed{false};  ///< the transport too
    bool m_sendShut{false};
    bool m_receiveShut{false};
    Address m_connected; ///< the peer of Connect(); invalid: none

    Sessions m_sessions;
    std::map<sansio::PeerAddress, Sessions::iterator> m_index;
    std::set<std::pair<sansio::TimePoint, sansio::PeerAddress>> m_deadlines;
    std::unique_ptr<tls::DatagramListener> m_listener;
    std::deque<sansio::PeerAddress> m_toStart;
    uint64_t m_lastId{0};
    Deadline m_deadline;

    std::deque<Outgoing> m_outgoing; ///< for established sessions, in the order of the application
    uint32_t m_waitingBytes{0};      ///< of m_outgoing and of all sessions' waiting
    std::deque<Incoming> m_received;
    uint32_t m_receivedBytes{0};
};

} // namespace ns3
