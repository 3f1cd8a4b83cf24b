// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/incident-record.h"

#include <iomanip>
#include <nlohmann/json.hpp>

namespace ns3
{

namespace
{

using Json = nlohmann::ordered_json;
using Counts = std::map<std::string, uint64_t>;

Json
Replay(const ReplayResult& replay)
{
    Json json;
    json["way"] = replay.way;
    json["delay_s"] = replay.delay.GetSeconds();
    json["replayed"] = replay.replayed;
    json["skipped"] = replay.skipped;
    json["outcomes"] = replay.outcomes;
    json["reasons"] = replay.reasons;
    return json;
}

Json
Attack(const AttackResult& attack)
{
    Json json;
    json["name"] = attack.name;
    json["vantage"] = attack.vantage;
    json["start_s"] = attack.start.GetSeconds();
    json["end_s"] = attack.end.GetSeconds();
    json["rate"] = attack.rate > 0 ? Json(attack.rate) : Json(nullptr);
    json["packets"] = attack.packets;
    json["bytes"] = attack.bytes;
    json["replies"] = attack.replies;
    if (attack.replay)
    {
        json["replay"] = Replay(*attack.replay);
    }
    return json;
}

Json
Fault(const FaultResult& fault)
{
    Json json;
    json["name"] = fault.name;
    json["sensor"] = fault.sensor;
    json["start_s"] = fault.start.GetSeconds();
    json["end_s"] = fault.end.GetSeconds();
    json["rate"] = fault.rate;
    json["sent"] = fault.sent;
    json["refused"] = fault.refused;
    json["served"] = fault.served;
    json["collected"] = fault.collected;
    return json;
}

Json
Victim(const VictimResult& victim)
{
    Json json;
    json["processor"]["busy_share"] = victim.busyShare;
    json["processor"]["wait_max_s"] = victim.longestWait.GetSeconds();
    json["half_open_max"] = victim.peak.halfOpen;
    json["connections_max"] = victim.peak.connections;
    json["sessions_max"] = victim.peak.sessions;
    json["exchanges_max"] = victim.peak.exchanges;
    json["refused"] = victim.refused;
    json["refused_honest"] = victim.honest;
    json["rejected"] = victim.rejected;
    return json;
}

Json
Step(const TimelineStep& step)
{
    Json json;
    json["t_s"] = step.begin.GetSeconds();
    json["generated"] = step.generated;
    json["on_time"] = step.onTime;
    json["latency_mean_s"] =
        step.delivered ? Json(step.latencySum / step.delivered) : Json(nullptr);
    json["busy_share"] = step.busyShare;
    json["half_open"] = step.tables.halfOpen;
    json["connections"] = step.tables.connections;
    json["sessions"] = step.tables.sessions;
    json["exchanges"] = step.tables.exchanges;
    json["attack_packets"] = step.attackPackets;
    return json;
}

std::string
List(const Counts& counts)
{
    std::string text;
    for (const auto& [name, count] : counts)
    {
        if (count > 0)
        {
            text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
        }
    }
    return text.empty() ? "none" : text;
}

void
WriteAttack(const AttackResult& attack, std::ostream& os)
{
    os << std::defaultfloat << std::setprecision(6) << "attack           " << attack.name << " ("
       << attack.vantage << ") from " << attack.start.GetSeconds() << " s to "
       << attack.end.GetSeconds() << " s: " << attack.packets << " packets, " << attack.bytes
       << " bytes, " << attack.replies << " replies\n";
    if (attack.replay)
    {
        os << "replayed         " << attack.replay->replayed << " messages " << attack.replay->way
           << " after " << attack.replay->delay.GetSeconds()
           << " s: " << List(attack.replay->outcomes) << "; why: " << List(attack.replay->reasons)
           << "; skipped: " << List(attack.replay->skipped) << "\n";
    }
}

} // namespace

void
AddIncident(const IncidentResult& incident, Json& record)
{
    if (incident.attack)
    {
        record["attack"] = Attack(*incident.attack);
        if (incident.attack->leak)
        {
            record["leak"] = incident.attack->leak->ToJson();
        }
    }
    if (incident.fault)
    {
        record["fault"] = Fault(*incident.fault);
    }
    record["victim"] = Victim(incident.victim);
    record["defence"]["names"] = incident.defence.names;
    record["defence"]["refused"] = incident.defence.refused;
    record["defence"]["false_positives"] = incident.defence.falsePositives;
    for (const TimelineStep& step : incident.timeline)
    {
        record["timeline"].push_back(Step(step));
    }
}

void
WriteIncidentSummary(const IncidentResult& incident, std::ostream& os)
{
    if (incident.attack)
    {
        WriteAttack(*incident.attack, os);
    }
    if (incident.fault)
    {
        os << "fault            " << incident.fault->name << ": " << incident.fault->sent
           << " reports beside its own, " << incident.fault->refused << " refused by its stack, "
           << incident.fault->served << " served, " << incident.fault->collected << " collected\n";
    }
    const VictimResult& victim = incident.victim;
    os << "victim           processor busy " << std::fixed << std::setprecision(1)
       << 100 * victim.busyShare << " %; at most " << victim.peak.halfOpen << " half open, "
       << victim.peak.connections << " connections, " << victim.peak.sessions << " sessions, "
       << victim.peak.exchanges << " exchanges\n"
       << "                 refused: " << List(victim.refused)
       << "; rejected: " << List(victim.rejected) << "\n"
       << "defences         refused " << incident.defence.refused << ", of these "
       << incident.defence.falsePositives << " honest\n";
    if (incident.attack && incident.attack->leak)
    {
        os << incident.attack->leak->ToTable();
    }
}

} // namespace ns3
