// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/model/low-power-phy.h"
#include "low-power-links/protocol/frame-dissector.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/random-variable-stream.h"

#include <deque>
#include <optional>

namespace ns3
{

/// What the sender of a frame believes became of it (status of MCPS-DATA.confirm).
enum class MacOutcome : uint8_t
{
    Success, ///< acknowledged, or sent where no acknowledgement was asked for
    NoAck,   ///< no acknowledgement after the last retry; it may have arrived all the same
    ChannelAccessFailure, ///< the channel was never found idle
};

/// "success", "no-ack" or "channel-access-failure".
std::string ToString(MacOutcome outcome);

/// A frame given to LowPowerMac and what it counts about it.
struct MacFrame : public SimpleRefCount<MacFrame>
{
    lowpower::MacHeader header;
    Ptr<Packet> payload;     ///< without MHR and FCS
    uint8_t retries{0};      ///< macMaxFrameRetries for this frame
    bool held{false};        ///< sent because its destination polled
    uint32_t attempts{0};    ///< transmissions so far
    uint32_t rounds{0};      ///< transmissions since it was given to the MAC last
    bool ackPending{false};  ///< frame pending bit of the acknowledgement
    Ptr<const Packet> built; ///< as it goes on air, made by the MAC for all rounds
};

/**
 * The MAC of a device without beacons (IEEE 802.15.4-2006): unslotted CSMA-CA, acknowledgement,
 * retransmission, the frame pending bit, and a receiver that is on only when it has to be. It runs
 * on LowPowerPhy, in place of ns-3's LrWpanMac, which has no indirect transmission and keeps its
 * receiver on during backoff.
 *
 * Receiver: with rxOnWhenIdle always on; without it on for CCA, for the turnaround after
 * either, while an acknowledgement is awaited and while SetListening(true), and off in the backoff
 * (section 7.5.1.4). The turnaround of the radio after a transmission counts as listening, the 192
 * us of waking up as sleep (LowPowerPhy).
 *
 * The queue in here is not bounded; its user bounds it.
 */
class LowPowerMac : private LowPowerPhy::User
{
  public:
    /// Constants of section 7.4.2 that may be chosen.
    struct Settings
    {
        uint8_t minBe{3};
        uint8_t maxBe{5};
        uint8_t maxCsmaBackoffs{4};
    };

    /// Who uses the MAC: the network device.
    class User
    {
      public:
        virtual ~User() = default;
        /// A frame starts on air, acknowledgements included (attempt 1).
        virtual void FrameStarts(Ptr<Packet> frame, Time duration, uint32_t attempt) = 0;
        /// The radio received a whole frame, for whomever.
        virtual void FrameHeard(Ptr<const Packet> frame) = 0;
        /// A frame on air was not received, for whomever it was.
        virtual void FrameMissed(Ptr<const Packet> frame, LowPowerPhy::Miss why) = 0;
        /// A frame for this device passed all filters.
        virtual void FrameAccepted(const lowpower::MacHeader& header, Ptr<const Packet> frame) = 0;
        /// Whether the acknowledgement of a poll of \p child tells of frames held for it.
        virtual bool IsPending(const lowpower::MacAddress& child) = 0;
        /// The acknowledgement of an accepted frame is sent, or given up; \p pending is its frame
        /// pending bit.
        virtual void AckDone(const lowpower::MacHeader& header, bool pending) = 0;
        /// A frame given to Send() is done with.
        virtual void FrameDone(Ptr<MacFrame> frame, MacOutcome outcome) = 0;
    };

    explicit LowPowerMac(User& user);
    ~LowPowerMac() override;

    LowPowerMac(const LowPowerMac&) = delete;
    LowPowerMac& operator=(const LowPowerMac&) = delete;

    void SetSettings(const Settings& settings);
    void SetAddress(uint16_t panId, uint16_t address);
    /// Becomes the user of \p phy.
    void Attach(Ptr<LowPowerPhy> phy);
    /// Starts the receiver as rxOnWhenIdle wants it; the PHY has its channel by now.
    void Start(bool rxOnWhenIdle);
    void Stop();

    /// Queues a frame, in front of all that wait if it is \p urgent.
    void Send(Ptr<MacFrame> frame, bool urgent);
    /// Keeps the receiver of a device without rxOnWhenIdle on while idle.
    void SetListening(bool listening);

    /// Frames that wait, the one on air included.
    size_t GetQueueSize() const;
    /// The sequence number whose acknowledgement is awaited.
    std::optional<uint8_t> GetAwaitedAck() const;

    int64_t AssignStreams(int64_t stream);

  private:
    enum class State : uint8_t
    {
        Stopped,
        Idle,
        Backoff,
        Cca,
        TxTurnaround,
        Sending,
        AckWait,
        AckTurnaround,
        SendingAck,
    };

    /// What goes on after an acknowledgement was sent.
    enum class Resume : uint8_t
    {
        Nothing,
        Csma,   ///< the channel access it interrupted, from the start
        AckLost ///< a frame came instead of the awaited acknowledgement
    };

    void SendNext();
    void StartCsma();
    void ScheduleBackoff();
    void EndBackoff();
    void Transmit();
    void EndTransmission();
    void EndAckWait();
    void Finish(MacOutcome outcome);

    // From LowPowerPhy::User
    void ReceiverReady() override;
    void ChannelAssessed(bool idle) override;
    void TransmitterReady() override;
    void Transmitted() override;
    void Received(Ptr<const Packet> frame) override;
    void Missed(Ptr<const Packet> frame, LowPowerPhy::Miss why) override;
    void ReceptionEnded() override;

    bool IsForMe(const lowpower::MacHeader& header) const;
    void ReceiveAck(const lowpower::MacHeader& header, Ptr<const Packet> frame);
    void PrepareAck(const lowpower::MacHeader& header, bool pending);
    void EndAck();

    bool WantsReceiver() const;
    void UpdateRadio();
    static Ptr<Packet> Build(const lowpower::MacHeader& header, Ptr<const Packet> payload);
    void PutOnAir(Ptr<Packet> frame, uint32_t attempt);

    User& m_user;
    Settings m_settings;
    Ptr<LowPowerPhy> m_phy;
    Ptr<UniformRandomVariable> m_uniform;
    uint16_t m_panId{0};
    uint16_t m_address{0};
    bool m_rxOnWhenIdle{true};
    bool m_listening{false};
    State m_state{State::Stopped};
    std::deque<Ptr<MacFrame>> m_queue;
    Ptr<MacFrame> m_current;
    uint8_t m_be{0};
    uint8_t m_backoffs{0};
    Time m_ifs; ///< interframe spacing after the last frame sent (section 7.5.1.3)
    Time m_ifsEnd;
    EventId m_event; ///< end of the backoff or of the wait for an acknowledgement
    lowpower::MacHeader m_acknowledged;
    bool m_ackPendingBit{false};
    Resume m_resume{Resume::Nothing};
};

} // namespace ns3
