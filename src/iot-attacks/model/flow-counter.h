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
 * Counts the IP datagrams that a node sends to a transport address and receives from its port, IPv4
 * or IPv6, whatever socket they belong to. (A host with more than one address may answer UDP from
 * another one.) It looks at the traces of the node's own IP layer. Extension headers and IP
 * fragments after the first are not looked through.
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

    bool IsSent(Ptr<const Packet> packet) const;
    bool IsReceived(Ptr<const Packet> packet) const;

    /// The beginning of a datagram.
    struct Headers
    {
        uint8_t bytes[64];  ///< the longest header of IPv4, and the ports
        uint32_t transport; ///< where the header of the transport begins; 0: there is none
    };

    Headers Read(Ptr<const Packet> packet) const;
    bool IsRemotePort(const uint8_t* port) const;

    Ptr<Node> m_node;
    bool m_ipv6;
    uint8_t m_address[16]; ///< of IPv4 the first four
    uint16_t m_port;
    Handler m_sent;
    Handler m_received;
};

} // namespace ns3
