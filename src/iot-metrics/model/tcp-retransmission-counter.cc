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
    const bool syn = header.GetFlags() & TcpHeader::SYN;
    const bool fin = header.GetFlags() & TcpHeader::FIN;
    const uint32_t length = segment->GetSize() - header.GetLength() * 4 + syn + fin;
    if (length == 0)
    {
        return;
    }
    const SequenceNumber32 end = header.GetSequenceNumber() + length;
    Flow flow{from, to, header.GetSourcePort(), header.GetDestinationPort()};
    auto [entry, isNew] = m_highest.try_emplace(flow, end);
    // A SYN of another sequence number opens the same pair of ports anew.
    const bool reopened = syn && !isNew && entry->second != end;
    if (isNew || reopened || entry->second < end)
    {
        entry->second = end;
        return;
    }
    m_count++;
    if (m_notify)
    {
        m_notify(header.GetDestinationPort());
    }
}

} // namespace ns3
