// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/attack-host.h"
#include "iot-attacks/model/attack.h"
#include "iot-attacks/protocol/flow.h"

#include "ns3/ipv6-address.h"

namespace ns3
{

/**
 * An attack by datagrams with a source address that is not the attacker's, sent by the AttackHost
 * of its node. IPv6 only.
 *
 * The sources are unused addresses, so that nobody answers what the victim answers: a host that
 * got a SYN-ACK it did not ask for would reset the connection and free the victim.
 */
class RawFlood : public Attack
{
  public:
    static TypeId GetTypeId();

  protected:
    void DoDispose() override;
    void StartApplication() override;

    /// A flow to the target from the next source address and a random port of 1024 and above.
    attacks::Flow MakeFlow(attacks::Transport transport);

    /// Sends and counts a datagram; what the AttackHost refuses (its trace tells) is not counted.
    void SendRaw(const sansio::Bytes& ipv6);

    /// Finds the AttackHost; fatal where the node has none or the target is not IPv6.
    void RequireRaw();

  private:
    Ipv6Address m_sourceNetwork;
    uint32_t m_sources;

    Ptr<AttackHost> m_host;
    sansio::PeerAddress m_target;
    sansio::PeerAddress m_source; ///< the network, in its upper 32 bits
    uint32_t m_lastSource{0};
};

} // namespace ns3
