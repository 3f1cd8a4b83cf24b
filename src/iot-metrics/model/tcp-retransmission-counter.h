// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-metrics/model/sent-sequences.h"

#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/node.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <functional>
#include <set>
#include <tuple>

namespace ns3
{

class Ipv4Header;
class Ipv6Header;
class TcpHeader;

/**
 * Counts the TCP segments that a node sends again, by the rule of SentSequences. TcpSocketBase has
 * a trace for it from ns-3.43 on only, so this looks at what leaves the node.
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
    SentSequences<Flow> m_sent;
    uint64_t m_count{0};
    std::function<void(uint16_t)> m_notify;
};

} // namespace ns3
