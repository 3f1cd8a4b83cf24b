// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/test/host-tcp-test-network.h"

#include "ns3/boolean.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/simulator.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/uinteger.h"

using namespace ns3;

namespace
{

TEST_F(HostTcpTest, ABacklogOfBIsFullAfterBOverRSeconds)
{
    Build(1);
    Mute(0);
    m_factory->SetAttribute("Backlog", UintegerValue(8));
    for (uint32_t k = 0; k < 20; k++)
    {
        ConnectAt(Seconds(10) + k * MilliSeconds(500), 0); // r = 2/s: B/r = 4 s
    }
    Run(Seconds(30));
    ASSERT_EQ(m_refused.size(), 12u);
    EXPECT_EQ(m_refused[0].second, "backlog");
    EXPECT_NEAR((m_refused[0].first - Seconds(10)).GetSeconds(), 8 / 2.0, 2e-3);
    EXPECT_EQ(m_factory->GetHalfOpen(), 8u);
    EXPECT_EQ(m_factory->GetPeakHalfOpen(), 8u);
    EXPECT_EQ(m_accepted.size(), 0u);
}

TEST_F(HostTcpTest, AHalfOpenPlaceIsFreeAfter189Seconds)
{
    Build(1);
    Mute(0);
    ConnectAt(Seconds(10), 0);
    Run(Seconds(300));
    ASSERT_EQ(m_halfOpen.size(), 2u);
    EXPECT_EQ(m_halfOpen[0].second, 1u);
    EXPECT_EQ(m_halfOpen[1].second, 0u);
    EXPECT_EQ(m_halfOpen[1].first - m_halfOpen[0].first, Seconds(189));
    std::vector<Time> schedule;
    for (Time time : m_sent)
    {
        schedule.push_back(time - m_halfOpen[0].first);
    }
    EXPECT_EQ(schedule,
              (std::vector<Time>{Seconds(0),
                                 Seconds(3),
                                 Seconds(9),
                                 Seconds(21),
                                 Seconds(45),
                                 Seconds(93)}));
}

TEST_F(HostTcpTest, AFullBacklogKeepsAnHonestClientOutUntilAPlaceIsFree)
{
    Build(2);
    m_factory->SetAttribute("Backlog", UintegerValue(4));
    Mute(0);
    for (uint32_t k = 0; k < 4; k++)
    {
        ConnectAt(Seconds(10), 0);
    }
    Run(Seconds(20));
    m_synCount = 6;
    ConnectAt(Seconds(20), 1);
    Run(Seconds(60));
    EXPECT_EQ(m_connected, 0u);
    EXPECT_EQ(GetRefused("backlog"), 4u) << "SYNs at 20, 23, 29 and 41 s";
    ConnectAt(Seconds(200), 1);
    Run(Seconds(201));
    EXPECT_EQ(m_connected, 1u) << "the places were free at 199 s";
}

TEST_F(HostTcpTest, EvictionOfTheOldestLetsAnHonestClientIn)
{
    Build(2);
    m_factory->SetAttribute("Backlog", UintegerValue(4));
    m_factory->SetAttribute("EvictOldest", BooleanValue(true));
    Mute(0);
    for (uint32_t k = 0; k < 10; k++)
    {
        ConnectAt(Seconds(10), 0);
    }
    Run(Seconds(11));
    EXPECT_EQ(GetRefused("evicted"), 6u);
    EXPECT_EQ(m_factory->GetHalfOpen(), 4u);
    ConnectAt(Seconds(11), 1);
    Run(Seconds(12));
    EXPECT_EQ(m_connected, 1u);
    EXPECT_EQ(m_accepted.size(), 1u);
    EXPECT_EQ(GetRefused("evicted"), 7u);
    EXPECT_EQ(m_factory->GetHalfOpen(), 3u);
    EXPECT_EQ(m_factory->GetConnections(), 1u);
}

TEST_F(HostTcpTest, AnEvictedClientLearnsOfItByAReset)
{
    Build(2, "1Gbps", MilliSeconds(100));
    m_factory->SetAttribute("Backlog", UintegerValue(1));
    m_factory->SetAttribute("EvictOldest", BooleanValue(true));
    ConnectAt(Seconds(10), 0);
    ConnectAt(Seconds(10) + MilliSeconds(50), 1); // while the SYN-ACK is on its way
    Run(Seconds(20));
    EXPECT_EQ(m_accepted.size(), 1u);
    EXPECT_EQ(GetRefused("evicted"), 1u);
    ASSERT_EQ(m_broken.size(), 1u);
    EXPECT_NEAR(m_broken[0].GetSeconds(), 10.4, 1e-3) << "SYN, SYN-ACK, ACK, RST";
    EXPECT_EQ(m_factory->GetConnections(), 1u);
    EXPECT_EQ(m_factory->GetHalfOpen(), 0u);
}

/// Segments that nobody asked for: their sender guesses.
class ForgedSegmentTest : public HostTcpTest
{
  protected:
    void Forge(uint16_t port, uint8_t flags)
    {
        TcpHeader header;
        header.SetFlags(flags);
        header.SetSourcePort(port);
        header.SetDestinationPort(HOST_TCP_PORT);
        header.SetSequenceNumber(SequenceNumber32(12345));
        header.SetAckNumber(SequenceNumber32(54321));
        Ptr<TcpL4Protocol> tcp = m_clients.Get(0)->GetObject<TcpL4Protocol>();
        tcp->SendPacket(Create<Packet>(), header, GetAddress(0, 1), GetAddress(0, 0));
    }

    /// Both places of the backlog are taken by handshakes that do not go on.
    void FillBacklog()
    {
        Build(1);
        m_factory->SetAttribute("Backlog", UintegerValue(2));
        m_factory->SetAttribute("EvictOldest", BooleanValue(true));
        Mute(0);
        ConnectAt(Seconds(10), 0);
        ConnectAt(Seconds(10), 0);
        Run(Seconds(11));
        ASSERT_EQ(m_factory->GetHalfOpen(), 2u);
    }

    uint16_t GetPort(uint32_t socket) const
    {
        Address name;
        m_sockets.at(socket)->GetSockName(name);
        return Inet6SocketAddress::ConvertFrom(name).GetPort();
    }
};

TEST_F(ForgedSegmentTest, AGuessedAcknowledgementEvictsNothing)
{
    FillBacklog();
    for (int others : {0, int(TcpHeader::FIN), int(TcpHeader::SYN)})
    {
        const uint8_t flags = others | TcpHeader::ACK;
        const size_t sent = m_sent.size();
        Forge(GetPort(0), flags); // of a handshake under way
        Forge(4711, flags);       // of none
        Run(Simulator::Now() + MilliSeconds(100));
        EXPECT_EQ(m_sent.size(), sent + 2) << "a reset each";
    }
    EXPECT_EQ(m_factory->GetHalfOpen(), 2u);
    EXPECT_TRUE(m_refused.empty());
}

TEST_F(ForgedSegmentTest, AGuessedAcknowledgementEvictsNothingWhereNoConnectionHasRoom)
{
    Build(2);
    m_factory->SetAttribute("MaxConnections", UintegerValue(1));
    Mute(0);
    ConnectAt(Seconds(10), 0);
    ConnectAt(Seconds(11), 1);
    Run(Seconds(12));
    ASSERT_EQ(m_factory->GetConnections(), 1u);
    Forge(GetPort(0), TcpHeader::ACK);
    Run(Seconds(13));
    EXPECT_EQ(m_factory->GetHalfOpen(), 1u);
    EXPECT_TRUE(m_refused.empty());
}

TEST_F(ForgedSegmentTest, OnlyASynThatTakesAPlaceEvicts)
{
    FillBacklog();
    Forge(4711, TcpHeader::SYN | TcpHeader::FIN);
    Run(Seconds(12));
    EXPECT_TRUE(m_refused.empty());
    m_listener->SetAcceptCallback(Callback<bool, Ptr<Socket>, const Address&>(
                                      [](Ptr<Socket>, const Address&) { return false; }),
                                  MakeNullCallback<void, Ptr<Socket>, const Address&>());
    Forge(4712, TcpHeader::SYN);
    Run(Seconds(13));
    EXPECT_TRUE(m_refused.empty()) << "the application does not want it";
}

} // namespace
