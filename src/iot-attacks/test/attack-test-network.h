// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/helper/attack-network-helper.h"
#include "iot-attacks/protocol/ipv6.h"

#include "ns3/double.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/node.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <gtest/gtest.h>
#include <vector>

namespace ns3
{

/// A wired host as victim, an attacker in the internet before it, and what the victim's IP layer
/// saw.
class AttackNetworkTest : public testing::Test
{
  protected:
    AttackNetworkTest()
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        victim = CreateObject<Node>();
        InternetStackHelper stack;
        stack.SetIpv4StackInstall(false);
        stack.Install(victim);
        network = CreateObject<AttackNetworkHelper>();
        host = network->Build(victim);
        network->AssignStreams(1000);
        auto ip = victim->GetObject<Ipv6L3Protocol>();
        ip->TraceConnectWithoutContext("Rx",
                                       MakeCallback(&AttackNetworkTest::HandleReceived, this));
        ip->TraceConnectWithoutContext("Tx", MakeCallback(&AttackNetworkTest::HandleSent, this));
    }

    ~AttackNetworkTest() override
    {
        Simulator::Destroy();
    }

    /// An attack on a port of the victim that begins at \p start.
    template <typename Kind>
    Ptr<Kind> Add(uint16_t port, double rate, Time start = Seconds(1))
    {
        auto attack = CreateObject<Kind>();
        attack->SetAttribute("Target", AddressValue(GetVictim(port)));
        attack->SetAttribute("Rate", DoubleValue(rate));
        attack->AssignStreams(2000);
        attack->SetStartTime(start);
        network->GetAttacker()->AddApplication(attack);
        return attack;
    }

    Address GetVictim(uint16_t port) const
    {
        return Inet6SocketAddress(network->GetVictimAddress(), port);
    }

    static Address GetAny(uint16_t port)
    {
        return Inet6SocketAddress(Ipv6Address::GetAny(), port);
    }

    static void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    /// TCP or UDP, not ICMPv6.
    static bool IsOfTransport(Ptr<const Packet> packet)
    {
        uint8_t header[attacks::IPV6_HEADER_SIZE];
        return packet->CopyData(header, sizeof(header)) == sizeof(header) &&
               (header[6] == attacks::NEXT_HEADER_TCP || header[6] == attacks::NEXT_HEADER_UDP);
    }

    void HandleReceived(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
    {
        if (IsOfTransport(packet))
        {
            received.push_back(packet->GetSize());
        }
    }

    void HandleSent(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
    {
        if (IsOfTransport(packet))
        {
            sent.push_back(packet->GetSize());
            sentAt.push_back(Simulator::Now().GetSeconds());
        }
    }

    Ptr<Node> victim;
    Ptr<AttackNetworkHelper> network;
    Ptr<AttackHost> host;
    std::vector<uint32_t> received; ///< bytes of the datagrams that reached the victim
    std::vector<uint32_t> sent;     ///< of those it sent
    std::vector<double> sentAt;
};

} // namespace ns3
