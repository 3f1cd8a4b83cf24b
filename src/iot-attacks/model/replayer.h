// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/attack-host.h"
#include "iot-attacks/model/attack.h"
#include "iot-attacks/model/wire-tap.h"
#include "iot-attacks/protocol/sniffer.h"

#include "ns3/socket.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{

/**
 * Sends messages again that a sniffer has captured on their way to the target, byte for byte, some
 * time later. It knows the bytes, their flow and their time, and no key: what the victim makes of
 * them is measured at the victim.
 *
 * Ways:
 * - "same-flow": with the addresses and ports of the original. A datagram as it was; a message of a
 *   stream in a TCP segment with the sequence number the receiver awaits next, as the sniffer
 *   knows it. Put in by the tap, or without one sent by the AttackHost of the node with a forged
 *   source. The honest end does not know of the segment: its own next bytes come as old ones. The
 *   segment has no options: where the ends have agreed on timestamps, it is dropped (RFC 7323
 *   section 3.2).
 * - "new-connection": over a TCP connection of the attacker's own that begins with the first
 *   message of the captured flow (a CONNECT with what it carries); the message follows when the
 *   victim has answered.
 * - "other-port": a datagram from the attacker's own address and a port of its own.
 * - "late": the tap keeps a datagram from the victim, who gets it only later, and blocks what else
 *   comes in its flow for the time Block, so that it is not made good by a repetition.
 *
 * A message is replayed once for each of Delays. Only messages heard while the application runs
 * are replayed. Rate has no meaning here.
 */
class Replayer : public Attack
{
  public:
    /// Says whether a message, which goes to the target, is to be replayed.
    using Choice = std::function<bool(const attacks::CapturedMessage& message)>;

    static TypeId GetTypeId();

    Replayer();
    ~Replayer() override;

    /// Where same-flow puts datagrams in and late holds them.
    void SetTap(Ptr<WireTap> tap);

    /// Where the sequence numbers of streams are known from; it must live as long as the
    /// simulation.
    void SetSniffer(const attacks::Sniffer& sniffer);

    /// Without it all messages to the target are replayed.
    void SetChoice(Choice choice);

    /// Takes a message that was captured; for the listener of a Sniffer.
    void Hear(const attacks::CapturedMessage& message);

    /// How many messages were sent again, each time counted.
    uint64_t GetReplayed() const;

    /// Signature of Replayed: the message as it was captured, and how long ago that was.
    typedef void (*ReplayedTracedCallback)(const attacks::CapturedMessage& message, Time age);

    /// Signature of Skipped: the message and why it could not be sent again ("no-tap",
    /// "no-sequence", "no-opening", "not-a-datagram", "not-a-stream", "refused").
    typedef void (*SkippedTracedCallback)(const attacks::CapturedMessage& message,
                                          std::string reason);

  protected:
    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;
    bool Strike() override;

  private:
    /// A connection of the attacker's own.
    struct Connection
    {
        Ptr<Socket> socket;
        sansio::Bytes opening;
        attacks::CapturedMessage message;
        bool opened{false}; ///< the message has been sent
    };

    bool IsToTarget(const attacks::Flow& flow) const;
    void RememberOpening(const attacks::CapturedMessage& message);
    bool TakeChosen(const attacks::CapturedMessage& message);
    void ScheduleReplays(const attacks::CapturedMessage& message);
    WireTap::Verdict Judge(sansio::ByteView ipv6, bool towardsHost);
    void Replay(const attacks::CapturedMessage& message);

    // The ways; each gives the reason where it could not, or nothing.
    std::string SendInFlow(const attacks::CapturedMessage& message);
    std::string SendInConnection(const attacks::CapturedMessage& message);
    std::string SendFromOtherPort(const attacks::CapturedMessage& message);

    std::string Inject(const sansio::Bytes& ipv6);
    void HandleConnected(uint64_t id);
    void HandleReadable(uint64_t id);
    void CloseConnection(uint64_t id);
    void NotifyReplayed(const attacks::CapturedMessage& message);

    std::string m_way;
    std::string m_delayList;
    Time m_block;
    Time m_linger;
    uint64_t m_maximum;

    Ptr<WireTap> m_tap;
    const attacks::Sniffer* m_sniffer{nullptr};
    Choice m_choice;
    sansio::PeerAddress m_victim;
    std::vector<Time> m_delays;
    bool m_running{false};
    uint64_t m_chosen{0};
    uint64_t m_replayed{0};
    std::map<attacks::Flow, sansio::Bytes> m_openings;
    std::map<attacks::Flow, Time> m_blocked; ///< until when
    std::map<uint64_t, Connection> m_connections;
    uint64_t m_lastConnection{0};
    Ptr<Socket> m_otherPort;

    TracedCallback<const attacks::CapturedMessage&, Time> m_replayedTrace;
    TracedCallback<const attacks::CapturedMessage&, std::string> m_skippedTrace;
};

} // namespace ns3
