// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/ns3-compat.h"

#include "ns3/lr-wpan-spectrum-signal-parameters.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/single-model-spectrum-channel.h"
#include "ns3/vector.h"

#include <map>
#include <vector>

namespace ns3
{

class LowPowerPhy;

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

    /**
     * A frame goes on air. Radios of the same kind get the frame itself and a power; the spectrum
     * is made for others only.
     * \param psd power spectral density as sent, the same object for every frame of the radio
     */
    void Transmit(Ptr<LowPowerPhy> from,
                  Ptr<const SpectrumValue> psd,
                  Ptr<const Packet> frame,
                  Time duration);

    void AddRx(Ptr<SpectrumPhy> phy) override;
    void RemoveRx(Ptr<SpectrumPhy> phy) override;
    void StartTx(Ptr<SpectrumSignalParameters> params) override;

  private:
    /// What is on air.
    struct Transmission
    {
        Ptr<SpectrumPhy> from;
        Ptr<const SpectrumValue> psd;
        Ptr<const Packet> frame;              ///< nullptr if it is no frame of 802.15.4
        Ptr<SpectrumSignalParameters> params; ///< nullptr until a receiver needs them
        Time end;
        uint64_t number{0};
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
        LowPowerPhy* receiver{nullptr}; ///< the receiving radio if it takes frames as they are
        Ptr<const SpectrumValue> psd;   ///< what `power` was computed of
        double power{0};                ///< watt, within the channel of the receiver
    };

    using Ends = std::pair<SpectrumPhy*, SpectrumPhy*>;

    void Spread(Transmission& transmission);
    void SpreadTo(SpectrumPhy* phy, Transmission& transmission, uint32_t fromNode);
    void Deliver(Ptr<SpectrumPhy> phy,
                 Path& path,
                 Transmission& transmission,
                 Time delay,
                 Time duration);
    void StartTransmission(Transmission transmission);
    Path& FindPath(SpectrumPhy* from, SpectrumPhy* to);
    static bool HasNotMoved(const Path& path, Ptr<MobilityModel> from, Ptr<MobilityModel> to);

    std::vector<Sleeper>::iterator FindSleeper(const SpectrumPhy* phy);
    void ForgetPast();
    void ForgetAll();
    void Tell(Ptr<SpectrumPhy> phy, Transmission& transmission);

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
