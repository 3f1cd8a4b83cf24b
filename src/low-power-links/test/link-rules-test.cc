// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/protocol/duplicate-filter.h"
#include "low-power-links/protocol/poll-schedule.h"

#include <gtest/gtest.h>

namespace lowpower
{

namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

MacAddress
Short(uint16_t value)
{
    return {AddressMode::Short, value};
}

TEST(DuplicateFilterTest, OnlyTheSameNumberInARowIsADuplicate)
{
    DuplicateFilter filter(8);
    EXPECT_FALSE(filter.IsDuplicate(Short(1), 5));
    EXPECT_TRUE(filter.IsDuplicate(Short(1), 5));
    EXPECT_FALSE(filter.IsDuplicate(Short(2), 5));
    EXPECT_FALSE(filter.IsDuplicate(Short(1), 6));
    EXPECT_FALSE(filter.IsDuplicate(Short(1), 5));
    EXPECT_FALSE(filter.IsDuplicate({AddressMode::Extended, 1}, 5));
}

TEST(DuplicateFilterTest, FullTableForgetsTheSourceSilentLongest)
{
    DuplicateFilter filter(2);
    filter.IsDuplicate(Short(1), 1);
    filter.IsDuplicate(Short(2), 1);
    filter.IsDuplicate(Short(1), 2);
    filter.IsDuplicate(Short(3), 1); // takes the place of 2
    EXPECT_TRUE(filter.IsDuplicate(Short(1), 2));
    EXPECT_FALSE(filter.IsDuplicate(Short(2), 1));
}

TEST(PollScheduleTest, PollsEachPeriodAndFasterAfterActivity)
{
    PollSchedule polls;
    sansio::TimePoint start{};
    polls.Start({seconds(5), milliseconds(100), milliseconds(250)}, start + seconds(3));
    EXPECT_EQ(polls.GetNext(), start + seconds(3));
    polls.NotePoll(start + seconds(3));
    EXPECT_EQ(polls.GetNext(), start + seconds(8));
    polls.NoteActivity(start + seconds(4));
    EXPECT_EQ(polls.GetNext(), start + milliseconds(4100));
    EXPECT_TRUE(polls.IsFast(start + milliseconds(4249)));
    EXPECT_FALSE(polls.IsFast(start + milliseconds(4250)));
    polls.NotePoll(start + milliseconds(4200));
    EXPECT_EQ(polls.GetNext(), start + milliseconds(4300));
    polls.NotePoll(start + milliseconds(4300));
    EXPECT_EQ(polls.GetNext(), start + milliseconds(9300));
}

TEST(PollScheduleTest, ActivityNeverPutsThePollOff)
{
    PollSchedule polls;
    sansio::TimePoint start{};
    polls.Start({seconds(5), milliseconds(100), seconds(1)}, start + milliseconds(50));
    polls.NoteActivity(start);
    EXPECT_EQ(polls.GetNext(), start + milliseconds(50));
    // A fast period longer than the period has no effect.
    polls.Start({milliseconds(50), milliseconds(100), seconds(1)}, start + seconds(1));
    polls.NoteActivity(start);
    EXPECT_EQ(polls.GetNext(), start + milliseconds(50));
}

} // namespace

} // namespace lowpower
