// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/replay-judge.h"

#include "ns3/simulator.h"

#include <gtest/gtest.h>

using namespace ns3;

namespace
{

using Kind = VictimEvent::Kind;

constexpr uint64_t REPORT = 7;

/// A judge with five seconds of observation; the original of REPORT arrived at 1 s, and it is sent
/// again at 10 s.
class ReplayJudgeTest : public testing::Test
{
  protected:
    ReplayJudgeTest()
        : judge(Seconds(5))
    {
        message.from.ip[15] = 2;
        message.from.port = 49153;
        message.report = REPORT;
        message.client = "s00";
        message.age = Seconds(9);
        At(1, [this] { judge.Served(REPORT); });
        At(10, [this] { judge.Replayed(message); });
    }

    ~ReplayJudgeTest() override
    {
        Simulator::Destroy();
    }

    void At(double seconds, std::function<void()> what)
    {
        Simulator::Schedule(Seconds(seconds), [what] { what(); });
    }

    void Tell(double seconds, Kind kind, const std::string& reason, const std::string& client = {})
    {
        VictimEvent event{kind, "dtls", reason, message.from, client, {}};
        At(seconds, [this, event] { judge.Happened(event); });
    }

    void ExpectOnly(ReplayOutcome outcome)
    {
        Simulator::Run();
        for (size_t i = 0; i < static_cast<size_t>(ReplayOutcome::Count); i++)
        {
            const auto other = static_cast<ReplayOutcome>(i);
            EXPECT_EQ(judge.GetCount(other), other == outcome) << ToString(other);
        }
    }

    ReplayJudge judge;
    ReplayedMessage message;
};

} // namespace

TEST_F(ReplayJudgeTest, AReportServedAgainIsAccepted)
{
    At(11, [this] { judge.Served(REPORT); });
    ExpectOnly(ReplayOutcome::Accepted);
}

TEST_F(ReplayJudgeTest, AnotherReportIsNotIt)
{
    At(11, [this] { judge.Served(REPORT + 1); });
    ExpectOnly(ReplayOutcome::Unreachable);
}

TEST_F(ReplayJudgeTest, WhatComesAfterTheObservationIsNotIts)
{
    At(16, [this] { judge.Served(REPORT); });
    Tell(16, Kind::Rejected, "replay");
    ExpectOnly(ReplayOutcome::Unreachable);
}

TEST_F(ReplayJudgeTest, ARejectionIsToldWithItsReason)
{
    Tell(11, Kind::Rejected, "replay");
    ExpectOnly(ReplayOutcome::Rejected);
    EXPECT_EQ(judge.GetReasons().at("dtls replay"), 1u);
}

TEST_F(ReplayJudgeTest, ASessionThatEndsAfterARejectionIsRejected)
{
    Tell(11, Kind::Rejected, "bad_record_mac");
    Tell(11.1, Kind::SessionEnded, "gone", "s00");
    ExpectOnly(ReplayOutcome::Rejected);
}

TEST_F(ReplayJudgeTest, ASessionThatEndsBeforeARejectionIsRejectedToo)
{
    Tell(11, Kind::SessionEnded, "gone", "s00");
    Tell(11.1, Kind::Rejected, "bad_record_mac");
    ExpectOnly(ReplayOutcome::Rejected);
    EXPECT_EQ(judge.GetReasons().size(), 1u);
}

TEST_F(ReplayJudgeTest, ARejectionIsOfTheOldestMessageAndTheEndOfTheSessionOfTheRest)
{
    message.report = 0; // as under TLS, where a copy has no label of its own
    At(10.5, [this] { judge.Replayed(message); });
    At(10.6, [this] { judge.Replayed(message); });
    Tell(11, Kind::Rejected, "bad_record_mac");
    Tell(11.1, Kind::SessionEnded, "gone", "s00");
    Simulator::Run();
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Rejected), 1u);
    EXPECT_EQ(judge.GetCount(ReplayOutcome::ConnectionLost), 2u);
    EXPECT_EQ(judge.GetReasons().at("dtls bad_record_mac"), 1u);
    EXPECT_EQ(judge.GetReasons().at("dtls gone"), 2u);
}

TEST_F(ReplayJudgeTest, ARejectionIsNotOfAMessageThatWasAccepted)
{
    At(10.5, [this] { judge.Served(REPORT); });
    At(10.6, [this] {
        message.report = REPORT + 1;
        judge.Replayed(message);
    });
    Tell(11, Kind::Rejected, "replay");
    Simulator::Run();
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Accepted), 1u);
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Rejected), 1u);
}

TEST_F(ReplayJudgeTest, ADuplicateIsOfOneMessage)
{
    At(10.5, [this] { judge.Replayed(message); });
    Tell(11, Kind::Duplicate, "duplicate");
    Simulator::Run();
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Duplicate), 1u);
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Unreachable), 1u);
}

TEST_F(ReplayJudgeTest, ASessionOfAnotherClientIsNotItsOwn)
{
    Tell(11, Kind::SessionEnded, "gone", "s01");
    ExpectOnly(ReplayOutcome::Unreachable);
}

TEST_F(ReplayJudgeTest, ADuplicateIsADuplicateByItsMessageId)
{
    message.messageId = 3;
    VictimEvent event{Kind::Duplicate, "coap", "duplicate", message.from, {}, 4};
    At(11, [this, event] { judge.Happened(event); });
    event.messageId = 3;
    At(17, [this, event] { judge.Happened(event); });
    At(16, [this] { judge.Replayed(message); });
    Simulator::Run();
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Duplicate), 1u);
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Unreachable), 1u);
}

TEST_F(ReplayJudgeTest, AnEventOfAnotherPortIsNotItsUnlessAnyPortIs)
{
    VictimEvent event{Kind::Rejected, "dtls", "epoch", message.from, {}, {}};
    event.peer.port++;
    At(11, [this, event] { judge.Happened(event); });
    At(17, [this, event] { judge.Happened(event); });
    At(16, [this] {
        message.anyPort = true;
        judge.Replayed(message);
    });
    Simulator::Run();
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Rejected), 1u);
    EXPECT_EQ(judge.GetCount(ReplayOutcome::Unreachable), 1u);
}

TEST_F(ReplayJudgeTest, AWithheldMessageIsAcceptedTheFirstTime)
{
    message.withheld = true;
    message.report = REPORT + 1;
    message.age = Seconds(0.1);
    At(11, [this] { judge.Served(REPORT + 1); });
    ExpectOnly(ReplayOutcome::Accepted);
}

TEST_F(ReplayJudgeTest, AnOriginalStillOnItsWayArrivesFirst)
{
    message.report = REPORT + 1;
    message.age = Seconds(0.1);
    At(11, [this] { judge.Served(REPORT + 1); });
    ExpectOnly(ReplayOutcome::Unreachable);
}

TEST_F(ReplayJudgeTest, AnOriginalThatNeverArrivedIsReplacedByTheReplay)
{
    message.report = REPORT + 1;
    message.age = Seconds(9);
    At(11, [this] { judge.Served(REPORT + 1); });
    ExpectOnly(ReplayOutcome::Accepted);
}
