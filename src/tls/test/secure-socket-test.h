// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/test/tls-socket-test-network.h"

#include "ns3/simulator.h"

#include <memory>

namespace ns3
{

/// A server, a client that is not connected yet, and a network between them.
template <typename Factory, typename Server, typename Client>
class SecureSocketTest : public testing::Test
{
  protected:
    static TypeId GetFactory()
    {
        return Factory::GetTypeId();
    }

    /// The network alone.
    void Build(const NetworkOptions& options = {})
    {
        m_network.reset();
        m_server = Server();
        m_client = Client();
        m_network = std::make_unique<SocketNetwork>(options);
    }

    static void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    Server m_server;
    Client m_client;
    std::unique_ptr<SocketNetwork> m_network; ///< goes first, for it destroys the simulation
};

} // namespace ns3
