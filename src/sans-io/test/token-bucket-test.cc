// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/protocol/token-bucket.h"

#include <gtest/gtest.h>
#include <string>

using namespace sansio;
using namespace std::chrono_literals;

namespace
{

TimePoint
At(Duration time)
{
    return TimePoint(time);
}

} // namespace

TEST(TokenBucket, GivesTheBurstAtOnceAndThenTheRate)
{
    const RateLimit limit{2, 3};
    TokenBucket bucket;
    int taken = 0;
    for (Duration now = 10s; now < 20s; now += 1ms)
    {
        taken += bucket.Take(At(now), limit);
        EXPECT_LE(taken, 3 + (now - 10s) / 500ms) << "at " << now.count();
    }
    EXPECT_EQ(taken, 3 + 19) << "the burst, and one each half second after 10 s and before 20 s";
}

TEST(TokenBucket, TellsToTheNanosecondWhenTheNextTokenIsThere)
{
    const RateLimit limit{4, 2};
    TokenBucket bucket;
    EXPECT_TRUE(bucket.Take(At(1s), limit));
    EXPECT_EQ(bucket.GetWait(At(1s), limit), 0ns);
    EXPECT_TRUE(bucket.Take(At(1s), limit));
    EXPECT_EQ(bucket.GetWait(At(1s), limit), 250ms);
    EXPECT_FALSE(bucket.Take(At(1250ms - 1ns), limit));
    EXPECT_TRUE(bucket.Take(At(1250ms), limit)) << "a refusal costs nothing";
}

TEST(TokenBucket, IsFullAgainAfterItsBurstAndHoldsNoMore)
{
    const RateLimit limit{1, 2};
    TokenBucket bucket;
    EXPECT_TRUE(bucket.Take(At(0s), limit));
    EXPECT_TRUE(bucket.Take(At(0s), limit));
    EXPECT_FALSE(bucket.IsFull(At(2s - 1ns)));
    EXPECT_TRUE(bucket.IsFull(At(2s)));
    EXPECT_TRUE(bucket.Take(At(1h), limit));
    EXPECT_TRUE(bucket.Take(At(1h), limit));
    EXPECT_FALSE(bucket.Take(At(1h), limit));
}

TEST(TokenBucket, WhatIsOwedIsPaidBeforeTheNextToken)
{
    const RateLimit limit{2, 1};
    TokenBucket bucket;
    for (int i = 0; i < 5; i++)
    {
        bucket.Spend(At(1s), limit);
    }
    EXPECT_EQ(bucket.GetWait(At(1s), limit), 2500ms);
    EXPECT_FALSE(bucket.Take(At(3499ms), limit));
    EXPECT_TRUE(bucket.Take(At(3500ms), limit));
}

TEST(TokenBucket, WithoutARateLetsEverythingPass)
{
    TokenBucket bucket;
    for (int i = 0; i < 1000; i++)
    {
        EXPECT_TRUE(bucket.Take(At(0s), RateLimit{}));
    }
    EXPECT_EQ(bucket.GetWait(At(0s), RateLimit{}), 0ns);
}

TEST(TokenBucketTable, CountsEachKeyByItself)
{
    TokenBucketTable<std::string> table({1, 2}, 10);
    EXPECT_TRUE(table.Take(At(0s), "a"));
    EXPECT_TRUE(table.Take(At(0s), "a"));
    EXPECT_FALSE(table.Take(At(0s), "a"));
    EXPECT_TRUE(table.Take(At(0s), "b"));
    EXPECT_EQ(table.GetWait(At(0s), "a"), 1s);
    EXPECT_EQ(table.GetWait(At(0s), "c"), 0s);
}

TEST(TokenBucketTable, ForgetsBucketsThatAreFullAgain)
{
    TokenBucketTable<int> table({1, 2}, 1000);
    for (int key = 0; key < 100; key++)
    {
        table.Take(At(key * 100ms), key);
    }
    EXPECT_EQ(table.GetSize(), 10u) << "each bucket is full again a second later";
    EXPECT_EQ(table.GetForgotten(), 0u);
}

TEST(TokenBucketTable, HoldsNoMoreThanItsBoundUnderAFloodOfKeys)
{
    TokenBucketTable<int> table({0.1, 1}, 64);
    for (int key = 0; key < 10000; key++)
    {
        EXPECT_TRUE(table.Take(At(1us * key), key));
        EXPECT_LE(table.GetSize(), 64u);
    }
    EXPECT_EQ(table.GetForgotten(), 10000u - 64u);
    EXPECT_FALSE(table.Take(At(10ms), 9999)) << "asked last, so still known";
    EXPECT_TRUE(table.Take(At(10ms), 0)) << "forgotten";
}
