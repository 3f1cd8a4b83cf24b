// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/secure-socket.h"

#include "tls/model/secure-socket-factory.h"

#include "ns3/node.h"

#include <utility>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SecureSocket);

TypeId
SecureSocket::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SecureSocket").SetParent<Socket>().SetGroupName("Tls");
    return tid;
}

SecureSocket::SecureSocket() = default;

SecureSocket::~SecureSocket() = default;

void
SecureSocket::DoDispose()
{
    Unregister();
    Socket::DoDispose();
}

void
SecureSocket::Setup(Ptr<SecureSocketFactory> factory, Ptr<Socket> transport)
{
    m_factory = factory;
    m_transport = transport;
}

Ptr<Socket>
SecureSocket::GetTransport() const
{
    return m_transport;
}

Socket::SocketErrno
SecureSocket::GetErrno() const
{
    return m_errno;
}

Ptr<Node>
SecureSocket::GetNode() const
{
    return m_transport->GetNode();
}

int
SecureSocket::Bind(const Address& address)
{
    return CheckTransport(m_transport->Bind(address));
}

int
SecureSocket::Bind()
{
    return CheckTransport(m_transport->Bind());
}

int
SecureSocket::Bind6()
{
    return CheckTransport(m_transport->Bind6());
}

int
SecureSocket::GetSockName(Address& address) const
{
    return CheckTransport(m_transport->GetSockName(address));
}

int
SecureSocket::GetPeerName(Address& address) const
{
    if (m_peer.IsInvalid())
    {
        return Fail(ERROR_NOTCONN);
    }
    address = m_peer;
    return 0;
}

int
SecureSocket::ShutdownSend()
{
    m_sendShut = true;
    return 0;
}

int
SecureSocket::ShutdownRecv()
{
    m_receiveShut = true;
    return 0;
}

void
SecureSocket::SetPeer(const Address& peer)
{
    m_peer = peer;
}

const Address&
SecureSocket::GetPeer() const
{
    return m_peer;
}

bool
SecureSocket::IsSendShut() const
{
    return m_sendShut;
}

bool
SecureSocket::IsReceiveShut() const
{
    return m_receiveShut;
}

void
SecureSocket::BindToNetDevice(Ptr<NetDevice> device)
{
    Socket::BindToNetDevice(device);
    m_transport->BindToNetDevice(device);
}

bool
SecureSocket::SetAllowBroadcast(bool allow)
{
    return !allow; // a session has one peer
}

bool
SecureSocket::GetAllowBroadcast() const
{
    return false;
}

void
SecureSocket::SetIpTtl(uint8_t ttl)
{
    Socket::SetIpTtl(ttl);
    m_transport->SetIpTtl(ttl);
}

void
SecureSocket::SetIpv6HopLimit(uint8_t limit)
{
    Socket::SetIpv6HopLimit(limit);
    m_transport->SetIpv6HopLimit(limit);
}

void
SecureSocket::CopyOptions()
{
    if (GetIpTos())
    {
        m_transport->SetIpTos(GetIpTos());
    }
    if (IsManualIpv6Tclass())
    {
        m_transport->SetIpv6Tclass(GetIpv6Tclass());
    }
    if (GetPriority())
    {
        m_transport->SetPriority(GetPriority());
    }
}

size_t
SecureSocket::GetSessionMemory(tls::Version version)
{
    constexpr size_t UP_TO_1_2 = 48 + 64 + 32 + 8 + 16;
    constexpr size_t IN_1_3 = 128 + 32 + 24 + 16;
    return sansio::ENTRY_MEMORY + (version == tls::Version::Tls13 ? IN_1_3 : UP_TO_1_2);
}

void
SecureSocket::UpdateMemory()
{
    if (m_registration)
    {
        m_factory->CountMemory(m_countedMemory, GetMemory());
        m_factory->CountSessions(m_countedSessions, GetSessionCount());
    }
}

void
SecureSocket::Register()
{
    if (!m_registration)
    {
        m_registration = m_factory->Keep(this);
    }
}

void
SecureSocket::Unregister()
{
    if (m_registration)
    {
        m_factory->CountMemory(m_countedMemory, 0);
        m_factory->CountSessions(m_countedSessions, 0);
        m_factory->Forget(std::exchange(m_registration, 0));
    }
}

int
SecureSocket::Fail(SocketErrno error) const
{
    m_errno = error;
    return -1;
}

int
SecureSocket::CheckTransport(int result) const
{
    if (result < 0)
    {
        m_errno = m_transport->GetErrno();
    }
    return result;
}

} // namespace ns3
