// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/security-meter.h"

#include "tls/model/dtls-socket-factory.h"

#include "ns3/inet6-socket-address.h"

#include <utility>

namespace ns3
{

void
SecurityMeter::Attach(Ptr<SecureSocketFactory> factory)
{
    factory->TraceConnectWithoutContext("HandshakeCompleted",
                                        MakeCallback(&SecurityMeter::HandleCompleted, this));
    factory->TraceConnectWithoutContext("HandshakeFailed",
                                        MakeCallback(&SecurityMeter::HandleFailed, this));
    factory->TraceConnectWithoutContext("PeerRefused",
                                        MakeCallback(&SecurityMeter::HandleRefused, this));
    if (DynamicCast<DtlsSocketFactory>(factory))
    {
        factory->TraceConnectWithoutContext("SessionEvicted",
                                            MakeCallback(&SecurityMeter::HandleEvicted, this));
    }
    factory->TraceConnectWithoutContext("RecordRejected",
                                        MakeCallback(&SecurityMeter::HandleRejected, this));
    factory->TraceConnectWithoutContext("FlightRetransmitted",
                                        MakeCallback(&SecurityMeter::HandleRetransmitted, this));
}

void
SecurityMeter::CountRepeatsOnlyTo(std::set<Address> hosts)
{
    m_repeatsTo = std::move(hosts);
}

const SecurityCounters&
SecurityMeter::GetCounters() const
{
    return m_counters;
}

void
SecurityMeter::HandleCompleted(const tls::HandshakeCompleted& completed,
                               const Address& peer,
                               Time duration)
{
    m_counters.completed++;
    m_counters.bytesSent += completed.bytesSent;
    m_counters.bytesReceived += completed.bytesReceived;
    m_counters.flights += completed.flights;
}

void
SecurityMeter::HandleFailed(const tls::HandshakeFailed& failed, const Address& peer)
{
    std::string reason = failed.alert ? tls::GetAlertName(*failed.alert) : failed.reason;
    m_counters.failures[reason.empty() ? "unknown" : reason]++;
}

void
SecurityMeter::HandleRefused(const std::string& reason, const Address& peer)
{
    m_counters.refusals[reason]++;
}

void
SecurityMeter::HandleEvicted(const Address& peer, bool established, Time age)
{
    m_counters.refusals[established ? "session-evicted" : "handshake-evicted"]++;
}

void
SecurityMeter::HandleRejected(tls::RejectionReason reason, const Address& peer)
{
    m_counters.rejected++;
    m_counters.rejections[tls::ToString(reason)]++;
}

void
SecurityMeter::HandleRetransmitted(uint32_t datagrams, const Address& peer)
{
    const bool known = Inet6SocketAddress::IsMatchingType(peer) &&
                       m_repeatsTo.count(Inet6SocketAddress::ConvertFrom(peer).GetIpv6()) > 0;
    if (m_repeatsTo.empty() || known)
    {
        m_counters.retransmissions += datagrams;
    }
}

} // namespace ns3
