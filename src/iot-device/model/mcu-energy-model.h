// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/processor.h"
#include "iot-device/model/radio-energy-model.h"
#include "iot-device/model/state-timer.h"

namespace ns3
{

/// What a microcontroller does as far as its supply current is concerned.
enum class McuState : uint8_t
{
    Active, ///< serves the radio
    Crypto, ///< works on cryptographic operations
    Sleep,  ///< neither
    Count,  ///< how many states there are; not a state
};

/**
 * The energy of a microcontroller: supply voltage x sum of current x time in its states.
 *
 * Its rule, a model and not a measurement: the MCU runs while its Processor works (Crypto) and
 * while its driver serves the buffer of the radio (Active), that is, while a frame leaves and while
 * a frame arrives that is addressed to the node or to all. It sleeps at all other times, also while
 * the radio listens, backs off, waits for or sends an acknowledgement by itself as the radios of
 * the profiles do; ns-3 sends acknowledgements like frames, so with ActiveInTransmit they count.
 *
 * Left out: the sensor, timers and wake-up times, and the instructions of the protocol stack, the
 * operating system and the application (some thousand for a packet, against some ten thousand
 * cycles that the packet is on air). On a system on chip whose radio currents are those of the
 * whole chip the base current is counted twice while radio and CPU run together: nRF52840 8.1 mA
 * measured against 6.4 + 3.3 mA.
 */
class McuEnergyModel : public Object
{
  public:
    static TypeId GetTypeId();

    McuEnergyModel();

    /// Accounts for this processor, which has its profile already, at a supply voltage in volt.
    void Attach(Ptr<Processor> processor, double voltage);

    /// Follows the frames of this radio too.
    void Attach(Ptr<RadioEnergyModel> radio, Ptr<SpectrumPhy> phy);

    McuState GetState() const;
    Time GetTime(McuState state) const;
    /// Joule spent in a state up to now.
    double GetEnergy(McuState state) const;
    /// Joule spent on a kind of operation up to now.
    double GetEnergy(sansio::OperationKind kind) const;
    /// Ampere drawn now.
    double GetCurrent() const;

    /// Signature of State: the states before and after.
    typedef void (*StateTracedCallback)(McuState oldState, McuState newState);

  protected:
    void DoDispose() override;

  private:
    double GetCurrent(McuState state) const;
    void HandleBusy(bool busy);
    void HandleRadioState(RadioState oldState, RadioState newState);
    void HandleFrame(Ptr<const Packet> frame);
    bool IsAddressed(Ptr<const Packet> frame) const;
    void Update();

    bool m_activeInTransmit{true};
    bool m_activeInReceive{true};
    bool m_activeInOverhearing{false};
    Ptr<Processor> m_processor;
    Ptr<RadioEnergyModel> m_radio;
    Ptr<SpectrumPhy> m_phy;
    double m_voltage{0};
    bool m_busy{false};
    bool m_serving{false};
    StateTimer<McuState> m_timer;
    TracedCallback<McuState, McuState> m_stateTrace;
};

} // namespace ns3
