// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/test/host-tcp-test-network.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

using namespace ns3;

namespace
{

TEST_F(HostTcpTest, ConnectionsAreBoundedAlsoWhereHandshakesCompleteTogether)
{
    Build(8, "1Gbps", MilliSeconds(10));
    m_factory->SetAttribute("MaxConnections", UintegerValue(3));
    for (uint32_t k = 0; k < 5; k++)
    {
        ConnectAt(Seconds(10), k); // all SYNs are there before the first is connected
    }
    ConnectAt(Seconds(11), 6);
    Run(Seconds(12));
    EXPECT_EQ(m_accepted.size(), 3u);
    EXPECT_EQ(m_factory->GetPeakConnections(), 3u);
    EXPECT_EQ(GetRefused("connections"), 3u);
    EXPECT_EQ(m_broken.size(), 2u) << "those whose handshake was complete in their eyes";
    m_accepted[0]->Close();
    Run(Seconds(13));
    EXPECT_EQ(m_factory->GetConnections(), 2u);
    ConnectAt(Seconds(14), 7);
    Run(Seconds(15));
    EXPECT_EQ(m_factory->GetConnections(), 3u) << "a closed connection makes room";
}

TEST_F(HostTcpTest, ConnectionsOfAnAddressAreBounded)
{
    Build(2);
    m_factory->SetAttribute("MaxConnectionsPerAddress", UintegerValue(2));
    for (uint32_t k = 0; k < 6; k++)
    {
        ConnectAt(Seconds(10) + k * MilliSeconds(100), k % 3 == 0 ? 1 : 0);
    }
    Run(Seconds(12));
    EXPECT_EQ(m_accepted.size(), 4u);
    EXPECT_EQ(GetRefused("per-address"), 2u);
}

TEST_F(HostTcpTest, NewConnectionsOfAnAddressFollowATokenBucket)
{
    Build(2);
    m_factory->SetAttribute("ConnectionRatePerAddress", DoubleValue(0.5));
    m_factory->SetAttribute("ConnectionBurstPerAddress", UintegerValue(3));
    for (uint32_t k = 0; k < 40; k++)
    {
        ConnectAt(Seconds(10) + k * MilliSeconds(250), 0); // 4/s for 10 s
    }
    ConnectAt(Seconds(15), 1);
    Run(Seconds(22));
    EXPECT_EQ(m_accepted.size(), 3u + 4u + 1u) << "the burst, one each 2 s, and another address";
    EXPECT_EQ(GetRefused("rate"), 40u - 7u);
}

TEST_F(HostTcpTest, ConnectionsThatBreakGiveTheirPlaceFree)
{
    Build(3);
    ConnectAt(Seconds(10), 0);
    ConnectAt(Seconds(10), 1);
    ConnectAt(Seconds(10), 2);
    Run(Seconds(11));
    ASSERT_EQ(m_factory->GetConnections(), 3u);
    m_sockets[0]->Send(Create<Packet>(10));
    Run(Seconds(12));
    m_accepted[0]->Close(); // with unread data: reset
    EXPECT_EQ(m_factory->GetConnections(), 2u);
    for (uint32_t client = 0; client < 3; client++)
    {
        Mute(client);
    }
    m_accepted[1]->Send(Create<Packet>(10)); // never acknowledged
    Run(Seconds(300));
    EXPECT_EQ(m_factory->GetConnections(), 1u);
    m_accepted.clear();
}

/// Fifty sensors with an address each come back together after the restart of their router; their
/// connections of before still stand at the host.
class ReconnectTest : public HostTcpTest
{
  protected:
    void Reconnect()
    {
        m_synCount = 6;
        for (uint32_t k = 0; k < 50; k++)
        {
            ConnectAt(Seconds(10), k);
        }
        Run(Seconds(40));
        EXPECT_EQ(m_connected, 50u);
        for (uint32_t k = 0; k < 50; k++)
        {
            ConnectAt(Seconds(40), k);
        }
        Run(Seconds(80));
        EXPECT_EQ(m_connected, 100u);
        EXPECT_EQ(m_factory->GetConnections(), 100u);
        EXPECT_EQ(m_refused.size(), 0u);
    }
};

TEST_F(ReconnectTest, RefusesNoneAtTheDefaults)
{
    Build(50, "250kbps", MilliSeconds(20));
    Reconnect();
}

TEST_F(ReconnectTest, RefusesNoneWithEveryDefenceOn)
{
    Build(50, "250kbps", MilliSeconds(20));
    m_factory->SetAttribute("EvictOldest", BooleanValue(true));
    m_factory->SetAttribute("MaxConnections", UintegerValue(1015));
    m_factory->SetAttribute("MaxConnectionsPerAddress", UintegerValue(4));
    m_factory->SetAttribute("ConnectionRatePerAddress", DoubleValue(0.2));
    m_listener->Close();
    Listen(HostTcpSocketFactory::GetTypeId());
    Reconnect();
}

} // namespace
