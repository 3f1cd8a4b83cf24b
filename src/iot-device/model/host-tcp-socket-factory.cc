// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/host-tcp-socket-factory.h"

#include "iot-device/model/host-tcp-socket.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/rtt-estimator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-recovery-ops.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/type-id.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(HostTcpSocketFactory);

TypeId
HostTcpSocketFactory::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::HostTcpSocketFactory")
            .SetParent<SocketFactory>()
            .SetGroupName("IotDevice")
            .AddConstructor<HostTcpSocketFactory>()
            .AddAttribute("Backlog",
                          "Most half-open connections of a listener; a further SYN is dropped, or "
                          "see EvictOldest. The default is what Mosquitto asks of listen().",
                          UintegerValue(100),
                          MakeUintegerAccessor(&HostTcpSocketFactory::m_backlog),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("EvictOldest",
                          "A SYN that finds the backlog full takes the place of the connection "
                          "that has been half open for longest.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&HostTcpSocketFactory::m_evictOldest),
                          MakeBooleanChecker())
            .AddAttribute("MaxConnections",
                          "Most connections of a listener whose handshake is complete, as its file "
                          "descriptors allow; a further SYN is dropped, a handshake that completes "
                          "beyond is reset. 0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&HostTcpSocketFactory::m_maxConnections),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxConnectionsPerAddress",
                          "Most connections of one address at a listener, half-open ones included; "
                          "a further SYN is dropped. 0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&HostTcpSocketFactory::m_maxConnectionsPerAddress),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("ConnectionRatePerAddress",
                          "New connections per second of one address in the long run; a SYN beyond "
                          "is dropped. 0 = unlimited.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&HostTcpSocketFactory::m_ratePerAddress),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("ConnectionBurstPerAddress",
                          "New connections of one address at once under ConnectionRatePerAddress.",
                          UintegerValue(10),
                          MakeUintegerAccessor(&HostTcpSocketFactory::m_burstPerAddress),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxRateEntries",
                          "Most addresses whose rate is known; beyond, the one that was heard "
                          "longest ago is forgotten.",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&HostTcpSocketFactory::m_maxRateEntries),
                          MakeUintegerChecker<uint32_t>(1))
            .AddTraceSource("HalfOpen",
                            "How many connections are half open.",
                            MakeTraceSourceAccessor(&HostTcpSocketFactory::m_halfOpen),
                            "ns3::TracedValueCallback::Uint32")
            .AddTraceSource("Connections",
                            "How many connections are established.",
                            MakeTraceSourceAccessor(&HostTcpSocketFactory::m_connections),
                            "ns3::TracedValueCallback::Uint32")
            .AddTraceSource("Refused",
                            "A connection was not made, or given up, because of a bound.",
                            MakeTraceSourceAccessor(&HostTcpSocketFactory::m_refusedTrace),
                            "ns3::HostTcpSocketFactory::RefusedTracedCallback");
    return tid;
}

HostTcpSocketFactory::HostTcpSocketFactory() = default;

HostTcpSocketFactory::~HostTcpSocketFactory() = default;

namespace
{

/// What an attribute of TCP names, as TcpL4Protocol itself makes it for a socket.
template <typename T>
Ptr<T>
Make(Ptr<TcpL4Protocol> tcp, const std::string& attribute)
{
    TypeIdValue type;
    tcp->GetAttribute(attribute, type);
    ObjectFactory factory;
    factory.SetTypeId(type.Get());
    return factory.Create<T>();
}

} // namespace

Ptr<Socket>
HostTcpSocketFactory::CreateSocket()
{
    Ptr<TcpL4Protocol> tcp = GetObject<TcpL4Protocol>();
    NS_ABORT_MSG_UNLESS(tcp, "HostTcpSocketFactory needs a node with an internet stack");
    auto rtt = Make<RttEstimator>(tcp, "RttEstimatorType");
    auto socket = CreateObject<HostTcpSocket>();
    auto congestion = Make<TcpCongestionOps>(tcp, "SocketType");
    auto recovery = Make<TcpRecoveryOps>(tcp, "RecoveryType");
    socket->SetFactory(this);
    socket->SetNode(GetObject<Node>());
    socket->SetTcp(tcp);
    socket->SetRtt(rtt);
    socket->SetCongestionControlAlgorithm(congestion);
    socket->SetRecoveryAlgorithm(recovery);
    tcp->AddSocket(socket);
    return socket;
}

uint32_t
HostTcpSocketFactory::GetHalfOpen() const
{
    return m_halfOpen;
}

uint32_t
HostTcpSocketFactory::GetPeakHalfOpen() const
{
    return m_peakHalfOpen;
}

uint32_t
HostTcpSocketFactory::GetConnections() const
{
    return m_connections;
}

uint32_t
HostTcpSocketFactory::GetPeakConnections() const
{
    return m_peakConnections;
}

const std::map<std::string, uint64_t>&
HostTcpSocketFactory::GetRefused() const
{
    return m_refused;
}

uint32_t
HostTcpSocketFactory::GetBacklog() const
{
    return m_backlog;
}

bool
HostTcpSocketFactory::EvictsOldest() const
{
    return m_evictOldest;
}

uint32_t
HostTcpSocketFactory::GetMaxConnections() const
{
    return m_maxConnections;
}

uint32_t
HostTcpSocketFactory::GetMaxConnectionsPerAddress() const
{
    return m_maxConnectionsPerAddress;
}

sansio::RateLimit
HostTcpSocketFactory::GetRatePerAddress() const
{
    return {m_ratePerAddress, m_burstPerAddress};
}

uint32_t
HostTcpSocketFactory::GetMaxRateEntries() const
{
    return m_maxRateEntries;
}

void
HostTcpSocketFactory::ChangeHalfOpen(int change)
{
    m_halfOpen = m_halfOpen + change;
    m_peakHalfOpen = std::max<uint32_t>(m_peakHalfOpen, m_halfOpen);
}

void
HostTcpSocketFactory::ChangeConnections(int change)
{
    m_connections = m_connections + change;
    m_peakConnections = std::max<uint32_t>(m_peakConnections, m_connections);
}

void
HostTcpSocketFactory::NotifyRefused(const Address& peer, const std::string& reason)
{
    m_refused[reason]++;
    m_refusedTrace(peer, reason);
}

} // namespace ns3
