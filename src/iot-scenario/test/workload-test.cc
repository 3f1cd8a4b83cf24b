// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/workload.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace ns3;

TEST(Report, EncodesHeaderAndFiller)
{
    Report report{0x0102, 0x03040506, 0x0708};
    EXPECT_EQ(report.Encode(11), (sansio::Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2}));
    auto decoded = Report::Decode(report.Encode(300));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->GetId(), 0x0000010203040506u);
    EXPECT_EQ(decoded->flags, 0x0708);
}

TEST(Report, DamagedPayloadsAreNoReports)
{
    sansio::Bytes good = Report{1, 1, 0}.Encode(32);
    EXPECT_FALSE(Report::Decode(sansio::ByteView(good).First(7)));
    for (size_t i = 8; i < good.size(); i++)
    {
        sansio::Bytes bad = good;
        bad[i] ^= 1;
        EXPECT_FALSE(Report::Decode(bad)) << "filler byte " << i;
    }
    EXPECT_FALSE(Report::Decode(Report{1, 0, 0}.Encode(8))) << "sequences start at 1";
}

TEST(Workload, PeriodicReportsStayWithinTheJitter)
{
    Workload workload({3, 20, Seconds(60), Seconds(10), false}, 100);
    EXPECT_EQ(workload.GetEnd(), Seconds(260));
    for (const auto& times : workload.GetTimes())
    {
        ASSERT_EQ(times.size(), 20u);
        for (size_t i = 1; i < times.size(); i++)
        {
            EXPECT_NEAR((times[i] - times[i - 1]).GetSeconds(), 10, 1.0);
        }
        EXPECT_GE(times[0], Seconds(60));
        EXPECT_LE(times[0], Seconds(70.5));
    }
}

TEST(Workload, PoissonReportsFillTheSameWindow)
{
    Workload workload({1, 4000, Seconds(60), Seconds(10), true}, 100);
    const auto& times = workload.GetTimes()[0];
    EXPECT_NEAR(times.size(), 4000, 3 * std::sqrt(4000));
    EXPECT_EQ(workload.GetEnd(), Seconds(60 + 40000));
    EXPECT_GT(times.front(), Seconds(60));
    EXPECT_LT(times.back(), workload.GetEnd());
    double squares = 0;
    for (size_t i = 1; i < times.size(); i++)
    {
        squares += std::pow((times[i] - times[i - 1]).GetSeconds(), 2);
    }
    EXPECT_NEAR(squares / times.size(), 200, 20)
        << "E[X^2] of an exponential is twice its mean squared";
}

TEST(Workload, SameRunSameTimesOtherRunOthers)
{
    auto draw = [](int run) {
        RngSeedManager::SetRun(run);
        return Workload({2, 5, Seconds(0), Seconds(10), false}, 100).GetTimes();
    };
    EXPECT_EQ(draw(1), draw(1));
    EXPECT_NE(draw(1), draw(2));
    RngSeedManager::SetRun(1);
}

TEST(Workload, AddingASensorMovesNoOther)
{
    Workload two({2, 5, Seconds(0), Seconds(10), false}, 100);
    Workload three({3, 5, Seconds(0), Seconds(10), false}, 100);
    EXPECT_EQ(two.GetTimes()[1], three.GetTimes()[1]);
}

TEST(Workload, GeneratesEachReportAtItsTime)
{
    Workload workload({2, 3, Seconds(5), Seconds(1), false}, 100);
    std::vector<std::vector<Time>> generated(2);
    workload.Start([&](const Report& report) {
        generated[report.sensor].push_back(Simulator::Now());
        EXPECT_EQ(report.sequence, generated[report.sensor].size());
    });
    Simulator::Run();
    EXPECT_EQ(generated, workload.GetTimes());
    Simulator::Destroy();
}
