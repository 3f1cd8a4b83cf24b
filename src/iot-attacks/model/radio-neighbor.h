// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/check-frame.h"
#include "sans-io/model/ns3-compat.h"

#include "ns3/event-id.h"
#include "ns3/lr-wpan-phy.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/packet.h"
#include "ns3/pcap-file-wrapper.h"
#include "ns3/random-variable-stream.h"
#include "ns3/spectrum-channel.h"
#include "ns3/traced-callback.h"
#include "ns3/vector.h"

#include <deque>

namespace ns3
{

/**
 * An attacker within radio range: a node without an IP stack and with a radio of its own that is
 * always listening. It hears every frame that its radio can receive at its place, for whomever and
 * from whomever, and sends verbatim frames.
 *
 * Create it last: it then takes nothing from the random streams of others, and while it only
 * listens nobody can tell that it is there.
 *
 * Injected frames wait in a queue of at most QueueLimit, are sent when the channel is clear (CCA of
 * IEEE 802.15.4 section 6.9.9; while busy, again after a random 0 to 7 backoff periods, at most
 * CcaLimit times) and are neither acknowledged nor repeated by the radio. One that would end the
 * process of the simulation is refused, see attacks::FrameChecker.
 */
class RadioNeighbor : public Object
{
  public:
    static TypeId GetTypeId();

    RadioNeighbor();
    ~RadioNeighbor() override;

    /// Creates its node and listens on \p channel from the start of the simulation on. Once.
    void Attach(Ptr<SpectrumChannel> channel);

    /**
     * Sends \p frame as it is, FCS included.
     * \return false where it is refused (trace Refused)
     */
    bool Inject(sansio::ByteView frame);

    /// Captures what it hears and what it sends in FILE (IEEE 802.15.4 with FCS); \return it, which
    /// tells when it could not be written.
    Ptr<PcapFileWrapper> EnablePcap(const std::string& file);

    Ptr<Node> GetNode() const;
    Ptr<LrWpanPhy> GetPhy() const;

    /// Fixes the streams of reception and backoff; \return how many it uses (2).
    int64_t AssignStreams(int64_t stream);

    /// Signature of Frame and Sent. \param frame with FCS, without tags
    typedef void (*FrameCallback)(Ptr<const Packet> frame);
    /// Signature of Refused. \param reason "queue-full", "channel-busy", or why ns-3 would abort
    typedef void (*RefusedCallback)(std::string reason);

  protected:
    void DoDispose() override;

  private:
    /// What the radio is doing.
    enum class State : uint8_t
    {
        Off, ///< not started yet, or turning back to listening
        Listening,
        Cca,
        Turnaround, ///< to transmitting
        Sending,
    };

    void DoInitialize() override;
    void Listen();
    void HandleFrame(uint32_t size, Ptr<Packet> frame, uint8_t lqi);
    void HandleCca(LrWpanPhyEnumeration status);
    void HandleRadio(LrWpanPhyEnumeration status);
    void HandleSent(LrWpanPhyEnumeration status);
    void SendNext();
    void GiveUp();
    bool Refuse(const std::string& reason);
    void Write(Ptr<const Packet> frame);

    Vector m_position;
    uint32_t m_queueLimit{0};
    uint32_t m_ccaLimit{0};
    Ptr<Node> m_node;
    Ptr<LrWpanPhy> m_phy;
    Ptr<UniformRandomVariable> m_backoff;
    Ptr<PcapFileWrapper> m_pcap;
    attacks::FrameChecker m_checker;
    std::deque<Ptr<Packet>> m_queue;
    State m_state{State::Off};
    uint32_t m_busy{0}; ///< times the channel was found busy for the first frame of the queue
    EventId m_event;

    TracedCallback<Ptr<const Packet>> m_frameTrace;
    TracedCallback<Ptr<const Packet>> m_sentTrace;
    TracedCallback<std::string> m_refusedTrace;
};

} // namespace ns3
