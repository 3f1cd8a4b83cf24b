// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/address.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/node.h"
#include "ns3/packet.h"

#include <functional>

namespace ns3
{

/**
 * Counts the IP datagrams that a node sends to a transport address and receives from it, IPv4 or
 * IPv6, whatever socket they belong to. It looks at the traces of the node's own IP layer.
 * Extension headers and IP fragments after the first are not looked through.
 */
class FlowCounter
{
  public:
    /// Called with the bytes of a datagram.
    using Handler = std::function<void(uint32_t bytes)>;

    FlowCounter(Ptr<Node> node, const Address& remote, Handler sent, Handler received);
    ~FlowCounter();

    FlowCounter(const FlowCounter&) = delete;
    FlowCounter& operator=(const FlowCounter&) = delete;

  private:
    void HandleTransmit4(Ptr<const Packet> packet, Ptr<Ipv4> ipv4, uint32_t interface);
    void HandleReceive4(Ptr<const Packet> packet, Ptr<Ipv4> ipv4, uint32_t interface);
    void HandleTransmit6(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface);
    void HandleReceive6(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface);

    /// Whether the address at this place of the IP header, and the port at this place of the
    /// transport header, are the remote's.
    bool Matches(Ptr<const Packet> packet, uint32_t addressAt, uint32_t portAt) const;

    Ptr<Node> m_node;
    bool m_ipv6;
    uint8_t m_address[16]; ///< of IPv4 the first four
    uint16_t m_port;
    Handler m_sent;
    Handler m_received;
};

} // namespace ns3
