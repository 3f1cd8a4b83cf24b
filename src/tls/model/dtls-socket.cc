// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/dtls-socket.h"

#include "tls/model/dtls-socket-factory.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"

#include <algorithm>
#include <utility>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(DtlsSocket);

namespace
{

constexpr uint32_t MAX_PLAINTEXT = 16384; // RFC 6347 section 4.3.1, RFC 5246 section 6.2.1

} // namespace

TypeId
DtlsSocket::GetTypeId()
{
    static TypeId tid = TypeId("ns3::DtlsSocket").SetParent<SecureSocket>().SetGroupName("Tls");
    return tid;
}

DtlsSocket::DtlsSocket()
    : m_port(*this, *this)
{
}

DtlsSocket::~DtlsSocket() = default;

void
DtlsSocket::DoDispose()
{
    m_port.Stop();
    SecureSocket::DoDispose();
}

void
DtlsSocket::Setup(Ptr<DtlsSocketFactory> factory, Ptr<Socket> transport)
{
    SecureSocket::Setup(factory, transport);
    m_dtlsFactory = factory;
    m_port.Setup(factory, transport);
}

size_t
DtlsSocket::GetMemory() const
{
    constexpr size_t REPLAY_WINDOW = 8; // RFC 6347 section 4.1.2.6
    return m_port.GetSessions().size() * (GetSessionMemory(tls::Version::Dtls12) + REPLAY_WINDOW) +
           m_port.GetWaiting() + m_received.GetSize();
}

uint32_t
DtlsSocket::GetSessionCount() const
{
    return m_port.GetSessions().size();
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
    m_port.Run();
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
    if (m_port.IsClosing())
    {
        return Fail(ERROR_BADF);
    }
    m_received.Clear();
    m_port.Close();
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
    return std::min(MAX_PLAINTEXT, size - std::min(size, m_port.GetWaiting()));
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
    if (IsSendShut() || m_port.IsClosing())
    {
        return Fail(m_port.IsClosing() ? ERROR_BADF : ERROR_SHUTDOWN);
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
    if (!m_port.Send(*session, packet))
    {
        return Fail(ERROR_AGAIN);
    }
    return static_cast<int>(size);
}

DtlsSession*
DtlsSocket::OpenSession(const Address& to)
{
    bool inet = InetSocketAddress::IsMatchingType(to);
    bool inet6 = Inet6SocketAddress::IsMatchingType(to);
    if ((!inet && !inet6) || m_port.IsClosing())
    {
        Fail(m_port.IsClosing() ? ERROR_BADF : ERROR_AFNOSUPPORT);
        return nullptr;
    }
    if (inet ? InetSocketAddress::ConvertFrom(to).GetIpv4().IsMulticast()
             : Inet6SocketAddress::ConvertFrom(to).GetIpv6().IsMulticast())
    {
        Fail(ERROR_OPNOTSUPP);
        return nullptr;
    }
    DtlsSession* session = m_port.OpenSession(to);
    if (!session)
    {
        Fail(ERROR_AGAIN);
        return nullptr;
    }
    Register();
    return session;
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
    if (const DtlsSession* session = m_port.GetSessions().Find(peer))
    {
        identity = session->channel->GetPeerIdentity();
    }
    identity.address = peer;
    return identity;
}

// What the port asks and tells

bool
DtlsSocket::IsServer() const
{
    return m_bound && GetPeer().IsInvalid();
}

void
DtlsSocket::HandleConnected(bool success)
{
    success ? NotifyConnectionSucceeded() : NotifyConnectionFailed();
}

void
DtlsSocket::HandleClosed(const Address& peer, bool failed)
{
    if (ToPeerAddress(peer) == ToPeerAddress(GetPeer()))
    {
        failed ? NotifyErrorClose() : NotifyNormalClose();
    }
}

void
DtlsSocket::HandlePlaintext(Ptr<Packet> packet, const Address& from)
{
    if (IsReceiveShut())
    {
        return;
    }
    if (m_received.GetSize() + packet->GetSize() > m_dtlsFactory->GetReceiveBufferSize())
    {
        m_dtlsFactory->NotifyDropped(packet, from, "receive-buffer-full");
        return;
    }
    m_received.Push(packet, from);
    NotifyDataRecv();
}

void
DtlsSocket::HandleSending(Ptr<Packet> datagram)
{
    CopyOptions();
    if (GetIpTos())
    {
        // ns-3's UDP asks the address or this tag in SendTo(), not (in older versions) the socket.
        SocketIpTosTag tag;
        tag.SetTos(GetIpTos());
        datagram->AddPacketTag(tag);
    }
}

void
DtlsSocket::HandleSent(uint32_t size)
{
    NotifyDataSent(size);
    NotifySend(GetTxAvailable());
}

void
DtlsSocket::HandleGone()
{
    Unregister();
}

} // namespace ns3
