// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/deadline.h"
#include "tls/model/datagram-transport.h"
#include "tls/model/dtls-acceptor.h"
#include "tls/model/dtls-outbox.h"
#include "tls/model/dtls-session-table.h"
#include "tls/model/task-runner.h"

#include "ns3/socket.h"

#include <optional>

namespace ns3
{

/**
 * The DTLS sessions over one UDP socket: it takes datagrams from UDP to the channel of their
 * session and from the channels to UDP, one task at a time, keeps their timers, and says
 * close_notify to all of them in the end. Its owner, a DtlsSocket, is the application's side of it.
 */
class DtlsPort : private TaskRunner::Work
{
  public:
    /// Whose port it is.
    class Owner
    {
      public:
        virtual ~Owner() = default;
        virtual bool IsServer() const = 0;
        virtual void HandleConnected(bool success) = 0; ///< a handshake begun as client has ended
        virtual void HandleClosed(const Address& peer, bool failed) = 0; ///< by the peer
        virtual void HandlePlaintext(Ptr<Packet> packet, const Address& from) = 0;
        virtual void HandleSending(Ptr<Packet> datagram) = 0; ///< it goes to UDP
        virtual void HandleSent(uint32_t size) = 0;           ///< so much plaintext has gone to UDP
        virtual void HandleGone() = 0;                        ///< nothing is left to do
    };

    /// \param socket the same as \p owner
    DtlsPort(SecureSocket& socket, Owner& owner);

    /// Once, before all else.
    void Setup(Ptr<DtlsSocketFactory> factory, Ptr<Socket> transport);

    /// The end of the node: nothing happens any more.
    void Stop();

    /// The session with a peer, or a new one as client; null: there is no room.
    DtlsSession* OpenSession(const Address& to);

    /// Does what there is to do, as a session to start.
    void Run();

    /// Sends a datagram, behind the handshake if that is under way; false: it finds no room.
    bool Send(DtlsSession& session, Ptr<Packet> packet);

    /// Says close_notify to all peers and closes UDP behind it.
    void Close();

    bool IsClosing() const
    {
        return m_closing;
    }

    const DtlsSessionTable& GetSessions() const
    {
        return m_sessions;
    }

    /// Bytes of the application that wait.
    uint32_t GetWaiting() const
    {
        return m_outbox.GetSize();
    }

  private:
    /// What a task wants beside handing out what the channel produced.
    struct TaskOptions
    {
        sansio::Operations before;                     ///< operations done before the channel's
        std::vector<tls::AddressedDatagram> datagrams; ///< to others, sent first
        uint32_t plaintext{0};                         ///< bytes of the application, protected
        bool last{false};                              ///< the session goes when it is done
        std::optional<Time> arrived{};                 ///< when the datagram came that it takes in
    };

    // The work
    bool HasInput() const override;
    bool HasOutput() const override;
    bool DoNextTask() override;
    bool DoNextOutput() override;
    void HandleIdle() override;

    // Tasks, in the order in which they are looked for; each does something or returns false
    bool ServeDeadline();
    bool StartSession();
    bool ProtectOutput();
    bool CloseNext();
    bool ReceiveInput();

    /// Hands a datagram to whom it belongs; false if nobody wants it.
    bool Dispatch(const DatagramTransport::Datagram& incoming);
    void Accept(const DatagramTransport::Datagram& incoming);

    /// Ends a task in which the channel of a session was called.
    void FinishTask(DtlsSession& session, TaskOptions options);
    void CloseSession(DtlsSession& session);
    void RemoveSession(DtlsSession& session, const std::string& dropReason);
    void EndSession(DtlsSession& session, bool failed); ///< the peer has
    void SendDatagrams(const std::vector<tls::AddressedDatagram>& datagrams);
    void SendDatagram(const sansio::PeerAddress& peer, const sansio::SpannedBytes& bytes);

    std::optional<sansio::TimePoint> GetNextDeadline() const;
    DtlsSessionTable::Timeouts GetTimeouts() const;

    // What a channel tells
    void HandleEvent(DtlsSession& session, const tls::HandshakeCompleted& completed);
    void HandleEvent(DtlsSession& session, const tls::HandshakeFailed& failed);
    void HandleEvent(DtlsSession& session, const tls::Plaintext& plaintext);
    void HandleEvent(DtlsSession& session, const tls::Closed& closed);
    void HandleEvent(DtlsSession& session, const tls::ConnectionFailed& failed);
    void HandleEvent(DtlsSession& session, const tls::RecordRejected& rejected);
    void HandleEvent(DtlsSession& session, const tls::FlightRetransmitted& retransmitted);

    Owner& m_owner;
    Ptr<DtlsSocketFactory> m_factory;
    DatagramTransport m_transport;
    TaskRunner m_runner;
    Deadline m_deadline;
    bool m_closing{false}; ///< the application has closed it
    bool m_closed{false};  ///< UDP too

    DtlsSessionTable m_sessions;
    std::unique_ptr<DtlsAcceptor> m_acceptor; ///< from the first ClientHello on
    tls::Fifo<sansio::PeerAddress> m_toStart;
    DtlsOutbox m_outbox;
};

} // namespace ns3
