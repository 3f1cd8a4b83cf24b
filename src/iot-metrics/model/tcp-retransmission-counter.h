// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/node.h"
#include "ns3/ptr.h"
#include "ns3/sequence-number.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <tuple>

namespace ns3
{

class Ipv4Header;
class Ipv6Header;
class TcpHeader;

/**
 * Counts the TCP segments that a node sends again. TcpSocketBase has a trace for it from ns-3.43
 * on only, so this looks at what leaves the node: a segment that carries data or a SYN or FIN
 * below the highest sequence number its connection has sent is a retransmission (RFC 9293
 * section 3.4). Keep-alive probes would count too; ns-3 sends none.
 */
class TcpRetransmissionCounter
{
  public:
    /// Listens to the IPv4 and IPv6 of the node from now on.
    void Attach(Ptr<Node> node);

    /// Leaves out what is sent to anybody else, such as the SYN-ACKs that a flood of SYNs draws.
    void CountOnlyTo(std::set<Address> peers);

    uint64_t GetCount() const;

    /// Also calls \p notify at each one, with the port it goes to.
    void SetNotify(std::function<void(uint16_t)> notify);

  private:
    using Flow = std::tuple<Address, Address, uint16_t, uint16_t>;

    void SentIpv4(const Ipv4Header& ip, Ptr<const Packet> packet, uint32_t interface);
    void SentIpv6(const Ipv6Header& ip, Ptr<const Packet> packet, uint32_t interface);
    void Look(const Address& from, const Address& to, Ptr<const Packet> segment);

    std::set<Address> m_peers; ///< empty: everybody
    std::map<Flow, SequenceNumber32> m_highest;
    uint64_t m_count{0};
    std::function<void(uint16_t)> m_notify;
};

} // namespace ns3
