// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <array>

namespace ns3
{

/// How long something has been in each of its states, in whole nanoseconds. `State` is an enum
/// class that ends in Count.
template <typename State>
class StateTimer
{
  public:
    explicit StateTimer(State state)
        : m_state(state),
          m_since(Simulator::Now())
    {
    }

    State GetState() const
    {
        return m_state;
    }

    /// Changes the state from now on.
    void Switch(State state)
    {
        m_spent[static_cast<size_t>(m_state)] += Simulator::Now() - m_since;
        m_since = Simulator::Now();
        m_state = state;
    }

    /// Tells what the state has been since the last change.
    void Correct(State state)
    {
        m_state = state;
    }

    /// The time in a state up to now.
    Time Get(State state) const
    {
        Time spent = m_spent[static_cast<size_t>(state)];
        return state == m_state ? spent + (Simulator::Now() - m_since) : spent;
    }

  private:
    State m_state;
    Time m_since;
    std::array<Time, static_cast<size_t>(State::Count)> m_spent;
};

} // namespace ns3
