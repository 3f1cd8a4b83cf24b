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
    : m_received(Create<Packet>())
{
}

TlsSocket::~TlsSocket()
{
    m_handshakeTimeout.Cancel();
    m_resume.Cancel();
    StopListening();
    if (GetTransport())
    {
        DetachTransport();
    }
}

void
TlsSocket::DoDispose()
{
    m_handshakeTimeout.Cancel();
    m_resume.Cancel();
    StopListening();
    m_listener = nullptr;
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
    size_t session =
        m_channel ? GetSessionMemory(m_tlsFactory->GetContext()->GetSettings().version) : 0;
    return session + m_plaintextBytes + m_outgoingBytes + m_received->GetSize();
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
    AttachTransport();
    m_state = State::Connecting;
    m_peer = address;
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
    // TCP copies these callbacks to every connection that a SYN opens, and calls them when its
    // handshake is done: by then this socket may be gone.
    m_self = std::make_shared<TlsSocket*>(this);
    GetTransport()->SetAcceptCallback(MakeBoundCallback(&TlsSocket::RelayRequest, m_self),
                                      MakeBoundCallback(&TlsSocket::RelayAccepted, m_self));
    if (GetTransport()->Listen() < 0)
    {
        return Fail(GetTransport()->GetErrno());
    }
    m_population = std::make_shared<uint32_t>(0);
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
        CloseTransport();
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
        m_received = Create<Packet>();
        Run();
        return 0;
    default:
        return Fail(ERROR_BADF);
    }
}

int
TlsSocket::ShutdownSend()
{
    m_sendShut = true;
    Run();
    return 0;
}

int
TlsSocket::ShutdownRecv()
{
    m_receiveShut = true;
    m_received = Create<Packet>();
    Run();
    return 0;
}

uint32_t
TlsSocket::GetTxAvailable() const
{
    uint32_t size = m_tlsFactory->GetSendBufferSize();
    return size - std::min(size, m_plaintextBytes + m_outgoingBytes);
}

int
TlsSocket::Send(Ptr<Packet> packet, uint32_t flags)
{
    if (m_sendShut)
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
        m_plaintext.push_back(packet->CreateFragment(0, size));
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
    return m_received->GetSize();
}

Ptr<Packet>
TlsSocket::Recv(uint32_t maxSize, uint32_t flags)
{
    uint32_t size = std::min(maxSize, m_received->GetSize());
    if (size == 0)
    {
        if (m_peerClosed || m_state == State::Ended)
        {
            return Create<Packet>(); // the end of the stream, as ns-3's TCP tells it
        }
        Fail(ERROR_AGAIN);
        return nullptr;
    }
    Ptr<Packet> packet = m_received->CreateFragment(0, size);
    bool wasBlocked = IsReceiveBlocked();
    m_received->RemoveAtStart(size);
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
        from = m_peer;
    }
    return packet;
}

int
TlsSocket::GetPeerName(Address& address) const
{
    if (m_peer.IsInvalid())
    {
        return Fail(ERROR_NOTCONN);
    }
    address = m_peer;
    return 0;
}

sansio::PeerIdentity
TlsSocket::GetPeerIdentity(const Address& address) const
{
    sansio::PeerIdentity identity = m_channel ? m_channel->GetPeerIdentity() : m_identity;
    identity.address = ToPeerAddress(m_peer);
    return identity;
}

// The transport below

void
TlsSocket::AttachTransport()
{
    Ptr<Socket> transport = GetTransport();
    transport->SetConnectCallback(MakeCallback(&TlsSocket::HandleTransportConnected, this),
                                  MakeCallback(&TlsSocket::HandleTransportFailed, this));
    transport->SetRecvCallback(MakeCallback(&TlsSocket::HandleTransportReadable, this));
    transport->SetSendCallback(MakeCallback(&TlsSocket::HandleTransportSendable, this));
    transport->SetDataSentCallback(MakeCallback(&TlsSocket::HandleTransportSent, this));
    transport->SetCloseCallbacks(MakeCallback(&TlsSocket::HandleTransportClosed, this),
                                 MakeCallback(&TlsSocket::HandleTransportError, this));
}

void
TlsSocket::DetachTransport()
{
    Ptr<Socket> transport = GetTransport();
    auto none = MakeNullCallback<void, Ptr<Socket>>();
    auto noCount = MakeNullCallback<void, Ptr<Socket>, uint32_t>();
    transport->SetConnectCallback(none, none);
    transport->SetRecvCallback(none);
    transport->SetSendCallback(noCount);
    transport->SetDataSentCallback(noCount);
    transport->SetCloseCallbacks(none, none);
    transport->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                 MakeNullCallback<void, Ptr<Socket>, const Address&>());
}

void
TlsSocket::HandleTransportConnected(Ptr<Socket> transport)
{
    if (m_state == State::Connecting)
    {
        CreateChannel();
        Run();
    }
}

void
TlsSocket::HandleTransportFailed(Ptr<Socket> transport)
{
    HandleTransportError(transport);
}

bool
TlsSocket::RelayRequest(std::shared_ptr<TlsSocket*> self,
                        Ptr<Socket> transport,
                        const Address& from)
{
    return *self && (*self)->HandleTransportRequest(transport, from);
}

void
TlsSocket::RelayAccepted(std::shared_ptr<TlsSocket*> self,
                         Ptr<Socket> transport,
                         const Address& from)
{
    if (*self)
    {
        (*self)->HandleTransportAccepted(transport, from);
    }
    else
    {
        transport->Close();
    }
}

bool
TlsSocket::HandleTransportRequest(Ptr<Socket> transport, const Address& from)
{
    const tls::Limits& limits = m_tlsFactory->GetContext()->GetSettings().limits;
    if (m_handshakes >= limits.maxHalfOpen)
    {
        m_tlsFactory->NotifyRefused("half-open", from);
        return false;
    }
    if (static_cast<size_t>(m_population.use_count()) > limits.maxSessions)
    {
        m_tlsFactory->NotifyRefused("sessions", from);
        return false;
    }
    return NotifyConnectionRequest(from);
}

void
TlsSocket::HandleTransportAccepted(Ptr<Socket> transport, const Address& from)
{
    auto connection = CreateObject<TlsSocket>();
    connection->Setup(m_tlsFactory, transport);
    connection->Accept(this, from);
}

void
TlsSocket::Accept(Ptr<TlsSocket> listener, const Address& from)
{
    AttachTransport();
    Register();
    m_listener = listener;
    m_listener->m_handshakes++;
    m_population = m_listener->m_population;
    m_role = tls::Role::Server;
    m_state = State::Connecting;
    m_peer = from;
    m_started = Simulator::Now();
    CreateChannel();
    Run();
}

void
TlsSocket::StopListening()
{
    if (m_self)
    {
        *m_self = nullptr;
    }
}

void
TlsSocket::LeaveListener()
{
    m_handshakeTimeout.Cancel();
    if (m_listener)
    {
        m_listener->m_handshakes--;
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
    Ptr<TlsSocket> self(this);
    tls::HandshakeFailed failed;
    failed.reason = "handshake timed out";
    FailHandshake(failed);
    Run();
}

void
TlsSocket::HandleTransportReadable(Ptr<Socket> transport)
{
    Run();
}

void
TlsSocket::HandleTransportSendable(Ptr<Socket> transport, uint32_t available)
{
    Ptr<TlsSocket> self(this);
    FlushToTransport();
    Run();
    if (m_state == State::Connected && !m_sendShut && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
}

void
TlsSocket::HandleTransportSent(Ptr<Socket> transport, uint32_t count)
{
    m_streamSent += count;
    uint32_t plaintext = 0;
    while (!m_sentMarks.empty() && m_sentMarks.front().end <= m_streamSent)
    {
        plaintext += m_sentMarks.front().plaintext;
        m_sentMarks.pop_front();
    }
    if (plaintext > 0)
    {
        NotifyDataSent(plaintext);
    }
}

void
TlsSocket::HandleTransportClosed(Ptr<Socket> transport)
{
    m_transportEnded = true;
    Run();
}

void
TlsSocket::HandleTransportError(Ptr<Socket> transport)
{
    m_transportFailed = true;
    HandleTransportClosed(transport);
}

// The tasks

bool
TlsSocket::DoNextTask()
{
    return StartHandshake() || ReceiveInput() || HandleTransportEnd() || ProtectOutput() ||
           SendCloseNotify();
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
    return m_state == State::Closing || m_state == State::Ended || m_receiveShut;
}

bool
TlsSocket::IsReceiveBlocked() const
{
    return !IsDiscarding() && m_received->GetSize() >= m_tlsFactory->GetReceiveBufferSize();
}

void
TlsSocket::UpdateWindow(uint32_t read)
{
    // RFC 1122 section 4.2.3.3: whoever reads half of the buffer at once tells the peer. ns-3's TCP
    // does not: a sender whose window is open by less than a segment would wait for ever. It sends
    // an acknowledgement when its buffer grows.
    if (m_transportBuffer == 0)
    {
        UintegerValue size;
        const bool known = GetTransport()->GetAttributeFailSafe("RcvBufSize", size);
        m_transportBuffer = known ? size.Get() : UINT32_MAX;
    }
    if (read >= m_transportBuffer / 2)
    {
        GetTransport()->SetAttributeFailSafe("RcvBufSize", UintegerValue(m_transportBuffer - 1));
        GetTransport()->SetAttributeFailSafe("RcvBufSize", UintegerValue(m_transportBuffer));
    }
}

bool
TlsSocket::ReceiveInput()
{
    if ((!m_channel && !m_transportClosed) || IsReceiveBlocked())
    {
        return false;
    }
    Ptr<Packet> packet = GetTransport()->Recv();
    if (!packet || packet->GetSize() == 0)
    {
        return false;
    }
    UpdateWindow(packet->GetSize());
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
    if (!m_transportEnded || m_state == State::Ended || IsReceiveBlocked())
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
        m_transportFailed = true; // RFC 5246 section 7.2.1: what was sent may have been cut off
        m_tlsFactory->NotifyRejected(tls::RejectionReason::Truncated, m_peer);
    }
    if (!m_transportFailed && !m_transportClosed)
    {
        return false; // the peer's direction has ended in order, ours is open
    }
    CloseTransport();
    End();
    return true;
}

bool
TlsSocket::ProtectOutput()
{
    bool open = m_state == State::Connected || m_state == State::Closing;
    if (!open || m_plaintext.empty() || !m_outgoing.empty())
    {
        return false;
    }
    Ptr<Packet> packet = m_plaintext.front();
    m_plaintext.pop_front();
    uint32_t size = packet->GetSize();
    m_channel->Send(SimulatedNow(), ToSpannedBytes(packet));
    FinishTask(size);
    return true;
}

bool
TlsSocket::SendCloseNotify()
{
    bool wanted = m_state == State::Closing || (m_state == State::Connected && m_sendShut);
    if (!wanted || !m_plaintext.empty() || m_transportClosed)
    {
        return false;
    }
    if (m_channel && m_channel->IsEstablished())
    {
        m_channel->Close(SimulatedNow());
        FinishTask();
        return true;
    }
    if (m_state == State::Closing && m_outgoing.empty())
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
            Transmit(bytes, plaintext);
            for (const tls::Event& event : events)
            {
                std::visit([this](const auto& e) { HandleEvent(e); }, event);
            }
        };
    Settle(Charge(m_channel->TakeOperations()), std::move(release));
}

void
TlsSocket::Transmit(const sansio::SpannedBytes& bytes, uint32_t plaintext)
{
    if (bytes.empty() || m_transportClosed)
    {
        return;
    }
    m_outgoing.push_back(ToPacket(bytes));
    m_outgoingBytes += bytes.size();
    m_streamEnd += bytes.size();
    if (plaintext > 0)
    {
        m_sentMarks.push_back({m_streamEnd, plaintext});
    }
    FlushToTransport();
}

void
TlsSocket::FlushToTransport()
{
    CopyOptions();
    while (!m_outgoing.empty())
    {
        Ptr<Packet> packet = m_outgoing.front();
        uint32_t room = std::min(GetTransport()->GetTxAvailable(), packet->GetSize());
        int sent = room > 0 ? GetTransport()->Send(packet->CreateFragment(0, room), 0) : 0;
        if (sent < 0) // a connection that was reset takes nothing any more
        {
            m_transportEnded = m_transportFailed = true;
            m_outgoing.clear();
            m_outgoingBytes = 0;
        }
        if (sent <= 0)
        {
            return;
        }
        m_outgoingBytes -= sent;
        packet->RemoveAtStart(sent);
        if (packet->GetSize() == 0)
        {
            m_outgoing.pop_front();
        }
    }
}

void
TlsSocket::CloseTransport()
{
    if (!std::exchange(m_transportClosed, true))
    {
        m_outgoing.clear();
        m_outgoingBytes = 0;
        if (m_channel)
        {
            m_identity = m_channel->GetPeerIdentity();
        }
        // The session is over, though a peer that does not close its end can keep TCP waiting.
        m_channel.reset();
        m_population.reset();
        GetTransport()->Close();
    }
}

void
TlsSocket::DropPlaintext()
{
    m_plaintext.clear();
    m_plaintextBytes = 0;
}

void
TlsSocket::End()
{
    bool tell = m_state != State::Listening && !std::exchange(m_closeNotified, true);
    m_state = State::Ended;
    StopListening();
    DropPlaintext();
    m_population.reset();
    Unregister();
    if (tell && m_transportFailed)
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
    m_tlsFactory->NotifyCompleted(completed, m_peer, Simulator::Now() - m_started);
    if (m_role == tls::Role::Client)
    {
        NotifyConnectionSucceeded();
    }
    else if (listener->m_state == State::Listening)
    {
        listener->NotifyNewConnectionCreated(this, m_peer);
    }
    else
    {
        Close(); // nobody is left who would take it
    }
    if (m_state == State::Connected && !m_sendShut && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
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
    m_tlsFactory->NotifyFailed(failed, m_peer);
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
    m_received->AddAtEnd(Create<Packet>(plaintext.bytes.data(), plaintext.bytes.size()));
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
    m_tlsFactory->NotifyConnectionFailed(failed, m_peer);
    if (m_state == State::Connected)
    {
        m_state = State::Closing;
        m_transportFailed = true;
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
    m_tlsFactory->NotifyRejected(rejected.reason, m_peer);
}

void
TlsSocket::HandleEvent(const tls::FlightRetransmitted& retransmitted)
{
    m_tlsFactory->NotifyRetransmitted(retransmitted.datagrams, m_peer);
}

} // namespace ns3
