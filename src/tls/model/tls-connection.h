// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/peer.h"
#include "tls/model/receive-buffer.h"
#include "tls/model/stream-transport.h"
#include "tls/model/task-runner.h"
#include "tls/protocol/stream-channel.h"

#include "ns3/address.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <memory>
#include <string>

namespace ns3
{

class TlsSocketFactory;

/**
 * A TLS connection over a TCP connection, from its handshake to its end: it takes bytes from TCP to
 * the channel and from the channel to TCP, one task at a time, and knows when which may be closed.
 * Its owner, a TlsSocket, is the application's side of it.
 */
class TlsConnection : private TaskRunner::Work, private StreamTransport::Observer
{
  public:
    /// Whose connection it is.
    class Owner
    {
      public:
        virtual ~Owner() = default;
        virtual void HandleConnected() = 0;             ///< the handshake has completed
        virtual void HandleNotConnected() = 0;          ///< the handshake has failed
        virtual void HandlePlaintext() = 0;             ///< there is something to read
        virtual void HandleSending() = 0;               ///< something goes to TCP
        virtual void HandleSent(uint32_t size) = 0;     ///< TCP has sent so much of the plaintext
        virtual void HandleSendable(uint32_t room) = 0; ///< Send() takes so much
        virtual void HandleClosed(bool failed) = 0;     ///< nothing comes any more; told once
        virtual void HandleGone() = 0;                  ///< nothing is left to do
    };

    /// \param socket the same as \p owner
    TlsConnection(SecureSocket& socket, Owner& owner);
    ~TlsConnection() override;

    /// Once, before all else.
    void Setup(Ptr<TlsSocketFactory> factory);

    /// The end of the node: nothing happens any more.
    void Stop();

    /// It begins, over a TCP connection that is open or about to be.
    void Open(Ptr<Socket> transport, tls::Role role, const Address& peer);

    /// What it takes of its listener until the end of its handshake, and until that of the session.
    void Occupy(std::shared_ptr<void> handshakeSlot, std::shared_ptr<void> sessionSlot);

    /// TCP is open: the handshake begins.
    void Start();

    /// TCP does not even begin to connect.
    void Withdraw();

    /// Gives the handshake up.
    void Abort(const std::string& reason);

    /// Says close_notify behind what was sent, then closes TCP; false: it is closed already.
    bool Close();

    void ShutdownSend(); ///< close_notify now, reading goes on
    void ShutdownRecv(); ///< what arrives is discarded from now on

    /// Takes bytes to protect; there must be room.
    void Send(Ptr<Packet> packet);

    /// At most \p maxSize bytes of plaintext; null: there are none.
    Ptr<Packet> Read(uint32_t maxSize);

    /// Bytes that Send() takes.
    uint32_t GetRoom() const;

    /// Bytes that Read() gives.
    uint32_t GetReadable() const
    {
        return m_received.GetSize();
    }

    /// Nothing follows what can be read.
    bool IsReadToEnd() const
    {
        return m_peerClosed || m_state == State::Ended;
    }

    /// The memory of the session and of all buffers, see SecureSocket::GetMemory().
    size_t GetMemory() const;

    /// There is a channel: its handshake is under way or has been.
    bool HasSession() const
    {
        return m_channel != nullptr;
    }

    const Address& GetPeer() const
    {
        return m_peer;
    }

    sansio::PeerIdentity GetPeerIdentity() const
    {
        return m_channel ? m_channel->GetPeerIdentity() : m_identity;
    }

    /// Nobody has opened it yet.
    bool IsIdle() const
    {
        return m_state == State::Idle;
    }

    /// Connecting or connected.
    bool IsOpen() const
    {
        return m_state == State::Connecting || m_state == State::Connected;
    }

  private:
    enum class State : uint8_t
    {
        Idle,
        Connecting, ///< TCP connects or the handshake runs
        Connected,
        Closing, ///< closed by the application, or failed; what is left goes out
        Ended,   ///< nothing of the connection is left
    };

    // The transport's observer
    void HandleTransportConnected() override;
    void HandleTransportSendable() override;

    void HandleTransportReadable() override
    {
        m_runner.Run();
    }

    void HandleTransportSent(uint32_t plaintext) override
    {
        m_owner.HandleSent(plaintext);
    }

    void HandleTransportEnded() override
    {
        m_runner.Run();
    }

    // The work
    void HandleIdle() override
    {
    }

    bool HasInput() const override;
    bool HasOutput() const override;
    bool DoNextTask() override;
    bool DoNextOutput() override;

    // Tasks, in the order in which they are looked for; each does something or returns false
    bool StartHandshake();
    bool ReceiveInput();
    bool HandleTransportEnd();
    bool ProtectOutput();
    bool SendCloseNotify();

    /// Hands out what a task produced.
    void FinishTask(uint32_t plaintext = 0);

    // What the channel tells
    void HandleEvent(const tls::HandshakeCompleted& completed);
    void HandleEvent(const tls::HandshakeFailed& failed);
    void HandleEvent(const tls::Plaintext& plaintext);
    void HandleEvent(const tls::Closed& closed);
    void HandleEvent(const tls::ConnectionFailed& failed);
    void HandleEvent(const tls::RecordRejected& rejected);

    void HandleEvent(const tls::FlightRetransmitted& /* of DTLS */)
    {
    }

    void LeaveHandshake(); ///< it takes no place among the listener's handshakes any more
    void TellClosed(bool failed);
    void TellSendable();
    void CloseTransport();
    void DropPlaintext(); ///< what has not been protected yet
    void End();           ///< nothing is left to do
    bool IsDiscarding() const;
    bool IsReceiveBlocked() const;
    bool CanReceive() const;
    bool CanProtect() const;
    bool CanClose() const;

    SecureSocket& m_socket;
    Owner& m_owner;
    Ptr<TlsSocketFactory> m_factory;
    TaskRunner m_runner;
    StreamTransport m_stream;
    State m_state{State::Idle};
    tls::Role m_role{tls::Role::Client};
    Address m_peer;
    Time m_started;
    EventId m_handshakeTimeout;
    EventId m_resume; ///< goes on reading after the application has made room
    std::shared_ptr<void> m_handshakeSlot;
    std::shared_ptr<void> m_sessionSlot;

    std::unique_ptr<tls::StreamChannel> m_channel; ///< until we close the transport
    sansio::PeerIdentity m_identity;               ///< after the channel
    bool m_startPending{false};

    tls::Fifo<Ptr<Packet>> m_plaintext; ///< taken from the application, not yet protected
    uint32_t m_plaintextBytes{0};
    ReceiveBuffer m_received;

    bool m_sendShut{false};
    bool m_receiveShut{false};
    bool m_peerClosed{false};    ///< close_notify of the peer has arrived
    bool m_closeNotified{false}; ///< the owner knows that the connection has ended
};

} // namespace ns3
