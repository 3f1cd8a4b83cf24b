// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/test/link-probe.h"

#include "ns3/lr-wpan-mac.h"
#include "ns3/lr-wpan-net-device.h"

#include <cmath>
#include <set>

namespace ns3
{

namespace
{

/// Three standard deviations of a share that is \p p over \p count trials.
double
ThreeSigma(double p, double count)
{
    return 3 * std::sqrt(p * (1 - p) / count);
}

using LowPowerMacTest = LinkTest;

TEST_F(LowPowerMacTest, FrameOf127BytesTakes4256Microseconds)
{
    LinkProbe a(CreateDevice("00:01"));
    LinkProbe b(CreateDevice("00:02"));
    SendAt(Seconds(1), a.device, b.device->GetAddress(), CreatePayload(1, 116));
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    ASSERT_EQ(a.sent.size(), 1u);
    EXPECT_EQ(a.sent[0].bytes.size(), 127u);
    EXPECT_EQ(a.sent[0].duration, MicroSeconds(4256));
    EXPECT_EQ(a.GetTime(IEEE_802_15_4_PHY_BUSY_TX), MicroSeconds(4256));
    ASSERT_EQ(b.sent.size(), 1u); // the acknowledgement
    EXPECT_EQ(b.sent[0].duration, MicroSeconds(352));
    EXPECT_EQ(b.sent[0].start - a.sent[0].start - a.sent[0].duration,
              MicroSeconds(192) + NanoSeconds(17)); // turnaround, and 5 m
    EXPECT_EQ(b.delivered.size(), 1u);
    EXPECT_EQ(a.outcomes["success"], 1u);
}

/// Frame loss in each direction and retries of the MAC.
class LossTest : public LinkTest, public ::testing::WithParamInterface<std::pair<double, int>>
{
};

TEST_P(LossTest, ReceiverMissesAndSenderBelievesAsComputed)
{
    auto [p, retries] = GetParam();
    constexpr uint32_t count = 6000;
    LinkProbe a(CreateDevice("00:01", p));
    LinkProbe b(CreateDevice("00:02", p));
    a.device->SetAttribute("MacMaxFrameRetries", UintegerValue(retries));
    for (uint32_t i = 0; i < count; i++)
    {
        SendAt(Seconds(1) + MilliSeconds(50) * i,
               a.device,
               b.device->GetAddress(),
               CreatePayload(i, 20));
    }
    Simulator::Stop(Seconds(310));
    Simulator::Run();

    std::set<uint32_t> distinct;
    for (const auto& [payload, at] : b.delivered)
    {
        distinct.insert(GetNumber(payload));
    }
    EXPECT_EQ(distinct.size(), b.delivered.size()) << "each datagram once";
    EXPECT_EQ(b.received, b.delivered.size() + b.duplicates);
    EXPECT_TRUE(retries > 0 ? b.duplicates > 100 : b.duplicates == 0);
    EXPECT_EQ(b.sent.size(), b.received) << "duplicates are acknowledged too";

    double missed = std::pow(p, retries + 1);
    double q = 1 - (1 - p) * (1 - p);
    double believed = std::pow(q, retries + 1);
    EXPECT_NEAR(1 - double(distinct.size()) / count, missed, ThreeSigma(missed, count));
    EXPECT_NEAR(double(a.outcomes["no-ack"]) / count, believed, ThreeSigma(believed, count));
    EXPECT_EQ(a.outcomes["success"] + a.outcomes["no-ack"], count);
    EXPECT_NEAR(double(a.attempts) / count, (1 - believed) / (1 - q), 0.05);
    EXPECT_EQ(a.attempts, a.sent.size());
    RecordProperty("missed", std::to_string(1 - double(distinct.size()) / count));
}

INSTANTIATE_TEST_SUITE_P(LossAndRetries,
                         LossTest,
                         ::testing::Values(std::pair(0.3, 3), std::pair(0.5, 3), std::pair(0.1, 0)),
                         [](const auto& info) {
                             return "Loss" + std::to_string(int(info.param.first * 100)) +
                                    "Retries" + std::to_string(info.param.second);
                         });

TEST_F(LowPowerMacTest, ChosenFrameIsLostAndRepeated)
{
    LinkProbe a(CreateDevice("00:01"));
    LinkProbe b(CreateDevice("00:02"));
    b.device->GetLossModel()->Drop(a.device->GetNode()->GetId(), 2);
    a.device->GetLossModel()->Drop(b.device->GetNode()->GetId(), 2);
    SendAt(Seconds(1), a.device, b.device->GetAddress(), CreatePayload(1, 20));
    SendAt(Seconds(2), a.device, b.device->GetAddress(), CreatePayload(2, 20));
    Simulator::Stop(Seconds(3));
    Simulator::Run();
    EXPECT_EQ(b.lost["loss"], 1u);
    EXPECT_EQ(a.lost["loss"], 1u); // the acknowledgement of the repetition
    EXPECT_EQ(b.duplicates, 1u);
    EXPECT_EQ(b.delivered.size(), 2u);
    ASSERT_EQ(a.sent.size(), 4u);
    EXPECT_EQ(a.sent[1].attempt, 1u);
    EXPECT_EQ(a.sent[2].attempt, 2u);
    EXPECT_EQ(a.sent[3].attempt, 3u);
    EXPECT_EQ(a.sent[1].bytes, a.sent[3].bytes);
}

TEST_F(LowPowerMacTest, TransmitQueueIsBounded)
{
    LinkProbe a(CreateDevice("00:01"));
    LinkProbe b(CreateDevice("00:02"));
    a.device->SetAttribute("TransmitQueueLimit", UintegerValue(5));
    for (uint32_t i = 0; i < 12; i++)
    {
        SendAt(Seconds(1), a.device, b.device->GetAddress(), CreatePayload(i, 30));
    }
    Simulator::Stop(Seconds(3));
    Simulator::Run();
    EXPECT_EQ(a.drops["transmit"], 7u);
    ASSERT_EQ(b.delivered.size(), 5u);
    for (uint32_t i = 0; i < 5; i++)
    {
        EXPECT_EQ(GetNumber(b.delivered[i].first), i);
    }
}

TEST_F(LowPowerMacTest, BusyChannelIsAChannelAccessFailure)
{
    LinkProbe a(CreateDevice("00:01"));
    LinkProbe b(CreateDevice("00:02"));
    LinkProbe c(CreateDevice("00:03"));
    for (auto probe : {&a, &b})
    {
        probe->device->SetAttribute("MacMinBe", UintegerValue(0));
        probe->device->SetAttribute("MacMaxCsmaBackoffs", UintegerValue(0));
    }
    SendAt(Seconds(1), a.device, c.device->GetAddress(), CreatePayload(1, 116));
    SendAt(Seconds(1) + MilliSeconds(2), b.device, c.device->GetAddress(), CreatePayload(2, 20));
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    EXPECT_EQ(a.outcomes["success"], 1u);
    EXPECT_EQ(b.outcomes["channel-access-failure"], 1u);
    EXPECT_TRUE(b.sent.empty());
}

TEST_F(LowPowerMacTest, CrossingTrafficOfManyDevicesIsDeliveredOnce)
{
    std::vector<std::unique_ptr<LinkProbe>> probes;
    for (const char* address : {"00:01", "00:02", "00:03", "00:04", "00:05", "00:06"})
    {
        probes.push_back(std::make_unique<LinkProbe>(CreateDevice(address, 0.1)));
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < 3000; i++)
    {
        auto& from = probes[i % 6];
        auto& to = probes[(i + 1 + i / 6 % 5) % 6];
        SendAt(Seconds(1) + MilliSeconds(8) * i,
               from->device,
               to->device->GetAddress(),
               CreatePayload(count++, 40));
    }
    Simulator::Stop(Seconds(30));
    Simulator::Run();
    std::set<uint32_t> distinct;
    uint32_t delivered = 0;
    uint32_t done = 0;
    uint32_t dropped = 0;
    for (auto& probe : probes)
    {
        delivered += probe->delivered.size();
        dropped += probe->drops["transmit"];
        for (const auto& [outcome, times] : probe->outcomes)
        {
            done += times;
        }
        for (const auto& [payload, at] : probe->delivered)
        {
            distinct.insert(GetNumber(payload));
        }
    }
    EXPECT_EQ(distinct.size(), delivered);
    EXPECT_EQ(done + dropped, count) << "every frame comes to an end";
    EXPECT_GT(delivered, 2500u);
}

/// ns-3's own device on the same channel understands the frames and is understood.
TEST_F(LowPowerMacTest, ExchangesFramesWithLrWpanNetDevice)
{
    LinkProbe a(CreateDevice("00:01"));
    auto plain = CreateObject<LrWpanNetDevice>();
    plain->SetChannel(channel);
    CreatePlace()->AddDevice(plain);
    plain->SetAddress(Mac16Address("00:09"));
    plain->GetMac()->SetPanId(0xabcd);
    uint32_t heard = 0;
    plain->GetMac()->SetMcpsDataIndicationCallback(
        Callback<void, McpsDataIndicationParams, Ptr<Packet>>(
            [&heard](McpsDataIndicationParams, Ptr<Packet>) { heard++; }));
    SendAt(Seconds(1), a.device, plain->GetAddress(), CreatePayload(1, 50));
    Simulator::Schedule(Seconds(2),
                        [&] { plain->Send(CreatePayload(2, 50), a.device->GetAddress(), 0); });
    Simulator::Stop(Seconds(3));
    Simulator::Run();
    EXPECT_EQ(heard, 1u);
    EXPECT_EQ(a.outcomes["success"], 1u);
    EXPECT_EQ(a.attempts, 1u);
    EXPECT_EQ(a.delivered.size(), 1u);
}

} // namespace

} // namespace ns3
