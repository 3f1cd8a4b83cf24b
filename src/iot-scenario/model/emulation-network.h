// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/emulation-parameters.h"
#include "iot-scenario/model/pending-files.h"

#include "ns3/fd-net-device.h"
#include "ns3/node-container.h"

namespace ns3
{

class LowPowerStarHelper;

/**
 * The simulated end of a TAP device and what lies behind it:
 *
 *     nothing:  machine - TAP - node
 *     wired:    machine - TAP - router - WiredDelay - node
 *     radio:    machine - TAP - router - WiredDelay - border router - 802.15.4 - nodes
 *
 * The addresses behind the router are those of LowPowerStarHelper, with IPv4 10.254.2.0/24 (router
 * .1, node .2). The machine needs a route to them; see GetCommands(). Routes are static, and nobody
 * solicits routers or looks for duplicates of its address.
 */
class EmulationNetwork
{
  public:
    /**
     * \param parameters outlive the network
     * \throw ParameterError where the address cannot be used
     */
    explicit EmulationNetwork(const EmulationParameters& parameters);
    ~EmulationNetwork();
    EmulationNetwork(const EmulationNetwork&) = delete;
    EmulationNetwork& operator=(const EmulationNetwork&) = delete;

    /**
     * Joins the TAP device, as the last of what can go wrong.
     *
     * \throw ParameterError where it cannot be opened
     */
    void OpenTap();

    /// Where applications go: one node, or each of those behind the 802.15.4 link.
    NodeContainer GetNodes() const;

    /// Where the machine reaches the first of the nodes.
    Address GetServiceAddress(uint16_t port) const;

    Ptr<FdNetDevice> GetTapDevice() const;

    /// What the machine's user has to type, as root, for the machine to reach the nodes.
    std::vector<std::string> GetCommands() const;

    /// How long what is under way in the network may need to leave it.
    Time GetGrace() const;

    /// With the TAP device: captures PREFIX-tap.pcap and, of the links behind, PREFIX-wired.pcap
    /// and PREFIX-lln.pcap.
    void EnablePcap(const std::string& prefix, PendingFiles& files) const;

  private:
    void BuildWire();
    void BuildStar();
    void AddContexts() const;

    const EmulationParameters& m_parameters;
    const EmulationAddress m_address;
    std::optional<EmulationAddress> m_behind; ///< of the first node, where there is a router
    Ptr<Node> m_edge;                         ///< the node with the TAP device
    Ptr<FdNetDevice> m_tap;
    Ptr<NetDevice> m_wire; ///< at the node
    Ptr<LowPowerStarHelper> m_star;
    NodeContainer m_nodes;
};

} // namespace ns3
