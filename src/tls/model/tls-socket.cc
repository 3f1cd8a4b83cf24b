// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/tls-socket.h"

#include "tls/model/tls-socket-factory.h"

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
    : m_connection(*this, *this)
{
}

TlsSocket::~TlsSocket()
{
    StopListening();
}

void
TlsSocket::DoDispose()
{
    StopListening();
    m_connection.Stop();
    m_listener = nullptr;
    SecureSocket::DoDispose();
}

void
TlsSocket::Setup(Ptr<TlsSocketFactory> factory, Ptr<Socket> transport)
{
    SecureSocket::Setup(factory, transport);
    m_tlsFactory = factory;
    m_connection.Setup(factory);
}

size_t
TlsSocket::GetMemory() const
{
    return m_connection.GetMemory();
}

uint32_t
TlsSocket::GetSessionCount() const
{
    return m_connection.HasSession() ? 1 : 0;
}

Socket::SocketType
TlsSocket::GetSocketType() const
{
    return NS3_SOCK_STREAM;
}

int
TlsSocket::Connect(const Address& address)
{
    if (m_listening || !m_connection.IsIdle())
    {
        return Fail(m_listening ? ERROR_OPNOTSUPP : ERROR_ISCONN);
    }
    CopyOptions();
    SetPeer(address);
    m_connection.Open(GetTransport(), tls::Role::Client, address);
    Register();
    if (GetTransport()->Connect(address) < 0)
    {
        m_connection.Withdraw();
        Unregister();
        return Fail(GetTransport()->GetErrno());
    }
    return 0;
}

int
TlsSocket::Listen()
{
    if (m_listening || !m_connection.IsIdle())
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
    Register();
    return 0;
}

int
TlsSocket::Close()
{
    Ptr<TlsSocket> self(this);
    if (m_listening)
    {
        GetTransport()->Close();
        StopListening();
        m_connection.Stop();
        Unregister();
        return 0;
    }
    m_listener = nullptr;
    return m_connection.Close() ? 0 : Fail(ERROR_BADF);
}

int
TlsSocket::ShutdownSend()
{
    SecureSocket::ShutdownSend();
    m_connection.ShutdownSend();
    return 0;
}

int
TlsSocket::ShutdownRecv()
{
    SecureSocket::ShutdownRecv();
    m_connection.ShutdownRecv();
    return 0;
}

uint32_t
TlsSocket::GetTxAvailable() const
{
    return m_connection.GetRoom();
}

int
TlsSocket::Send(Ptr<Packet> packet, uint32_t flags)
{
    if (IsSendShut())
    {
        return Fail(ERROR_SHUTDOWN);
    }
    if (!m_connection.IsOpen())
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
        m_connection.Send(size == packet->GetSize() ? packet->Copy()
                                                    : packet->CreateFragment(0, size));
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
    return m_connection.GetReadable();
}

Ptr<Packet>
TlsSocket::Recv(uint32_t maxSize, uint32_t flags)
{
    Ptr<Packet> packet = m_connection.Read(maxSize);
    if (!packet && m_connection.IsReadToEnd())
    {
        return Create<Packet>(); // the end of the stream, as ns-3's TCP tells it
    }
    if (!packet)
    {
        Fail(ERROR_AGAIN);
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
    sansio::PeerIdentity identity = m_connection.GetPeerIdentity();
    identity.address = ToPeerAddress(GetPeer());
    return identity;
}

// A listener

void
TlsSocket::AcceptConnection(Ptr<Socket> transport, const Address& from)
{
    m_listening->MakeRoom();
    auto connection = CreateObject<TlsSocket>();
    connection->Setup(m_tlsFactory, transport);
    connection->Accept(this, from);
}

void
TlsSocket::Accept(Ptr<TlsSocket> listener, const Address& from)
{
    m_listener = listener;
    SetPeer(from);
    m_connection.Open(GetTransport(), tls::Role::Server, from);
    Register();
    m_connection.Occupy(listener->m_listening->TakeHandshake(m_connection),
                        listener->m_listening->TakeSession());
    m_connection.Start();
}

void
TlsSocket::StopListening()
{
    if (m_listening)
    {
        std::exchange(m_listening, nullptr)->Stop();
    }
}

// What the connection tells

void
TlsSocket::HandleConnected()
{
    Ptr<TlsSocket> listener = std::exchange(m_listener, nullptr);
    if (!listener)
    {
        NotifyConnectionSucceeded();
    }
    else if (listener->m_listening)
    {
        listener->NotifyNewConnectionCreated(this, GetPeer());
    }
    else
    {
        Close(); // nobody is left who would take it
    }
}

void
TlsSocket::HandleNotConnected()
{
    if (!std::exchange(m_listener, nullptr))
    {
        NotifyConnectionFailed();
    }
}

void
TlsSocket::HandlePlaintext()
{
    NotifyDataRecv();
}

void
TlsSocket::HandleSending()
{
    CopyOptions();
}

void
TlsSocket::HandleSent(uint32_t size)
{
    NotifyDataSent(size);
}

void
TlsSocket::HandleSendable(uint32_t room)
{
    NotifySend(room);
}

void
TlsSocket::HandleClosed(bool failed)
{
    failed ? NotifyErrorClose() : NotifyNormalClose();
}

void
TlsSocket::HandleGone()
{
    Unregister();
}

} // namespace ns3
