// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/deadline.h"

#include <functional>
#include <type_traits>

namespace ns3
{

/**
 * Turns the crank of one sans-I/O machine: hands its output to the wire and its events to the
 * application until both run dry, then schedules its one deadline. What a handler makes the machine
 * say goes to the wire before the next event is handled, for that may be the end of the wire.
 *
 * The machine has the verbs HandleTimeout(now), GetNextTimeout(), TakeTransmit() and PollEvent();
 * what TakeTransmit() returns is empty (`empty()`, or an std::optional without value) when there
 * is nothing to send. Whoever calls any other method of the machine calls Run() afterwards.
 * The machine must outlive the pump.
 */
template <typename Machine>
class MachinePump
{
  public:
    using Output = std::decay_t<decltype(std::declval<Machine&>().TakeTransmit())>;
    using Event = std::decay_t<decltype(*std::declval<Machine&>().PollEvent())>;

    /**
     * \param machine the machine, owned by the caller
     * \param transmit takes each piece of output, in order
     * \param handle takes each event; it may call the machine again
     */
    MachinePump(Machine& machine,
                std::function<void(Output&&)> transmit,
                std::function<void(Event&&)> handle)
        : m_machine(machine),
          m_transmit(std::move(transmit)),
          m_handle(std::move(handle)),
          m_deadline([this] {
              m_machine.HandleTimeout(SimulatedNow());
              Run();
          })
    {
    }

    /// Moves everything that waits. Called from within a handler it leaves that to the outer call.
    void Run()
    {
        if (m_running)
        {
            return;
        }
        m_running = true;
        TransmitAll();
        while (auto event = m_machine.PollEvent())
        {
            m_handle(std::move(*event));
            TransmitAll();
        }
        m_running = false;
        m_deadline.Set(m_machine.GetNextTimeout());
    }

  private:
    static bool IsEmpty(const Output& output)
    {
        if constexpr (std::is_constructible_v<bool, const Output&>)
        {
            return !output;
        }
        else
        {
            return output.empty();
        }
    }

    void TransmitAll()
    {
        for (Output output = m_machine.TakeTransmit(); !IsEmpty(output);
             output = m_machine.TakeTransmit())
        {
            m_transmit(std::move(output));
        }
    }

    Machine& m_machine;
    std::function<void(Output&&)> m_transmit;
    std::function<void(Event&&)> m_handle;
    Deadline m_deadline;
    bool m_running{false};
};

} // namespace ns3
