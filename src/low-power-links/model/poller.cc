// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/poller.h"

#include "ns3/simulator.h"

namespace ns3
{

Poller::Poller(std::function<void(bool fast)> poll, std::function<void(bool on)> listen)
    : m_poll(std::move(poll)),
      m_listen(std::move(listen)),
      m_deadline([this] { PollIfDue(); })
{
}

void
Poller::Start(const lowpower::PollSchedule::Settings& settings, Time frameWait, Time first)
{
    m_started = true;
    m_frameWait = frameWait;
    m_schedule.Start(settings, sansio::TimePoint(ToDuration(first)));
    m_deadline.Set(m_schedule.GetNext());
}

void
Poller::Stop()
{
    m_started = false;
    m_deadline.Set(std::nullopt);
    m_wait.Cancel();
}

void
Poller::PollIfDue()
{
    bool fast = m_schedule.IsFast(SimulatedNow());
    m_schedule.NotePoll(SimulatedNow());
    m_deadline.Set(m_schedule.GetNext());
    if (!m_polling)
    {
        Poll(fast);
    }
}

void
Poller::Poll(bool fast)
{
    m_polling = true;
    m_poll(fast);
}

void
Poller::PollDone(bool pending)
{
    m_polling = pending;
    if (pending)
    {
        m_wait = Simulator::Schedule(m_frameWait, &Poller::StopListening, this);
        m_listen(true);
    }
}

void
Poller::StopListening()
{
    if (!m_wait.IsRunning())
    {
        NoteActivity(); // nothing came, though something is held
    }
    m_wait.Cancel();
    m_polling = false;
    m_listen(false);
}

void
Poller::FrameArrived(bool more)
{
    if (m_wait.IsRunning())
    {
        m_pollAgain = more;
        StopListening();
    }
}

void
Poller::FrameAcknowledged()
{
    if (m_pollAgain)
    {
        m_pollAgain = false;
        Poll(true);
    }
}

void
Poller::NoteActivity()
{
    if (m_started)
    {
        m_schedule.NoteActivity(SimulatedNow());
        m_deadline.Set(m_schedule.GetNext());
    }
}

} // namespace ns3
