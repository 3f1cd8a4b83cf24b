// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/tls-socket.h"

#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/time-conversion.h"
#include "tls/model/tls-socket-factory.h"

#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TlsSocket);

TypeId
TlsSocket::GetTypeId()
{
    static TypeId tid = TypeId("ns3::TlsSocket").SetParent<SecureSocket>().SetGroupName("Tls");
    return tid;
}

TlsSocket::TlsSocket()
    : m_stream(*this)
{
}

TlsSocket::~TlsSocket()
{
    m_handshakeTimeout.Cancel();
    m_resume.Cancel();
    StopListening();
}

void
TlsSocket::DoDispose()
{
    m_handshakeTimeout.Cancel();
    m_resume.Cancel();
    StopListening();
    LeaveListener();
    m_state = State::Ended;
    SecureSocket::DoDispose();
}

void
TlsSocket::Setup(Ptr<TlsSocketFactory> factory, Ptr<Socket> transport)
{
    SecureSocket::Setup(factory, transport);
    m_tlsFactory = factory;
}

// The socket as the application sees it

size_t
TlsSocket::GetMemory() const
{
    size_t session = m_channel ? GetSessionMemory(m_channel->GetSettings().version) : 0;
    return session + m_plaintextBytes + m_stream.GetWaiting() + m_received.GetSize();
}

uint32_t
TlsSocket::GetSessionCount() const
{
    return m_channel ? 1 : 0;
}

Socket::SocketType
TlsSocket::GetSocketType() const
{
    return NS3_SOCK_STREAM;
}

int
TlsSocket::Connect(const Address& address)
{
    if (m_state != State::Closed)
    {
        return Fail(m_state == State::Listening ? ERROR_OPNOTSUPP : ERROR_ISCONN);
    }
    CopyOptions();
    m_stream.Attach(GetTransport());
    m_state = State::Connecting;
    SetPeer(address);
    m_started = Simulator::Now();
    Register();
    if (GetTransport()->Connect(address) < 0)
    {
        m_state = State::Closed;
        Unregister();
        return Fail(GetTransport()->GetErrno());
    }
    return 0;
}

int
TlsSocket::Listen()
{
    if (m_state != State::Closed)
    {
        return Fail(ERROR_INVAL);
    }
    CopyOptions();
    m_listening = std::make_shared<TlsListener>(
        m_tlsFactory,
        [this](const Address& from) { return NotifyConnectionRequest(from); },
        [this](Ptr<Socket> transport, const Address& from) { AcceptConnection(transport, from); });
    if (TlsListener::Listen(m_listening, GetTransport()) < 0)
    {
        StopListening();
        return Fail(GetTransport()->GetErrno());
    }
    m_state = State::Listening;
    Register();
    return 0;
}

int
TlsSocket::Close()
{
    Ptr<TlsSocket> self(this);
    switch (m_state)
    {
    case State::Listening:
        GetTransport()->Close();
        End();
        return 0;
    case State::Connecting: // without a session there is nothing to say
        m_state = State::Closing;
        DropPlaintext();
        LeaveListener();
        CloseTransport();
        return 0;
    case State::Connected:
        m_state = State::Closing;
        m_received.Clear();
        Run();
        return 0;
    default:
        return Fail(ERROR_BADF);
    }
}

int
TlsSocket::ShutdownSend()
{
    SecureSocket::ShutdownSend();
    Run();
    return 0;
}

int
TlsSocket::ShutdownRecv()
{
    SecureSocket::ShutdownRecv();
    m_received.Clear();
    Run();
    return 0;
}

uint32_t
TlsSocket::GetTxAvailable() const
{
    uint32_t size = m_tlsFactory->GetSendBufferSize();
    return size - std::min(size, m_plaintextBytes + m_stream.GetWaiting());
}

int
TlsSocket::Send(Ptr<Packet> packet, uint32_t flags)
{
    if (IsSendShut())
    {
        return Fail(ERROR_SHUTDOWN);
    }
    if (m_state != State::Connecting && m_state != State::Connected)
    {
        return Fail(ERROR_NOTCONN);
    }
    uint32_t room = GetTxAvailable();
    uint32_t size = packet->GetSize();
    if (size > room)
    {
        if (size <= m_tlsFactory->GetSendBufferSize() || room == 0)
        {
            return Fail(ERROR_MSGSIZE);
        }
        size = room;
    }
    if (size > 0)
    {
        m_plaintext.Push(size == packet->GetSize() ? packet->Copy()
                                                   : packet->CreateFragment(0, size));
        m_plaintextBytes += size;
        Run();
    }
    return static_cast<int>(size);
}

int
TlsSocket::SendTo(Ptr<Packet> packet, uint32_t flags, const Address& to)
{
    return Send(packet, flags); // a stream has one peer
}

uint32_t
TlsSocket::GetRxAvailable() const
{
    return m_received.GetSize();
}

Ptr<Packet>
TlsSocket::Recv(uint32_t maxSize, uint32_t flags)
{
    uint32_t size = std::min(maxSize, m_received.GetSize());
    if (size == 0)
    {
        if (m_peerClosed || m_state == State::Ended)
        {
            return Create<Packet>(); // the end of the stream, as ns-3's TCP tells it
        }
        Fail(ERROR_AGAIN);
        return nullptr;
    }
    bool wasBlocked = IsReceiveBlocked();
    Ptr<Packet> packet = m_received.Take(size);
    if (wasBlocked && !m_resume.IsRunning())
    {
        // Not from here: the application takes what comes next after what this call returns.
        m_resume = Simulator::ScheduleNow(&TlsSocket::Run, this);
    }
    return packet;
}

Ptr<Packet>
TlsSocket::RecvFrom(uint32_t maxSize, uint32_t flags, Address& from)
{
    Ptr<Packet> packet = Recv(maxSize, flags);
    if (packet && packet->GetSize() > 0)
    {
        from = GetPeer();
    }
    return packet;
}

sansio::PeerIdentity
TlsSocket::GetPeerIdentity(const Address& address) const
{
    sansio::PeerIdentity identity = m_channel ? m_channel->GetPeerIdentity() : m_identity;
    identity.address = ToPeerAddress(GetPeer());
    return identity;
}

// The transport below

void
TlsSocket::HandleTransportConnected()
{
    if (m_state == State::Connecting)
    {
        CreateChannel();
        Run();
    }
}

void
TlsSocket::HandleTransportReadable()
{
    Run();
}

void
TlsSocket::HandleTransportSendable()
{
    Ptr<TlsSocket> self(this);
    CopyOptions();
    m_stream.Flush();
    Run();
    NotifySendable();
}

void
TlsSocket::HandleTransportSent(uint32_t plaintext)
{
    NotifyDataSent(plaintext);
}

void
TlsSocket::HandleTransportEnded()
{
    Run();
}

void
TlsSocket::AcceptConnection(Ptr<Socket> transport, const Address& from)
{
    const tls::Limits& limits = m_tlsFactory->GetContext()->GetSettings().limits;
    if (m_tlsFactory->EvictsOldest() && m_handshakes.size() >= limits.maxHalfOpen)
    {
        EvictOldest();
    }
    auto connection = CreateObject<TlsSocket>();
    connection->Setup(m_tlsFactory, transport);
    connection->Accept(this, from);
}

void
TlsSocket::Accept(Ptr<TlsSocket> listener, const Address& from)
{
    m_stream.Attach(GetTransport());
    Register();
    m_listener = listener;
    m_position = listener->m_handshakes.insert(listener->m_handshakes.end(), this);
    m_handshakeSlot = listener->m_listening->CountHandshake();
    m_sessionSlot = listener->m_listening->CountSession();
    m_role = tls::Role::Server;
    m_state = State::Connecting;
    SetPeer(from);
    m_started = Simulator::Now();
    CreateChannel();
    Run();
}

void
TlsSocket::StopListening()
{
    if (m_listening)
    {
        std::exchange(m_listening, nullptr)->Stop();
    }
}

void
TlsSocket::LeaveListener()
{
    m_handshakeTimeout.Cancel();
    m_handshakeSlot.reset();
    if (m_listener)
    {
        m_listener->m_handshakes.erase(m_position);
        m_listener = nullptr;
    }
}

void
TlsSocket::CreateChannel()
{
    m_channel = std::make_unique<tls::StreamChannel>(m_tlsFactory->GetContext(),
                                                     m_role,
                                                     m_tlsFactory->GetRandomSource());
    m_startPending = true;
    Time timeout = m_tlsFactory->GetHandshakeTimeout();
    if (timeout.IsStrictlyPositive())
    {
        m_handshakeTimeout = Simulator::Schedule(timeout, &TlsSocket::HandleHandshakeTimeout, this);
    }
}

void
TlsSocket::HandleHandshakeTimeout()
{
    AbortHandshake("handshake timed out");
}

void
TlsSocket::EvictOldest()
{
    TlsSocket* oldest = m_handshakes.front();
    m_tlsFactory->NotifyRefused("evicted", oldest->GetPeer());
    oldest->AbortHandshake("evicted");
}

void
TlsSocket::AbortHandshake(const std::string& reason)
{
    Ptr<TlsSocket> self(this);
    tls::HandshakeFailed failed;
    failed.reason = reason;
    FailHandshake(failed);
    Run();
}

void
TlsSocket::NotifySendable()
{
    if (m_state == State::Connected && !IsSendShut() && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
}

// The tasks

bool
TlsSocket::HasInput() const
{
    return m_startPending || CanReceive() || (m_stream.HasEnded() && m_state != State::Ended);
}

bool
TlsSocket::HasOutput() const
{
    return CanProtect() || CanClose();
}

bool
TlsSocket::DoNextTask()
{
    return StartHandshake() || ReceiveInput() || HandleTransportEnd() || DoNextOutput();
}

bool
TlsSocket::DoNextOutput()
{
    return ProtectOutput() || SendCloseNotify();
}

bool
TlsSocket::StartHandshake()
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
TlsSocket::IsDiscarding() const
{
    return m_state == State::Closing || m_state == State::Ended || IsReceiveShut();
}

bool
TlsSocket::IsReceiveBlocked() const
{
    return !IsDiscarding() && m_received.GetSize() >= m_tlsFactory->GetReceiveBufferSize();
}

bool
TlsSocket::CanReceive() const
{
    return (m_channel || m_stream.IsClosed()) && !IsReceiveBlocked() && m_stream.IsReadable();
}

bool
TlsSocket::ReceiveInput()
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
    if (m_state == State::Connecting || m_state == State::Connected)
    {
        m_channel->Receive(SimulatedNow(), ToBytes(packet));
        FinishTask();
    }
    return true; // after Close() it is only read away, for TCP resets a connection with unread data
}

bool
TlsSocket::HandleTransportEnd()
{
    if (!m_stream.HasEnded() || m_state == State::Ended || IsReceiveBlocked())
    {
        return false;
    }
    if (m_state == State::Connecting)
    {
        tls::HandshakeFailed failed;
        failed.reason = m_channel ? "connection ended during the handshake" : "no connection";
        FailHandshake(failed);
    }
    else if (m_state == State::Connected && !m_peerClosed)
    {
        m_stream.MarkFailed(); // RFC 5246 section 7.2.1: what was sent may have been cut off
        m_tlsFactory->NotifyRejected(tls::RejectionReason::Truncated, GetPeer());
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
TlsSocket::CanProtect() const
{
    bool open = m_state == State::Connected || m_state == State::Closing;
    return open && !m_plaintext.empty() && m_stream.GetWaiting() == 0;
}

bool
TlsSocket::ProtectOutput()
{
    if (!CanProtect())
    {
        return false;
    }
    Ptr<Packet> packet = m_plaintext.Pop();
    uint32_t size = packet->GetSize();
    m_channel->Send(SimulatedNow(), ToSpannedBytes(packet));
    FinishTask(size);
    return true;
}

bool
TlsSocket::CanClose() const
{
    bool wanted = m_state == State::Closing || (m_state == State::Connected && IsSendShut());
    return wanted && m_plaintext.empty() && !m_stream.IsClosed();
}

bool
TlsSocket::SendCloseNotify()
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
TlsSocket::FinishTask(uint32_t plaintext)
{
    std::vector<tls::Event> events;
    while (auto event = m_channel->PollEvent())
    {
        events.push_back(std::move(*event));
    }
    auto release =
        [this, plaintext, bytes = m_channel->TakeTransmit(), events = std::move(events)] {
            m_plaintextBytes -= plaintext;
            CopyOptions();
            m_stream.Send(bytes, plaintext);
            for (const tls::Event& event : events)
            {
                std::visit([this](const auto& e) { HandleEvent(e); }, event);
            }
        };
    Settle(Charge(m_channel->TakeOperations()), std::move(release));
}

void
TlsSocket::CloseTransport()
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
TlsSocket::DropPlaintext()
{
    m_plaintext.Clear();
    m_plaintextBytes = 0;
}

void
TlsSocket::End()
{
    bool tell = m_state != State::Listening && !std::exchange(m_closeNotified, true);
    m_state = State::Ended;
    StopListening();
    DropPlaintext();
    m_sessionSlot.reset();
    Unregister();
    if (tell && m_stream.HasFailed())
    {
        NotifyErrorClose();
    }
    else if (tell)
    {
        NotifyNormalClose();
    }
}

// What the channel tells

void
TlsSocket::HandleEvent(const tls::HandshakeCompleted& completed)
{
    Ptr<TlsSocket> listener = m_listener;
    LeaveListener();
    if (m_state != State::Connecting)
    {
        return; // the application has closed it meanwhile
    }
    m_state = State::Connected;
    m_tlsFactory->NotifyCompleted(completed, GetPeer(), Simulator::Now() - m_started);
    if (m_role == tls::Role::Client)
    {
        NotifyConnectionSucceeded();
    }
    else if (listener->m_state == State::Listening)
    {
        listener->NotifyNewConnectionCreated(this, GetPeer());
    }
    else
    {
        Close(); // nobody is left who would take it
    }
    NotifySendable();
}

void
TlsSocket::HandleEvent(const tls::HandshakeFailed& failed)
{
    FailHandshake(failed);
}

void
TlsSocket::FailHandshake(const tls::HandshakeFailed& failed)
{
    LeaveListener();
    if (m_state != State::Connecting)
    {
        return;
    }
    m_tlsFactory->NotifyFailed(failed, GetPeer());
    m_state = State::Closing;
    m_closeNotified = true; // a connection that never was does not close
    DropPlaintext();
    if (m_role == tls::Role::Client)
    {
        NotifyConnectionFailed();
    }
}

void
TlsSocket::HandleEvent(const tls::Plaintext& plaintext)
{
    if (IsDiscarding())
    {
        return;
    }
    m_received.Append(Create<Packet>(plaintext.bytes.data(), plaintext.bytes.size()));
    NotifyDataRecv();
}

void
TlsSocket::HandleEvent(const tls::Closed& closed)
{
    m_peerClosed = true;
    if (m_state != State::Connected)
    {
        return;
    }
    if (!std::exchange(m_closeNotified, true))
    {
        NotifyNormalClose();
    }
    if (m_state == State::Connected && m_channel && !m_channel->IsEstablished())
    {
        // TLS 1.2: the channel has answered, and pending writes are discarded (section 7.2.1)
        m_state = State::Closing;
        DropPlaintext();
    }
}

void
TlsSocket::HandleEvent(const tls::ConnectionFailed& failed)
{
    m_tlsFactory->NotifyConnectionFailed(failed, GetPeer());
    if (m_state == State::Connected)
    {
        m_state = State::Closing;
        m_stream.MarkFailed();
        DropPlaintext();
        if (!std::exchange(m_closeNotified, true))
        {
            NotifyErrorClose();
        }
    }
}

void
TlsSocket::HandleEvent(const tls::RecordRejected& rejected)
{
    m_tlsFactory->NotifyRejected(rejected.reason, GetPeer());
}

void
TlsSocket::HandleEvent(const tls::FlightRetransmitted& retransmitted)
{
    m_tlsFactory->NotifyRetransmitted(retransmitted.datagrams, GetPeer());
}

} // namespace ns3
