// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/host-tcp-socket-factory.h"
#include "iot-device/model/host-tcp-socket.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/error-model.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-base.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>
#include <map>
#include <vector>

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 1883;

/// Whether a packet on a link is one of TCP: neighbour discovery sends at random times.
bool
IsSegment(Ptr<const Packet> packet)
{
    uint8_t start[9]; // PPP, and the IPv6 header up to the next header
    packet->CopyData(start, sizeof(start));
    return start[8] == TcpL4Protocol::PROT_NUMBER;
}

/// A host with a link to each of its clients, which have networks of their own.
class HostTcpTest : public testing::Test
{
  protected:
    void Build(uint32_t clients, const std::string& rate = "1Gbps", Time delay = MilliSeconds(1))
    {
        m_host = CreateObject<Node>();
        m_clients.Create(clients);
        InternetStackHelper stack;
        stack.Install(m_host);
        stack.Install(m_clients);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue(rate));
        link.SetChannelAttribute("Delay", TimeValue(delay));
        for (uint32_t k = 0; k < clients; k++)
        {
            NetDeviceContainer ends = link.Install(m_host, m_clients.Get(k));
            ends.Get(0)->TraceConnectWithoutContext("MacTx",
                                                    MakeCallback(&HostTcpTest::HandleTx, this));
            for (uint32_t i = 0; i < 2; i++)
            {
                Ptr<Ipv6> ipv6 = ends.Get(i)->GetNode()->GetObject<Ipv6>();
                uint32_t interface = ipv6->AddInterface(ends.Get(i));
                ipv6->AddAddress(interface, Ipv6InterfaceAddress(GetAddress(k, i), Ipv6Prefix(64)));
                ipv6->SetUp(interface);
            }
            m_devices.Add(ends);
        }
        m_factory = CreateObject<HostTcpSocketFactory>();
        m_host->AggregateObject(m_factory);
        m_factory->TraceConnectWithoutContext("HalfOpen",
                                              MakeCallback(&HostTcpTest::HandleHalfOpen, this));
        m_factory->TraceConnectWithoutContext("Refused",
                                              MakeCallback(&HostTcpTest::HandleRefused, this));
        Listen(HostTcpSocketFactory::GetTypeId());
    }

    void TearDown() override
    {
        m_sockets.clear();
        m_accepted.clear();
        m_listener = nullptr;
        Simulator::Destroy();
        m_factory = nullptr;
        m_devices = NetDeviceContainer();
        m_clients = NodeContainer();
        m_host = nullptr;
    }

    /// Of one end of the link of a client: 0 host, 1 client.
    static Ipv6Address GetAddress(uint32_t client, uint32_t end)
    {
        std::ostringstream text;
        text << "fd00:" << std::hex << client + 1 << "::" << end + 1;
        return Ipv6Address(text.str().c_str());
    }

    void Listen(TypeId factory)
    {
        m_listener = Socket::CreateSocket(m_host, factory);
        m_listener->Bind(Inet6SocketAddress(Ipv6Address::GetAny(), PORT));
        m_listener->Listen();
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeCallback(&HostTcpTest::HandleAccepted, this));
    }

    /// Nothing reaches the client any more: what it sends is all there is of it.
    void Mute(uint32_t client)
    {
        Ptr<RateErrorModel> all = CreateObject<RateErrorModel>();
        all->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        all->SetRate(1);
        m_devices.Get(2 * client + 1)->SetAttribute("ReceiveErrorModel", PointerValue(all));
    }

    Ptr<Socket> Connect(uint32_t client)
    {
        Ptr<Socket> socket =
            Socket::CreateSocket(m_clients.Get(client), TcpSocketFactory::GetTypeId());
        socket->SetAttribute("ConnCount", UintegerValue(m_synCount));
        socket->SetConnectCallback(MakeCallback(&HostTcpTest::HandleConnected, this),
                                   MakeNullCallback<void, Ptr<Socket>>());
        socket->SetCloseCallbacks(MakeCallback(&HostTcpTest::HandleBroken, this),
                                  MakeCallback(&HostTcpTest::HandleBroken, this));
        socket->Connect(Inet6SocketAddress(GetAddress(client, 0), PORT));
        m_sockets.push_back(socket);
        return socket;
    }

    void ConnectAt(Time time, uint32_t client)
    {
        Simulator::Schedule(time - Simulator::Now(), [this, client] { Connect(client); });
    }

    static void Run(Time until)
    {
        Simulator::Stop(until - Simulator::Now());
        Simulator::Run();
    }

    uint64_t GetRefused(const std::string& reason) const
    {
        auto found = m_factory->GetRefused().find(reason);
        return found == m_factory->GetRefused().end() ? 0 : found->second;
    }

    void HandleAccepted(Ptr<Socket> socket, const Address& from)
    {
        m_accepted.push_back(socket);
    }

    void HandleConnected(Ptr<Socket> socket)
    {
        m_connected++;
    }

    void HandleBroken(Ptr<Socket> socket)
    {
        m_broken.push_back(Simulator::Now());
    }

    void HandleHalfOpen(uint32_t before, uint32_t now)
    {
        m_halfOpen.emplace_back(Simulator::Now(), now);
    }

    void HandleRefused(const Address& peer, std::string reason)
    {
        m_refused.emplace_back(Simulator::Now(), reason);
    }

    void HandleTx(Ptr<const Packet> packet)
    {
        if (IsSegment(packet))
        {
            m_sent.push_back(Simulator::Now());
        }
    }

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
};

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

TEST_F(HostTcpTest, OneSynWithoutOptionsLeavesThemToTheNext)
{
    Build(2);
    std::vector<bool> timestamps;
    Simulator::Schedule(Seconds(10), [&] {
        Ptr<Socket> poor = Socket::CreateSocket(m_clients.Get(0), TcpSocketFactory::GetTypeId());
        poor->SetAttribute("Timestamp", BooleanValue(false));
        poor->SetAttribute("Sack", BooleanValue(false));
        poor->SetAttribute("WindowScaling", BooleanValue(false));
        poor->Connect(Inet6SocketAddress(GetAddress(0, 0), PORT));
        m_sockets.push_back(poor);
    });
    ConnectAt(Seconds(11), 1);
    Run(Seconds(12));
    ASSERT_EQ(m_accepted.size(), 2u);
    for (const auto& socket : m_accepted)
    {
        auto tcp = DynamicCast<TcpSocketBase>(socket);
        BooleanValue timestamp;
        tcp->GetAttribute("Timestamp", timestamp);
        timestamps.push_back(timestamp.Get());
    }
    EXPECT_EQ(timestamps, (std::vector<bool>{false, true}));
}

TEST_F(HostTcpTest, AWindowThatOpensAgainIsTold)
{
    Build(1);
    m_listener->SetAttribute("RcvBufSize", UintegerValue(3000));
    ConnectAt(Seconds(10), 0);
    Simulator::Schedule(Seconds(11), [this] { m_sockets[0]->Send(Create<Packet>(6000)); });
    Run(Seconds(20));
    ASSERT_EQ(m_accepted.size(), 1u);
    EXPECT_GE(m_accepted[0]->GetRxAvailable(), 2500u);
    uint32_t read = 0;
    for (Time time = Seconds(20); time < Seconds(21); time += MilliSeconds(100))
    {
        Run(time);
        while (Ptr<Packet> packet = m_accepted[0]->Recv())
        {
            read += packet->GetSize();
        }
    }
    EXPECT_EQ(read, 6000u) << "within a second, and not at the probes of the sender";
}

/// Drops each seventh TCP segment.
class SegmentLoss : public ErrorModel
{
  public:
    bool DoCorrupt(Ptr<Packet> packet) override
    {
        return IsSegment(packet) && ++m_segments % 7 == 0;
    }

    void DoReset() override
    {
    }

  private:
    uint32_t m_segments{0};
};

/// Every segment on the links, with its time, of a lossy exchange in both directions.
class SameBytesTest : public HostTcpTest
{
  protected:
    using Packets = std::vector<std::pair<Time, std::vector<uint8_t>>>;

    Packets Exchange(TypeId factory)
    {
        m_packets.clear();
        m_synCount = 6;
        Build(4, "250kbps", MilliSeconds(20));
        m_listener->Close();
        Listen(factory);
        for (uint32_t i = 0; i < m_devices.GetN(); i++)
        {
            m_devices.Get(i)->TraceConnectWithoutContext(
                "PhyTxBegin",
                MakeCallback(&SameBytesTest::HandlePacket, this));
            m_devices.Get(i)->SetAttribute("ReceiveErrorModel",
                                           PointerValue(CreateObject<SegmentLoss>()));
        }
        for (uint32_t k = 0; k < 4; k++)
        {
            Simulator::Schedule(Seconds(10) + k * MilliSeconds(300), [this, k] {
                Ptr<Socket> socket = Connect(k);
                socket->Send(Create<Packet>(3000));
                Simulator::Schedule(Seconds(20), [socket] { socket->Close(); });
            });
        }
        Simulator::Schedule(Seconds(20), [this] {
            for (const auto& socket : m_accepted)
            {
                while (socket->Recv())
                {
                }
                socket->Send(Create<Packet>(1000));
                Simulator::Schedule(Seconds(20), [socket] { socket->Close(); });
            }
        });
        Run(Seconds(400));
        EXPECT_EQ(m_accepted.size(), 4u);
        EXPECT_TRUE(m_factory->GetRefused().empty());
        TearDown();
        return m_packets;
    }

    void HandlePacket(Ptr<const Packet> packet)
    {
        if (IsSegment(packet))
        {
            std::vector<uint8_t> bytes(packet->GetSize());
            packet->CopyData(bytes.data(), bytes.size());
            m_packets.emplace_back(Simulator::Now(), bytes);
        }
    }

    Packets m_packets;
};

TEST_F(SameBytesTest, AtItsDefaultsAnHonestRunIsThatOfTcpSocketFactory)
{
    Packets own = Exchange(HostTcpSocketFactory::GetTypeId());
    Packets ns3 = Exchange(TcpSocketFactory::GetTypeId());
    EXPECT_GT(own.size(), 60u);
    EXPECT_TRUE(own == ns3) << own.size() << " and " << ns3.size() << " segments";
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
