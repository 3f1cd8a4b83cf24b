// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/tls-socket.h"
#include "tls/test/tls-socket-test-network.h"

#include "ns3/simulator.h"

namespace ns3
{

/// A server that listens, a client that is not connected yet, and a network between them.
class TlsSocketTest : public testing::Test
{
  protected:
    static constexpr uint16_t PORT = 8883;

    static TypeId GetFactory()
    {
        return TlsSocketFactory::GetTypeId();
    }

    /// The network alone.
    void Build(const NetworkOptions& options = {})
    {
        m_network.reset();
        m_server = StreamServer();
        m_client = StreamEnd();
        m_network = std::make_unique<SocketNetwork>(options);
    }

    void Arrange(const NetworkOptions& options = {})
    {
        Build(options);
        m_server.Listen(m_network->CreateServer(GetFactory()), m_network->GetAnyAddress(PORT));
    }

    /// Connects at 2 s, when IPv6 has found its addresses free, or later.
    void Connect(StreamEnd& end, uint32_t client = 0, Time at = Seconds(2))
    {
        end.Attach(m_network->CreateClient(GetFactory(), client));
        Simulator::Schedule(at, [this, &end, client] {
            end.socket->Connect(m_network->GetServerAddress(PORT, client));
        });
    }

    static void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    StreamServer m_server;
    StreamEnd m_client;
    std::unique_ptr<SocketNetwork> m_network; ///< goes first, for it destroys the simulation
};

} // namespace ns3
