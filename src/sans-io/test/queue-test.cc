// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/protocol/queue.h"

#include <gtest/gtest.h>
#include <memory>

using namespace sansio;

TEST(Queue, FirstInFirstOut)
{
    Queue<std::unique_ptr<int>> queue;
    EXPECT_TRUE(queue.empty());
    int in = 0;
    int out = 0;
    for (int round = 0; round < 1000; round++) // never empty in between, and longer and longer
    {
        for (int i = 0; i < 3; i++)
        {
            queue.push_back(std::make_unique<int>(in++));
        }
        for (int i = 0; i < 2; i++)
        {
            EXPECT_EQ(*queue.Take(), out++);
        }
        EXPECT_EQ(queue.size(), static_cast<size_t>(in - out));
    }
    while (!queue.empty())
    {
        EXPECT_EQ(*queue.Take(), out++);
    }
    EXPECT_EQ(out, in);
}

TEST(Queue, BeginsAgainInTheSamePlace)
{
    Queue<int> queue;
    queue.push_back(1);
    queue.push_back(2);
    queue.Take();
    queue.Take();
    queue.push_back(3);
    EXPECT_EQ(queue.size(), 1u);
    EXPECT_EQ(queue.Take(), 3);
    EXPECT_TRUE(queue.empty());
}
