// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/protocol/poll-schedule.h"
#include "sans-io/model/deadline.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <functional>

namespace ns3
{

/**
 * The polling of a sleepy device (IEEE 802.15.4-2006 section 7.5.6.3): when it polls its parent
 * (lowpower::PollSchedule), and for how long it listens for a frame that the acknowledgement of a
 * poll announced. It stops listening as soon as it has the frame, and polls again at once if that
 * says there are more.
 */
class Poller
{
  public:
    /**
     * \param poll sends a poll; true for one at the fast period or made at once
     * \param listen keeps the receiver on while idle, or no longer
     */
    Poller(std::function<void(bool fast)> poll, std::function<void(bool on)> listen);

    /// \param frameWait how long it listens for an announced frame \param first when it polls first
    void Start(const lowpower::PollSchedule::Settings& settings, Time frameWait, Time first);
    void Stop();

    /// A poll was acknowledged, \p pending or not, or not at all (then not pending).
    void PollDone(bool pending);
    /// A unicast frame arrived; \p more frames are held.
    void FrameArrived(bool more);
    /// The acknowledgement of a frame of data is out.
    void FrameAcknowledged();
    /// Data was sent or received.
    void NoteActivity();

  private:
    void PollIfDue();
    void Poll(bool fast);
    void StopListening();

    std::function<void(bool)> m_poll;
    std::function<void(bool)> m_listen;
    lowpower::PollSchedule m_schedule;
    Deadline m_deadline;
    Time m_frameWait;
    EventId m_wait; ///< for an announced frame
    bool m_started{false};
    bool m_polling{false};   ///< a poll is with the MAC, or its frame is awaited
    bool m_pollAgain{false}; ///< the frame that came says that more are held
};

} // namespace ns3
