// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/attack-host.h"
#include "iot-attacks/model/radio-neighbor.h"
#include "iot-attacks/model/wire-tap.h"
#include "iot-attacks/protocol/sniffer.h"

#include "ns3/data-rate.h"
#include "ns3/net-device-container.h"

namespace ns3
{

class NullRoute;

/**
 * The way of an attacker from the internet to a victim:
 *
 *     attacker - access router - victim host
 *
 * Both links have Delay and DataRate. Addresses: fd00:0:0:f0::/64 between attacker (::2) and access
 * router (::1), fd00:0:0:f1::/64 between access router (::1) and victim (::2). The attacker reaches
 * everything in fd00::/32 through the victim host. Answers to the attacker's own prefix come back;
 * answers to fd00:bad::/32, the spoofed sources, end in the access router, which has no route for
 * them and tells nobody.
 *
 * Create it last. It sends nothing by itself: no neighbour discovery, no router solicitation.
 */
class AttackNetworkHelper : public Object
{
  public:
    static TypeId GetTypeId();

    AttackNetworkHelper();
    ~AttackNetworkHelper() override;

    /// Creates nodes, links, addresses and routes. \p victim has the IPv6 stack. Once.
    Ptr<AttackHost> Build(Ptr<Node> victim);

    Ptr<AttackHost> GetAttackHost() const;
    Ptr<Node> GetAttacker() const;
    Ptr<Node> GetAccessRouter() const;
    /// Attacker, access router towards it, access router towards the victim, victim.
    NetDeviceContainer GetDevices() const;
    /// The victim's address on this link; its others are reached too.
    Ipv6Address GetVictimAddress() const;
    /// Answers to spoofed sources that ended in the access router.
    uint64_t GetBlackHoled() const;

    /// An unused address whose answers end in the access router: fd00:bad::/32, different for each
    /// \p index.
    static Ipv6Address GetSpoofedAddress(uint64_t index);

    /// Fixes every random stream of the stacks; \return how many streams it uses.
    int64_t AssignStreams(int64_t stream);

    /// Lets \p sniffer hear what the vantage point hears. It must live until the simulation ends.
    static void Listen(Ptr<RadioNeighbor> from, attacks::Sniffer& sniffer);
    static void Listen(Ptr<WireTap> from, attacks::Sniffer& sniffer);

    /// The contexts that LowPowerStarHelper installs and everybody in its network knows.
    static attacks::LowPanContexts GetStarContexts();

  private:
    void DoDispose() override;
    void CreateNodes();
    void CreateLinks(Ptr<Node> victim);
    void AddRoutes(Ptr<Node> victim);

    Time m_delay;
    DataRate m_dataRate;
    uint32_t m_queueSize{0};
    Ptr<Node> m_attacker;
    Ptr<Node> m_accessRouter;
    Ptr<AttackHost> m_host;
    Ptr<NullRoute> m_nullRoute;
    NetDeviceContainer m_devices;
};

} // namespace ns3
