// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/report-finder.h"

#include "iot-scenario/model/report.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/ipv6-l3-protocol.h"
#include "ns3/node.h"
#include "ns3/udp-l4-protocol.h"

namespace ns3
{

namespace
{

constexpr size_t IPV6_HEADER = 40;
constexpr size_t UDP_HEADER = 8;
constexpr size_t NEXT_HEADER_AT = 6;

} // namespace

ReportFinder::ReportFinder(const NodeContainer& sensors, size_t payload, bool secure)
    : m_payload(payload),
      m_secure(secure)
{
    for (uint32_t i = 0; m_secure && i < sensors.GetN(); i++)
    {
        sensors.Get(i)->GetObject<Ipv6L3Protocol>()->TraceConnectWithoutContext(
            "Tx",
            MakeCallback(&ReportFinder::HandleSent, this));
    }
}

void
ReportFinder::HandleSent(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
{
    const sansio::SpannedBytes datagram = ToSpannedBytes(packet);
    const sansio::ByteView bytes = datagram.GetView();
    if (bytes.size() <= IPV6_HEADER + UDP_HEADER ||
        bytes[NEXT_HEADER_AT] != UdpL4Protocol::PROT_NUMBER)
    {
        return;
    }
    for (const sansio::Span& span : datagram.GetSpans())
    {
        if (span.provenance.report != 0)
        {
            m_datagrams[bytes.From(IPV6_HEADER + UDP_HEADER).ToBytes()] = span.provenance.report;
            return;
        }
    }
}

uint64_t
ReportFinder::Find(const sansio::Bytes& message) const
{
    if (m_secure)
    {
        const auto found = m_datagrams.find(message);
        return found == m_datagrams.end() ? 0 : found->second;
    }
    if (message.size() < m_payload)
    {
        return 0;
    }
    const auto report = Report::Decode(sansio::Bytes(message.end() - m_payload, message.end()));
    return report ? report->GetId() : 0;
}

} // namespace ns3
