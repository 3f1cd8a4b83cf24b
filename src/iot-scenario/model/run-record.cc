// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/incident-record.h"
#include "iot-scenario/model/run-results.h"
#include "iot-scenario/model/stack.h"

#include "ns3/rng-seed-manager.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

namespace ns3
{

namespace
{

using Json = nlohmann::ordered_json;

template <typename Value>
Json
OrNull(const std::optional<Value>& value)
{
    return value ? Json(*value) : Json(nullptr);
}

Json
Mean(const std::vector<double>& values)
{
    double sum = 0;
    for (double value : values)
    {
        sum += value;
    }
    return values.empty() ? Json(nullptr) : Json(sum / values.size());
}

Json
Latencies(const std::vector<double>& sorted, uint64_t generated)
{
    Json json;
    json["mean"] = Mean(sorted);
    json["p50"] = OrNull(LatencyQuantile(sorted, generated, 0.50));
    json["p95"] = OrNull(LatencyQuantile(sorted, generated, 0.95));
    json["p99"] = OrNull(LatencyQuantile(sorted, generated, 0.99));
    json["max"] = OrNull(LatencyQuantile(sorted, generated, 1.00));
    return json;
}

Json
Reports(const RunResults& results)
{
    const ReportSummary& reports = results.reports;
    Json json;
    json["generated"] = reports.generated;
    json["on_time"] = reports.onTime;
    json["delivered"] = reports.delivered;
    json["lost"] = reports.lost;
    json["in_flight"] = reports.inFlight;
    json["refused"] = reports.refused;
    if (results.filter)
    {
        json["filtered"] = reports.filtered;
    }
    json["duplicates"] = reports.duplicates;
    json["served"] = reports.served;
    json["unknown"] = results.unknownReports;
    if (results.payloadSize)
    {
        json["payload_bytes"] = *results.payloadSize;
    }
    json["latency_s"] = Latencies(reports.latencies, reports.generated - reports.filtered);
    json["service_latency_s"] = Latencies(reports.serviceLatencies, reports.generated);
    json["age_s"] = OrNull(reports.age);
    json["latency_samples_s"] = reports.latencies;
    return json;
}

/// What each of several collectors got.
Json
FanOut(const RunResults& results)
{
    Json each = Json::array();
    uint64_t wanted = 0;
    uint64_t delivered = 0;
    for (const ReportSummary& reports : results.fanOut)
    {
        Json json;
        json["collector"] = GetCollectorName(each.size());
        json["on_time"] = reports.onTime;
        json["delivered"] = reports.delivered;
        json["latency_s"] = Latencies(reports.latencies, reports.generated - reports.filtered);
        each.push_back(json);
        delivered += reports.delivered;
        wanted += reports.generated - reports.filtered;
    }
    Json json;
    json["collectors"] = each.size();
    json["wanted"] = wanted;
    json["delivered"] = delivered;
    json["each"] = each;
    return json;
}

Json
Filter(const FilterResult& filter)
{
    Json json;
    json["messages"] = filter.messages;
    json["bytes_not_sent"] = filter.bytes;
    json["collector_link_bytes"] = filter.linkBytes;
    return json;
}

Json
Bytes(const LinkCounters& link)
{
    Json json;
    json["payload"] = link.bytes.payload;
    json["application"] = link.bytes.application;
    json["security"] = link.bytes.security;
    json["transport"] = link.bytes.transport;
    json["network"] = link.bytes.network;
    json["link"] = link.bytes.link;
    json["total"] = link.bytesSent;
    return json;
}

Json
Resent(const Retransmissions& retransmissions)
{
    Json json;
    json["mac"] = retransmissions.mac;
    json["tcp"] = retransmissions.tcp;
    json["dtls"] = retransmissions.dtls;
    json["coap"] = retransmissions.coap;
    json["mqtt"] = retransmissions.mqtt;
    return json;
}

Json
Setup(const RunResults& results)
{
    std::vector<double> durations;
    std::vector<double> energies;
    uint32_t broken = 0;
    uint32_t late = 0;
    for (const auto& session : results.sessions)
    {
        energies.push_back(session.energy);
        broken += session.broken;
        late += session.ready && !results.IsSetUp(session);
        if (results.IsSetUp(session))
        {
            durations.push_back((*session.ready - session.started).GetSeconds());
        }
    }
    const uint64_t completed = results.security.completed;
    auto perHandshake = [completed](uint64_t total) {
        return completed ? Json(static_cast<double>(total) / completed) : Json(0);
    };
    Json json;
    json["sessions"] = durations.size();
    json["failed"] = results.sessions.size() - durations.size();
    json["late"] = late;
    json["broken"] = broken;
    json["duration_s"]["mean"] = Mean(durations);
    json["duration_s"]["max"] = durations.empty()
                                    ? Json(nullptr)
                                    : Json(*std::max_element(durations.begin(), durations.end()));
    json["handshakes"] = completed;
    json["handshake_bytes"]["client"] = perHandshake(results.security.bytesSent);
    json["handshake_bytes"]["server"] = perHandshake(results.security.bytesReceived);
    json["flights"] = perHandshake(results.security.flights);
    json["handshakes_failed"] = results.security.failures;
    json["peers_refused"] = results.host.refusals;
    json["energy_j"] = Mean(energies);
    json["bytes_on_air"] = Bytes(results.setup);
    json["retransmissions"] = Resent(results.setupRetransmissions);
    return json;
}

Json
Link(const LinkCounters& link)
{
    Json json;
    json["frames"] = link.frames;
    json["unknown_frames"] = link.unknownFrames;
    json["duplicates_dropped"] = link.duplicatesDropped;
    json["polls"] = link.polls;
    json["frames_lost"] = link.lost;
    json["collisions"] = link.collisions;
    json["queue_drops"] = link.queueDrops;
    json["no_ack"] = link.noAck;
    json["channel_busy"] = link.channelBusy;
    return json;
}

Json
Energy(const RunResults& results)
{
    const EnergyAccount sum = results.GetEnergy();
    const double total = sum.GetTotal();
    auto per = [total](uint64_t count) { return count ? Json(total / count) : Json(nullptr); };
    Json json;
    json["per_node_mean"] = per(results.energy.size());
    json["per_report"] = per(results.reports.delivered);
    json["per_on_time_report"] = per(results.reports.onTime);
    json["radio"]["tx"] = sum[RadioState::Transmit];
    json["radio"]["rx"] = sum[RadioState::Receive];
    json["radio"]["listen"] = sum[RadioState::Listen];
    json["radio"]["sleep"] = sum[RadioState::Sleep];
    json["mcu"]["active"] = sum[McuState::Active];
    json["mcu"]["crypto"] = sum[McuState::Crypto];
    json["mcu"]["sleep"] = sum[McuState::Sleep];
    if (sum.secureElement > 0)
    {
        json["secure_element"] = sum.secureElement;
    }
    json["total"] = total;
    json["window_s"] = results.windowLength.GetSeconds();
    return json;
}

Json
Memory(const RunResults& results)
{
    uint64_t sessions = 0;
    for (const auto& session : results.sessions)
    {
        sessions += results.IsSetUp(session);
    }
    const uint64_t broker = results.memory.broker;
    Json json;
    json["node_peak"] = results.memory.node;
    json["broker_peak"] = broker;
    json["per_session"] = sessions ? Json(static_cast<double>(broker) / sessions) : Json(nullptr);
    return json;
}

Json
SimulatorCost(const RunResults& results)
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    Json json;
    json["events"] = results.events;
    json["wall_s"] = results.wallTime;
    json["sim_s"] = results.simulated.GetSeconds();
    json["peak_rss_bytes"] = static_cast<uint64_t>(usage.ru_maxrss) * 1024;
    return json;
}

} // namespace

void
WriteRecord(const RunResults& results, std::ostream& os)
{
    Json record;
    for (const auto& [name, value] : results.parameters)
    {
        Json& parameter = record["parameters"][name];
        std::visit([&parameter](const auto& typed) { parameter = typed; }, value);
    }
    record["versions"]["ns3"] = IOT_NS3_VERSION;
    record["versions"]["openssl"] = IOT_OPENSSL_VERSION;
    record["versions"]["project"] = IOT_PROJECT_VERSION;
    record["run"] = RngSeedManager::GetRun();
    record["seed"] = RngSeedManager::GetSeed();
    record["reports"] = Reports(results);
    if (!results.fanOut.empty())
    {
        record["fan_out"] = FanOut(results);
    }
    if (results.filter)
    {
        record["filter"] = Filter(*results.filter);
    }
    record["setup"] = Setup(results);
    record["retransmissions"] = Resent(results.windowRetransmissions);
    record["link"] = Link(results.window);
    record["bytes_on_air"] = Bytes(results.window);
    record["energy_j"] = Energy(results);
    record["memory_bytes"] = Memory(results);
    if (results.auth)
    {
        AddAuth(*results.auth, record);
    }
    if (results.incident)
    {
        AddIncident(*results.incident, record);
    }
    record["simulator"] = SimulatorCost(results);
    os << record.dump(2) << "\n";
}

} // namespace ns3
