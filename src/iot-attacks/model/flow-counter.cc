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

constexpr uint32_t IPV4_DESTINATION = 16;
constexpr uint32_t IPV6_DESTINATION = 24;
constexpr uint32_t IPV6_HEADER = 40;
constexpr uint32_t PORTS = 4; ///< bytes: the source's, the destination's
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
    if (IsSent(packet))
    {
        m_sent(packet->GetSize());
    }
}

void
FlowCounter::HandleReceive4(Ptr<const Packet> packet, Ptr<Ipv4> ipv4, uint32_t interface)
{
    if (IsReceived(packet))
    {
        m_received(packet->GetSize());
    }
}

void
FlowCounter::HandleTransmit6(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
{
    if (IsSent(packet))
    {
        m_sent(packet->GetSize());
    }
}

void
FlowCounter::HandleReceive6(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
{
    if (IsReceived(packet))
    {
        m_received(packet->GetSize());
    }
}

FlowCounter::Headers
FlowCounter::Read(Ptr<const Packet> packet) const
{
    Headers headers;
    const uint32_t size = packet->CopyData(headers.bytes, sizeof(headers.bytes));
    headers.transport = m_ipv6 ? IPV6_HEADER : 4u * (headers.bytes[0] & 0x0f);
    headers.transport = size < headers.transport + PORTS ? 0 : headers.transport;
    return headers;
}

bool
FlowCounter::IsRemotePort(const uint8_t* port) const
{
    return (port[0] << 8 | port[1]) == m_port;
}

bool
FlowCounter::IsSent(Ptr<const Packet> packet) const
{
    const Headers headers = Read(packet);
    const uint8_t* destination = headers.bytes + (m_ipv6 ? IPV6_DESTINATION : IPV4_DESTINATION);
    return headers.transport > 0 && std::memcmp(destination, m_address, m_ipv6 ? 16 : 4) == 0 &&
           IsRemotePort(headers.bytes + headers.transport + DESTINATION_PORT);
}

bool
FlowCounter::IsReceived(Ptr<const Packet> packet) const
{
    const Headers headers = Read(packet);
    return headers.transport > 0 && IsRemotePort(headers.bytes + headers.transport);
}

} // namespace ns3
