// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/tls-socket-factory.h"

#include "tls/model/tls-socket.h"

#include "ns3/boolean.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <stdexcept>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TlsSocketFactory);

TypeId
TlsSocketFactory::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TlsSocketFactory")
            .SetParent<SecureSocketFactory>()
            .SetGroupName("Tls")
            .AddConstructor<TlsSocketFactory>()
            .AddAttribute("Version",
                          "The version that is spoken: 1.2 or 1.3.",
                          StringValue("1.2"),
                          MakeStringAccessor(&TlsSocketFactory::m_version),
                          MakeStringChecker())
            .AddAttribute("Transport",
                          "The factory of the stream sockets below.",
                          TypeIdValue(TcpSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&TlsSocketFactory::m_transport),
                          MakeTypeIdChecker())
            .AddAttribute("HandshakeTimeout",
                          "How long a handshake may take from the established TCP connection on; "
                          "0: for ever.",
                          TimeValue(Seconds(300)),
                          MakeTimeAccessor(&TlsSocketFactory::m_handshakeTimeout),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("EvictOldest",
                          "A new peer that finds MaxHalfOpen reached takes the place of the "
                          "handshake that began first, which PeerRefused tells as \"evicted\". It "
                          "costs honest peers with slow links their handshakes under a flood.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TlsSocketFactory::m_evictOldest),
                          MakeBooleanChecker())
            .AddAttribute("SndBufSize",
                          "Most bytes of a socket that wait for the transport to take them; beyond "
                          "them Send() refuses.",
                          UintegerValue(65536),
                          MakeUintegerAccessor(&TlsSocketFactory::m_sendBufferSize),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("RcvBufSize",
                          "Bytes of plaintext that wait for the application before the socket "
                          "stops reading from the transport; one read more may be held.",
                          UintegerValue(65536),
                          MakeUintegerAccessor(&TlsSocketFactory::m_receiveBufferSize),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

Ptr<Socket>
TlsSocketFactory::CreateSocket()
{
    GetContext(); // a wrong setting is reported here, not in the middle of a connection
    auto socket = CreateObject<TlsSocket>();
    socket->Setup(this, Socket::CreateSocket(GetNode(), m_transport));
    return socket;
}

Time
TlsSocketFactory::GetHandshakeTimeout() const
{
    return m_handshakeTimeout;
}

bool
TlsSocketFactory::EvictsOldest() const
{
    return m_evictOldest;
}

uint32_t
TlsSocketFactory::GetSendBufferSize() const
{
    return m_sendBufferSize;
}

uint32_t
TlsSocketFactory::GetReceiveBufferSize() const
{
    return m_receiveBufferSize;
}

tls::Version
TlsSocketFactory::GetVersion() const
{
    if (m_version == "1.2")
    {
        return tls::Version::Tls12;
    }
    if (m_version == "1.3")
    {
        return tls::Version::Tls13;
    }
    throw std::runtime_error("Version '" + m_version + "': expected 1.2 or 1.3");
}

} // namespace ns3
