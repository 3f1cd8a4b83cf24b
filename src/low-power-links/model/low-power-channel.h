// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"
#include "ns3/single-model-spectrum-channel.h"

#include <vector>

namespace ns3
{

/**
 * A radio channel that does not trouble sleeping radios: exactly SingleModelSpectrumChannel for
 * those who are awake, and nothing at all for the others. Where nearly all radios sleep nearly
 * always, that is most of the work of a simulation.
 *
 * A radio that wakes up while frames are on air is told of what is left of them, so it neither
 * receives them nor takes the channel for idle: as if it had heard their power all the time.
 * Positions count at the instant of waking for these. Left out: spectrum propagation loss models
 * and antennas, which no device here has.
 */
class LowPowerChannel : public SingleModelSpectrumChannel
{
  public:
    static TypeId GetTypeId();

    /// The radio hears nothing from now on. It may be asleep already.
    void Sleep(Ptr<SpectrumPhy> phy);

    /// The radio hears again. Call it before the radio can synchronise to a frame.
    void Wake(Ptr<SpectrumPhy> phy);

    void AddRx(Ptr<SpectrumPhy> phy) override;
    void RemoveRx(Ptr<SpectrumPhy> phy) override;
    void StartTx(Ptr<SpectrumSignalParameters> params) override;

  private:
    /// A transmission and the radios that slept when it began.
    struct Transmission
    {
        Ptr<SpectrumSignalParameters> params;
        Time end;
        std::vector<SpectrumPhy*> unaware;
    };

    void ForgetPast();
    void ForgetAll();
    void Tell(Ptr<SpectrumPhy> phy, const Transmission& transmission);

    std::vector<Transmission> m_onAir;
    std::vector<SpectrumPhy*>
        m_asleep; ///< not counted as references: a radio refers to its channel
    bool m_forgetsAtEnd{false};
};

} // namespace ns3
