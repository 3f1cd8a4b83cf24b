// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/time-conversion.h"

#include "ns3/event-id.h"

#include <functional>
#include <optional>

namespace ns3
{

/// The one scheduled event of a machine: it follows the machine's next timeout and never polls.
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

    /// Moves the event to \p at (now, where that has passed); nothing cancels it.
    void Set(std::optional<sansio::TimePoint> at)
    {
        if (at == m_at && (!at || !m_event.IsExpired()))
        {
            return;
        }
        m_event.Cancel();
        m_at = at;
        if (at)
        {
            Time delay = Max(ToTime(at->time_since_epoch()) - Simulator::Now(), Time(0));
            m_event = Simulator::Schedule(delay, &Deadline::Expire, this);
        }
    }

  private:
    void Expire()
    {
        m_at.reset();
        m_expired();
    }

    std::function<void()> m_expired;
    std::optional<sansio::TimePoint> m_at;
    EventId m_event;
};

} // namespace ns3
