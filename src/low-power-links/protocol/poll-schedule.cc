// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/protocol/poll-schedule.h"

#include <algorithm>

namespace lowpower
{

void
PollSchedule::Start(const Settings& settings, sansio::TimePoint first)
{
    m_settings = settings;
    m_next = first;
    m_fastUntil = {};
}

void
PollSchedule::NoteActivity(sansio::TimePoint now)
{
    m_fastUntil = now + m_settings.fastDuration;
    m_next = std::min(m_next, now + std::min(m_settings.fastPeriod, m_settings.period));
}

void
PollSchedule::NotePoll(sansio::TimePoint now)
{
    m_next = now +
             (IsFast(now) ? std::min(m_settings.fastPeriod, m_settings.period) : m_settings.period);
}

} // namespace lowpower
