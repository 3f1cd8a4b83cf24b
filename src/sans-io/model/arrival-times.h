// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <deque>

namespace ns3
{

/**
 * When the datagrams came that wait in the receive buffer of a socket. ns-3's datagram sockets call
 * their receive callback once for each datagram they take in, and hand them out in that order; they
 * do not tell when one came. So whoever reads late notes the times, as many as the buffer holds.
 */
class ArrivalTimes
{
  public:
    /// The receive callback was called: a datagram came now.
    void Note()
    {
        m_times.push_back(Simulator::Now());
    }

    /// The datagram that came first was read. \return when it came; now if that was not noted
    Time Take()
    {
        if (m_times.empty())
        {
            return Simulator::Now();
        }
        const Time first = m_times.front();
        m_times.pop_front();
        return first;
    }

    /// The socket has no datagram left.
    void Clear()
    {
        m_times.clear();
    }

  private:
    std::deque<Time> m_times;
};

} // namespace ns3
