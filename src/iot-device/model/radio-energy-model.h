// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/device-profile.h"
#include "iot-device/model/state-timer.h"
#include "sans-io/model/ns3-compat.h"

#include "ns3/lr-wpan-phy.h"
#include "ns3/object.h"
#include "ns3/ptr.h"
#include "ns3/traced-callback.h"

namespace ns3
{

/**
 * The energy of an IEEE 802.15.4 radio: supply voltage x sum of current x time in its states.
 *
 * It listens to the transceiver state of an LrWpanPhy or LowPowerPhy (trace TrxStateValue: unlike TrxState it also
 * tells the changes that come with a new channel or page) and needs no event of its own. The states
 * of ns-3 and the currents they take:
 *
 * | ns-3     | current  | why |
 * |----------|----------|-----|
 * | BUSY_TX  | transmit | a frame leaves, from its preamble on |
 * | BUSY_RX  | receive  | a frame arrives and is followed, whoever it is for |
 * | RX_ON    | listen   | the receiver waits; also clear channel assessment, backoff (ns-3 keeps
 * the receiver on in it) and the turnaround to transmission | | TX_ON    | listen   | turnaround to
 * reception: the synthesizer runs, the power amplifier does not; no data sheet gives this current,
 * that of the receiver bounds it | | TRX_OFF  | sleep    | the driver puts an idle transceiver to
 * its deepest sleep |
 *
 * Left out: the time and charge of waking from sleep (below 1 ms at less than the receiver's
 * current), calibration, and other transmission powers than that of the profile.
 */
class RadioEnergyModel : public Object
{
  public:
    static TypeId GetTypeId();

    RadioEnergyModel();

    /// The currents and the supply voltage in volt.
    void SetProfile(const RadioProfile& profile, double voltage);

    /// Accounts for this radio from now on, once. Time before belongs to no state.
    void Attach(Ptr<SpectrumPhy> phy);

    RadioState GetState() const;
    Time GetTime(RadioState state) const;
    /// Joule spent in a state up to now.
    double GetEnergy(RadioState state) const;
    /// Ampere drawn now.
    double GetCurrent() const;

    /// Signature of State: the states before and after.
    typedef void (*StateTracedCallback)(RadioState oldState, RadioState newState);

  protected:
    void DoDispose() override;

  private:
    using PhyState = decltype(IEEE_802_15_4_PHY_TRX_OFF);

    static RadioState Map(PhyState state);
    void HandlePhyState(PhyState oldState, PhyState newState);

    RadioProfile m_profile;
    double m_voltage{0};
    Ptr<SpectrumPhy> m_phy;
    bool m_sawChange{false};
    StateTimer<RadioState> m_timer;
    TracedCallback<RadioState, RadioState> m_stateTrace;
};

} // namespace ns3
