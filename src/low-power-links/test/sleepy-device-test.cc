// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/test/link-probe.h"

namespace ns3
{

namespace
{

/// A parent and a sleepy child.
class SleepyDeviceTest : public LinkTest
{
  protected:
    void Connect(double loss = 0)
    {
        parent = std::make_unique<LinkProbe>(CreateDevice("00:01", loss));
        child = std::make_unique<LinkProbe>(CreateDevice("00:02", loss));
        child->device->SetAttribute("Sleepy", BooleanValue(true));
        child->device->SetParent(parent->device->GetShortAddress());
        parent->device->AddSleepyChild(child->device->GetShortAddress());
    }

    void SetPolls(Time period, Time fastPeriod, Time fastDuration)
    {
        child->device->SetAttribute("PollPeriod", TimeValue(period));
        child->device->SetAttribute("FastPollPeriod", TimeValue(fastPeriod));
        child->device->SetAttribute("FastPollDuration", TimeValue(fastDuration));
    }

    std::unique_ptr<LinkProbe> parent;
    std::unique_ptr<LinkProbe> child;
};

/// CCA, turnaround, poll of 12 bytes, turnaround, acknowledgement; the rest of the period it
/// sleeps.
TEST_F(SleepyDeviceTest, IdleDutyCycleIsTheClosedForm)
{
    Connect();
    SetPolls(Seconds(1), MilliSeconds(100), MilliSeconds(500));
    Simulator::Stop(Seconds(1000));
    Simulator::Run();
    Time perPoll = MicroSeconds(128 + 192 + 32 * (6 + 12) + 192 + 32 * (6 + 5));
    double closedForm = perPoll.GetSeconds() / 1.0;
    double measured = child->GetOnTime().GetSeconds() / 1000;
    EXPECT_NEAR(measured / closedForm, 1, 0.01);
    EXPECT_EQ(child->polls, 1000u);
    EXPECT_EQ(child->fastPolls, 0u);
    EXPECT_EQ(child->sent.size(), 1000u);
    EXPECT_EQ(child->GetTime(IEEE_802_15_4_PHY_BUSY_TX), MicroSeconds(576) * int64_t(1000));
    EXPECT_EQ(parent->delivered.size(), 0u);
    RecordProperty("measured", std::to_string(measured));
    RecordProperty("closed-form", std::to_string(closedForm));
}

TEST_F(SleepyDeviceTest, PollIsADataRequestCommand)
{
    Connect();
    SetPolls(Seconds(1), MilliSeconds(100), MilliSeconds(500));
    Simulator::Stop(Seconds(1));
    Simulator::Run();
    ASSERT_EQ(child->sent.size(), 1u);
    auto dissection = lowpower::DissectFrame(child->sent[0].bytes);
    ASSERT_TRUE(dissection);
    EXPECT_EQ(dissection->mac.type, lowpower::FrameType::Command);
    EXPECT_EQ(dissection->command, uint8_t(lowpower::CommandId::DataRequest));
    EXPECT_TRUE(dissection->mac.ackRequest);
    EXPECT_EQ(dissection->link, 18u);
    EXPECT_TRUE(lowpower::HasValidFcs(child->sent[0].bytes));
}

TEST_F(SleepyDeviceTest, ThousandHeldFramesArriveWithinOnePeriod)
{
    Connect();
    SetPolls(Seconds(2), MilliSeconds(100), MilliSeconds(500));
    constexpr uint32_t count = 1000;
    Time gap = MilliSeconds(1370);
    for (uint32_t i = 0; i < count; i++)
    {
        SendAt(Seconds(3) + gap * i,
               parent->device,
               child->device->GetAddress(),
               CreatePayload(i, 60));
    }
    Simulator::Stop(Seconds(1400));
    Simulator::Run();
    ASSERT_EQ(child->delivered.size(), count);
    Time longest;
    for (uint32_t i = 0; i < count; i++)
    {
        ASSERT_EQ(GetNumber(child->delivered[i].first), i);
        longest = Max(longest, child->delivered[i].second - (Seconds(3) + gap * i));
    }
    // One period, the poll with its acknowledgement and the frame with its backoff.
    EXPECT_LT(longest, Seconds(2) + MilliSeconds(20));
    EXPECT_TRUE(parent->drops.empty());
    EXPECT_EQ(parent->attempts, count) << "nothing is repeated without loss";
}

TEST_F(SleepyDeviceTest, HeldFramesSurviveLossAndArriveOnce)
{
    Connect(0.4);
    SetPolls(Seconds(2), MilliSeconds(100), MilliSeconds(500));
    constexpr uint32_t count = 1000;
    for (uint32_t i = 0; i < count; i++)
    {
        SendAt(Seconds(3) + Seconds(4) * i,
               parent->device,
               child->device->GetAddress(),
               CreatePayload(i, 60));
    }
    Simulator::Stop(Seconds(4100));
    Simulator::Run();
    ASSERT_EQ(child->delivered.size(), count);
    for (uint32_t i = 0; i < count; i++)
    {
        ASSERT_EQ(GetNumber(child->delivered[i].first), i);
    }
    EXPECT_GT(child->duplicates, 50u);
    EXPECT_TRUE(parent->drops.empty());
    EXPECT_GT(parent->attempts, count);
}

TEST_F(SleepyDeviceTest, BurstComesWithOnePollPerFrame)
{
    Connect();
    SetPolls(Seconds(10), MilliSeconds(100), Time(0));
    for (uint32_t i = 0; i < 8; i++)
    {
        SendAt(MilliSeconds(1), parent->device, child->device->GetAddress(), CreatePayload(i, 116));
    }
    Simulator::Stop(Seconds(11));
    Simulator::Run();
    ASSERT_EQ(child->delivered.size(), 8u);
    // The frame pending bit lets it ask for the next at once.
    EXPECT_LT(child->delivered.back().second - child->delivered.front().second, MilliSeconds(120));
    uint32_t commands = 0;
    for (const auto& frame : child->sent)
    {
        commands += frame.bytes.size() == 12;
    }
    EXPECT_GE(commands, 8u);
    EXPECT_LE(commands, 9u); // and the poll of the next period
}

TEST_F(SleepyDeviceTest, HeldQueueIsBounded)
{
    Connect();
    SetPolls(Seconds(10), MilliSeconds(100), Time(0));
    parent->device->SetAttribute("HeldQueueLimit", UintegerValue(4));
    for (uint32_t i = 0; i < 10; i++)
    {
        SendAt(MilliSeconds(1), parent->device, child->device->GetAddress(), CreatePayload(i, 30));
    }
    Simulator::Stop(Seconds(11));
    Simulator::Run();
    EXPECT_EQ(parent->drops["held"], 6u);
    ASSERT_EQ(child->delivered.size(), 4u);
    EXPECT_EQ(GetNumber(child->delivered[3].first), 3u);
}

TEST_F(SleepyDeviceTest, BroadcastIsSentAndHeld)
{
    Connect();
    LinkProbe listener(CreateDevice("00:03"));
    SetPolls(Seconds(2), MilliSeconds(100), Time(0));
    SendAt(Seconds(1), parent->device, parent->device->GetBroadcast(), CreatePayload(7, 30));
    Simulator::Stop(Seconds(4));
    Simulator::Run();
    ASSERT_EQ(listener.delivered.size(), 1u);
    EXPECT_LT(listener.delivered[0].second, Seconds(1.02));
    ASSERT_EQ(child->delivered.size(), 1u);
    EXPECT_EQ(child->lost["not-listening"], 1u);
}

TEST_F(SleepyDeviceTest, SendingMakesItPollFastForAWhile)
{
    Connect();
    SetPolls(Seconds(60), MilliSeconds(100), MilliSeconds(450));
    SendAt(Seconds(1), child->device, parent->device->GetAddress(), CreatePayload(1, 30));
    Simulator::Stop(Seconds(3));
    Simulator::Run();
    EXPECT_EQ(parent->delivered.size(), 1u);
    EXPECT_EQ(child->fastPolls, 4u); // 100, 200, 300 and 400 ms after it
    EXPECT_EQ(child->polls - child->fastPolls, 1u) << "the one already due at 500 ms";
}

/// The radio is on for CCA, turnarounds, frame and acknowledgement; not in the backoff.
TEST_F(SleepyDeviceTest, RadioIsOffButForTheExchange)
{
    Connect();
    SetPolls(Seconds(60), Seconds(60), Time(0));
    child->device->AssignStreams(7);
    SendAt(Seconds(1), child->device, parent->device->GetAddress(), CreatePayload(1, 50));
    Time on;
    Simulator::Schedule(Seconds(2), [&] { on = child->GetOnTime(); });
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    Time exchange = MicroSeconds(128 + 192 + 32 * (6 + 61) + 192 + 352);
    EXPECT_EQ(child->polls, 0u);
    EXPECT_LT((child->GetOnTime() - exchange).GetNanoSeconds(), 100); // propagation
    EXPECT_GE(child->GetOnTime(), exchange);
}

/// A stranger who polls in the name of a child takes nothing from it.
TEST_F(SleepyDeviceTest, SpoofedPollDoesNotLoseTheFrame)
{
    Connect();
    SetPolls(Seconds(5), MilliSeconds(100), Time(0));
    LinkProbe stranger(CreateDevice("00:02", 1)); // hears nothing, so it acknowledges nothing
    stranger.device->SetParent(parent->device->GetShortAddress());
    stranger.device->SetAttribute("Sleepy", BooleanValue(true));
    stranger.device->SetAttribute("PollPeriod", TimeValue(MilliSeconds(300)));
    SendAt(MilliSeconds(1), parent->device, child->device->GetAddress(), CreatePayload(1, 30));
    Simulator::Stop(Seconds(12));
    Simulator::Run();
    EXPECT_GT(parent->attempts, 1u);
    EXPECT_EQ(stranger.delivered.size(), 0u);
    EXPECT_EQ(child->delivered.size(), 1u);
}

} // namespace

} // namespace ns3
