// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/time-point.h"

namespace lowpower
{

/**
 * When a sleepy device polls its parent: every period, and every fast period for a while after it
 * sent or received a frame of data. The rule looks at nothing else, so that no protocol above gets
 * a radio that knows what it waits for.
 */
class PollSchedule
{
  public:
    struct Settings
    {
        sansio::Duration period{std::chrono::seconds(5)};
        sansio::Duration fastPeriod{std::chrono::milliseconds(100)};
        sansio::Duration fastDuration{std::chrono::milliseconds(500)};
    };

    /// The first poll is at \p first.
    void Start(const Settings& settings, sansio::TimePoint first);

    /// Data was sent or received: the next poll is at most a fast period away.
    void NoteActivity(sansio::TimePoint now);

    /// The poll that was due is made.
    void NotePoll(sansio::TimePoint now);

    /// Whether polls follow each other at the fast period.
    bool IsFast(sansio::TimePoint now) const
    {
        return now < m_fastUntil;
    }

    sansio::TimePoint GetNext() const
    {
        return m_next;
    }

  private:
    Settings m_settings;
    sansio::TimePoint m_next;
    sansio::TimePoint m_fastUntil;
};

} // namespace lowpower
