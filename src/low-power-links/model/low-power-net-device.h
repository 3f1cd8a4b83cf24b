// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/model/frame-loss-model.h"
#include "low-power-links/model/held-frames.h"
#include "low-power-links/model/low-power-mac.h"
#include "low-power-links/model/poller.h"
#include "low-power-links/model/short-address-net-device.h"
#include "low-power-links/protocol/duplicate-filter.h"

#include "ns3/spectrum-channel.h"
#include "ns3/traced-callback.h"

#include <map>

namespace ns3
{

/**
 * An IEEE 802.15.4 device (2.4 GHz, no beacons, short addresses, no MAC security) for 6LoWPAN:
 * LowPowerPhy, LowPowerMac on it, and what a low-power link needs on top: rejection of
 * duplicates, bounded queues, and the sleepy device with indirect transmission.
 *
 * **Sleepy device** (Sleepy): its radio is off unless it sends or polls. It polls its parent
 * (SetParent) with a Data Request command (section 7.3.4) by the rule of lowpower::PollSchedule,
 * the first time at a random point of its first period. If the acknowledgement has the frame
 * pending bit set it listens, at most FrameWaitTime, for one frame; if the frame pending bit of
 * that is set too, it polls again at once. It stops listening as soon as it has the frame.
 *
 * **Parent** (AddSleepyChild): unicast frames for a child wait, in order, in a queue of at most
 * HeldQueueLimit frames. A poll lets the first one go, with HeldFrameRetries retries (the standard
 * has none, section 7.5.6.4.3). It stays first, with its sequence number, until the child
 * acknowledges it: a held frame is never lost but to a full queue. A broadcast frame goes on air
 * once, for those who listen, and is held as a unicast frame for each child besides.
 *
 * **Duplicates**: see lowpower::DuplicateFilter. They are acknowledged and not delivered. Sequence
 * numbers are counted for each destination by itself.
 *
 * **Loss**: FrameLossModel, see GetLossModel().
 *
 * Left out: beacons, association,
 * extended addresses, MAC security. Frames of plain LrWpanNetDevice on the same channel are
 * understood.
 */
class LowPowerNetDevice : public ShortAddressNetDevice, private LowPowerMac::User
{
  public:
    static TypeId GetTypeId();

    LowPowerNetDevice();
    ~LowPowerNetDevice() override;

    /// Attaches to \p channel; once, before the simulation starts.
    void SetChannel(Ptr<SpectrumChannel> channel);
    /// Where a sleepy device polls.
    void SetParent(Mac16Address parent);
    /// Makes this device the parent of \p child, which polls.
    void AddSleepyChild(Mac16Address child);

    Ptr<LowPowerPhy> GetPhy() const;
    Ptr<FrameLossModel> GetLossModel() const;
    uint16_t GetPanId() const;

    /// Fixes the streams of backoff, loss, PHY and poll phase; \return how many it uses (4).
    int64_t AssignStreams(int64_t stream);

    /**
     * Signature of FrameSent.
     * \param frame the frame with MHR and FCS; its FrameTag tells sender and number
     * \param start when its preamble starts
     * \param duration of preamble, PHR and frame on air
     * \param attempt 1 for the first transmission of a frame, more for each repetition by the MAC;
     * an acknowledgement is always 1
     */
    typedef void (*FrameSentCallback)(Ptr<const Packet> frame,
                                      Time start,
                                      Time duration,
                                      uint32_t attempt);
    /// Signature of FrameReceived, DuplicateDropped and Sniffer. \param frame with MHR, FCS and
    /// FrameTag
    typedef void (*FrameCallback)(Ptr<const Packet> frame);
    /**
     * Signature of FrameLost.
     * \param frame the frame with MHR, FCS and FrameTag
     * \param reason "loss" (FrameLossModel), "collision" (another signal) or "not-listening"
     */
    typedef void (*FrameLostCallback)(Ptr<const Packet> frame, std::string reason);
    /// Signature of PollSent. \param fast false for a poll due by the period, true for one due by
    /// the fast period or made at once because more frames are held
    typedef void (*PollSentCallback)(bool fast);
    /**
     * Signature of QueueDrop.
     * \param payload what was to be sent, without MHR and FCS
     * \param queue "transmit" or "held"
     */
    typedef void (*QueueDropCallback)(Ptr<const Packet> payload, std::string queue);
    /**
     * Signature of SendOutcome.
     * \param payload what was sent, without MHR and FCS; a poll has one byte, 0x04
     * \param outcome "success", "no-ack" or "channel-access-failure": what the sender believes
     * \param attempts transmissions of it
     */
    typedef void (*SendOutcomeCallback)(Ptr<const Packet> payload,
                                        std::string outcome,
                                        uint32_t attempts);

    // From NetDevice
    Ptr<Channel> GetChannel() const override;
    bool Send(Ptr<Packet> packet, const Address& dest, uint16_t protocolNumber) override;
    void SetNode(Ptr<Node> node) override;

  private:
    void DoInitialize() override;
    void DoDispose() override;

    // From LowPowerMac::User
    void FrameStarts(Ptr<Packet> frame, Time duration, uint32_t attempt) override;
    void FrameHeard(Ptr<const Packet> frame) override;
    void FrameMissed(Ptr<const Packet> frame, LowPowerPhy::Miss why) override;
    void FrameAccepted(const lowpower::MacHeader& header, Ptr<const Packet> frame) override;
    bool IsPending(const lowpower::MacAddress& child) override;
    void AckDone(const lowpower::MacHeader& header, bool pending) override;
    void FrameDone(Ptr<MacFrame> frame, MacOutcome outcome) override;

    Ptr<MacFrame> CreateFrame(Ptr<Packet> payload, uint16_t destination);
    bool SendDirect(Ptr<Packet> payload, uint16_t destination);
    bool Hold(Ptr<Packet> payload, uint16_t child);
    void Deliver(const lowpower::MacHeader& header, Ptr<const Packet> frame);

    void StartPolling();
    void Poll(bool fast);

    Ptr<LowPowerPhy> m_phy;
    Ptr<FrameLossModel> m_lossModel;
    LowPowerMac m_mac;
    Ptr<UniformRandomVariable> m_pollPhase;
    HeldFrames m_held;
    std::optional<uint16_t> m_parent;
    Poller m_poller;

    uint16_t m_panId{0};
    uint8_t m_retries{0};
    uint8_t m_heldRetries{0};
    uint32_t m_transmitLimit{0};
    uint32_t m_heldLimit{0};
    uint32_t m_duplicateLimit{0};
    uint8_t m_minBe{0};
    uint8_t m_maxBe{0};
    uint8_t m_maxCsmaBackoffs{0};
    bool m_sleepy{false};
    Time m_pollPeriod;
    Time m_fastPollPeriod;
    Time m_fastPollDuration;
    Time m_frameWaitTime;

    uint64_t m_frameNumber{0};
    std::map<uint16_t, uint8_t> m_sequences; ///< next sequence number of each destination
    lowpower::DuplicateFilter m_duplicates{1};

    TracedCallback<Ptr<const Packet>, Time, Time, uint32_t> m_frameSent;
    TracedCallback<Ptr<const Packet>> m_frameReceived;
    TracedCallback<Ptr<const Packet>, std::string> m_frameLost;
    TracedCallback<Ptr<const Packet>> m_duplicateDropped;
    TracedCallback<bool> m_pollSent;
    TracedCallback<Ptr<const Packet>, std::string> m_queueDrop;
    TracedCallback<Ptr<const Packet>, std::string, uint32_t> m_sendOutcome;
    TracedCallback<Ptr<const Packet>> m_sniffer;
};

} // namespace ns3
