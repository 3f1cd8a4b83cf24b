// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/machine-pump.h"
#include "sans-io/model/ns3-random-source.h"
#include "sans-io/protocol/spanned-bytes.h"

#include "ns3/rng-seed-manager.h"

#include <deque>
#include <gtest/gtest.h>

using namespace ns3;

namespace
{

/// Answers each deadline with one byte and one event, and asks for the next one a second later.
class Ticker
{
  public:
    void HandleTimeout(sansio::TimePoint now)
    {
        m_handled.push_back(now);
        m_output.emplace_back(sansio::Bytes{uint8_t(m_handled.size())}, sansio::Provenance{});
        m_events.push_back(int(m_handled.size()));
        m_next = m_handled.size() < 3 ? std::optional(now + std::chrono::seconds(1)) : std::nullopt;
    }

    std::optional<sansio::TimePoint> GetNextTimeout() const
    {
        return m_next;
    }

    sansio::SpannedBytes TakeTransmit()
    {
        return Take(m_output).value_or(sansio::SpannedBytes());
    }

    std::optional<int> PollEvent()
    {
        return Take(m_events);
    }

    template <typename T>
    static std::optional<T> Take(std::deque<T>& queue)
    {
        if (queue.empty())
        {
            return {};
        }
        T front = queue.front();
        queue.pop_front();
        return front;
    }

    std::optional<sansio::TimePoint> m_next;
    std::vector<sansio::TimePoint> m_handled;
    std::deque<sansio::SpannedBytes> m_output;
    std::deque<int> m_events;
};

} // namespace

TEST(MachinePump, SchedulesOneEventPerDeadline)
{
    Ticker ticker;
    std::vector<std::pair<double, int>> events;
    sansio::Bytes sent;
    MachinePump<Ticker> pump(
        ticker,
        [&](sansio::SpannedBytes&& bytes) { sent.push_back(bytes.GetView()[0]); },
        [&](int&& event) { events.emplace_back(Simulator::Now().GetSeconds(), event); });
    ticker.m_next = sansio::TimePoint(std::chrono::milliseconds(500));
    pump.Run();
    uint64_t before = Simulator::GetEventCount();
    Simulator::Run();
    EXPECT_EQ(events, (std::vector<std::pair<double, int>>{{0.5, 1}, {1.5, 2}, {2.5, 3}}));
    EXPECT_EQ(sent, (sansio::Bytes{1, 2, 3}));
    EXPECT_EQ(Simulator::GetEventCount() - before, 3u);
    Simulator::Destroy();
}

TEST(MachinePump, AnEventHandlerMayCallTheMachineAndThePump)
{
    Ticker ticker;
    int handled = 0;
    MachinePump<Ticker>* self = nullptr;
    MachinePump<Ticker> pump(
        ticker,
        [](sansio::SpannedBytes&&) {},
        [&](int&& event) {
            if (++handled < 5)
            {
                ticker.m_events.push_back(event + 1);
                self->Run();
            }
        });
    self = &pump;
    ticker.m_events.push_back(1);
    pump.Run();
    EXPECT_EQ(handled, 5);
    Simulator::Destroy();
}

TEST(MachinePump, WhatAHandlerSaysGoesOutBeforeTheNextEvent)
{
    Ticker ticker;
    std::string order;
    MachinePump<Ticker> pump(
        ticker,
        [&](sansio::SpannedBytes&& bytes) { order += "out" + std::to_string(bytes.GetView()[0]); },
        [&](int&& event) {
            order += " event" + std::to_string(event) + " ";
            if (event == 1)
            {
                ticker.m_output.emplace_back(sansio::Bytes{7}, sansio::Provenance{});
            }
        });
    ticker.m_events = {1, 2};
    pump.Run();
    EXPECT_EQ(order, " event1 out7 event2 ");
    Simulator::Destroy();
}

TEST(MachinePump, ADeadlineThatMovesReplacesItsEvent)
{
    Ticker ticker;
    std::vector<double> times;
    MachinePump<Ticker> pump(
        ticker,
        [](sansio::SpannedBytes&&) {},
        [&](int&&) { times.push_back(Simulator::Now().GetSeconds()); });
    ticker.m_next = sansio::TimePoint(std::chrono::seconds(10));
    pump.Run();
    ticker.m_next = sansio::TimePoint(std::chrono::seconds(4));
    pump.Run();
    ticker.m_next.reset();
    pump.Run();
    ticker.m_next = sansio::TimePoint(std::chrono::seconds(6));
    pump.Run();
    Simulator::Run();
    EXPECT_EQ(times, (std::vector<double>{6, 7, 8}));
    Simulator::Destroy();
}

TEST(MachinePump, ADeadlineThatMovesOnCostsNoEventOfItsOwn)
{
    Ticker ticker;
    std::vector<double> times;
    MachinePump<Ticker> pump(
        ticker,
        [](sansio::SpannedBytes&&) {},
        [&](int&&) { times.push_back(Simulator::Now().GetSeconds()); });
    uint64_t before = Simulator::GetEventCount();
    for (int exchange = 0; exchange < 100; exchange++)
    {
        ticker.m_next = sansio::TimePoint(std::chrono::milliseconds(3000 + 10 * exchange));
        pump.Run();
        ticker.m_next.reset();
        pump.Run();
    }
    ticker.m_next = sansio::TimePoint(std::chrono::seconds(5));
    pump.Run();
    Simulator::Run();
    EXPECT_EQ(times, (std::vector<double>{5, 6, 7}));
    EXPECT_EQ(Simulator::GetEventCount() - before, 4u); // at 3 s it moves on to 5 s
    Simulator::Destroy();
}

TEST(MachinePump, ADeadlineThatIsTakenAwayIsNotHandled)
{
    Ticker ticker;
    MachinePump<Ticker> pump(
        ticker,
        [](sansio::SpannedBytes&&) {},
        [](int&&) {});
    ticker.m_next = sansio::TimePoint(std::chrono::seconds(3));
    pump.Run();
    ticker.m_next.reset();
    pump.Run();
    Simulator::Run();
    EXPECT_TRUE(ticker.m_handled.empty());
    Simulator::Destroy();
}

TEST(MachinePump, ADeadlineInThePastIsHandledNow)
{
    Ticker ticker;
    MachinePump<Ticker> pump(
        ticker,
        [](sansio::SpannedBytes&&) {},
        [](int&&) {});
    Simulator::Schedule(Seconds(5), [&] {
        ticker.m_next = sansio::TimePoint();
        pump.Run();
        pump.Run();
    });
    Simulator::Run();
    ASSERT_EQ(ticker.m_handled.size(), 3u);
    EXPECT_EQ(ticker.m_handled[0], sansio::TimePoint(std::chrono::seconds(5)));
    Simulator::Destroy();
}

TEST(Ns3RandomSource, SameStreamSameDraws)
{
    RngSeedManager::SetRun(3);
    Ns3RandomSource a;
    Ns3RandomSource b;
    Ns3RandomSource c;
    EXPECT_EQ(a.AssignStreams(5), 1);
    b.AssignStreams(5);
    c.AssignStreams(6);
    sansio::Bytes drawn = a.GetBytes(64);
    EXPECT_EQ(drawn, b.GetBytes(64));
    EXPECT_NE(drawn, c.GetBytes(64));
}
