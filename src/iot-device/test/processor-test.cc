// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/helper/device-helper.h"

#include "ns3/simulator.h"

#include <gtest/gtest.h>
#include <memory>

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
        m_processor->TraceConnectWithoutContext("Waited",
                                                MakeCallback(&ProcessorTest::HandleWaited, this));
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

    void HandleWaited(Time waited)
    {
        m_waited.push_back(waited);
    }

    using BusyChanges = std::vector<std::pair<Time, bool>>;

    Ptr<Processor> m_processor;
    BusyChanges m_busy;
    std::vector<Time> m_starts;
    std::vector<Time> m_waited;
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
    EXPECT_EQ(m_waited,
              (std::vector<Time>{Time(0), MicroSeconds(10500), MicroSeconds(16500), Time(0)}));
    EXPECT_NEAR(m_charge, 5e-3 * 21.5e-3, 1e-15);
}

TEST_F(ProcessorTest, WorkHasWaitedSinceItsInputCame)
{
    Simulator::Schedule(MilliSeconds(4), [this] {
        m_processor->Execute({SIGN}, MilliSeconds(1));
        m_processor->Execute({SIGN}, MilliSeconds(2));
        m_processor->Execute({SIGN});
    });
    Simulator::Run();
    EXPECT_EQ(m_waited, (std::vector<Time>{MilliSeconds(3), MilliSeconds(12), MilliSeconds(20)}));
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

/// Tasks that take work in by turns: each has so many pieces of 10 ms.
class TurnTest : public ProcessorTest
{
  protected:
    struct Task
    {
        Task(TurnTest& test, char name, int pieces)
            : test(test),
              name(name),
              pieces(pieces),
              turn([this] { Work(); })
        {
            turn.SetProcessor(test.m_processor);
        }

        void Work()
        {
            while (pieces > 0 && (follows ? turn.Follow() : turn.Take()))
            {
                pieces--;
                test.m_order.emplace_back(Simulator::Now(), name);
                test.m_processor->Execute({SIGN});
            }
        }

        TurnTest& test;
        char name;
        int pieces;
        bool follows{false};
        ProcessorTurn turn;
    };

    std::vector<std::pair<Time, char>> m_order;
};

TEST_F(TurnTest, TasksTakeTurnsAndNoMoreThanOnePieceIsQueued)
{
    Task a(*this, 'a', 3);
    Task b(*this, 'b', 1);
    Task c(*this, 'c', 2);
    Simulator::Schedule(MilliSeconds(1), [&] {
        a.Work();
        b.Work();
        c.Work();
        c.Work(); // who waits waits once
    });
    Simulator::Run();
    EXPECT_EQ(m_order,
              (std::vector<std::pair<Time, char>>{{MilliSeconds(1), 'a'},
                                                  {MilliSeconds(11), 'a'}, // asked again first
                                                  {MilliSeconds(21), 'b'},
                                                  {MilliSeconds(31), 'c'},
                                                  {MilliSeconds(41), 'a'},
                                                  {MilliSeconds(51), 'c'}}));
    EXPECT_EQ(Simulator::Now(), MilliSeconds(61));
    EXPECT_FALSE(a.turn.IsWaiting());
    EXPECT_EQ(m_waited,
              (std::vector<Time>{Time(0),
                                 MilliSeconds(10),
                                 MilliSeconds(20),
                                 MilliSeconds(30),
                                 MilliSeconds(30),
                                 MilliSeconds(20)}))
        << "since it asked, not since its work was queued";
}

TEST_F(TurnTest, WhatAResultCausesIsDoneBeforeThoseWhoWait)
{
    Task first(*this, 'f', 1);
    Task second(*this, 's', 2);
    first.follows = second.follows = true;
    Task waiting(*this, 'w', 1);
    ProcessorResult result;
    Simulator::Schedule(MilliSeconds(1), [&] {
        result.Await(m_processor, m_processor->Execute({SIGN}), [&] {
            m_order.emplace_back(Simulator::Now(), 'r');
            first.Work();
            second.Work();
        });
        waiting.Work();
    });
    Simulator::Run();
    EXPECT_FALSE(result.IsPending());
    EXPECT_EQ(m_order,
              (std::vector<std::pair<Time, char>>{{MilliSeconds(11), 'r'},
                                                  {MilliSeconds(11), 'f'},
                                                  {MilliSeconds(21), 's'},
                                                  {MilliSeconds(31), 's'},
                                                  {MilliSeconds(41), 'w'}}));
    EXPECT_EQ(m_busy, (BusyChanges{{MilliSeconds(1), true}, {MilliSeconds(51), false}}));
}

TEST_F(TurnTest, AtOtherTimesWhoFollowsTakesATurn)
{
    Task a(*this, 'a', 2);
    a.follows = true;
    Task b(*this, 'b', 1);
    Simulator::Schedule(MilliSeconds(1), [&] {
        b.Work();
        a.Work();
    });
    Simulator::Schedule(MilliSeconds(2), [&] {
        b.pieces++;
        b.Work();
    });
    Simulator::Run();
    EXPECT_EQ(m_order,
              (std::vector<std::pair<Time, char>>{{MilliSeconds(1), 'b'},
                                                  {MilliSeconds(11), 'a'},
                                                  {MilliSeconds(21), 'b'},
                                                  {MilliSeconds(31), 'a'}}));
}

TEST_F(TurnTest, AResultIsHandedOutAtOnceOrWhenItsWorkIsDoneOrNever)
{
    ProcessorResult atOnce;
    ProcessorResult inTheMiddle;
    auto dropped = std::make_unique<ProcessorResult>();
    std::vector<std::pair<Time, char>> results;
    const auto note = [&](char name) {
        return [&results, name] { results.emplace_back(Simulator::Now(), name); };
    };
    Simulator::Schedule(MilliSeconds(1), [&] {
        atOnce.Await(m_processor, m_processor->Execute({}), note('n'));
        m_processor->Execute({SIGN});
        inTheMiddle.Await(m_processor, m_processor->Execute({SIGN}), note('m'));
        dropped->Await(m_processor, m_processor->Execute({SIGN}), note('d'));
        m_processor->Execute({SIGN});
    });
    Simulator::Schedule(MilliSeconds(2), [&] { dropped.reset(); });
    Simulator::Run();
    EXPECT_EQ(
        results,
        (std::vector<std::pair<Time, char>>{{MilliSeconds(1), 'n'}, {MilliSeconds(21), 'm'}}));
    EXPECT_EQ(Simulator::Now(), MilliSeconds(41));
}

TEST_F(TurnTest, WhoAsksAtTheInstantTheQueueEndsComesBehindThoseWhoWait)
{
    Task a(*this, 'a', 1);
    Task b(*this, 'b', 1);
    Task c(*this, 'c', 1);
    Simulator::Schedule(MilliSeconds(11), [&] { c.Work(); }); // before the end of the queue
    Simulator::Schedule(MilliSeconds(1), [&] {
        a.Work();
        b.Work();
    });
    Simulator::Run();
    EXPECT_EQ(m_order,
              (std::vector<std::pair<Time, char>>{{MilliSeconds(1), 'a'},
                                                  {MilliSeconds(11), 'b'},
                                                  {MilliSeconds(21), 'c'}}));
}

TEST_F(TurnTest, ATaskThatGoesWhileItWaitsOrWorksGivesItsTurnOn)
{
    Task a(*this, 'a', 1);
    auto b = std::make_unique<Task>(*this, 'b', 1);
    std::unique_ptr<ProcessorTurn> once;
    once = std::make_unique<ProcessorTurn>([&] { once.reset(); });
    once->SetProcessor(m_processor);
    Task c(*this, 'c', 1);
    Simulator::Schedule(MilliSeconds(1), [&] {
        a.Work();
        b->Work();
        EXPECT_FALSE(once->Take());
        c.Work();
    });
    Simulator::Schedule(MilliSeconds(5), [&] { b.reset(); });
    Simulator::Run();
    EXPECT_FALSE(once);
    EXPECT_EQ(
        m_order,
        (std::vector<std::pair<Time, char>>{{MilliSeconds(1), 'a'}, {MilliSeconds(11), 'c'}}));
}

TEST(ProcessorTurnWithoutProcessor, IsAlwaysGranted)
{
    ProcessorTurn turn([] { FAIL(); });
    EXPECT_TRUE(turn.Take());
    EXPECT_TRUE(turn.Take());
}

TEST(ProcessorOfAProfile, TakesTheTimeOfItsTableForAMessage)
{
    const std::vector<std::pair<std::string, Time>> times = {
        {"server", MicroSeconds(10)},
        {"gateway", MicroSeconds(110)},
        {"nrf52840-software", MicroSeconds(828)},
        {"cc2538", MicroSeconds(1656)}};
    for (const auto& [profile, time] : times)
    {
        Ptr<Node> node = CreateObject<Node>();
        DeviceHelper(profile).Install(node);
        EXPECT_EQ(node->GetObject<Processor>()->GetDuration({OperationKind::Message, 1, 100}), time)
            << profile;
        node->Dispose();
    }
    Simulator::Destroy();
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
