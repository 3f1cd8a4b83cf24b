// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/helper/device-helper.h"

#include "ns3/simulator.h"

#include <gtest/gtest.h>

using namespace ns3;
using sansio::Operation;
using sansio::OperationKind;

namespace
{

/// A processor on which a signature takes 10 ms, and a byte of CCM 1 us after 100 us.
McuProfile
GetProfile()
{
    McuProfile profile;
    profile.active.value = 3e-3;
    profile.crypto.value = 5e-3;
    profile.sleep.value = 1e-6;
    profile.operations.fill({1e-3, 0, "test"});
    profile.operations[static_cast<size_t>(OperationKind::EcdsaP256Sign)].fixed = 10e-3;
    profile.operations[static_cast<size_t>(OperationKind::Aes128Ccm)] = {100e-6, 1e-6, "test"};
    return profile;
}

const Operation SIGN{OperationKind::EcdsaP256Sign, 1, 0};
const Operation CCM{OperationKind::Aes128Ccm, 2, 300};

class ProcessorTest : public testing::Test
{
  protected:
    ProcessorTest()
        : m_processor(CreateObject<Processor>())
    {
        m_processor->SetProfile(GetProfile());
        m_processor->TraceConnectWithoutContext("Busy",
                                                MakeCallback(&ProcessorTest::HandleBusy, this));
        m_processor->TraceConnectWithoutContext(
            "Operation",
            MakeCallback(&ProcessorTest::HandleOperation, this));
    }

    ~ProcessorTest() override
    {
        m_processor->Dispose();
        Simulator::Destroy();
    }

    void HandleBusy(bool busy)
    {
        m_busy.emplace_back(Simulator::Now(), busy);
    }

    void HandleOperation(const Operation& operation, Time start, Time duration, double charge)
    {
        m_starts.push_back(start);
        m_charge += charge;
    }

    using BusyChanges = std::vector<std::pair<Time, bool>>;

    Ptr<Processor> m_processor;
    BusyChanges m_busy;
    std::vector<Time> m_starts;
    double m_charge{0};
};

TEST_F(ProcessorTest, TakesTheTimeOfEachOperation)
{
    EXPECT_EQ(m_processor->GetDuration(SIGN), MilliSeconds(10));
    EXPECT_EQ(m_processor->GetDuration(CCM), MicroSeconds(500));
    EXPECT_EQ(m_processor->GetDuration({OperationKind::Hkdf, 3, 96}), MilliSeconds(3));
    EXPECT_EQ(m_processor->GetDuration({OperationKind::Hkdf, 0, 0}), Seconds(0));
}

TEST_F(ProcessorTest, QueuesInTheOrderOfArrival)
{
    Simulator::Schedule(MilliSeconds(1), [this] {
        EXPECT_EQ(m_processor->Execute({SIGN, CCM}), MicroSeconds(11500));
        EXPECT_EQ(m_processor->Execute({SIGN}), MicroSeconds(21500));
        EXPECT_EQ(m_processor->Execute({}), MicroSeconds(21500)); // keeps its place
    });
    Simulator::Schedule(MilliSeconds(5),
                        [this] { EXPECT_EQ(m_processor->Execute({CCM}), MilliSeconds(22)); });
    Simulator::Schedule(MilliSeconds(40), [this] {
        EXPECT_EQ(m_processor->Execute({}), MilliSeconds(40)); // nothing to wait for
        EXPECT_EQ(m_processor->Execute({CCM}), MicroSeconds(40500));
    });
    Simulator::Run();
    EXPECT_EQ(m_starts,
              (std::vector<Time>{MilliSeconds(1),
                                 MilliSeconds(11),
                                 MicroSeconds(11500),
                                 MicroSeconds(21500),
                                 MilliSeconds(40)}));
    EXPECT_EQ(m_busy,
              (BusyChanges{{MilliSeconds(1), true},
                           {MilliSeconds(22), false},
                           {MilliSeconds(40), true},
                           {MicroSeconds(40500), false}}));
    EXPECT_NEAR(m_charge, 5e-3 * 21.5e-3, 1e-15);
}

TEST_F(ProcessorTest, KnowsTheTimeSpentOnAKindInTheMiddleOfAJob)
{
    Simulator::Schedule(MilliSeconds(1), [this] { m_processor->Execute({CCM, SIGN, CCM}); });
    Simulator::Schedule(MilliSeconds(4), [this] {
        EXPECT_EQ(m_processor->GetTimeSpent(OperationKind::Aes128Ccm), MicroSeconds(500));
        EXPECT_EQ(m_processor->GetTimeSpent(OperationKind::EcdsaP256Sign), MicroSeconds(2500));
        EXPECT_TRUE(m_processor->IsBusy());
    });
    Simulator::Run();
    EXPECT_EQ(m_processor->GetTimeSpent(OperationKind::Aes128Ccm), MilliSeconds(1));
    EXPECT_EQ(m_processor->GetTimeSpent(OperationKind::EcdsaP256Sign), MilliSeconds(10));
    EXPECT_FALSE(m_processor->IsBusy());
}

TEST(ProcessorOfAProfile, VerifiesForTheTimeOfItsTable)
{
    Ptr<Node> node = CreateObject<Node>();
    DeviceHelper device("nrf52840-cryptocell");
    device.Install(node);
    Ptr<Processor> processor = node->GetObject<Processor>();
    EXPECT_EQ(processor->Execute({{OperationKind::EcdsaP256Verify, 1, 0}}), MicroSeconds(21417));
    node->Dispose();
    Simulator::Destroy();
}

TEST(ProcessorOfAServer, TakesTimeButHasNoLedger)
{
    Ptr<Node> host = CreateObject<Node>();
    EXPECT_FALSE(DeviceHelper("server").Install(host));
    EXPECT_FALSE(host->GetObject<EnergyLedger>());
    EXPECT_GT(host->GetObject<Processor>()->Execute({SIGN}), MicroSeconds(1));
    host->Dispose();
    Simulator::Destroy();
}

} // namespace
