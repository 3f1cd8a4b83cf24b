// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/ns3-compat.h"

#include "ns3/lr-wpan-spectrum-signal-parameters.h"
#include "ns3/nstime.h"
#include "ns3/single-model-spectrum-channel.h"
#include "ns3/vector.h"

#include <map>
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
 * Positions count at the instant of waking for these.
 *
 * With the attribute StaticPropagation it also keeps loss, delay and received power of each pair of
 * radios for as long as neither moves, at most PathLimit pairs at a time. Left out then: spectrum
 * propagation loss models and antennas, which no device here has.
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
    /// A transmission that radios slept through when it began.
    struct Transmission
    {
        Ptr<SpectrumSignalParameters> params;
        Time end;
        uint64_t number;
    };

    /// A radio that sleeps and how many transmissions there were before it fell asleep.
    struct Sleeper
    {
        SpectrumPhy* phy; ///< not counted as a reference: a radio refers to its channel
        uint64_t since;
    };

    /// From one radio to another while neither moves.
    struct Path
    {
        Ptr<MobilityModel> from;
        Ptr<MobilityModel> to;
        Vector fromPosition;
        Vector toPosition;
        double lossDb{0};
        double gain{1};
        Time delay;
        Ptr<const SpectrumValue> sent;              ///< what `signal` was made of
        Ptr<LrWpanSpectrumSignalParameters> signal; ///< the last one, used again when it is over
    };

    using Ends = std::pair<SpectrumPhy*, SpectrumPhy*>;

    void Spread(Ptr<SpectrumSignalParameters> params);
    void SpreadTo(SpectrumPhy* phy, Ptr<SpectrumSignalParameters> params, uint32_t fromNode);
    Path& FindPath(SpectrumPhy* from, SpectrumPhy* to);
    static Ptr<SpectrumSignalParameters> Receive(Path& path, Ptr<SpectrumSignalParameters> params);

    std::vector<Sleeper>::iterator FindSleeper(const SpectrumPhy* phy);
    void ForgetPast();
    void ForgetAll();
    void Tell(Ptr<SpectrumPhy> phy, const Transmission& transmission);

    bool m_static{false};
    uint32_t m_pathLimit{0};
    std::map<Ends, Path> m_paths;
    std::vector<SpectrumPhy*> m_awake; ///< in the order of the base class
    std::vector<Sleeper> m_asleep;
    std::vector<Transmission> m_onAir; ///< in the order of their beginning
    uint64_t m_transmissions{0};
    bool m_forgetsAtEnd{false};
};

} // namespace ns3
