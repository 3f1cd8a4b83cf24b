// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/helper/device-helper.h"

#include "ns3/constant-position-mobility-model.h"
#include "ns3/lr-wpan-mac.h"
#include "ns3/lr-wpan-net-device.h"
#include "ns3/propagation-delay-model.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/single-model-spectrum-channel.h"

#include <gtest/gtest.h>

using namespace ns3;
using sansio::OperationKind;

namespace
{

/// Two or three radios a metre apart without propagation delay, each the device of a profile.
class Radios
{
  public:
    explicit Radios(const std::string& device, size_t count = 2)
    {
        auto channel = CreateObject<SingleModelSpectrumChannel>();
        channel->AddPropagationLossModel(CreateObject<LogDistancePropagationLossModel>());
        for (size_t i = 0; i < count; i++)
        {
            auto node = CreateObject<Node>();
            auto radio = CreateObject<LrWpanNetDevice>();
            radio->AssignStreams(static_cast<int64_t>(10 * i));
            radio->SetAddress(Mac16Address(("00:0" + std::to_string(i + 1)).c_str()));
            radio->SetChannel(channel);
            node->AddDevice(radio);
            auto place = CreateObject<ConstantPositionMobilityModel>();
            place->SetPosition(Vector(static_cast<double>(i), 0, 0));
            radio->GetPhy()->SetMobility(place);
            m_nodes.push_back(node);
            m_radios.push_back(radio);
            m_ledgers.push_back(DeviceHelper(device).Install(node, radio->GetPhy()));
        }
    }

    ~Radios()
    {
        Simulator::Destroy();
    }

    /// Sends a frame of `size` bytes (MAC header and FCS take 11) without acknowledgement.
    void Send(Time at, size_t from, size_t to, uint32_t size, bool acknowledged = false)
    {
        Simulator::Schedule(at, [=] {
            McpsDataRequestParams params;
            params.m_srcAddrMode = SHORT_ADDR;
            params.m_dstAddrMode = SHORT_ADDR;
            params.m_dstPanId = m_radios[to]->GetMac()->GetPanId();
            params.m_dstAddr = m_radios[to]->GetMac()->GetShortAddress();
            params.m_txOptions = acknowledged ? TX_OPTION_ACK : TX_OPTION_NONE;
            m_radios[from]->GetMac()->McpsDataRequest(params, Create<Packet>(size - 11));
        });
    }

    static void Run(Time until)
    {
        Simulator::Stop(until);
        Simulator::Run();
    }

    std::vector<Ptr<Node>> m_nodes;
    std::vector<Ptr<LrWpanNetDevice>> m_radios;
    std::vector<Ptr<EnergyLedger>> m_ledgers;
};

/// A full frame of 127 bytes is 133 bytes and 4.256 ms on air.
struct FrameEnergy
{
    const char* device;
    double transmit; ///< ampere
    double receive;
    double transmitMicrojoule; ///< section 4.1 of the reference figures, to 0.1
    double receiveMicrojoule;
};

void
PrintTo(const FrameEnergy& frame, std::ostream* stream)
{
    *stream << frame.device;
}

class FrameEnergyTest : public testing::TestWithParam<FrameEnergy>
{
};

TEST_P(FrameEnergyTest, IsVoltageTimesCurrentTimesTimeOnAir)
{
    Radios radios(GetParam().device);
    radios.Send(Seconds(1), 0, 1, 127);
    Radios::Run(Seconds(2));
    EnergyAccount sender = radios.m_ledgers[0]->Snapshot();
    EnergyAccount receiver = radios.m_ledgers[1]->Snapshot();
    constexpr double ON_AIR = 133 * 32e-6;
    EXPECT_NEAR(sender[RadioState::Transmit], 3 * GetParam().transmit * ON_AIR, 1e-9);
    EXPECT_NEAR(receiver[RadioState::Receive], 3 * GetParam().receive * ON_AIR, 1e-9);
    EXPECT_NEAR(sender[RadioState::Transmit], GetParam().transmitMicrojoule * 1e-6, 0.06e-6);
    EXPECT_NEAR(receiver[RadioState::Receive], GetParam().receiveMicrojoule * 1e-6, 0.06e-6);
    EXPECT_EQ(sender[RadioState::Receive], 0);
    EXPECT_EQ(receiver[RadioState::Transmit], 0);
}

INSTANTIATE_TEST_SUITE_P(
    Radios,
    FrameEnergyTest,
    testing::Values(FrameEnergy{"cc2420", 17.4e-3, 18.8e-3, 222.2, 240.0},
                    FrameEnergy{"cc2538", 24e-3, 20e-3, 306.4, 255.4},
                    FrameEnergy{"at86rf233", 13.8e-3, 11.8e-3, 176.2, 150.7},
                    FrameEnergy{"nrf52840-cryptocell", 6.40e-3, 6.53e-3, 81.7, 83.4}));

TEST(RadioEnergy, StatesFillTheTime)
{
    Radios radios("cc2538");
    for (int i = 1; i < 50; i++)
    {
        radios.Send(MilliSeconds(30 * i), i % 2, 1 - i % 2, 20 + 2 * i, true);
    }
    Radios::Run(Seconds(3));
    Ptr<RadioEnergyModel> radio = radios.m_ledgers[0]->GetRadio();
    Time sum = radio->GetTime(RadioState::Transmit) + radio->GetTime(RadioState::Receive) +
               radio->GetTime(RadioState::Listen) + radio->GetTime(RadioState::Sleep);
    EXPECT_EQ(sum, Seconds(3));
    EXPECT_GT(radio->GetTime(RadioState::Listen), Seconds(2));
}

/// A new channel switches an LrWpanPhy off without telling its trace TrxState.
TEST(RadioEnergy, SeesTheRadioGoOffWithANewChannel)
{
    Radios radios("cc2538");
    Simulator::Schedule(Seconds(1), [&] {
        LrWpanPhyPibAttributes attributes;
        attributes.phyCurrentChannel = 20;
        radios.m_radios[0]->GetPhy()->PlmeSetAttributeRequest(phyCurrentChannel, &attributes);
    });
    Radios::Run(Seconds(3));
    Time slept = radios.m_ledgers[0]->GetRadio()->GetTime(RadioState::Sleep);
    EXPECT_NEAR(slept.GetSeconds(), 2, 1e-3); // and the turnaround at the start
    EXPECT_LT(radios.m_ledgers[1]->GetRadio()->GetTime(RadioState::Sleep), MilliSeconds(1));
}

/// The first change tells what a radio was in when the model came late.
TEST(RadioEnergy, LearnsTheStateOfARadioAtWork)
{
    Radios radios("cc2538");
    Ptr<RadioEnergyModel> late;
    Simulator::Schedule(Seconds(1), [&] {
        late = CreateObject<RadioEnergyModel>();
        late->SetProfile(*DeviceHelper("cc2538").GetProfile().radio, 3);
        late->Attach(radios.m_radios[1]->GetPhy());
    });
    radios.Send(Seconds(2), 0, 1, 127);
    Radios::Run(Seconds(4));
    EXPECT_EQ(late->GetTime(RadioState::Sleep), Seconds(0));
    EXPECT_EQ(late->GetTime(RadioState::Listen), Seconds(3) - MicroSeconds(4256));
    late->Dispose();
}

TEST(McuEnergy, ServesOwnFramesOnly)
{
    Radios radios("at86rf233", 3);
    radios.Send(Seconds(1), 0, 1, 127);
    Radios::Run(Seconds(2));
    Time onAir = MicroSeconds(4256);
    EXPECT_EQ(radios.m_ledgers[0]->GetMcu()->GetTime(McuState::Active), onAir);
    EXPECT_EQ(radios.m_ledgers[1]->GetMcu()->GetTime(McuState::Active), onAir);
    EXPECT_EQ(radios.m_ledgers[2]->GetMcu()->GetTime(McuState::Active), Seconds(0));
    EXPECT_EQ(radios.m_ledgers[2]->GetRadio()->GetTime(RadioState::Receive), onAir);
    EXPECT_NEAR(radios.m_ledgers[1]->Snapshot()[McuState::Active], 3 * 7.28e-3 * 4.256e-3, 1e-9);
}

TEST(McuEnergy, FollowsItsAttributes)
{
    Radios radios("at86rf233", 3);
    radios.m_ledgers[0]->GetMcu()->SetAttribute("ActiveInTransmit", BooleanValue(false));
    radios.m_ledgers[1]->GetMcu()->SetAttribute("ActiveInReceive", BooleanValue(false));
    radios.m_ledgers[2]->GetMcu()->SetAttribute("ActiveInOverhearing", BooleanValue(true));
    radios.Send(Seconds(1), 0, 1, 127);
    Radios::Run(Seconds(2));
    EXPECT_EQ(radios.m_ledgers[0]->GetMcu()->GetTime(McuState::Active), Seconds(0));
    EXPECT_EQ(radios.m_ledgers[1]->GetMcu()->GetTime(McuState::Active), Seconds(0));
    EXPECT_EQ(radios.m_ledgers[2]->GetMcu()->GetTime(McuState::Active), MicroSeconds(4256));
}

TEST(McuEnergy, CountsCryptographyOnceWhileAFrameLeaves)
{
    Radios radios("nrf52840-cryptocell");
    radios.Send(Seconds(1), 0, 1, 127);
    Simulator::Schedule(Seconds(1), [&] { // 21.417 ms, over the whole frame
        radios.m_nodes[0]->GetObject<Processor>()->Execute(
            {{OperationKind::EcdsaP256Verify, 1, 0}});
    });
    Radios::Run(Seconds(2));
    EnergyAccount account = radios.m_ledgers[0]->Snapshot();
    EXPECT_EQ(account[McuState::Active], 0);
    EXPECT_NEAR(account[McuState::Crypto], 3 * 3.3e-3 * 21.417e-3, 1e-12);
    EXPECT_NEAR(account[OperationKind::EcdsaP256Verify], account[McuState::Crypto], 1e-15);
    EXPECT_NEAR(account[McuState::Sleep], 3 * 1.5e-6 * (2 - 21.417e-3), 1e-12);
}

/// By state = by cause = what left the battery, in the middle of frames and operations.
TEST(EnergyBalance, IsTheSameByStateByCauseAndAtTheBattery)
{
    Radios radios("cc2420");
    std::vector<Ptr<Battery>> batteries;
    for (const Ptr<Node>& node : radios.m_nodes)
    {
        batteries.push_back(DeviceHelper("cc2420").InstallBattery(node, 100));
    }
    for (int i = 1; i < 40; i++)
    {
        radios.Send(MilliSeconds(20 * i), i % 2, 1 - i % 2, 127, true);
        Simulator::Schedule(MilliSeconds(23 * i), [&, i] {
            radios.m_nodes[i % 2]->GetObject<Processor>()->Execute(
                {{OperationKind::Aes128Ccm, 3, 200},
                 {OperationKind::Hkdf, 4, 128},
                 {OperationKind::EcdsaP256Sign, i % 7 == 0, 0}});
        });
    }
    int checked = 0;
    for (int ms = 17; ms < 1500; ms += 31)
    {
        Simulator::Schedule(MilliSeconds(ms), [&] {
            for (size_t i = 0; i < 2; i++)
            {
                EnergyAccount account = radios.m_ledgers[i]->Snapshot();
                EXPECT_NEAR(account.GetByCause().GetTotal(), account.GetTotal(), 1e-9);
                EXPECT_NEAR(batteries[i]->GetDrawn(), account.GetTotal(), 1e-9);
                EXPECT_NEAR(batteries[i]->GetRemaining(), 100 - account.GetTotal(), 1e-9);
                checked++;
            }
        });
    }
    Radios::Run(Seconds(1.5));
    EXPECT_EQ(checked, 96);
    EXPECT_GT(radios.m_ledgers[0]->Snapshot()[McuState::Crypto], 1e-3);
}

TEST(EnergyLedger, AccountsForPeriodsApart)
{
    Radios radios("cc2538");
    Ptr<EnergyLedger> ledger = radios.m_ledgers[0];
    radios.Send(Seconds(1), 0, 1, 127);
    radios.Send(Seconds(3), 0, 1, 57);
    radios.Send(Seconds(5), 0, 1, 27);
    EnergyAccount first;
    Simulator::Schedule(Seconds(0), [=] { ledger->Mark("set-up"); });
    Simulator::Schedule(Seconds(2), [=] { ledger->Mark("window"); });
    Simulator::Schedule(Seconds(4), [&, ledger] {
        first = ledger->GetPeriod("window"); // still open
        ledger->Mark("drain");
    });
    Radios::Run(Seconds(6));
    constexpr double BYTE = 3 * 24e-3 * 32e-6;
    EXPECT_NEAR(ledger->GetPeriod("set-up")[RadioState::Transmit], 133 * BYTE, 1e-9);
    EXPECT_NEAR(ledger->GetPeriod("window")[RadioState::Transmit], 63 * BYTE, 1e-9);
    EXPECT_NEAR(ledger->GetPeriod("drain")[RadioState::Transmit], 33 * BYTE, 1e-9);
    EXPECT_EQ(first.GetTotal(), ledger->GetPeriod("window").GetTotal());
    EXPECT_EQ(ledger->GetPeriod("window").duration, Seconds(2));
    EXPECT_EQ(ledger->GetPeriod("none").GetTotal(), 0);
    EnergyAccount sum =
        ledger->GetPeriod("set-up") + ledger->GetPeriod("window") + ledger->GetPeriod("drain");
    EXPECT_NEAR(sum.GetTotal(), ledger->Snapshot().GetTotal(), 1e-9);
    EXPECT_EQ(sum.duration, Seconds(6));
}

class BatteryTest : public testing::Test
{
  protected:
    ~BatteryTest() override
    {
        m_node->Dispose();
        Simulator::Destroy();
    }

    void Install(double capacity)
    {
        DeviceHelper device("nrf52840-cryptocell");
        device.Install(m_node); // no radio: the MCU alone, 3.3 mA at work and 1.5 uA asleep
        m_battery = device.InstallBattery(m_node, capacity);
        m_battery->TraceConnectWithoutContext("Depleted",
                                              MakeCallback(&BatteryTest::HandleDepleted, this));
    }

    void HandleDepleted()
    {
        m_depleted.push_back(Simulator::Now());
    }

    Ptr<Node> m_node = CreateObject<Node>();
    Ptr<Battery> m_battery;
    std::vector<Time> m_depleted;
};

TEST_F(BatteryTest, IsEmptyAfterCapacityOverPower)
{
    Install(0.1);
    Simulator::Run();
    ASSERT_EQ(m_depleted.size(), 1U);
    EXPECT_NEAR(m_depleted[0].GetSeconds(), 0.1 / (3 * 1.5e-6), 2e-9);
    EXPECT_TRUE(m_battery->IsDepleted());
    EXPECT_EQ(m_battery->GetRemaining(), 0);
}

/// Work at 1000 s takes its share, so the end comes earlier by share / sleeping power.
TEST_F(BatteryTest, IsEmptyEarlierByWhatWorkTook)
{
    Install(0.1);
    Simulator::Schedule(Seconds(1000), [this] {
        m_node->GetObject<Processor>()->Execute({{OperationKind::EcdsaP256Verify, 20, 0}});
    });
    Simulator::Run();
    double work = 20 * 21.417e-3;
    double left = 0.1 - 3 * (1.5e-6 * 1000 + 3.3e-3 * work);
    ASSERT_EQ(m_depleted.size(), 1U);
    EXPECT_NEAR(m_depleted[0].GetSeconds(), 1000 + work + left / (3 * 1.5e-6), 1e-8);
}

/// The end in the middle of work: the event that stood later is moved forward.
TEST_F(BatteryTest, IsEmptyInTheMiddleOfWork)
{
    Install(1e-3);
    Simulator::Schedule(Seconds(100), [this] {
        m_node->GetObject<Processor>()->Execute({{OperationKind::EcdsaP256Verify, 20, 0}});
    });
    Simulator::Run();
    ASSERT_EQ(m_depleted.size(), 1U);
    EXPECT_NEAR(m_depleted[0].GetSeconds(), 100 + (1e-3 - 3 * 1.5e-6 * 100) / (3 * 3.3e-3), 2e-9);
}

} // namespace
