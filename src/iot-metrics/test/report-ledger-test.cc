// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/report-ledger.h"

#include <gtest/gtest.h>

using namespace ns3;

TEST(ReportLedger, EachReportEndsAsExactlyOneThing)
{
    ReportLedger ledger;
    for (uint64_t id = 1; id <= 5; id++)
    {
        ledger.Generated(id, 0, Seconds(10.0 * id));
    }
    ledger.Served(1, Seconds(10.5));
    ledger.Collected(1, Seconds(11));
    ledger.Served(1, Seconds(12)); // again
    ledger.Served(2, Seconds(39));
    ledger.Collected(2, Seconds(40)); // late
    ledger.Refused(3);
    ledger.Served(99, Seconds(50));

    auto s = ledger.Summarize(Seconds(145), Seconds(10), Seconds(100), Seconds(0), Seconds(100));
    EXPECT_EQ(s.generated, 5u);
    EXPECT_EQ(s.delivered, 2u);
    EXPECT_EQ(s.onTime, 1u);
    EXPECT_EQ(s.refused, 1u);
    EXPECT_EQ(s.lost, 1u) << "report 4 is 105 s old";
    EXPECT_EQ(s.inFlight, 1u) << "report 5 is 95 s old";
    EXPECT_EQ(s.duplicates, 1u);
    EXPECT_EQ(s.generated, s.delivered + s.lost + s.inFlight + s.refused);
    EXPECT_EQ(s.latencies, (std::vector<double>{1, 20}));
    EXPECT_EQ(s.serviceLatencies, (std::vector<double>{0.5, 19}));
    EXPECT_EQ(ledger.GetUnknown(), 1u);
}

TEST(ReportLedger, ARefusedReportThatArrivesAfterAllIsDelivered)
{
    ReportLedger ledger;
    ledger.Generated(1, 0, Seconds(1));
    ledger.Refused(1);
    ledger.Collected(1, Seconds(2));
    auto s = ledger.Summarize(Seconds(10), Seconds(5), Seconds(5), Seconds(0), Seconds(10));
    EXPECT_EQ(s.delivered, 1u);
    EXPECT_EQ(s.refused, 0u);
}

TEST(ReportLedger, AgeIsTheAreaUnderTheSawtooth)
{
    ReportLedger ledger;
    ledger.Generated(1, 0, Seconds(10));
    ledger.Generated(2, 0, Seconds(20));
    ledger.Generated(3, 0, Seconds(30));
    ledger.Collected(1, Seconds(12)); // age 2 at 12 s, grows to 13 at 23 s
    ledger.Collected(3, Seconds(32)); // fresher than report 2, which comes later
    ledger.Collected(
        2,
        Seconds(23)); // age 3 at 23 s, grows to 12 at 32 s; then 2 at 32 s to 10 at 40 s
    auto s = ledger.Summarize(Seconds(200), Seconds(5), Seconds(5), Seconds(0), Seconds(40));
    double area = (13.0 * 13 - 2 * 2) / 2 + (12.0 * 12 - 3 * 3) / 2 + (10.0 * 10 - 2 * 2) / 2;
    ASSERT_TRUE(s.age);
    EXPECT_NEAR(*s.age, area / 28, 1e-12);
}

TEST(ReportLedger, AnOldReportThatArrivesLateDoesNotRejuvenate)
{
    ReportLedger ledger;
    ledger.Generated(1, 0, Seconds(0));
    ledger.Generated(2, 0, Seconds(10));
    ledger.Collected(2, Seconds(11));
    ledger.Collected(1, Seconds(15));
    auto s = ledger.Summarize(Seconds(200), Seconds(5), Seconds(5), Seconds(0), Seconds(21));
    ASSERT_TRUE(s.age);
    EXPECT_NEAR(*s.age, 6, 1e-12) << "from 1 to 11 s";
}

TEST(ReportLedger, NothingHeardHasNoAge)
{
    ReportLedger ledger;
    ledger.Generated(1, 0, Seconds(0));
    EXPECT_FALSE(ledger.Summarize(Seconds(9), Seconds(5), Seconds(5), Seconds(0), Seconds(9)).age);
}

TEST(LatencyQuantile, ALostReportCountsAsInfinite)
{
    std::vector<double> arrived{1, 2, 3, 4, 5, 6, 7, 8, 9};
    EXPECT_EQ(LatencyQuantile(arrived, 10, 0.5), 5);
    EXPECT_EQ(LatencyQuantile(arrived, 10, 0.9), 9);
    EXPECT_EQ(LatencyQuantile(arrived, 10, 0.95), std::nullopt);
    EXPECT_EQ(LatencyQuantile(arrived, 9, 1), 9);
    EXPECT_EQ(LatencyQuantile({}, 0, 0.5), std::nullopt);
}
