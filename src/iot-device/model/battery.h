// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/energy-ledger.h"

#include "ns3/event-id.h"

namespace ns3
{

/**
 * An ideal battery: it delivers its capacity at the supply voltage of the ledger, whatever the
 * current, and then nothing. ns-3's EnergySource is not its base, because that one updates itself
 * at regular intervals; here one event stands at the instant at which the battery would be empty.
 *
 * Left out: internal resistance, self-discharge, the fall of the voltage. An empty battery says so
 * (trace Depleted) and switches nothing off: what a node without supply does is for the listener.
 */
class Battery : public Object
{
  public:
    static TypeId GetTypeId();

    Battery() = default;

    /// Supplies the device of this ledger from now on, once.
    void Attach(Ptr<EnergyLedger> ledger);

    /// Joule when new; from ampere-hours: 3600 x voltage x ampere-hours.
    double GetCapacity() const;
    /// Joule that left it up to now; at most the capacity.
    double GetDrawn() const;
    double GetRemaining() const;
    bool IsDepleted() const;

    /// Signature of Depleted.
    typedef void (*DepletedTracedCallback)();

  protected:
    void DoDispose() override;

  private:
    void HandleCurrent(double oldCurrent, double newCurrent);
    void HandleDeadline();
    void Settle();
    void ScheduleDepletion();

    double m_capacity{0};
    double m_drawn{0};   ///< joule up to m_settled
    double m_current{0}; ///< ampere since m_settled
    Time m_settled;
    Time m_deadline; ///< when m_event stands
    bool m_depleted{false};
    Ptr<EnergyLedger> m_ledger;
    EventId m_event;
    TracedCallback<> m_depletedTrace;
};

} // namespace ns3
