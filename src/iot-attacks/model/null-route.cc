// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/null-route.h"

#include "ns3/ipv6-header.h"
#include "ns3/ipv6-route.h"
#include "ns3/output-stream-wrapper.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(NullRoute);

TypeId
NullRoute::GetTypeId()
{
    static TypeId tid = TypeId("ns3::NullRoute")
                            .SetParent<Ipv6RoutingProtocol>()
                            .SetGroupName("IotAttacks")
                            .AddConstructor<NullRoute>();
    return tid;
}

NullRoute::NullRoute() = default;

NullRoute::~NullRoute() = default;

void
NullRoute::SetPrefix(Ipv6Address network, Ipv6Prefix prefix)
{
    m_network = network;
    m_prefix = prefix;
}

uint64_t
NullRoute::GetDropped() const
{
    return m_dropped;
}

Ptr<Ipv6Route>
NullRoute::RouteOutput(Ptr<Packet> packet,
                       const Ipv6Header& header,
                       Ptr<NetDevice> device,
                       Socket::SocketErrno& error)
{
    error = Socket::ERROR_NOROUTETOHOST;
    return nullptr;
}

bool
NullRoute::RouteInput(Ptr<const Packet> packet,
                      const Ipv6Header& header,
                      Ptr<const NetDevice> device,
                      UnicastForwardCallback unicast,
                      MulticastForwardCallback multicast,
                      LocalDeliverCallback local,
                      ErrorCallback failed)
{
    if (!m_prefix.IsMatch(m_network, header.GetDestination()))
    {
        return false;
    }
    m_dropped++;
    return true; // dealt with
}

void
NullRoute::NotifyInterfaceUp(uint32_t interface)
{
}

void
NullRoute::NotifyInterfaceDown(uint32_t interface)
{
}

void
NullRoute::NotifyAddAddress(uint32_t interface, Ipv6InterfaceAddress address)
{
}

void
NullRoute::NotifyRemoveAddress(uint32_t interface, Ipv6InterfaceAddress address)
{
}

void
NullRoute::NotifyAddRoute(Ipv6Address destination,
                          Ipv6Prefix mask,
                          Ipv6Address nextHop,
                          uint32_t interface,
                          Ipv6Address prefixToUse)
{
}

void
NullRoute::NotifyRemoveRoute(Ipv6Address destination,
                             Ipv6Prefix mask,
                             Ipv6Address nextHop,
                             uint32_t interface,
                             Ipv6Address prefixToUse)
{
}

void
NullRoute::SetIpv6(Ptr<Ipv6> ipv6)
{
}

void
NullRoute::PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const
{
    *stream->GetStream() << "null route " << m_network << m_prefix << std::endl;
}

} // namespace ns3
