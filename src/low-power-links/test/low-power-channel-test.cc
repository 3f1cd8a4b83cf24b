// SPDX-License-Identifier: GPL-2.0-only
#include "link-probe.h"
#include "low-power-links/model/low-power-channel.h"

using namespace ns3;

namespace
{

/// Everything an observer of a run can see: when which device put how many bytes on air, what was
/// delivered where and when, how long the radios were in which state.
struct Observation
{
    std::vector<std::tuple<Time, uint32_t, uint32_t>> sent;
    std::vector<std::tuple<Time, uint32_t>> delivered;
    uint64_t events{0};

    bool operator==(const Observation& other) const
    {
        return sent == other.sent && delivered == other.delivered;
    }
};

class LowPowerChannelTest : public LinkTest
{
  protected:
    static constexpr uint32_t CHILDREN = 8;

    /// Sleepy children and their parent with traffic in both directions, dense enough that radios
    /// wake up in the middle of frames of others.
    Observation Run(Ptr<SingleModelSpectrumChannel> on, double loss)
    {
        channel = on;
        channel->AddPropagationLossModel(CreateObject<LogDistancePropagationLossModel>());
        channel->SetPropagationDelayModel(CreateObject<ConstantSpeedPropagationDelayModel>());
        places = 0;
        Observation seen;
        auto parent = CreateDevice("00:01", loss);
        Observe(parent, 0, seen);
        for (uint32_t i = 1; i <= CHILDREN; i++)
        {
            const std::string address = "00:1" + std::to_string(i);
            auto child = CreateDevice(address.c_str(), loss);
            child->SetAttribute("Sleepy", BooleanValue(true));
            child->SetAttribute("PollPeriod", TimeValue(MilliSeconds(150)));
            child->SetParent(Mac16Address("00:01"));
            parent->AddSleepyChild(Mac16Address(address.c_str()));
            Observe(child, i, seen);
            for (int k = 0; k < 40; k++)
            {
                SendAt(MilliSeconds(100 + 97 * k + i),
                       child,
                       parent->GetAddress(),
                       CreatePayload(k, 90));
                SendAt(MilliSeconds(150 + 101 * k + i),
                       parent,
                       child->GetAddress(),
                       CreatePayload(k, 70));
            }
        }
        SendAt(Seconds(2), parent, parent->GetBroadcast(), CreatePayload(7, 30));
        Simulator::Stop(Seconds(8));
        Simulator::Run();
        seen.events = Simulator::GetEventCount();
        Simulator::Destroy();
        return seen;
    }

    static void Observe(Ptr<LowPowerNetDevice> device, uint32_t number, Observation& seen)
    {
        device->TraceConnectWithoutContext(
            "FrameSent",
            Callback<void, Ptr<const Packet>, Time, Time, uint32_t>(
                [number, &seen](Ptr<const Packet> frame, Time start, Time, uint32_t) {
                    seen.sent.emplace_back(start, number, frame->GetSize());
                }));
        device->SetReceiveCallback(
            Callback<bool, Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&>(
                [number, &seen](Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&) {
                    seen.delivered.emplace_back(Simulator::Now(), number);
                    return true;
                }));
    }
};

} // namespace

TEST_F(LowPowerChannelTest, NobodyCanTellItFromTheChannelThatServesSleepersToo)
{
    for (double loss : {0.0, 0.3})
    {
        Observation plain = Run(CreateObject<SingleModelSpectrumChannel>(), loss);
        EXPECT_GT(plain.delivered.size(), 300u);
        for (bool keepsPaths : {false, true})
        {
            auto channel = CreateObject<LowPowerChannel>();
            channel->SetAttribute("StaticPropagation", BooleanValue(keepsPaths));
            Observation ours = Run(channel, loss);
            EXPECT_TRUE(plain == ours) << "loss " << loss << ", keeps paths " << keepsPaths;
            EXPECT_LT(ours.events, plain.events * 3 / 4) << "it saves work";
        }
    }
}
