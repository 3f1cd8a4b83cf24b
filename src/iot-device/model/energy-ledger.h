// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/energy-account.h"
#include "iot-device/model/mcu-energy-model.h"
#include "iot-device/model/radio-energy-model.h"
#include "iot-device/model/secure-element.h"

#include <map>
#include <string>

namespace ns3
{

/**
 * The energy of one node, aggregated to it: what its radio, its MCU and its secure element spent,
 * in total and by period. It starts when it is created and has no event of its own.
 */
class EnergyLedger : public Object
{
  public:
    static TypeId GetTypeId();

    EnergyLedger();

    /// The parts it adds up and, in the end, disposes of; the radio may be missing.
    void Attach(Ptr<McuEnergyModel> mcu, Ptr<RadioEnergyModel> radio);

    /// Adds up a secure element too; it belongs to the node.
    void Attach(Ptr<SecureElement> element);

    /// The supply voltage in volt.
    void SetVoltage(double voltage);
    double GetVoltage() const;

    Ptr<McuEnergyModel> GetMcu() const;
    Ptr<RadioEnergyModel> GetRadio() const; ///< nullptr without a radio

    /// What was spent up to now. The difference of two of them is what was spent between.
    EnergyAccount Snapshot() const;

    /// Ends the period that is open, if any, and opens another; one name may be opened repeatedly.
    void Mark(const std::string& period);

    /// What was spent in all stretches of a period up to now; nothing for a name never marked.
    EnergyAccount GetPeriod(const std::string& period) const;

    /// Ampere drawn now.
    double GetCurrent() const;

    /// Signature of Current: ampere drawn from the supply before and after.
    typedef void (*CurrentTracedCallback)(double oldCurrent, double newCurrent);

  protected:
    void DoDispose() override;

  private:
    void HandleRadioState(RadioState oldState, RadioState newState);
    void HandleMcuState(McuState oldState, McuState newState);
    void HandleElement(bool busy);
    void UpdateCurrent();

    Ptr<McuEnergyModel> m_mcu;
    Ptr<RadioEnergyModel> m_radio;
    Ptr<SecureElement> m_element;
    double m_voltage{0};
    double m_current{0};
    Time m_start;
    std::string m_period;
    bool m_inPeriod{false};
    EnergyAccount m_periodStart;
    std::map<std::string, EnergyAccount> m_closed;
    TracedCallback<double, double> m_currentTrace;
};

} // namespace ns3
