// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/timeline.h"

#include "ns3/simulator.h"

#include <gtest/gtest.h>

using namespace ns3;

TEST(Timeline, CountsAReportInTheStepItWasGeneratedIn)
{
    VictimProbe probe;
    uint64_t packets = 0;
    Timeline timeline(probe, [&packets] { return packets; });
    auto at = [](double seconds, std::function<void()> what) {
        Simulator::Schedule(Seconds(seconds), [what] { what(); });
    };
    at(9, [&] { timeline.Generated(1); }); // before it begins: of no step
    at(10, [&] { timeline.Begin(Seconds(5), Seconds(22), Seconds(4)); });
    at(11, [&] { timeline.Generated(2); });
    at(14, [&] { timeline.Collected(2); });
    at(14, [&] { timeline.Generated(3); });
    at(14, [&] { packets = 7; });
    at(19, [&] { timeline.Collected(3); }); // late, and not again
    at(20.5, [&] { timeline.Collected(3); });
    at(20.5, [&] { timeline.Generated(4); });
    at(21, [&] { packets = 9; });
    Simulator::Run();
    const std::vector<TimelineStep>& steps = timeline.GetSteps();
    ASSERT_EQ(steps.size(), 3u); // the last one is shorter
    EXPECT_EQ(steps[0].begin, Seconds(10));
    EXPECT_EQ(steps[2].begin, Seconds(20));
    EXPECT_EQ(steps[0].generated, 2u);
    EXPECT_EQ(steps[0].delivered, 2u);
    EXPECT_EQ(steps[0].onTime, 1u);
    EXPECT_DOUBLE_EQ(steps[0].latencySum, 3 + 5);
    EXPECT_EQ(steps[0].attackPackets, 7u);
    EXPECT_EQ(steps[1].generated, 0u);
    EXPECT_EQ(steps[1].attackPackets, 0u);
    EXPECT_EQ(steps[2].generated, 1u);
    EXPECT_EQ(steps[2].delivered, 0u);
    EXPECT_EQ(steps[2].attackPackets, 2u);
    Simulator::Destroy();
}
