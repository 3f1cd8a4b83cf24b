// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/replay-judge.h"

#include "ns3/simulator.h"

namespace ns3
{

std::string
ToString(ReplayOutcome outcome)
{
    static const char* const NAMES[] = {"accepted",
                                        "duplicate",
                                        "rejected",
                                        "connection_lost",
                                        "unreachable"};
    static_assert(sizeof(NAMES) / sizeof(NAMES[0]) == static_cast<size_t>(ReplayOutcome::Count));
    return NAMES[static_cast<size_t>(outcome)];
}

ReplayJudge::ReplayJudge(Time observation)
    : m_observation(observation)
{
}

void
ReplayJudge::Served(uint64_t report)
{
    m_served[report]++;
}

void
ReplayJudge::Replayed(const ReplayedMessage& message)
{
    Trial trial;
    trial.message = message;
    const auto served = m_served.find(message.report);
    trial.servedBefore = served == m_served.end() ? 0 : served->second;
    auto place = m_trials.insert(m_trials.end(), trial);
    Simulator::Schedule(m_observation, [this, place] { Settle(place); });
}

bool
ReplayJudge::Concerns(const Trial& trial, const VictimEvent& event) const
{
    const ReplayedMessage& message = trial.message;
    if (!event.client.empty())
    {
        return event.client == message.client;
    }
    if (event.messageId && message.messageId && *event.messageId != *message.messageId)
    {
        return false;
    }
    return event.peer.ip == message.from.ip &&
           (message.anyPort || event.peer.port == message.from.port);
}

void
ReplayJudge::Happened(const VictimEvent& event)
{
    for (Trial& trial : m_trials)
    {
        if (!Concerns(trial, event) || trial.rejected || trial.duplicate || IsAccepted(trial))
        {
            continue;
        }
        if (event.kind != VictimEvent::Kind::SessionEnded)
        {
            trial.duplicate = event.kind == VictimEvent::Kind::Duplicate;
            trial.rejected = !trial.duplicate;
            trial.reason = trial.duplicate ? "" : event.GetText();
            return;
        }
        if (!trial.lost)
        {
            trial.lost = true;
            trial.reason = event.GetText();
        }
    }
}

bool
ReplayJudge::IsAccepted(const Trial& trial) const
{
    const auto served = m_served.find(trial.message.report);
    if (trial.message.report == 0 || served == m_served.end())
    {
        return false;
    }
    const uint64_t during = served->second - trial.servedBefore;
    const bool originalMayFollow =
        trial.servedBefore == 0 && !trial.message.withheld && trial.message.age < Seconds(FLIGHT);
    return during > (originalMayFollow ? 1 : 0);
}

void
ReplayJudge::Settle(std::list<Trial>::iterator trial)
{
    const ReplayOutcome outcome = IsAccepted(*trial) ? ReplayOutcome::Accepted
                                  : trial->rejected  ? ReplayOutcome::Rejected
                                  : trial->duplicate ? ReplayOutcome::Duplicate
                                  : trial->lost      ? ReplayOutcome::ConnectionLost
                                                     : ReplayOutcome::Unreachable;
    m_counts[static_cast<size_t>(outcome)]++;
    if ((outcome == ReplayOutcome::Rejected || outcome == ReplayOutcome::ConnectionLost) &&
        !trial->reason.empty())
    {
        m_reasons[trial->reason]++;
    }
    m_trials.erase(trial);
}

uint64_t
ReplayJudge::GetCount(ReplayOutcome outcome) const
{
    return m_counts[static_cast<size_t>(outcome)];
}

const std::map<std::string, uint64_t>&
ReplayJudge::GetReasons() const
{
    return m_reasons;
}

} // namespace ns3
