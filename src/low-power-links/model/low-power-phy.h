// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/model/frame-loss-model.h"
#include "sans-io/model/ns3-compat.h"

#include "ns3/event-id.h"
#include "ns3/lr-wpan-error-model.h"
#include "ns3/lr-wpan-phy.h"
#include "ns3/lr-wpan-spectrum-signal-parameters.h"
#include "ns3/packet.h"
#include "ns3/random-variable-stream.h"
#include "ns3/spectrum-channel.h"
#include "ns3/spectrum-phy.h"
#include "ns3/traced-callback.h"
#include "ns3/traced-value.h"

#include <vector>

namespace ns3
{

class LowPowerChannel;

/**
 * The radio of an IEEE 802.15.4 device at 2.4 GHz (O-QPSK, 250 kb/s): the same signals, states,
 * times, noise and bit errors as ns-3's LrWpanPhy, with which it shares a channel and understands
 * each other, at a fraction of the work. A frame costs it two events, and powers are numbers where
 * LrWpanPhy keeps spectra.
 *
 * States are those of LrWpanPhy, and so is the trace of them: TRX_OFF (also the 192 us of waking
 * up), RX_ON, BUSY_RX, TX_ON (the turnaround to the receiver after a transmission, which LrWpanPhy
 * leaves out) and BUSY_TX. A turnaround takes aTurnaroundTime, 12 symbols; while it lasts no frame
 * can be synchronised to.
 *
 * A frame whose signal is 5 dB or more below noise and interference when it starts is not heard
 * (IEEE 802.15.4-2006 Figure E.2); one that is heard is damaged with the probability that
 * LrWpanErrorModel gives for each stretch of constant interference. The clear channel assessment is
 * mode 3 of section 6.9.9 with "or": busy while a frame is received, or above 10 dB over the
 * sensitivity of -106.58 dBm at any time of its 8 symbols.
 *
 * Left out: other bands, channel switching, antennas, energy detection scans, link quality.
 */
class LowPowerPhy : public SpectrumPhy
{
  public:
    static TypeId GetTypeId();

    using State = LrWpanPhyEnumeration;

    /// Why a frame on air was not received.
    enum class Miss : uint8_t
    {
        NotListening, ///< off, sending or turning round when the frame started
        Collision,    ///< another signal, or too weak
        Loss,         ///< dropped by the loss model
    };

    /// Who uses the radio: the MAC. Every call comes from an event of the radio.
    class User
    {
      public:
        virtual ~User() = default;
        virtual void ReceiverReady() = 0;                   ///< after SwitchOn()
        virtual void ChannelAssessed(bool idle) = 0;        ///< after Assess()
        virtual void TransmitterReady() = 0;                ///< after TurnToTransmit()
        virtual void Transmitted() = 0;                     ///< after Transmit(); in TX_ON
        virtual void Received(Ptr<const Packet> frame) = 0; ///< a whole frame, for whomever
        virtual void Missed(Ptr<const Packet> frame, Miss why) = 0;
        virtual void ReceptionEnded() = 0; ///< in RX_ON again, after Received() or Missed()
    };

    LowPowerPhy();
    ~LowPowerPhy() override;

    /// \p user outlives the radio's events or is replaced by nullptr.
    void SetUser(User* user);
    /// Drops frames at the end of their reception; asked once for each.
    void SetLossModel(Ptr<FrameLossModel> model);

    State GetState() const;
    /// RX_ON or BUSY_RX.
    bool IsReceiverOn() const;
    /// Whether a frame that starts now could be received.
    bool IsListening() const;

    /// Receiver on, after the turnaround; nothing while it is being switched on.
    void SwitchOn();
    /// Off at once. Not while sending or receiving.
    void SwitchOff();
    /// Assesses the channel for 8 symbols; the receiver is on.
    void Assess();
    /// The assessment under way will not be reported.
    void CancelAssessment();
    /// Turns round; what is being received is given up. The receiver is on.
    void TurnToTransmit();
    /// Sends a frame of at most 127 bytes with FCS; in TransmitterReady().
    void Transmit(Ptr<const Packet> frame);

    /// A frame arrives from the channel with \p power in watt; \p duration is what is left of it.
    void Hear(Ptr<const Packet> frame, double power, Time duration);

    /// Fixes the stream of bit errors; \return how many streams it uses (1).
    int64_t AssignStreams(int64_t stream);

    /// Power in watt that a signal of this spectrum has within the channel of the radio.
    static double GetPower(Ptr<const SpectrumValue> psd);
    /// What goes on air with a frame, as radios of other makes understand it.
    Ptr<LrWpanSpectrumSignalParameters> CreateSignal(Ptr<const Packet> frame, Time duration);

    /// Time on air of a frame of \p size bytes with FCS: 32 us per byte at 250 kb/s, preamble
    /// included.
    static Time GetDuration(uint32_t size);

    // From SpectrumPhy
    void SetDevice(Ptr<NetDevice> device) override;
    Ptr<NetDevice> GetDevice() const override;
    void SetMobility(Ptr<MobilityModel> mobility) override;
    Ptr<MobilityModel> GetMobility() const override; ///< of the node unless one was set
    void SetChannel(Ptr<SpectrumChannel> channel) override;
    Ptr<const SpectrumModel> GetRxSpectrumModel() const override;
    Ptr<Object> GetAntenna() const override; ///< none: isotropic
    void StartRx(Ptr<SpectrumSignalParameters> signal) override;

    Ptr<SpectrumChannel> GetChannel() const;

    /// Signature of PhyRxBegin. \param frame with MHR and FCS
    typedef void (*FrameCallback)(Ptr<const Packet> frame);

  private:
    void DoDispose() override;

    /// A signal that is on air here.
    struct Signal
    {
        uint64_t number;
        double power;
    };

    void AddSignal(double power, Time duration);
    void EndSignal(uint64_t number);
    double GetInterference() const;
    double GetBitSuccess(double sinr);
    void UpdateReception();
    void EndReception();
    void EndSwitchOn();
    void EndTurn();
    void EndTransmission();
    void EndAssessment();

    User* m_user{nullptr};
    Ptr<NetDevice> m_device;
    mutable Ptr<MobilityModel> m_mobility;
    Ptr<SpectrumChannel> m_channel;
    Ptr<LowPowerChannel> m_lowPowerChannel; ///< the same, if it is one
    Ptr<const SpectrumValue> m_psd;         ///< of what it sends
    double m_noise;                         ///< watt
    Ptr<FrameLossModel> m_lossModel;
    Ptr<LrWpanErrorModel> m_bitErrors;
    Ptr<UniformRandomVariable> m_uniform;

    TracedValue<State> m_state;
    EventId m_turn;       ///< to the receiver or to the transmitter
    EventId m_assessment; ///< the clear channel assessment under way
    EventId m_transmission;
    double m_peak{0}; ///< power during the assessment

    std::vector<Signal> m_signals;
    uint64_t m_signalCount{0};
    Ptr<const Packet> m_frame; ///< what is being received
    uint64_t m_frameSignal{0}; ///< its signal
    double m_framePower{0};    ///< watt
    bool m_damaged{false};     ///< by bit errors
    Time m_updated;            ///< until when bit errors are decided
    double m_lastSinr{-1};
    double m_lastBitSuccess{1};

    TracedCallback<Ptr<const Packet>> m_receptionBegins;
};

} // namespace ns3
