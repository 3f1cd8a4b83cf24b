// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/test/host-tcp-test-network.h"

#include "ns3/boolean.h"
#include "ns3/error-model.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-base.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

using namespace ns3;

namespace
{

TEST_F(HostTcpTest, OneSynWithoutOptionsLeavesThemToTheNext)
{
    Build(2);
    std::vector<bool> timestamps;
    Simulator::Schedule(Seconds(10), [&] {
        Ptr<Socket> poor = Socket::CreateSocket(m_clients.Get(0), TcpSocketFactory::GetTypeId());
        poor->SetAttribute("Timestamp", BooleanValue(false));
        poor->SetAttribute("Sack", BooleanValue(false));
        poor->SetAttribute("WindowScaling", BooleanValue(false));
        poor->Connect(Inet6SocketAddress(GetAddress(0, 0), HOST_TCP_PORT));
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

} // namespace
