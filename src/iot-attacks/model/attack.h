// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/flow-counter.h"
#include "sans-io/model/ns3-random-source.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/traced-callback.h"

#include <memory>

namespace ns3
{

/**
 * What all attacks from the wired side have in common: a target, a rate, and an account of what
 * they spend.
 *
 * An attack strikes at its start and then every 1/Rate seconds, until it is stopped; strike k comes
 * k/Rate seconds after the first to the nanosecond, so that no rounding adds up. One event is
 * pending at a time. All that is random comes from one stream. An attack sees only what arrives at
 * its own node: whether it succeeded is measured at the victim.
 *
 * Packets and bytes are IP datagrams and their bytes, with the IP header, that the attack's node
 * sent to the target (for a stream its acknowledgements too); replies are the datagrams that came
 * back to that node. What answers a spoofed source never comes back.
 */
class Attack : public Application
{
  public:
    static TypeId GetTypeId();

    Attack();
    ~Attack() override;

    /// IP datagrams sent.
    uint64_t GetPackets() const;

    /// Bytes of those datagrams, with their IP headers.
    uint64_t GetBytes() const;

    /// IP datagrams of the target that came back.
    uint64_t GetReplies() const;

    /// Fixes the stream of random draws; \return how many streams it uses (1).
    int64_t AssignStreams(int64_t stream);

    /// Signature of Sent: the bytes of an IP datagram.
    typedef void (*SentTracedCallback)(uint32_t bytes);

    /// Signature of Reply: the bytes of an IP datagram.
    typedef void (*ReplyTracedCallback)(uint32_t bytes);

  protected:
    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;

    /// Does what the attack does once in 1/Rate seconds; \return false to strike no more until
    /// Resume().
    virtual bool Strike() = 0;

    /// Strikes again at the rate, where Strike() had asked for a rest.
    void Resume();

    void CountSent(uint32_t bytes);
    void CountReply(uint32_t bytes);

    /// Counts all that this node and the target send each other from now on.
    void CountFlow();

    const Address& GetTarget() const;
    sansio::RandomSource& GetRandom();

  private:
    void StrikeAndSchedule();
    Time GetStrikeTime() const; ///< of the next one

    Address m_target;
    double m_rate;

    Ns3RandomSource m_random;
    EventId m_next;
    Time m_begin;          ///< of the strikes since the start or the last Resume()
    uint64_t m_strikes{0}; ///< since then
    bool m_resting{false};
    uint64_t m_packets{0};
    uint64_t m_bytes{0};
    uint64_t m_replies{0};
    std::unique_ptr<FlowCounter> m_counter; ///< after CountFlow()

    TracedCallback<uint32_t> m_sentTrace;
    TracedCallback<uint32_t> m_replyTrace;
};

} // namespace ns3
