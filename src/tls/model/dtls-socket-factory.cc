// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/dtls-socket-factory.h"

#include "sans-io/model/time-conversion.h"
#include "tls/model/dtls-socket.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <stdexcept>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(DtlsSocketFactory);

TypeId
DtlsSocketFactory::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::DtlsSocketFactory")
            .SetParent<SecureSocketFactory>()
            .SetGroupName("Tls")
            .AddConstructor<DtlsSocketFactory>()
            .AddAttribute("Version",
                          "The version that is spoken: 1.2.",
                          StringValue("1.2"),
                          MakeStringAccessor(&DtlsSocketFactory::m_version),
                          MakeStringChecker())
            .AddAttribute("Transport",
                          "The factory of the datagram sockets below.",
                          TypeIdValue(UdpSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&DtlsSocketFactory::m_transport),
                          MakeTypeIdChecker())
            .AddAttribute("CookieExchange",
                          "A server keeps no state before the client has returned a cookie (RFC "
                          "6347 section 4.2.1).",
                          BooleanValue(true),
                          MakeBooleanAccessor(&DtlsSocketFactory::m_cookieExchange),
                          MakeBooleanChecker())
            .AddAttribute("Mtu",
                          "Most bytes of a handshake datagram (UDP payload); longer messages are "
                          "fragmented by DTLS. Datagrams of the application are left to IP.",
                          UintegerValue(tls::Settings{}.mtu),
                          MakeUintegerAccessor(&DtlsSocketFactory::m_mtu),
                          MakeUintegerChecker<uint32_t>(64, 16384))
            .AddAttribute("InitialTimeout",
                          "How long a flight of the handshake waits for its answer before it is "
                          "sent again (RFC 6347 section 4.2.4.1); doubled each time.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&DtlsSocketFactory::m_initialTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("MaximumTimeout",
                          "Where the doubling of the timeout ends.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&DtlsSocketFactory::m_maximumTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("IdleTimeout",
                          "After how long without a datagram in either direction a session is "
                          "closed; 0: never.",
                          TimeValue(Hours(24)),
                          MakeTimeAccessor(&DtlsSocketFactory::m_idleTimeout),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("HandshakeTimeout",
                          "How long a handshake may take at the server from the accepted "
                          "ClientHello on; 0: as long as flights are repeated.",
                          TimeValue(Seconds(300)),
                          MakeTimeAccessor(&DtlsSocketFactory::m_handshakeTimeout),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("HandshakeGrace",
                          "At MaxHalfOpen or MaxSessions the handshake that began first gives its "
                          "place to a new peer that has returned a cookie, if it began this long "
                          "ago. Reported by SessionEvicted. Less than an honest handshake takes "
                          "on a slow link costs honest peers theirs.",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&DtlsSocketFactory::m_handshakeGrace),
                          MakeTimeChecker(Time(0)))
            .AddAttribute(
                "StaleTime",
                "At MaxSessions, where neither a handshake gives way nor a session of the "
                "new peer's own address, the established session used longest ago does "
                "so too, if it was not used for this time: it is closed for a new peer "
                "that has returned a cookie, and SessionEvicted tells of it. 0: never, "
                "the new peer is refused. It costs honest peers "
                "that are silent for longer: each begins anew, one whose close_notify "
                "is lost does not know that it has to, and what a server meant to tell "
                "it (CoAP notifications) is lost meanwhile.",
                TimeValue(Seconds(0)),
                MakeTimeAccessor(&DtlsSocketFactory::m_staleTime),
                MakeTimeChecker(Time(0)))
            .AddAttribute("MaxSessionsPerAddress",
                          "Most sessions of one address at a UDP port, handshakes included; a "
                          "new one beyond takes the place of the established one used longest "
                          "ago, or is ignored and reported by PeerRefused. 0 = unlimited.",
                          UintegerValue(tls::Limits{}.maxSessionsPerAddress),
                          MakeUintegerAccessor(&DtlsSocketFactory::m_maxSessionsPerAddress),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("SessionRatePerAddress",
                          "New sessions per second of one address in the long run, counted when "
                          "the address has returned its cookie; one beyond is ignored and reported "
                          "by PeerRefused. 0 = unlimited.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&DtlsSocketFactory::m_sessionRatePerAddress),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("SessionBurstPerAddress",
                          "New sessions of one address at once under SessionRatePerAddress.",
                          UintegerValue(10),
                          MakeUintegerAccessor(&DtlsSocketFactory::m_sessionBurstPerAddress),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxRateEntries",
                          "Most addresses whose rate is known; beyond, the one that was heard "
                          "longest ago is forgotten.",
                          UintegerValue(tls::Limits{}.maxRateEntries),
                          MakeUintegerAccessor(&DtlsSocketFactory::m_maxRateEntries),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("SndBufSize",
                          "Most bytes of a socket that wait for handshakes or for the processor; "
                          "a datagram beyond them is refused and reported by Dropped.",
                          UintegerValue(16384),
                          MakeUintegerAccessor(&DtlsSocketFactory::m_sendBufferSize),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("RcvBufSize",
                          "Most bytes of plaintext that wait for the application; a datagram "
                          "beyond them is dropped and reported by Dropped.",
                          UintegerValue(131072),
                          MakeUintegerAccessor(&DtlsSocketFactory::m_receiveBufferSize),
                          MakeUintegerChecker<uint32_t>())
            .AddTraceSource("Dropped",
                            "A datagram of the application was not sent, or one that arrived was "
                            "not delivered.",
                            MakeTraceSourceAccessor(&DtlsSocketFactory::m_droppedTrace),
                            "ns3::DtlsSocketFactory::DroppedTracedCallback")
            .AddTraceSource("SessionEvicted",
                            "A handshake (HandshakeGrace) or an established session, of the same "
                            "address or an unused one (StaleTime), has given its place to a new "
                            "peer.",
                            MakeTraceSourceAccessor(&DtlsSocketFactory::m_evictedTrace),
                            "ns3::DtlsSocketFactory::SessionEvictedTracedCallback");
    return tid;
}

Ptr<Socket>
DtlsSocketFactory::CreateSocket()
{
    GetContext(); // a wrong setting is reported here, not in the middle of a session
    auto socket = CreateObject<DtlsSocket>();
    socket->Setup(this, Socket::CreateSocket(GetNode(), m_transport));
    return socket;
}

Time
DtlsSocketFactory::GetIdleTimeout() const
{
    return m_idleTimeout;
}

Time
DtlsSocketFactory::GetHandshakeGrace() const
{
    return m_handshakeGrace;
}

Time
DtlsSocketFactory::GetStaleTime() const
{
    return m_staleTime;
}

void
DtlsSocketFactory::NotifyEvicted(const Address& peer, bool established, Time age)
{
    m_evictedTrace(peer, established, age);
}

Time
DtlsSocketFactory::GetHandshakeTimeout() const
{
    return m_handshakeTimeout;
}

uint32_t
DtlsSocketFactory::GetSendBufferSize() const
{
    return m_sendBufferSize;
}

uint32_t
DtlsSocketFactory::GetReceiveBufferSize() const
{
    return m_receiveBufferSize;
}

void
DtlsSocketFactory::NotifyDropped(Ptr<const Packet> packet,
                                 const Address& peer,
                                 const std::string& reason)
{
    m_droppedTrace(packet, peer, reason);
}

tls::Version
DtlsSocketFactory::GetVersion() const
{
    if (m_version != "1.2")
    {
        throw std::runtime_error("Version '" + m_version + "': expected 1.2, the only one of DTLS");
    }
    return tls::Version::Dtls12;
}

void
DtlsSocketFactory::CompleteSettings(tls::Settings& settings) const
{
    settings.cookieExchange = m_cookieExchange;
    settings.mtu = m_mtu;
    settings.initialTimeout = ToDuration(m_initialTimeout);
    settings.maximumTimeout = ToDuration(m_maximumTimeout);
    settings.limits.maxSessionsPerAddress = m_maxSessionsPerAddress;
    settings.limits.ratePerAddress = {m_sessionRatePerAddress, m_sessionBurstPerAddress};
    settings.limits.maxRateEntries = m_maxRateEntries;
}

} // namespace ns3
