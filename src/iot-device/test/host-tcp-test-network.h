// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/host-tcp-socket-factory.h"

#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"
#include "ns3/socket.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace ns3
{

/// Where the host of the tests listens.
constexpr uint16_t HOST_TCP_PORT = 1883;

/// Whether a packet on a link is one of TCP: neighbour discovery sends at random times.
bool IsSegment(Ptr<const Packet> packet);

/// A host with a link to each of its clients, which have networks of their own.
class HostTcpTest : public testing::Test
{
  protected:
    void Build(uint32_t clients, const std::string& rate = "1Gbps", Time delay = MilliSeconds(1));
    void TearDown() override;

    /// Of one end of the link of a client: 0 host, 1 client.
    static Ipv6Address GetAddress(uint32_t client, uint32_t end);

    void Listen(TypeId factory);

    /// Nothing reaches the client any more: what it sends is all there is of it.
    void Mute(uint32_t client);

    Ptr<Socket> Connect(uint32_t client);
    void ConnectAt(Time time, uint32_t client);

    static void Run(Time until);

    uint64_t GetRefused(const std::string& reason) const;

    uint32_t m_synCount{1};
    Ptr<Node> m_host;
    NodeContainer m_clients;
    NetDeviceContainer m_devices; ///< host's and client's of each link
    Ptr<HostTcpSocketFactory> m_factory;
    Ptr<Socket> m_listener;
    std::vector<Ptr<Socket>> m_sockets;
    std::vector<Ptr<Socket>> m_accepted;
    uint32_t m_connected{0};
    std::vector<Time> m_broken;
    std::vector<std::pair<Time, uint32_t>> m_halfOpen;
    std::vector<std::pair<Time, std::string>> m_refused;
    std::vector<Time> m_sent;

  private:
    void AddLink(uint32_t client, const NetDeviceContainer& ends);
    void HandleAccepted(Ptr<Socket> socket, const Address& from);
    void HandleConnected(Ptr<Socket> socket);
    void HandleBroken(Ptr<Socket> socket);
    void HandleHalfOpen(uint32_t before, uint32_t now);
    void HandleRefused(const Address& peer, std::string reason);
    void HandleTx(Ptr<const Packet> packet);
};

} // namespace ns3
