// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/dtls-socket.h"
#include "tls/test/tls-socket-test-network.h"

#include "ns3/simulator.h"

namespace ns3
{

/// A server, a client that is not connected yet, and a network between them.
class DtlsSocketTest : public testing::Test
{
  protected:
    static constexpr uint16_t PORT = 5684;

    static TypeId GetFactory()
    {
        return DtlsSocketFactory::GetTypeId();
    }

    /// The network alone.
    void Build(const NetworkOptions& options = {})
    {
        m_network.reset();
        m_server = m_client = DatagramEnd();
        m_network = std::make_unique<SocketNetwork>(options);
    }

    void Arrange(const NetworkOptions& options = {})
    {
        Build(options);
        m_server.Attach(m_network->CreateServer(GetFactory()));
        ASSERT_EQ(m_server.socket->Bind(m_network->GetAnyAddress(PORT)), 0);
    }

    /// Connects at 2 s and sends a datagram of this size.
    void ConnectAndSend(DatagramEnd& end, uint32_t size, uint32_t client = 0)
    {
        end.Attach(m_network->CreateClient(GetFactory(), client));
        Simulator::Schedule(Seconds(2), [this, &end, size, client] {
            EXPECT_EQ(end.socket->Connect(m_network->GetServerAddress(PORT, client)), 0);
            EXPECT_EQ(end.socket->Send(MakePattern(client, size)), static_cast<int>(size));
        });
    }

    static uint32_t GetSessions(const DatagramEnd& end)
    {
        return DynamicCast<DtlsSocket>(end.socket)->GetSessionCount();
    }

    static void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    DatagramEnd m_server;
    DatagramEnd m_client;
    std::unique_ptr<SocketNetwork> m_network; ///< goes first, for it destroys the simulation
};

} // namespace ns3
