// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/task-runner.h"

#include "tls/model/secure-socket.h"

#include "ns3/simulator.h"

namespace ns3
{

TaskRunner::TaskRunner(SecureSocket& socket, Work& work)
    : m_socket(socket),
      m_work(work),
      m_turn([this] { Run(); }),
      m_follower([this] { Run(); })
{
}

void
TaskRunner::SetProcessor(Ptr<Processor> processor)
{
    m_processor = processor;
    m_turn.SetProcessor(processor);
    m_follower.SetProcessor(processor);
}

void
TaskRunner::Stop()
{
    m_result.Cancel();
    m_stopped = true;
    m_busy = true;
    SetProcessor(nullptr);
}

void
TaskRunner::Run()
{
    Ptr<SecureSocket> socket(
        &m_socket); // a callback of the application may drop the last reference
    while (!m_busy && DoNext())
    {
    }
}

bool
TaskRunner::DoNext()
{
    const bool output = m_work.HasOutput();
    if (output && m_follower.CanFollow() && m_follower.Follow() && m_work.DoNextOutput())
    {
        return true;
    }
    if (m_work.HasInput() || (output && !m_follower.IsWaiting()))
    {
        if (!m_turn.Take())
        {
            return false;
        }
        if (m_work.DoNextTask())
        {
            return true;
        }
    }
    m_work.HandleIdle();
    return false;
}

void
TaskRunner::BeginRelease()
{
    m_busy = true;
    m_socket.UpdateMemory();
}

void
TaskRunner::EndRelease()
{
    m_socket.UpdateMemory();
    m_busy = m_stopped;
}

void
TaskRunner::Postpone(Time delay, std::function<void()> release)
{
    m_result.Await(m_processor, Simulator::Now() + delay, [this, release = std::move(release)] {
        Ptr<SecureSocket> socket(&m_socket);
        release();
        EndRelease();
        Run();
    });
}

bool
TaskRunner::IsBusy() const
{
    return m_busy;
}

} // namespace ns3
