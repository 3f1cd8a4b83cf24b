// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/time-conversion.h"

#include "ns3/event-id.h"

#include <functional>
#include <optional>

namespace ns3
{

/**
 * The one scheduled event of a machine: it follows the machine's next timeout and never polls.
 *
 * A deadline that moves to later, or away, leaves the event where it is: most do so at every
 * exchange, and an event that finds the deadline later moves on to it. What is scheduled is thus
 * never later than the deadline.
 */
class Deadline
{
  public:
    /// \p expired is called at each deadline; the owner then sets the next one.
    explicit Deadline(std::function<void()> expired)
        : m_expired(std::move(expired))
    {
    }

    ~Deadline()
    {
        m_event.Cancel();
    }

    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// Moves the deadline to \p at (now, where that has passed); nothing takes it away.
    void Set(std::optional<sansio::TimePoint> at)
    {
        m_at = at;
        if (at && (!m_scheduled || *at < *m_scheduled))
        {
            Schedule();
        }
    }

  private:
    void Schedule()
    {
        m_event.Cancel();
        m_scheduled = m_at;
        Time delay = Max(ToTime(m_at->time_since_epoch()) - Simulator::Now(), Time(0));
        m_event = Simulator::Schedule(delay, &Deadline::Expire, this);
    }

    void Expire()
    {
        m_scheduled.reset();
        if (!m_at)
        {
            return;
        }
        if (*m_at > SimulatedNow())
        {
            Schedule();
            return;
        }
        m_at.reset();
        m_expired();
    }

    std::function<void()> m_expired;
    std::optional<sansio::TimePoint> m_at;        ///< the deadline
    std::optional<sansio::TimePoint> m_scheduled; ///< what the pending event was scheduled for
    EventId m_event;
};

} // namespace ns3
