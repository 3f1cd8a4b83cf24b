// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/flow-counter.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-l3-protocol.h"

#include <cstring>

namespace ns3
{

namespace
{

constexpr uint32_t IPV4_SOURCE = 12;
constexpr uint32_t IPV4_DESTINATION = 16;
constexpr uint32_t IPV6_SOURCE = 8;
constexpr uint32_t IPV6_DESTINATION = 24;
constexpr uint32_t IPV6_HEADER = 40;
constexpr uint32_t SOURCE_PORT = 0;
constexpr uint32_t DESTINATION_PORT = 2;

} // namespace

FlowCounter::FlowCounter(Ptr<Node> node, const Address& remote, Handler sent, Handler received)
    : m_node(node),
      m_ipv6(Inet6SocketAddress::IsMatchingType(remote)),
      m_sent(std::move(sent)),
      m_received(std::move(received))
{
    if (m_ipv6)
    {
        const auto inet = Inet6SocketAddress::ConvertFrom(remote);
        inet.GetIpv6().Serialize(m_address);
        m_port = inet.GetPort();
        auto ip = node->GetObject<Ipv6L3Protocol>();
        ip->TraceConnectWithoutContext("Tx", MakeCallback(&FlowCounter::HandleTransmit6, this));
        ip->TraceConnectWithoutContext("Rx", MakeCallback(&FlowCounter::HandleReceive6, this));
        return;
    }
    const auto inet = InetSocketAddress::ConvertFrom(remote);
    inet.GetIpv4().Serialize(m_address);
    m_port = inet.GetPort();
    auto ip = node->GetObject<Ipv4L3Protocol>();
    ip->TraceConnectWithoutContext("Tx", MakeCallback(&FlowCounter::HandleTransmit4, this));
    ip->TraceConnectWithoutContext("Rx", MakeCallback(&FlowCounter::HandleReceive4, this));
}

FlowCounter::~FlowCounter()
{
    if (m_ipv6)
    {
        auto ip = m_node->GetObject<Ipv6L3Protocol>();
        ip->TraceDisconnectWithoutContext("Tx", MakeCallback(&FlowCounter::HandleTransmit6, this));
        ip->TraceDisconnectWithoutContext("Rx", MakeCallback(&FlowCounter::HandleReceive6, this));
        return;
    }
    auto ip = m_node->GetObject<Ipv4L3Protocol>();
    ip->TraceDisconnectWithoutContext("Tx", MakeCallback(&FlowCounter::HandleTransmit4, this));
    ip->TraceDisconnectWithoutContext("Rx", MakeCallback(&FlowCounter::HandleReceive4, this));
}

void
FlowCounter::HandleTransmit4(Ptr<const Packet> packet, Ptr<Ipv4> ipv4, uint32_t interface)
{
    if (Matches(packet, IPV4_DESTINATION, DESTINATION_PORT))
    {
        m_sent(packet->GetSize());
    }
}

void
FlowCounter::HandleReceive4(Ptr<const Packet> packet, Ptr<Ipv4> ipv4, uint32_t interface)
{
    if (Matches(packet, IPV4_SOURCE, SOURCE_PORT))
    {
        m_received(packet->GetSize());
    }
}

void
FlowCounter::HandleTransmit6(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
{
    if (Matches(packet, IPV6_DESTINATION, DESTINATION_PORT))
    {
        m_sent(packet->GetSize());
    }
}

void
FlowCounter::HandleReceive6(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
{
    if (Matches(packet, IPV6_SOURCE, SOURCE_PORT))
    {
        m_received(packet->GetSize());
    }
}

bool
FlowCounter::Matches(Ptr<const Packet> packet, uint32_t addressAt, uint32_t portAt) const
{
    uint8_t bytes[64]; // the longest header of IPv4, and the ports
    const uint32_t size = packet->CopyData(bytes, sizeof(bytes));
    const uint32_t header = m_ipv6 ? IPV6_HEADER : 4u * (bytes[0] & 0x0f);
    if (size < header + portAt + 2)
    {
        return false;
    }
    const uint8_t* port = bytes + header + portAt;
    return std::memcmp(bytes + addressAt, m_address, m_ipv6 ? 16 : 4) == 0 &&
           (port[0] << 8 | port[1]) == m_port;
}

} // namespace ns3
