// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/dtls-socket.h"

#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/time-conversion.h"
#include "tls/model/dtls-socket-factory.h"

#include <algorithm>
#include <utility>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(DtlsSocket);

namespace
{

constexpr uint32_t MAX_PLAINTEXT = 16384; // RFC 6347 section 4.3.1, RFC 5246 section 6.2.1

void
Append(sansio::Operations& operations, const sansio::Operations& more)
{
    operations.insert(operations.end(), more.begin(), more.end());
}

} // namespace

TypeId
DtlsSocket::GetTypeId()
{
    static TypeId tid = TypeId("ns3::DtlsSocket").SetParent<SecureSocket>().SetGroupName("Tls");
    return tid;
}

DtlsSocket::DtlsSocket()
    : m_deadline([this] { Run(); })
{
}

DtlsSocket::~DtlsSocket()
{
    if (GetTransport())
    {
        GetTransport()->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        GetTransport()->TraceDisconnectWithoutContext(
            "Drop",
            MakeCallback(&DtlsSocket::HandleTransportDrop, this));
    }
}

void
DtlsSocket::DoDispose()
{
    m_deadline.Set(std::nullopt);
    m_closing = true;
    SecureSocket::DoDispose();
}

void
DtlsSocket::Setup(Ptr<DtlsSocketFactory> factory, Ptr<Socket> transport)
{
    SecureSocket::Setup(factory, transport);
    m_dtlsFactory = factory;
    transport->SetRecvCallback(MakeCallback(&DtlsSocket::HandleTransportReadable, this));
    transport->TraceConnectWithoutContext("Drop",
                                          MakeCallback(&DtlsSocket::HandleTransportDrop, this));
}

// The socket as the application sees it

size_t
DtlsSocket::GetMemory() const
{
    constexpr size_t REPLAY_WINDOW = 8; // RFC 6347 section 4.1.2.6
    return m_sessions.size() * (GetSessionMemory(tls::Version::Dtls12) + REPLAY_WINDOW) +
           m_waitingBytes + m_received.GetSize();
}

Socket::SocketType
DtlsSocket::GetSocketType() const
{
    return NS3_SOCK_DGRAM;
}

int
DtlsSocket::Bind(const Address& address)
{
    return CheckBound(SecureSocket::Bind(address));
}

int
DtlsSocket::Bind()
{
    return CheckBound(SecureSocket::Bind());
}

int
DtlsSocket::Bind6()
{
    return CheckBound(SecureSocket::Bind6());
}

int
DtlsSocket::CheckBound(int result)
{
    if (result >= 0)
    {
        m_bound = true;
        Register();
    }
    return result;
}

int
DtlsSocket::Connect(const Address& address)
{
    Ptr<DtlsSocket> self(this);
    DtlsSession* session = OpenSession(address);
    if (!session)
    {
        NotifyConnectionFailed();
        return -1;
    }
    SetPeer(address);
    if (session->established)
    {
        NotifyConnectionSucceeded();
    }
    Run();
    return 0;
}

int
DtlsSocket::Listen()
{
    return Fail(ERROR_OPNOTSUPP); // as UDP: Bind() is enough
}

int
DtlsSocket::Close()
{
    if (m_closing)
    {
        return Fail(ERROR_BADF);
    }
    m_closing = true;
    m_received.Clear();
    Run();
    return 0;
}

int
DtlsSocket::ShutdownRecv()
{
    m_received.Clear();
    return SecureSocket::ShutdownRecv();
}

uint32_t
DtlsSocket::GetTxAvailable() const
{
    uint32_t size = m_dtlsFactory->GetSendBufferSize();
    return std::min(MAX_PLAINTEXT, size - std::min(size, m_waitingBytes));
}

int
DtlsSocket::Send(Ptr<Packet> packet, uint32_t flags)
{
    return GetPeer().IsInvalid() ? Fail(ERROR_NOTCONN) : SendTo(packet, flags, GetPeer());
}

int
DtlsSocket::SendTo(Ptr<Packet> packet, uint32_t flags, const Address& to)
{
    uint32_t size = packet->GetSize();
    if (IsSendShut() || m_closing)
    {
        return Fail(m_closing ? ERROR_BADF : ERROR_SHUTDOWN);
    }
    if (size == 0 || size > MAX_PLAINTEXT)
    {
        return Fail(ERROR_MSGSIZE);
    }
    DtlsSession* session = OpenSession(to);
    if (!session)
    {
        return -1;
    }
    bool atOnce = session->established && m_outgoing.empty() && !IsBusy();
    if (!atOnce && m_waitingBytes + size > m_dtlsFactory->GetSendBufferSize())
    {
        m_dtlsFactory->NotifyDropped(packet, to, "queue-full");
        Run(); // a new session starts all the same
        return Fail(ERROR_AGAIN);
    }
    if (session->established)
    {
        m_outgoing.Push({session->peer, packet->Copy()});
    }
    else
    {
        session->waiting.Push(packet->Copy());
    }
    m_waitingBytes += size;
    Run();
    return static_cast<int>(size);
}

uint32_t
DtlsSocket::GetRxAvailable() const
{
    return m_received.GetSize();
}

Ptr<Packet>
DtlsSocket::Recv(uint32_t maxSize, uint32_t flags)
{
    Address from;
    return RecvFrom(maxSize, flags, from);
}

Ptr<Packet>
DtlsSocket::RecvFrom(uint32_t maxSize, uint32_t flags, Address& from)
{
    Ptr<Packet> packet = m_received.Pop(maxSize, from);
    if (!packet)
    {
        Fail(ERROR_AGAIN); // as ns-3's UDP, a datagram that does not fit stays
    }
    return packet;
}

sansio::PeerIdentity
DtlsSocket::GetPeerIdentity(const Address& address) const
{
    sansio::PeerAddress peer = ToPeerAddress(address);
    sansio::PeerIdentity identity;
    if (const DtlsSession* session = m_sessions.Find(peer))
    {
        identity = session->channel->GetPeerIdentity();
    }
    identity.address = peer;
    return identity;
}

uint32_t
DtlsSocket::GetSessionCount() const
{
    return m_sessions.size();
}

// Sessions

bool
DtlsSocket::IsServer() const
{
    return m_bound && GetPeer().IsInvalid();
}

bool
DtlsSocket::IsConnection(const DtlsSession& session) const
{
    return !m_closing && session.peer == ToPeerAddress(GetPeer());
}

DtlsSession*
DtlsSocket::OpenSession(const Address& to)
{
    bool inet = InetSocketAddress::IsMatchingType(to);
    bool inet6 = Inet6SocketAddress::IsMatchingType(to);
    if ((!inet && !inet6) || m_closing)
    {
        Fail(m_closing ? ERROR_BADF : ERROR_AFNOSUPPORT);
        return nullptr;
    }
    if (inet ? InetSocketAddress::ConvertFrom(to).GetIpv4().IsMulticast()
             : Inet6SocketAddress::ConvertFrom(to).GetIpv6().IsMulticast())
    {
        Fail(ERROR_OPNOTSUPP);
        return nullptr;
    }
    sansio::PeerAddress peer = ToPeerAddress(to);
    if (DtlsSession* session = m_sessions.Find(peer))
    {
        return session;
    }
    auto context = m_dtlsFactory->GetContext();
    if (m_sessions.size() >= context->GetSettings().limits.maxSessions)
    {
        m_dtlsFactory->NotifyRefused("sessions", to);
        Fail(ERROR_AGAIN);
        return nullptr;
    }
    Register();
    DtlsSession& session = m_sessions.Add(peer, tls::Role::Client);
    session.channel = std::make_unique<tls::DatagramChannel>(context,
                                                             tls::Role::Client,
                                                             m_dtlsFactory->GetRandomSource());
    session.startPending = true;
    m_toStart.Push(peer);
    return &session;
}

void
DtlsSocket::RemoveSession(DtlsSession& session, const std::string& dropReason)
{
    auto waiting = std::move(session.waiting);
    Address address = session.address;
    m_sessions.Remove(session);
    while (!waiting.empty())
    {
        Ptr<Packet> packet = waiting.Pop();
        m_waitingBytes -= packet->GetSize();
        m_dtlsFactory->NotifyDropped(packet, address, dropReason);
    }
}

std::optional<sansio::TimePoint>
DtlsSocket::GetNextDeadline() const
{
    std::optional<sansio::TimePoint> next = m_sessions.GetNextDeadline();
    Time idle = m_dtlsFactory->GetIdleTimeout();
    if (idle.IsStrictlyPositive() && !m_sessions.empty())
    {
        sansio::TimePoint expiry(ToDuration(m_sessions.GetOldest().lastUsed + idle));
        next = next ? std::min(*next, expiry) : expiry;
    }
    if (auto handshake = GetHandshakeDeadline())
    {
        sansio::TimePoint end(ToDuration(*handshake));
        next = next ? std::min(*next, end) : end;
    }
    return next;
}

std::optional<Time>
DtlsSocket::GetHandshakeDeadline() const
{
    Time timeout = m_dtlsFactory->GetHandshakeTimeout();
    const DtlsSession* oldest = m_sessions.FindOldestHandshake();
    if (!oldest || !timeout.IsStrictlyPositive())
    {
        return std::nullopt;
    }
    return oldest->started + timeout;
}

// The tasks

bool
DtlsSocket::HasInput() const
{
    const auto deadline = GetNextDeadline();
    return m_readable || !m_toStart.empty() || (deadline && *deadline <= SimulatedNow());
}

bool
DtlsSocket::HasOutput() const
{
    return !m_outgoing.empty() || (m_closing && !m_closed);
}

bool
DtlsSocket::DoNextTask()
{
    return ServeDeadline() || StartSession() || DoNextOutput() || ReceiveInput();
}

bool
DtlsSocket::DoNextOutput()
{
    return ProtectOutput() || CloseNext();
}

void
DtlsSocket::HandleIdle()
{
    m_deadline.Set(GetNextDeadline());
}

void
DtlsSocket::HandleTransportReadable(Ptr<Socket> transport)
{
    m_readable = true;
    m_arrivals.Note();
    Run();
}

void
DtlsSocket::HandleTransportDrop(Ptr<const Packet> datagram)
{
    m_dtlsFactory->NotifyDropped(datagram, Address(), "transport-buffer-full");
}

bool
DtlsSocket::ServeDeadline()
{
    if (DtlsSession* session = m_sessions.FindDue(SimulatedNow()))
    {
        m_sessions.SetDeadline(*session, std::nullopt);
        session->channel->HandleTimeout(session->GetChannelTime());
        FinishTask(*session, {});
        return true;
    }
    if (auto end = GetHandshakeDeadline(); end && *end <= Simulator::Now())
    {
        tls::HandshakeFailed failed;
        failed.reason = "handshake timed out";
        HandleEvent(*m_sessions.FindOldestHandshake(), failed);
        return true;
    }
    Time idle = m_dtlsFactory->GetIdleTimeout();
    if (idle.IsStrictlyPositive() && !m_sessions.empty() &&
        m_sessions.GetOldest().lastUsed + idle <= Simulator::Now())
    {
        CloseSession(m_sessions.GetOldest());
        return true;
    }
    return false;
}

bool
DtlsSocket::StartSession()
{
    while (!m_toStart.empty())
    {
        DtlsSession* session = m_sessions.Find(m_toStart.Pop());
        if (session && std::exchange(session->startPending, false))
        {
            session->channel->Start(session->GetChannelTime());
            FinishTask(*session, {});
            return true;
        }
    }
    return false;
}

bool
DtlsSocket::ProtectOutput()
{
    while (!m_outgoing.empty())
    {
        Outgoing outgoing = m_outgoing.Pop();
        uint32_t size = outgoing.packet->GetSize();
        m_waitingBytes -= size;
        DtlsSession* session = m_sessions.Find(outgoing.peer);
        if (session && session->established &&
            session->channel->Send(session->GetChannelTime(), ToSpannedBytes(outgoing.packet)))
        {
            m_sessions.Touch(*session);
            FinishTask(*session, {{}, {}, size, false});
            return true;
        }
        m_dtlsFactory->NotifyDropped(outgoing.packet, ToSocketAddress(outgoing.peer), "closed");
    }
    return false;
}

bool
DtlsSocket::CloseNext()
{
    if (!m_closing || m_closed)
    {
        return false;
    }
    if (!m_sessions.empty())
    {
        CloseSession(m_sessions.GetOldest());
        return true;
    }
    m_closed = true;
    m_listener.reset();
    GetTransport()->Close();
    Unregister();
    return false;
}

void
DtlsSocket::CloseSession(DtlsSession& session)
{
    if (session.established)
    {
        session.channel->Close(session.GetChannelTime());
        FinishTask(session, {{}, {}, 0, true});
    }
    else
    {
        RemoveSession(session, "closed");
    }
}

bool
DtlsSocket::ReceiveInput()
{
    Address from;
    while (Ptr<Packet> packet = GetTransport()->RecvFrom(from))
    {
        if (Dispatch({ToPeerAddress(from), ToBytes(packet), m_arrivals.Take()}))
        {
            return true;
        }
    }
    m_arrivals.Clear();
    m_readable = false;
    return false;
}

bool
DtlsSocket::Dispatch(const Incoming& incoming)
{
    DtlsSession* session = m_sessions.Find(incoming.peer);
    const bool starts = session && session->startPending;
    if (session && !starts && !session->IsStartedOverBy(incoming.bytes))
    {
        if (!session->established)
        {
            m_sessions.Touch(*session); // later on a record must prove that it is the peer's
        }
        session->channel->Receive(session->GetChannelTime(), incoming.bytes);
        FinishTask(*session, {{}, {}, 0, false, incoming.arrived});
        return true;
    }
    if (m_closing)
    {
        return false;
    }
    if (starts || !IsServer() || !tls::DatagramListener::IsClientHello(incoming.bytes))
    {
        m_dtlsFactory->NotifyRejected(tls::RejectionReason::NoSession,
                                      ToSocketAddress(incoming.peer));
        return false;
    }
    ReceiveAtListener(incoming);
    return true;
}

void
DtlsSocket::ReceiveAtListener(const Incoming& incoming)
{
    if (!m_listener)
    {
        m_listener = std::make_unique<tls::DatagramListener>(m_dtlsFactory->GetContext(),
                                                             m_dtlsFactory->GetRandomSource());
    }
    const tls::Offer offer{m_sessions.Find(incoming.peer) != nullptr,
                           FindEvictable(tls::Eviction::Handshake) != nullptr,
                           FindEvictable(tls::Eviction::Session) != nullptr};
    m_listener->Receive(SimulatedNow(), incoming.peer, incoming.bytes, offer);
    sansio::Operations operations = m_listener->TakeOperations();
    std::vector<tls::AddressedDatagram> answers;
    DtlsSession* adopted = nullptr;
    while (auto event = m_listener->PollEvent())
    {
        if (auto newPeer = std::get_if<tls::NewPeer>(&*event))
        {
            answers = Evict(newPeer->evicts, operations);
            adopted = &AdoptPeer(std::move(*newPeer));
        }
        else
        {
            auto& refused = std::get<tls::PeerRefused>(*event);
            m_dtlsFactory->NotifyRefused(refused.reason, ToSocketAddress(refused.peer));
        }
    }
    if (adopted)
    {
        sansio::ByteView random = tls::DatagramListener::GetClientRandom(incoming.bytes);
        adopted->clientRandom.assign(random.begin(), random.end());
        FinishTask(*adopted,
                   {std::move(operations), std::move(answers), 0, false, incoming.arrived});
        return;
    }
    while (auto answer = m_listener->TakeTransmit())
    {
        answers.push_back(std::move(*answer));
    }
    Settle(Charge(operations, incoming.arrived),
           [this, answers = std::move(answers)] { SendDatagrams(answers); });
}

DtlsSession&
DtlsSocket::AdoptPeer(tls::NewPeer newPeer)
{
    if (DtlsSession* former = m_sessions.Find(newPeer.peer))
    {
        RemoveSession(*former, "closed"); // of a peer that starts over
    }
    DtlsSession& session = m_sessions.Add(newPeer.peer, tls::Role::Server);
    session.channel = std::move(newPeer.channel);
    return session;
}

DtlsSession*
DtlsSocket::FindEvictable(tls::Eviction eviction)
{
    if (eviction == tls::Eviction::Handshake)
    {
        DtlsSession* oldest = m_sessions.FindOldestHandshake();
        const Time grace = m_dtlsFactory->GetHandshakeGrace();
        return oldest && oldest->started + grace <= Simulator::Now() ? oldest : nullptr;
    }
    const Time unused = m_dtlsFactory->GetStaleTime();
    const bool wanted = eviction == tls::Eviction::Session && unused.IsStrictlyPositive();
    return wanted ? m_sessions.FindUnused(unused) : nullptr;
}

std::vector<tls::AddressedDatagram>
DtlsSocket::Evict(tls::Eviction eviction, sansio::Operations& operations)
{
    std::vector<tls::AddressedDatagram> farewell;
    if (DtlsSession* evicted = FindEvictable(eviction))
    {
        m_dtlsFactory->NotifyEvicted(evicted->address,
                                     evicted->established,
                                     Simulator::Now() - evicted->started);
        if (evicted->established)
        {
            evicted->channel->Close(evicted->GetChannelTime()); // a peer that lives starts over
            farewell.push_back({evicted->peer, evicted->channel->TakeTransmit()});
            Append(operations, evicted->channel->TakeOperations());
        }
        RemoveSession(*evicted, "evicted");
    }
    return farewell;
}

void
DtlsSocket::FinishTask(DtlsSession& session, TaskOptions options)
{
    std::vector<sansio::SpannedBytes> datagrams;
    for (auto bytes = session.channel->TakeTransmit(); !bytes.empty();
         bytes = session.channel->TakeTransmit())
    {
        datagrams.push_back(std::move(bytes));
    }
    std::vector<tls::Event> events;
    while (auto event = session.channel->PollEvent())
    {
        events.push_back(std::move(*event));
    }
    sansio::Operations operations = std::move(options.before);
    Append(operations, session.channel->TakeOperations());

    Time delay = Charge(operations, options.arrived);
    session.stopped += ToDuration(delay);
    auto timeout = session.channel->GetNextTimeout();
    m_sessions.SetDeadline(session,
                           timeout ? std::optional(*timeout + session.stopped) : std::nullopt);
    auto release = [this,
                    id = session.id,
                    peer = session.peer,
                    plaintext = options.plaintext,
                    last = options.last,
                    others = std::move(options.datagrams),
                    datagrams = std::move(datagrams),
                    events = std::move(events)] {
        SendDatagrams(others);
        for (const sansio::SpannedBytes& datagram : datagrams)
        {
            SendDatagram(peer, datagram);
        }
        for (const tls::Event& event : events)
        {
            if (DtlsSession* receiver = m_sessions.Find(peer, id))
            {
                std::visit([&](const auto& e) { HandleEvent(*receiver, e); }, event);
            }
        }
        if (plaintext > 0)
        {
            NotifyDataSent(plaintext);
            NotifySend(GetTxAvailable());
        }
        DtlsSession* ended = last ? m_sessions.Find(peer, id) : nullptr;
        if (ended)
        {
            RemoveSession(*ended, "closed");
        }
    };
    Settle(delay, std::move(release));
}

void
DtlsSocket::SendDatagrams(const std::vector<tls::AddressedDatagram>& datagrams)
{
    for (const tls::AddressedDatagram& datagram : datagrams)
    {
        SendDatagram(datagram.peer, datagram.bytes);
    }
}

void
DtlsSocket::SendDatagram(const sansio::PeerAddress& peer, const sansio::SpannedBytes& bytes)
{
    CopyOptions();
    Ptr<Packet> packet = ToPacket(bytes);
    if (GetIpTos())
    {
        // ns-3's UDP asks the address or this tag in SendTo(), not (in older versions) the socket.
        SocketIpTosTag tag;
        tag.SetTos(GetIpTos());
        packet->AddPacketTag(tag);
    }
    GetTransport()->SendTo(packet, 0, ToSocketAddress(peer));
}

// What a channel tells

void
DtlsSocket::HandleEvent(DtlsSession& session, const tls::HandshakeCompleted& completed)
{
    m_sessions.NoteEstablished(session);
    m_sessions.Touch(session);
    while (!session.waiting.empty())
    {
        m_outgoing.Push({session.peer, session.waiting.Pop()});
    }
    bool client = session.role == tls::Role::Client;
    m_dtlsFactory->NotifyCompleted(completed, session.address, Simulator::Now() - session.started);
    if (client && !m_closing)
    {
        NotifyConnectionSucceeded();
    }
}

void
DtlsSocket::HandleEvent(DtlsSession& session, const tls::HandshakeFailed& failed)
{
    bool client = session.role == tls::Role::Client;
    m_dtlsFactory->NotifyFailed(failed, session.address);
    RemoveSession(session, "handshake-failed");
    if (client && !m_closing)
    {
        NotifyConnectionFailed();
    }
}

void
DtlsSocket::HandleEvent(DtlsSession& session, const tls::Plaintext& plaintext)
{
    m_sessions.Touch(session);
    if (IsReceiveShut() || m_closing)
    {
        return;
    }
    auto packet = Create<Packet>(plaintext.bytes.data(), plaintext.bytes.size());
    if (m_received.GetSize() + packet->GetSize() > m_dtlsFactory->GetReceiveBufferSize())
    {
        m_dtlsFactory->NotifyDropped(packet, session.address, "receive-buffer-full");
        return;
    }
    m_received.Push(packet, session.address);
    NotifyDataRecv();
}

void
DtlsSocket::HandleEvent(DtlsSession& session, const tls::Closed& closed)
{
    const bool connected = IsConnection(session);
    RemoveSession(session, "closed");
    if (connected)
    {
        NotifyNormalClose();
    }
}

void
DtlsSocket::HandleEvent(DtlsSession& session, const tls::ConnectionFailed& failed)
{
    const bool connected = IsConnection(session);
    m_dtlsFactory->NotifyConnectionFailed(failed, session.address);
    RemoveSession(session, "closed");
    if (connected)
    {
        NotifyErrorClose();
    }
}

void
DtlsSocket::HandleEvent(DtlsSession& session, const tls::RecordRejected& rejected)
{
    m_dtlsFactory->NotifyRejected(rejected.reason, session.address);
}

void
DtlsSocket::HandleEvent(DtlsSession& session, const tls::FlightRetransmitted& retransmitted)
{
    m_dtlsFactory->NotifyRetransmitted(retransmitted.datagrams, session.address);
}

} // namespace ns3
