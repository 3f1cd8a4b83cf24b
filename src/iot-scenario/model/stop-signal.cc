// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/stop-signal.h"

#include <utility>

namespace ns3
{

namespace
{

constexpr int LEAVE = SIGUSR1; ///< tells the thread that it is not needed any more

} // namespace

StopSignal::StopSignal(std::function<void()> stop)
{
    sigemptyset(&m_signals);
    for (int signal : {SIGINT, SIGTERM, SIGHUP, LEAVE})
    {
        sigaddset(&m_signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &m_signals, &m_before);
    m_thread = std::thread([signals = m_signals, stop = std::move(stop)] {
        int signal = 0;
        if (sigwait(&signals, &signal) == 0 && signal != LEAVE)
        {
            stop();
        }
    });
}

StopSignal::~StopSignal()
{
    if (m_thread.joinable())
    {
        pthread_kill(m_thread.native_handle(), LEAVE);
        m_thread.join();
    }
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

} // namespace ns3
