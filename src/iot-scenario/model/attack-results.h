// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/leak-report.h"
#include "iot-metrics/model/timeline.h"
#include "iot-metrics/model/victim-meter.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/// What became of captured messages that were sent again.
struct ReplayResult
{
    std::string way;
    Time delay;
    uint64_t replayed{0};
    std::map<std::string, uint64_t> skipped;  ///< could not be sent again, by reason
    std::map<std::string, uint64_t> outcomes; ///< at the victim, every one of them
    std::map<std::string, uint64_t> reasons;  ///< of rejected ones and lost connections
};

/// What an attacker did, and what it spent.
struct AttackResult
{
    std::string name;
    std::string vantage; ///< "radio", "on-path" or "internet"
    Time start;
    Time end;
    double rate{0};      ///< per second; 0: it has none
    uint64_t packets{0}; ///< IP datagrams sent
    uint64_t bytes{0};   ///< of them, with their headers
    uint64_t replies{0}; ///< that came back to the attacker
    std::optional<ReplayResult> replay;
    std::optional<attacks::LeakReport> leak;
};

/// What a broken sensor did.
struct FaultResult
{
    std::string name;
    uint32_t sensor{0};
    Time start;
    Time end;
    double rate{0};      ///< reports per second that it tried to send
    uint64_t sent{0};    ///< reports that it tried to send
    uint64_t refused{0}; ///< of them, by its own stack
    uint64_t served{0};  ///< of them, by the host
    uint64_t collected{0};
};

/// What the defences of the host did.
struct DefenceResult
{
    std::vector<std::string> names;
    uint64_t refused{0};
    uint64_t falsePositives{0}; ///< of them, honest ones
};

/// What went wrong in a run, and what it did to the host.
struct IncidentResult
{
    std::optional<AttackResult> attack;
    std::optional<FaultResult> fault;
    VictimResult victim;
    DefenceResult defence;
    std::vector<TimelineStep> timeline;
};

} // namespace ns3
