// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/processor.h"

#include "ns3/nstime.h"

#include <functional>
#include <utility>

namespace ns3
{

class SecureSocket;

/**
 * Has a socket work like a task of an operating system: it takes one thing at a time (bytes from
 * the transport, a payload to protect, a timer), and what comes out, bytes and events alike, is
 * released when the Processor of the node has done the operations it took.
 *
 * Where the processor works for others the task waits for its turn, first come, first served; only
 * what an application sends in answer to what a turn has delivered is protected in that turn (see
 * ProcessorTurn). Meanwhile input waits in the bounded buffer of the transport socket, so that a
 * slow processor under load loses datagrams or closes the TCP window as a real one would. A node
 * without a Processor computes in no time.
 */
class TaskRunner
{
  public:
    /// What there is to do.
    class Work
    {
      public:
        virtual ~Work() = default;

        /// There may be something to take in: bytes, a timer, a handshake to start.
        virtual bool HasInput() const = 0;

        /// There may be something of the application to do: to protect, or to close.
        virtual bool HasOutput() const = 0;

        /// Does one task, if one is ready, and settles it; \return false if there is none.
        virtual bool DoNextTask() = 0;

        /// The same for tasks that HasOutput() means.
        virtual bool DoNextOutput() = 0;

        /// There is nothing to do now.
        virtual void HandleIdle() = 0;
    };

    /// \param socket whose work it is; it lives until a task has ended
    TaskRunner(SecureSocket& socket, Work& work);
    TaskRunner(const TaskRunner&) = delete;
    TaskRunner& operator=(const TaskRunner&) = delete;

    /// Null: what is to be done takes no time.
    void SetProcessor(Ptr<Processor> processor);

    /// No task starts any more, and what is under way releases nothing.
    void Stop();

    /// Does tasks until none is ready or the processor is busy.
    void Run();

    /// Ends a task: \p release hands out what it produced, after \p delay. No other task starts
    /// before.
    template <typename Release>
    void Settle(Time delay, Release release)
    {
        BeginRelease();
        if (delay.IsStrictlyPositive())
        {
            Postpone(delay, std::move(release));
            return;
        }
        Processor::HandingOut scope(m_processor);
        release();
        EndRelease();
    }

    /// A task is under way: its results are not all released.
    bool IsBusy() const;

  private:
    bool DoNext();
    void BeginRelease();
    void EndRelease();
    void Postpone(Time delay, std::function<void()> release);

    SecureSocket& m_socket;
    Work& m_work;
    Ptr<Processor> m_processor;
    ProcessorTurn m_turn;
    ProcessorTurn m_follower; ///< in the turns of others
    ProcessorResult m_result;
    bool m_busy{false};
    bool m_stopped{false};
};

} // namespace ns3
