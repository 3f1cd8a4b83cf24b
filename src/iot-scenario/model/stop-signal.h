// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace ns3
{

/**
 * Turns the first SIGINT (Ctrl-C), SIGTERM or SIGHUP into a call, instead of the end of the
 * process. The call comes from a thread of its own. Make it before other threads are started, for
 * they would take the signals.
 */
class StopSignal
{
  public:
    explicit StopSignal(std::function<void()> stop);
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

  private:
    sigset_t m_signals;
    sigset_t m_before; ///< signals that were blocked already
    std::thread m_thread;
};

} // namespace ns3
