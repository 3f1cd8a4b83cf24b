// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/tls-connection.h"

#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/time-conversion.h"
#include "tls/model/secure-socket.h"
#include "tls/model/tls-socket-factory.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{

TlsConnection::TlsConnection(SecureSocket& socket, Owner& owner)
    : m_socket(socket),
      m_owner(owner),
      m_runner(socket, *this),
      m_stream(*this)
{
}

TlsConnection::~TlsConnection()
{
    m_handshakeTimeout.Cancel();
    m_resume.Cancel();
}

void
TlsConnection::Setup(Ptr<TlsSocketFactory> factory)
{
    m_factory = factory;
    m_runner.SetProcessor(factory->GetProcessor());
}

void
TlsConnection::Stop()
{
    m_resume.Cancel();
    LeaveHandshake();
    m_state = State::Ended;
    m_runner.Stop();
}

// What the owner does

void
TlsConnection::Open(Ptr<Socket> transport, tls::Role role, const Address& peer)
{
    m_stream.Attach(transport);
    m_state = State::Connecting;
    m_role = role;
    m_peer = peer;
    m_started = Simulator::Now();
}

void
TlsConnection::Occupy(std::shared_ptr<void> handshakeSlot, std::shared_ptr<void> sessionSlot)
{
    m_handshakeSlot = std::move(handshakeSlot);
    m_sessionSlot = std::move(sessionSlot);
}

void
TlsConnection::Start()
{
    m_channel = std::make_unique<tls::StreamChannel>(m_factory->GetContext(),
                                                     m_role,
                                                     m_factory->GetRandomSource());
    m_startPending = true;
    const Time timeout = m_factory->GetHandshakeTimeout();
    if (timeout.IsStrictlyPositive())
    {
        m_handshakeTimeout =
            Simulator::Schedule(timeout, &TlsConnection::Abort, this, "handshake timed out");
    }
    m_runner.Run();
}

void
TlsConnection::Withdraw()
{
    m_state = State::Idle;
}

void
TlsConnection::Abort(const std::string& reason)
{
    Ptr<SecureSocket> socket(&m_socket); // a callback of the application may drop it
    tls::HandshakeFailed failed;
    failed.reason = reason;
    HandleEvent(failed);
    m_runner.Run();
}

bool
TlsConnection::Close()
{
    if (m_state == State::Connecting) // without a session there is nothing to say
    {
        m_state = State::Closing;
        DropPlaintext();
        LeaveHandshake();
        CloseTransport();
        return true;
    }
    if (m_state == State::Connected)
    {
        m_state = State::Closing;
        m_received.Clear();
        m_runner.Run();
        return true;
    }
    return false;
}

void
TlsConnection::ShutdownSend()
{
    m_sendShut = true;
    m_runner.Run();
}

void
TlsConnection::ShutdownRecv()
{
    m_receiveShut = true;
    m_received.Clear();
    m_runner.Run();
}

void
TlsConnection::Send(Ptr<Packet> packet)
{
    m_plaintext.Push(packet);
    m_plaintextBytes += packet->GetSize();
    m_runner.Run();
}

Ptr<Packet>
TlsConnection::Read(uint32_t maxSize)
{
    const uint32_t size = std::min(maxSize, m_received.GetSize());
    if (size == 0)
    {
        return nullptr;
    }
    const bool wasBlocked = IsReceiveBlocked();
    Ptr<Packet> packet = m_received.Take(size);
    if (wasBlocked && !m_resume.IsRunning())
    {
        // Not from here: the application takes what comes next after what this call returns.
        m_resume = Simulator::ScheduleNow(&TaskRunner::Run, &m_runner);
    }
    return packet;
}

uint32_t
TlsConnection::GetRoom() const
{
    const uint32_t size = m_factory->GetSendBufferSize();
    return size - std::min(size, m_plaintextBytes + m_stream.GetWaiting());
}

size_t
TlsConnection::GetMemory() const
{
    const size_t session =
        m_channel ? SecureSocket::GetSessionMemory(m_channel->GetSettings().version) : 0;
    return session + m_plaintextBytes + m_stream.GetWaiting() + m_received.GetSize();
}

// The transport below

void
TlsConnection::HandleTransportConnected()
{
    if (m_state == State::Connecting)
    {
        Start();
    }
}

void
TlsConnection::HandleTransportSendable()
{
    Ptr<SecureSocket> socket(&m_socket); // a callback of the application may drop it
    m_owner.HandleSending();
    m_stream.Flush();
    m_runner.Run();
    TellSendable();
}

// The tasks

bool
TlsConnection::HasInput() const
{
    return m_startPending || CanReceive() || (m_stream.HasEnded() && m_state != State::Ended);
}

bool
TlsConnection::HasOutput() const
{
    return CanProtect() || CanClose();
}

bool
TlsConnection::DoNextTask()
{
    return StartHandshake() || ReceiveInput() || HandleTransportEnd() || DoNextOutput();
}

bool
TlsConnection::DoNextOutput()
{
    return ProtectOutput() || SendCloseNotify();
}

bool
TlsConnection::StartHandshake()
{
    if (!std::exchange(m_startPending, false) || m_state != State::Connecting)
    {
        return false;
    }
    m_channel->Start(SimulatedNow());
    FinishTask();
    return true;
}

bool
TlsConnection::IsDiscarding() const
{
    return m_state == State::Closing || m_state == State::Ended || m_receiveShut;
}

bool
TlsConnection::IsReceiveBlocked() const
{
    return !IsDiscarding() && m_received.GetSize() >= m_factory->GetReceiveBufferSize();
}

bool
TlsConnection::CanReceive() const
{
    return (m_channel || m_stream.IsClosed()) && !IsReceiveBlocked() && m_stream.IsReadable();
}

bool
TlsConnection::ReceiveInput()
{
    if (!CanReceive())
    {
        return false;
    }
    Ptr<Packet> packet = m_stream.Read();
    if (!packet)
    {
        return false;
    }
    if (IsOpen())
    {
        m_channel->Receive(SimulatedNow(), ToBytes(packet));
        FinishTask();
    }
    return true; // after Close() it is only read away, for TCP resets a
                 // connection with unread data
}

bool
TlsConnection::HandleTransportEnd()
{
    if (!m_stream.HasEnded() || m_state == State::Ended || IsReceiveBlocked())
    {
        return false;
    }
    if (m_state == State::Connecting)
    {
        tls::HandshakeFailed failed;
        failed.reason = m_channel ? "connection ended during the handshake" : "no connection";
        HandleEvent(failed);
    }
    else if (m_state == State::Connected && !m_peerClosed)
    {
        m_stream.MarkFailed(); // RFC 5246 section 7.2.1: what was sent may have been cut off
        m_factory->NotifyRejected(tls::RejectionReason::Truncated, m_peer);
    }
    if (!m_stream.HasFailed() && !m_stream.IsClosed())
    {
        return false; // the peer's direction has ended in order, ours is open
    }
    CloseTransport();
    End();
    return true;
}

bool
TlsConnection::CanProtect() const
{
    const bool open = m_state == State::Connected || m_state == State::Closing;
    return open && !m_plaintext.empty() && m_stream.GetWaiting() == 0;
}

bool
TlsConnection::ProtectOutput()
{
    if (!CanProtect())
    {
        return false;
    }
    Ptr<Packet> packet = m_plaintext.Pop();
    const uint32_t size = packet->GetSize();
    m_channel->Send(SimulatedNow(), ToSpannedBytes(packet));
    FinishTask(size);
    return true;
}

bool
TlsConnection::CanClose() const
{
    const bool wanted = m_state == State::Closing || (m_state == State::Connected && m_sendShut);
    return wanted && m_plaintext.empty() && !m_stream.IsClosed();
}

bool
TlsConnection::SendCloseNotify()
{
    if (!CanClose())
    {
        return false;
    }
    if (m_channel && m_channel->IsEstablished())
    {
        m_channel->Close(SimulatedNow());
        FinishTask();
        return true;
    }
    if (m_state == State::Closing && m_stream.GetWaiting() == 0)
    {
        CloseTransport();
        return true;
    }
    return false;
}

void
TlsConnection::FinishTask(uint32_t plaintext)
{
    std::vector<tls::Event> events;
    while (auto event = m_channel->PollEvent())
    {
        events.push_back(std::move(*event));
    }
    auto release =
        [this, plaintext, bytes = m_channel->TakeTransmit(), events = std::move(events)] {
            m_plaintextBytes -= plaintext;
            m_owner.HandleSending();
            m_stream.Send(bytes, plaintext);
            for (const tls::Event& event : events)
            {
                std::visit([this](const auto& e) { HandleEvent(e); }, event);
            }
        };
    m_runner.Settle(m_factory->Account(m_channel->TakeOperations(), {}) - Simulator::Now(),
                    std::move(release));
}

void
TlsConnection::LeaveHandshake()
{
    m_handshakeTimeout.Cancel();
    m_handshakeSlot.reset();
}

void
TlsConnection::CloseTransport()
{
    if (m_channel)
    {
        m_identity = m_channel->GetPeerIdentity();
    }
    // The session is over, though a peer that does not close its end can keep TCP waiting.
    m_channel.reset();
    m_sessionSlot.reset();
    m_stream.Close();
}

void
TlsConnection::DropPlaintext()
{
    m_plaintext.Clear();
    m_plaintextBytes = 0;
}

void
TlsConnection::TellClosed(bool failed)
{
    if (!std::exchange(m_closeNotified, true))
    {
        m_owner.HandleClosed(failed);
    }
}

void
TlsConnection::TellSendable()
{
    const uint32_t room = GetRoom();
    if (m_state == State::Connected && !m_sendShut && room > 0)
    {
        m_owner.HandleSendable(room);
    }
}

void
TlsConnection::End()
{
    m_state = State::Ended;
    DropPlaintext();
    m_sessionSlot.reset();
    m_owner.HandleGone();
    TellClosed(m_stream.HasFailed());
}

// What the channel tells

void
TlsConnection::HandleEvent(const tls::HandshakeCompleted& completed)
{
    LeaveHandshake();
    if (m_state != State::Connecting)
    {
        return; // the application has closed it meanwhile
    }
    m_state = State::Connected;
    m_factory->NotifyCompleted(completed, m_peer, Simulator::Now() - m_started);
    m_owner.HandleConnected();
    TellSendable();
}

void
TlsConnection::HandleEvent(const tls::HandshakeFailed& failed)
{
    LeaveHandshake();
    if (m_state != State::Connecting)
    {
        return;
    }
    m_factory->NotifyFailed(failed, m_peer);
    m_state = State::Closing;
    m_closeNotified = true; // a connection that never was does not close
    DropPlaintext();
    m_owner.HandleNotConnected();
}

void
TlsConnection::HandleEvent(const tls::Plaintext& plaintext)
{
    if (!IsDiscarding())
    {
        m_received.Append(Create<Packet>(plaintext.bytes.data(), plaintext.bytes.size()));
        m_owner.HandlePlaintext();
    }
}

void
TlsConnection::HandleEvent(const tls::Closed& closed)
{
    m_peerClosed = true;
    if (m_state != State::Connected)
    {
        return;
    }
    TellClosed(false);
    if (m_state == State::Connected && m_channel && !m_channel->IsEstablished())
    {
        // TLS 1.2: the channel has answered, and pending writes are discarded (section 7.2.1)
        m_state = State::Closing;
        DropPlaintext();
    }
}

void
TlsConnection::HandleEvent(const tls::ConnectionFailed& failed)
{
    m_factory->NotifyConnectionFailed(failed, m_peer);
    if (m_state == State::Connected)
    {
        m_state = State::Closing;
        m_stream.MarkFailed();
        DropPlaintext();
        TellClosed(true);
    }
}

void
TlsConnection::HandleEvent(const tls::RecordRejected& rejected)
{
    m_factory->NotifyRejected(rejected.reason, m_peer);
}

} // namespace ns3
