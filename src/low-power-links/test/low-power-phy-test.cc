// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/low-power-phy.h"
#include "low-power-links/test/link-probe.h"

#include "ns3/lr-wpan-spectrum-value-helper.h"

#include <cmath>

namespace ns3
{

namespace
{

using Timeline = std::vector<std::pair<Time, LrWpanPhyEnumeration>>;

constexpr uint32_t FRAME_SIZE = 60;

/// What a MAC does once: receiver on, assessment, turnaround, a frame, receiver on, off.
class OurRadio : private LowPowerPhy::User
{
  public:
    OurRadio(Ptr<SpectrumChannel> channel, Ptr<Node> node)
        : phy(CreateObject<LowPowerPhy>())
    {
        phy->SetUser(this);
        phy->SetMobility(node->GetObject<MobilityModel>());
        phy->SetChannel(channel);
        channel->AddRx(phy);
        phy->TraceConnectWithoutContext("TrxStateValue", MakeCallback(&OurRadio::Note, this));
    }

    ~OurRadio() override
    {
        phy->Dispose();
    }

    void SwitchOn()
    {
        phy->SwitchOn();
    }

    void Begin()
    {
        phy->Assess();
    }

    void SwitchOff()
    {
        phy->SwitchOff();
    }

    Ptr<LowPowerPhy> phy;
    Timeline states;
    std::vector<bool> idle;
    uint32_t received{0};
    std::vector<LowPowerPhy::Miss> missed;

  private:
    void Note(LrWpanPhyEnumeration, LrWpanPhyEnumeration state)
    {
        states.emplace_back(Simulator::Now(), state);
    }

    void ReceiverReady() override
    {
    }

    void ChannelAssessed(bool isIdle) override
    {
        idle.push_back(isIdle);
        if (isIdle)
        {
            phy->TurnToTransmit();
        }
    }

    void TransmitterReady() override
    {
        phy->Transmit(Create<Packet>(FRAME_SIZE));
    }

    void Transmitted() override
    {
        phy->SwitchOn();
    }

    void Received(Ptr<const Packet> frame) override
    {
        received++;
    }

    void Missed(Ptr<const Packet> frame, LowPowerPhy::Miss why) override
    {
        missed.push_back(why);
    }

    void ReceptionEnded() override
    {
    }
};

/// The same with ns-3's radio.
class Ns3Radio
{
  public:
    Ns3Radio(Ptr<SpectrumChannel> channel, Ptr<Node> node)
        : phy(CreateObject<LrWpanPhy>())
    {
        phy->SetMobility(node->GetObject<MobilityModel>());
        phy->SetErrorModel(CreateObject<LrWpanErrorModel>());
        phy->SetChannel(channel);
        channel->AddRx(phy);
        phy->SetPlmeCcaConfirmCallback(MakeCallback(&Ns3Radio::Assessed, this));
        phy->SetPlmeSetTRXStateConfirmCallback(MakeCallback(&Ns3Radio::Switched, this));
        phy->SetPdDataConfirmCallback(MakeCallback(&Ns3Radio::Transmitted, this));
        phy->SetPdDataIndicationCallback(MakeCallback(&Ns3Radio::Received, this));
        phy->TraceConnectWithoutContext("TrxStateValue", MakeCallback(&Ns3Radio::Note, this));
    }

    ~Ns3Radio()
    {
        phy->Dispose();
    }

    void SwitchOn()
    {
        phy->PlmeSetTRXStateRequest(IEEE_802_15_4_PHY_RX_ON);
    }

    void Begin()
    {
        phy->PlmeCcaRequest();
    }

    void SwitchOff()
    {
        phy->PlmeSetTRXStateRequest(IEEE_802_15_4_PHY_TRX_OFF);
    }

    Ptr<LrWpanPhy> phy;
    Timeline states;
    std::vector<bool> idle;
    uint32_t received{0};

  private:
    void Note(LrWpanPhyEnumeration, LrWpanPhyEnumeration state)
    {
        states.emplace_back(Simulator::Now(), state);
    }

    void Assessed(LrWpanPhyEnumeration status)
    {
        idle.push_back(status == IEEE_802_15_4_PHY_IDLE);
        if (idle.back())
        {
            phy->PlmeSetTRXStateRequest(IEEE_802_15_4_PHY_TX_ON);
        }
    }

    void Switched(LrWpanPhyEnumeration)
    {
        if (!states.empty() && states.back().second == IEEE_802_15_4_PHY_TX_ON)
        {
            phy->PdDataRequest(FRAME_SIZE, Create<Packet>(FRAME_SIZE));
        }
    }

    void Transmitted(LrWpanPhyEnumeration)
    {
        SwitchOn();
    }

    void Received(uint32_t size, Ptr<Packet> frame, uint8_t quality)
    {
        received++;
    }
};

using LowPowerPhyTest = LinkTest;

/// When the radio drew another current: ready to send is as listening. (LrWpanPhy listens as soon
/// as it has sent; ours turns round first.)
Timeline
GetCurrents(const Timeline& states)
{
    Timeline currents;
    for (auto [at, state] : states)
    {
        state = state == IEEE_802_15_4_PHY_TX_ON ? IEEE_802_15_4_PHY_RX_ON : state;
        if (currents.empty() || currents.back().second != state)
        {
            currents.emplace_back(at, state);
        }
    }
    return currents;
}

/// LrWpanPhy computes its times in floating point.
void
ExpectSame(const Timeline& actual, const Timeline& expected)
{
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); i++)
    {
        EXPECT_EQ(actual[i].second, expected[i].second) << i;
        EXPECT_LE(Abs(actual[i].first - expected[i].first), NanoSeconds(3)) << i;
    }
}

template <typename A, typename B>
void
Exchange(A& a, B& b)
{
    Simulator::Schedule(Seconds(1), [&] {
        a.SwitchOn();
        b.SwitchOn();
    });
    Simulator::Schedule(Seconds(2), [&] { a.Begin(); });
    Simulator::Schedule(Seconds(2) + MilliSeconds(1), [&] { b.Begin(); }); // while a sends
    Simulator::Schedule(Seconds(3), [&] { b.Begin(); });
    Simulator::Schedule(Seconds(4), [&] {
        a.SwitchOff();
        b.SwitchOff();
    });
    Simulator::Stop(Seconds(5));
    Simulator::Run();
}

} // namespace

TEST_F(LowPowerPhyTest, HasTheStatesAndTimesOfLrWpanPhyAndTheyUnderstandEachOther)
{
    Timeline expected[2];
    {
        Ns3Radio a(channel, CreatePlace());
        Ns3Radio b(channel, CreatePlace());
        Exchange(a, b);
        ASSERT_EQ(a.received, 1u);
        ASSERT_EQ(b.received, 1u);
        ASSERT_EQ(b.idle, (std::vector<bool>{false, true}));
        expected[0] = GetCurrents(a.states);
        expected[1] = GetCurrents(b.states);
        channel->RemoveRx(a.phy);
        channel->RemoveRx(b.phy);
    }
    for (int mixed : {0, 1, 2})
    {
        places = 0;
        Simulator::Destroy(); // and with it the channel
        channel = CreateObject<SingleModelSpectrumChannel>();
        channel->AddPropagationLossModel(CreateObject<LogDistancePropagationLossModel>());
        channel->SetPropagationDelayModel(CreateObject<ConstantSpeedPropagationDelayModel>());
        SCOPED_TRACE(mixed);
        auto check = [&](auto& a, auto& b) {
            Exchange(a, b);
            EXPECT_EQ(a.received, 1u);
            EXPECT_EQ(b.received, 1u);
            EXPECT_EQ(b.idle, (std::vector<bool>{false, true}));
            ExpectSame(GetCurrents(a.states), expected[0]);
            ExpectSame(GetCurrents(b.states), expected[1]);
            channel->RemoveRx(a.phy);
            channel->RemoveRx(b.phy);
        };
        if (mixed == 0)
        {
            OurRadio a(channel, CreatePlace());
            OurRadio b(channel, CreatePlace());
            check(a, b);
        }
        else if (mixed == 1)
        {
            OurRadio a(channel, CreatePlace());
            Ns3Radio b(channel, CreatePlace());
            check(a, b);
        }
        else
        {
            Ns3Radio a(channel, CreatePlace());
            OurRadio b(channel, CreatePlace());
            check(a, b);
        }
    }
}

namespace
{

/// Every radio hears every other at the same power.
class FixedPowerTest : public LinkTest
{
  protected:
    void SetReceivedPower(double dbm)
    {
        auto loss = CreateObject<FixedRssLossModel>();
        loss->SetRss(dbm);
        channel = CreateObject<SingleModelSpectrumChannel>();
        channel->AddPropagationLossModel(loss);
    }

    static double GetNoiseDbm()
    {
        Ptr<const SpectrumValue> noise =
            LrWpanSpectrumValueHelper().CreateNoisePowerSpectralDensity(11);
        return 10 * std::log10(LowPowerPhy::GetPower(noise)) + 30;
    }

    /// Broadcast frames, all apart from each other; \return the share that arrived.
    double Deliver(uint32_t count)
    {
        LinkProbe a(CreateDevice("00:01"));
        LinkProbe b(CreateDevice("00:02"));
        for (uint32_t i = 0; i < count; i++)
        {
            SendAt(Seconds(1) + MilliSeconds(20) * i,
                   a.device,
                   a.device->GetBroadcast(),
                   CreatePayload(i, 49)); // 60 bytes with MHR and FCS
        }
        Simulator::Stop(Seconds(2) + MilliSeconds(20) * count);
        Simulator::Run();
        lost = b.lost;
        return double(b.delivered.size()) / count;
    }

    std::map<std::string, uint32_t> lost;
};

} // namespace

TEST_F(FixedPowerTest, BitErrorsAreThoseOfTheErrorModel)
{
    constexpr uint32_t COUNT = 4000;
    const double snr = 0.2; // dB: one frame in some ten is damaged
    SetReceivedPower(GetNoiseDbm() + snr);
    const double expected = CreateObject<LrWpanErrorModel>()->GetChunkSuccessRate(
        std::pow(10.0, snr / 10),
        8 * (FRAME_SIZE + 6)); // preamble, delimiter and length too
    ASSERT_GT(expected, 0.5);
    ASSERT_LT(expected, 0.99);
    EXPECT_NEAR(Deliver(COUNT), expected, 3 * std::sqrt(expected * (1 - expected) / COUNT));
    EXPECT_GT(lost["collision"], 0u);
}

TEST_F(FixedPowerTest, ASignalFiveDecibelsBelowTheNoiseIsNotHeard)
{
    SetReceivedPower(GetNoiseDbm() - 5.1);
    EXPECT_EQ(Deliver(50), 0);
    EXPECT_EQ(lost["collision"], 50u);
}

TEST_F(FixedPowerTest, FramesOfTheSamePowerDestroyEachOther)
{
    SetReceivedPower(-60);
    OurRadio senders[]{{channel, CreatePlace()},
                       {channel, CreatePlace()},
                       {channel, CreatePlace()}};
    OurRadio receiver(channel, CreatePlace());
    receiver.SwitchOn();
    for (int i = 0; i < 3; i++)
    {
        senders[i].SwitchOn();
        // Each finds the channel idle, for the others have not finished turning round.
        Simulator::Schedule(Seconds(1) + MicroSeconds(50) * i, [&, i] { senders[i].Begin(); });
    }
    Simulator::Schedule(Seconds(2), [&] { senders[0].Begin(); });
    Simulator::Stop(Seconds(3));
    Simulator::Run();
    EXPECT_EQ(senders[2].idle, std::vector<bool>{true});
    EXPECT_EQ(receiver.received, 1u) << "the one sent alone";
    EXPECT_EQ(receiver.missed, std::vector<LowPowerPhy::Miss>(3, LowPowerPhy::Miss::Collision));
}

} // namespace ns3
