// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/syn-flood.h"
#include "iot-attacks/test/attack-test-network.h"
#include "iot-device/model/host-tcp-socket-factory.h"

#include "ns3/double.h"
#include "ns3/object-vector.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>

namespace ns3
{

namespace
{

constexpr uint16_t PORT = 1883;

/// A listening TCP socket as victim.
class SynFloodTest : public AttackNetworkTest
{
  protected:
    void Listen(TypeId factory)
    {
        listener = Socket::CreateSocket(victim, factory);
        ASSERT_EQ(listener->Bind(GetAny(PORT)), 0);
        ASSERT_EQ(listener->Listen(), 0);
    }

    /// TCP sockets of the victim beside the listener.
    uint32_t GetHalfOpen() const
    {
        ObjectVectorValue sockets;
        victim->GetObject<TcpL4Protocol>()->GetAttribute("SocketList", sockets);
        return sockets.GetN() - 1;
    }

    Ptr<Socket> listener;
};

TEST_F(SynFloodTest, HoldsASlotOfPlainTcpFor189Seconds)
{
    Listen(TcpSocketFactory::GetTypeId());
    auto attack = Add<SynFlood>(PORT, 1);
    attack->SetStopTime(Seconds(1.5));
    RunUntil(1.5);
    EXPECT_EQ(attack->GetPackets(), 1);
    EXPECT_EQ(attack->GetBytes(), 60);
    EXPECT_EQ(GetHalfOpen(), 1);
    RunUntil(1 + 188.9);
    EXPECT_EQ(GetHalfOpen(), 1);
    RunUntil(1 + 189.1);
    EXPECT_EQ(GetHalfOpen(), 0);
    std::vector<testing::Matcher<double>> times;
    for (double time : {0, 3, 9, 21, 45, 93})
    {
        times.push_back(testing::DoubleNear(1 + time, 0.01));
    }
    EXPECT_THAT(sentAt, testing::ElementsAreArray(times)); // SYN-ACKs
}

TEST_F(SynFloodTest, TakesASlotOfPlainTcpForEachSyn)
{
    Listen(TcpSocketFactory::GetTypeId());
    auto attack = Add<SynFlood>(PORT, 100);
    RunUntil(2.995);
    EXPECT_EQ(attack->GetPackets(), 200);
    EXPECT_EQ(received.size(), 200);
    EXPECT_EQ(GetHalfOpen(), 200);
    EXPECT_EQ(attack->GetReplies(), 0);
}

/// A host whose backlog is bounded.
class BacklogTest : public SynFloodTest
{
  protected:
    static constexpr uint32_t BACKLOG = 64;
    static constexpr double RATE = 32;
    static constexpr double FULL = 1 + BACKLOG / RATE; ///< seconds; the flood begins at 1 s

    BacklogTest()
    {
        host = CreateObject<HostTcpSocketFactory>();
        host->SetAttribute("Backlog", UintegerValue(BACKLOG));
        victim->AggregateObject(host);
    }

    uint64_t GetRefused() const
    {
        const auto found = host->GetRefused().find("backlog");
        return found == host->GetRefused().end() ? 0 : found->second;
    }

    Ptr<HostTcpSocketFactory> host;
};

TEST_F(BacklogTest, IsFullAfterItsSizeByTheRate)
{
    Listen(HostTcpSocketFactory::GetTypeId());
    Add<SynFlood>(PORT, RATE);
    RunUntil(FULL - 1.5 / RATE);
    EXPECT_EQ(host->GetHalfOpen(), BACKLOG - 1);
    RunUntil(FULL - 0.5 / RATE);
    EXPECT_EQ(host->GetHalfOpen(), BACKLOG);
    EXPECT_EQ(GetRefused(), 0);
    RunUntil(FULL + 10 - 0.5 / RATE);
    EXPECT_EQ(host->GetHalfOpen(), BACKLOG);
    EXPECT_EQ(GetRefused(), 10 * RATE);
}

TEST_F(BacklogTest, GetsItsSlotsBackOneByOneAfter189Seconds)
{
    Listen(HostTcpSocketFactory::GetTypeId());
    auto attack = Add<SynFlood>(PORT, RATE);
    attack->SetStopTime(Seconds(FULL));
    RunUntil(1 + 189 - 0.5 / RATE);
    EXPECT_EQ(host->GetHalfOpen(), BACKLOG);
    RunUntil(1 + 189 + 9.5 / RATE);
    EXPECT_EQ(host->GetHalfOpen(), BACKLOG - 10);
    RunUntil(FULL + 189);
    EXPECT_EQ(host->GetHalfOpen(), 0);
}

TEST_F(BacklogTest, IsHeldFullByOneSynForEachSlotIn189Seconds)
{
    Listen(HostTcpSocketFactory::GetTypeId());
    auto attack = Add<SynFlood>(PORT, RATE);
    attack->SetAttribute("Sources", UintegerValue(3));
    RunUntil(400);
    EXPECT_EQ(host->GetHalfOpen(), BACKLOG);
    EXPECT_EQ(host->GetPeakHalfOpen(), BACKLOG);
}

} // namespace

} // namespace ns3
