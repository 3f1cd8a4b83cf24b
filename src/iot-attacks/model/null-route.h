// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/ipv6-routing-protocol.h"

namespace ns3
{

/**
 * A null route, as routers have it: what is to be forwarded to a prefix disappears, and nobody is
 * told (an unreachable destination would be reported by ICMPv6 instead). Everything else is left to
 * the next routing protocol of the list.
 */
class NullRoute : public Ipv6RoutingProtocol
{
  public:
    static TypeId GetTypeId();

    NullRoute();
    ~NullRoute() override;

    void SetPrefix(Ipv6Address network, Ipv6Prefix prefix);

    /// Datagrams that disappeared.
    uint64_t GetDropped() const;

    // From Ipv6RoutingProtocol
    Ptr<Ipv6Route> RouteOutput(Ptr<Packet> packet,
                               const Ipv6Header& header,
                               Ptr<NetDevice> device,
                               Socket::SocketErrno& error) override;
    bool RouteInput(Ptr<const Packet> packet,
                    const Ipv6Header& header,
                    Ptr<const NetDevice> device,
                    UnicastForwardCallback unicast,
                    MulticastForwardCallback multicast,
                    LocalDeliverCallback local,
                    ErrorCallback failed) override;
    void NotifyInterfaceUp(uint32_t interface) override;
    void NotifyInterfaceDown(uint32_t interface) override;
    void NotifyAddAddress(uint32_t interface, Ipv6InterfaceAddress address) override;
    void NotifyRemoveAddress(uint32_t interface, Ipv6InterfaceAddress address) override;
    void NotifyAddRoute(Ipv6Address destination,
                        Ipv6Prefix mask,
                        Ipv6Address nextHop,
                        uint32_t interface,
                        Ipv6Address prefixToUse) override;
    void NotifyRemoveRoute(Ipv6Address destination,
                           Ipv6Prefix mask,
                           Ipv6Address nextHop,
                           uint32_t interface,
                           Ipv6Address prefixToUse) override;
    void SetIpv6(Ptr<Ipv6> ipv6) override;
    void PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const override;

  private:
    Ipv6Address m_network;
    Ipv6Prefix m_prefix;
    uint64_t m_dropped{0};
};

} // namespace ns3
