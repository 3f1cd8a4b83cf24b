// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-metrics/model/victim-event.h"

#include "ns3/nstime.h"

#include <array>
#include <list>
#include <map>

namespace ns3
{

/// What became of a replayed message at the victim.
enum class ReplayOutcome : uint8_t
{
    Accepted,       ///< the service took its report as a new one
    Duplicate,      ///< known to have arrived before, and not acted upon
    Rejected,       ///< not accepted, with a reason
    ConnectionLost, ///< its connection or session ended without one
    Unreachable,    ///< nothing was seen of it
    Count,          ///< how many there are; not an outcome
};

/// The name of an outcome in records ("connection_lost").
std::string ToString(ReplayOutcome outcome);

/// A message that was sent to the victim again, as far as the keeper of the record knows it.
struct ReplayedMessage
{
    sansio::PeerAddress from;          ///< whose address and port the victim sees
    bool anyPort{false};               ///< only the address of \p from is known
    uint64_t report{0};                ///< the label of what it carries; 0: not known
    std::string client;                ///< the MQTT client it is of; empty: none
    std::optional<uint16_t> messageId; ///< of CoAP, where it can be read
    bool withheld{false};              ///< the original did not reach the victim
    Time age;                          ///< since the original
};

/**
 * Finds the outcome of each replayed message by what the victim's trace sources tell within a time
 * of observation after it, and by nothing else.
 *
 * A report counts as accepted again when the service takes it once more than the original alone
 * explains. Where the original may still be on its way (younger than FLIGHT and not yet arrived),
 * the first arrival is its own. A rejection or a duplicate is of one message: where several wait
 * for an outcome, of the one that was sent first. The end of a session is what became of all that
 * wait, unless they are rejected after all. An acceptance outweighs all others. A judge must live
 * until the simulation is destroyed.
 */
class ReplayJudge
{
  public:
    /// \param observation how long an effect is awaited
    explicit ReplayJudge(Time observation);
    ReplayJudge(const ReplayJudge&) = delete;
    ReplayJudge& operator=(const ReplayJudge&) = delete;

    /// The service took a report, for the first time or again.
    void Served(uint64_t report);

    /// Something happened at the victim.
    void Happened(const VictimEvent& event);

    /// A message has just been sent again.
    void Replayed(const ReplayedMessage& message);

    uint64_t GetCount(ReplayOutcome outcome) const;

    /// Why messages were rejected, or the sessions of those that were lost.
    const std::map<std::string, uint64_t>& GetReasons() const;

    static constexpr double FLIGHT = 0.5; ///< seconds

  private:
    struct Trial
    {
        ReplayedMessage message;
        uint64_t servedBefore{0};
        bool rejected{false};
        bool duplicate{false};
        bool lost{false};
        std::string reason;
    };

    void Settle(std::list<Trial>::iterator trial);
    bool Concerns(const Trial& trial, const VictimEvent& event) const;
    bool IsAccepted(const Trial& trial) const;

    Time m_observation;
    std::list<Trial> m_trials;
    std::map<uint64_t, uint64_t> m_served; ///< report to how often
    std::array<uint64_t, static_cast<size_t>(ReplayOutcome::Count)> m_counts{};
    std::map<std::string, uint64_t> m_reasons;
};

} // namespace ns3
