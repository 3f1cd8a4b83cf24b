// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/tcp-retransmission-counter.h"

#include "ns3/ipv4-header.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-header.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"

namespace ns3
{

void
TcpRetransmissionCounter::Attach(Ptr<Node> node)
{
    if (auto ipv4 = node->GetObject<Ipv4L3Protocol>())
    {
        ipv4->TraceConnectWithoutContext("SendOutgoing",
                                         MakeCallback(&TcpRetransmissionCounter::SentIpv4, this));
    }
    if (auto ipv6 = node->GetObject<Ipv6L3Protocol>())
    {
        ipv6->TraceConnectWithoutContext("SendOutgoing",
                                         MakeCallback(&TcpRetransmissionCounter::SentIpv6, this));
    }
}

void
TcpRetransmissionCounter::CountOnlyTo(std::set<Address> peers)
{
    m_peers = std::move(peers);
}

uint64_t
TcpRetransmissionCounter::GetCount() const
{
    return m_count;
}

void
TcpRetransmissionCounter::SetNotify(std::function<void(uint16_t)> notify)
{
    m_notify = std::move(notify);
}

void
TcpRetransmissionCounter::SentIpv4(const Ipv4Header& ip,
                                   Ptr<const Packet> packet,
                                   uint32_t interface)
{
    if (ip.GetProtocol() == TcpL4Protocol::PROT_NUMBER)
    {
        Look(ip.GetSource(), ip.GetDestination(), packet);
    }
}

void
TcpRetransmissionCounter::SentIpv6(const Ipv6Header& ip,
                                   Ptr<const Packet> packet,
                                   uint32_t interface)
{
    if (ip.GetNextHeader() == TcpL4Protocol::PROT_NUMBER)
    {
        Look(ip.GetSource(), ip.GetDestination(), packet);
    }
}

void
TcpRetransmissionCounter::Look(const Address& from, const Address& to, Ptr<const Packet> segment)
{
    if (!m_peers.empty() && m_peers.count(to) == 0)
    {
        return;
    }
    TcpHeader header;
    segment->PeekHeader(header);
    const Flow flow{from, to, header.GetSourcePort(), header.GetDestinationPort()};
    const bool repeated = m_sent.IsRepeated(flow,
                                            {header.GetSequenceNumber().GetValue(),
                                             segment->GetSize() - header.GetLength() * 4,
                                             header.GetFlags()});
    if (!repeated)
    {
        return;
    }
    m_count++;
    if (m_notify)
    {
        m_notify(header.GetDestinationPort());
    }
}

} // namespace ns3
