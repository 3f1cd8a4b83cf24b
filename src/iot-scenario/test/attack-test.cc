// SPDX-License-Identifier: GPL-2.0-only
// Attacks on the four stacks of the comparison, and what the victim made of them. The figures are
// those of the standards: NON_LIFETIME 145 s and EXCHANGE_LIFETIME 247 s (RFC 7252 section 4.8.2),
// the window of 64 records (RFC 6347 section 4.1.2.6).
#include "iot-scenario/model/incident-record.h"
#include "iot-scenario/model/scenario.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/global-value.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace ns3;
using testing::HasSubstr;

namespace
{

/// Three sensors that report every 10 s; the attack lasts for one interval, so that each sensor's
/// report is captured once.
ScenarioParameters
Attacked(const std::string& stack, const std::string& attack)
{
    ScenarioParameters parameters;
    parameters.stack = stack;
    parameters.nodes = 3;
    parameters.reports = 6;
    parameters.attacks.attack = attack;
    parameters.attacks.start = Seconds(20);
    parameters.attacks.duration = Seconds(10);
    return parameters;
}

ScenarioParameters
Replayed(const std::string& stack, const std::string& way, Time delay)
{
    ScenarioParameters parameters = Attacked(stack, "replay");
    parameters.attacks.replayWay = way;
    parameters.attacks.replayDelay = delay;
    parameters.reports = 40;
    return parameters;
}

/// The run of these parameters, checked or not, with the checksums that attackers look at.
RunResults
Run(const ScenarioParameters& parameters)
{
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    RngSeedManager::SetRun(1);
    Scenario scenario(parameters);
    return scenario.Run();
}

RunResults
Simulate(const ScenarioParameters& parameters)
{
    parameters.CheckTogether();
    return Run(parameters);
}

/// All messages had this outcome, and there were some.
void
ExpectOutcome(const RunResults& results, const std::string& outcome)
{
    ASSERT_TRUE(results.incident && results.incident->attack && results.incident->attack->replay);
    const ReplayResult& replay = *results.incident->attack->replay;
    EXPECT_GE(replay.replayed, 2u);
    EXPECT_EQ(replay.outcomes.at(outcome), replay.replayed)
        << nlohmann::json(replay.outcomes) << nlohmann::json(replay.reasons);
}

const ReplayResult&
GetReplay(const RunResults& results)
{
    return *results.incident->attack->replay;
}

/// The record without what the machine adds and what the attack does.
std::string
GetHonestRecord(const RunResults& results)
{
    std::ostringstream stream;
    WriteRecord(results, stream);
    auto record = nlohmann::json::parse(stream.str());
    for (const char* key :
         {"simulator", "attack", "victim", "defence", "timeline", "leak", "fault"})
    {
        record.erase(key);
    }
    return record.dump(1);
}

} // namespace

TEST(CoapReplay, ANonConfirmableReportIsIgnoredUntilItsLifetimeIsOver)
{
    ScenarioParameters parameters = Replayed("coap", "same-flow", Seconds(144));
    parameters.confirmable = false;
    ExpectOutcome(Simulate(parameters), "duplicate");
    parameters.attacks.replayDelay = Seconds(146);
    ExpectOutcome(Simulate(parameters), "accepted");
}

TEST(CoapReplay, AConfirmableReportIsIgnoredUntilItsLifetimeIsOver)
{
    ScenarioParameters parameters = Replayed("coap", "same-flow", Seconds(246));
    ExpectOutcome(Simulate(parameters), "duplicate");
    parameters.attacks.replayDelay = Seconds(248);
    ExpectOutcome(Simulate(parameters), "accepted");
}

TEST(CoapReplay, FromAnotherPortAReportIsNewAtOnce)
{
    const RunResults results = Simulate(Replayed("coap", "other-port", Seconds(1)));
    ExpectOutcome(results, "accepted");
    EXPECT_EQ(results.incident->attack->vantage, "internet");
    EXPECT_EQ(results.reports.duplicates, GetReplay(results).replayed);
}

TEST(DtlsReplay, ARecordInsideTheWindowIsDroppedSilently)
{
    const RunResults results = Simulate(Replayed("coaps", "same-flow", Seconds(1)));
    ExpectOutcome(results, "rejected");
    EXPECT_EQ(GetReplay(results).reasons.at("dtls replay"), GetReplay(results).replayed);
    EXPECT_EQ(results.reports.onTime, results.reports.generated); // it costs nobody anything
}

TEST(DtlsReplay, ARecordLeftOfTheWindowIsDroppedSilently)
{
    ScenarioParameters parameters = Replayed("coaps", "same-flow", Seconds(100));
    parameters.interval = Seconds(1); // 100 records later
    parameters.attacks.duration = Seconds(1);
    parameters.attacks.start = Seconds(2);
    parameters.reports = 120;
    const RunResults results = Simulate(parameters);
    ExpectOutcome(results, "rejected");
    EXPECT_EQ(GetReplay(results).reasons.at("dtls replay"), GetReplay(results).replayed);
}

TEST(DtlsReplay, ARecordThatWasBlockedAndComesLateIsAccepted)
{
    ScenarioParameters parameters = Replayed("coaps", "late", Seconds(25));
    parameters.confirmable = false; // nobody sends it again, and later ones overtake it
    const RunResults results = Simulate(parameters);
    ExpectOutcome(results, "accepted");
    EXPECT_EQ(results.incident->attack->vantage, "on-path");
    EXPECT_EQ(results.reports.delivered, results.reports.generated);
    EXPECT_EQ(results.reports.onTime + GetReplay(results).replayed, results.reports.generated);
}

TEST(DtlsReplay, ARecordFromAnotherPortIsOfNoSession)
{
    const RunResults results = Simulate(Replayed("coaps", "other-port", Seconds(1)));
    EXPECT_EQ(GetReplay(results).outcomes.at("accepted"), 0u);
    EXPECT_EQ(results.reports.onTime, results.reports.generated);
}

TEST(TlsReplay, ARecordEndsTheConnectionWithBadRecordMac)
{
    for (const char* version : {"1.2", "1.3"})
    {
        ScenarioParameters parameters = Replayed("mqtts", "same-flow", Seconds(1));
        parameters.tlsVersion = version;
        const RunResults results = Simulate(parameters);
        // As many as the broker's TLS told; a copy behind one of these is lost with the connection.
        const ReplayResult& replay = GetReplay(results);
        const uint64_t rejected = results.incident->victim.rejected.at("tls bad_record_mac");
        EXPECT_GE(rejected, 3u) << version;
        EXPECT_EQ(replay.outcomes.at("rejected"), rejected) << version;
        EXPECT_EQ(replay.reasons.at("tls bad_record_mac"), rejected) << version;
        EXPECT_EQ(replay.outcomes.at("connection_lost"), replay.replayed - rejected) << version;
        const auto broken = std::count_if(results.sessions.begin(),
                                          results.sessions.end(),
                                          [](const auto& session) { return session.broken > 0; });
        EXPECT_EQ(broken, 3);
    }
}

TEST(TlsReplay, ANewConnectionWithCapturedRecordsIsNotAccepted)
{
    const RunResults results = Simulate(Replayed("mqtts", "new-connection", Seconds(1)));
    EXPECT_EQ(GetReplay(results).outcomes.at("accepted"), 0u);
    EXPECT_EQ(results.reports.onTime, results.reports.generated);
}

TEST(MqttReplay, CapturedCredentialsOpenANewConnectionThatIsBelieved)
{
    for (uint32_t qos : {0, 1, 2})
    {
        ScenarioParameters parameters = Replayed("mqtt", "new-connection", Seconds(1));
        parameters.qos = qos;
        parameters.user = "sensor";
        parameters.password = "secret";
        ExpectOutcome(Simulate(parameters), "accepted");
    }
}

TEST(MqttReplay, AReportPutIntoTheConnectionIsAccepted)
{
    ExpectOutcome(Simulate(Replayed("mqtt", "same-flow", Seconds(1))), "accepted");
}

TEST(MqttReplay, AQos2ReportThatComesAgainBeforeItsReleaseIsDeliveredOnce)
{
    ScenarioParameters parameters = Replayed("mqtt", "same-flow", MilliSeconds(1));
    parameters.qos = 2;
    const RunResults results = Simulate(parameters);
    ExpectOutcome(results, "duplicate");
    EXPECT_EQ(results.reports.duplicates, 0u);
}

TEST(Sniffing, TellsEverythingWithoutSecurityAndSizesWithIt)
{
    ScenarioParameters parameters = Attacked("mqtt", "sniff");
    parameters.attacks.duration = Seconds(30);
    const RunResults open = Simulate(parameters);
    const auto& flows = open.incident->attack->leak->flows;
    ASSERT_FALSE(flows.empty());
    EXPECT_TRUE(std::any_of(flows.begin(), flows.end(), [](const auto& flow) {
        return flow.protocol == "mqtt" && flow.topics.count("s/00/t") > 0 && flow.payloads > 0;
    }));
    parameters.stack = "coaps";
    const RunResults secured = Simulate(parameters);
    for (const auto& flow : secured.incident->attack->leak->flows)
    {
        EXPECT_FALSE(flow.HasContent());
        EXPECT_EQ(flow.protocol, "dtls");
        EXPECT_FALSE(flow.recordSizes.empty());
    }
    EXPECT_EQ(secured.incident->attack->vantage, "radio");
}

class SilentAttacker : public testing::TestWithParam<std::pair<const char*, const char*>>
{
};

TEST_P(SilentAttacker, ChangesNothing)
{
    ScenarioParameters parameters = Attacked(GetParam().first, "none");
    parameters.attacks.start = Seconds(100000);
    parameters.loss = 0.2;
    const std::string alone = GetHonestRecord(Simulate(parameters));
    parameters.attacks.attack = GetParam().second;
    EXPECT_EQ(GetHonestRecord(::Run(parameters)), alone); // no user may ask for such an attack
}

INSTANTIATE_TEST_SUITE_P(Attacks,
                         SilentAttacker,
                         testing::Values(std::pair("mqtt", "sniff"),
                                         std::pair("mqtt", "replay"),
                                         std::pair("mqtt", "syn-flood"),
                                         std::pair("mqtt", "slowite"),
                                         std::pair("mqtt", "idle-connections"),
                                         std::pair("mqtts", "tls-flood"),
                                         std::pair("coap", "coap-flood"),
                                         std::pair("coaps", "dtls-flood")));

TEST(Flood, OfSynFillsTheBacklogInAsManySecondsAsItTakes)
{
    ScenarioParameters parameters = Attacked("mqtt", "syn-flood");
    parameters.attacks.rate = 50;
    parameters.attacks.timelineStep = Seconds(1);
    parameters.attacks.defence = "none";
    const RunResults results = Simulate(parameters);
    const IncidentResult& incident = *results.incident;
    EXPECT_EQ(incident.victim.peak.halfOpen, 100u);
    EXPECT_EQ(incident.attack->packets, 500u);
    EXPECT_EQ(incident.victim.refused.at("tcp backlog"), 400u);
    for (const TimelineStep& step : incident.timeline)
    {
        const double since = (step.begin + Seconds(1) - Seconds(80)).GetSeconds();
        const double expected = std::clamp(50 * since, 0.0, 100.0);
        EXPECT_NEAR(step.tables.halfOpen, expected, 1) << step.begin.GetSeconds();
    }
    EXPECT_EQ(results.reports.onTime, results.reports.generated); // connected before
    EXPECT_EQ(results.windowRetransmissions.tcp, 0u); // SYN-ACKs to the attacker are none of theirs
}

TEST(Flood, OfClientHellosLeavesNoStateWithCookiesAndOneEachWithout)
{
    Config::SetDefault("ns3::SecureSocketFactory::MaxHalfOpen", UintegerValue(1000));
    Config::SetDefault("ns3::SecureSocketFactory::MaxSessions", UintegerValue(1000));
    ScenarioParameters parameters = Attacked("coaps", "dtls-flood");
    parameters.attacks.rate = 20;
    const uint32_t honest = parameters.nodes + parameters.collectors;
    EXPECT_EQ(Simulate(parameters).incident->victim.peak.sessions, honest);
    parameters.attacks.defence = "none";
    const RunResults open = Simulate(parameters);
    EXPECT_EQ(open.incident->victim.peak.sessions, honest + 200);
    EXPECT_EQ(open.windowRetransmissions.dtls, 0u); // flights to the attacker are none of theirs
    Config::SetDefault("ns3::SecureSocketFactory::MaxHalfOpen",
                       UintegerValue(tls::Limits{}.maxHalfOpen));
    Config::SetDefault("ns3::SecureSocketFactory::MaxSessions",
                       UintegerValue(tls::Limits{}.maxSessions));
}

TEST(Flood, OfSlowConnectionsTakesAllDescriptorsUnlessTheKeepAliveIsBounded)
{
    ScenarioParameters parameters = Attacked("mqtt", "slowite");
    parameters.attacks.rate = 250;
    const RunResults open = Simulate(parameters);
    EXPECT_EQ(open.incident->victim.peak.connections, 1015u);
    parameters.attacks.defence = "keep-alive-bound";
    const RunResults bounded = Simulate(parameters);
    const IncidentResult& incident = *bounded.incident;
    EXPECT_EQ(incident.victim.peak.sessions, parameters.nodes + parameters.collectors);
    EXPECT_EQ(incident.victim.refused.at("mqtt keep-alive"), 1024u);
    EXPECT_EQ(incident.defence.refused, 1024u);
    EXPECT_EQ(incident.defence.falsePositives, 0u);
    EXPECT_EQ(bounded.reports.onTime, bounded.reports.generated);
}

TEST(Flood, OfIdleConnectionsLastsAsLongAsTheHostWaitsForAWord)
{
    struct Row
    {
        const char* stack;
        const char* defence;
        const char* attribute;
        double usual; ///< seconds
        const char* text;
    };

    for (const Row& row :
         {Row{"mqtt", "connect-timeout", "ConnectTimeout", 60, "mqtt connect-timeout"},
          Row{"mqtts", "handshake-timeout", "HandshakeTimeout", 180, "tls handshake timed out"}})
    {
        const std::string attribute = std::string("ns3::DefenceSetup::") + row.attribute;
        ScenarioParameters parameters = Attacked(row.stack, "idle-connections");
        parameters.attacks.rate = 8;
        const uint32_t honest = parameters.nodes + parameters.collectors;
        EXPECT_EQ(Simulate(parameters).incident->victim.peak.connections, honest + 80) << row.stack;
        Config::SetDefault(attribute, TimeValue(Seconds(4)));
        parameters.attacks.defence = row.defence;
        const IncidentResult incident = *Simulate(parameters).incident;
        Config::SetDefault(attribute, TimeValue(Seconds(row.usual)));
        EXPECT_NEAR(incident.victim.peak.connections, honest + 32, 2) << row.stack;
        const auto& counts =
            row.stack == std::string("mqtt") ? incident.victim.refused : incident.victim.rejected;
        EXPECT_EQ(counts.at(row.text), incident.defence.refused);
        EXPECT_GT(incident.defence.refused, 40u);
        EXPECT_EQ(incident.defence.falsePositives, 0u);
    }
}

TEST(Runaway, IsSlowedDownWithoutBeingCalledAnAttacker)
{
    ScenarioParameters parameters = Attacked("mqtt", "none");
    parameters.attacks.fault = "runaway";
    parameters.attacks.rate = 50;
    parameters.attacks.duration = Seconds(30);
    const RunResults results = Simulate(parameters);
    parameters.attacks.defence = "request-rate";
    const RunResults limited = Simulate(parameters);
    EXPECT_EQ(results.incident->fault->sent, 1500u);
    EXPECT_GT(results.incident->fault->served, 2 * limited.incident->fault->served);
    EXPECT_FALSE(limited.incident->attack);
    EXPECT_EQ(results.unknownReports, 0u);
    EXPECT_EQ(results.reports.generated, 18u);
}

TEST(Incident, ARecordWithoutOneTellsNothingOfIt)
{
    ScenarioParameters parameters = Attacked("mqtt", "none");
    std::ostringstream calm;
    WriteRecord(Simulate(parameters), calm);
    for (const char* key : {"\"attack", "\"victim\"", "\"defence\"", "\"timeline\"", "\"fault\""})
    {
        EXPECT_THAT(calm.str(), testing::Not(HasSubstr(key)));
    }
    parameters.attacks.defence = "connection-rate";
    std::ostringstream defended;
    WriteRecord(Simulate(parameters), defended);
    EXPECT_THAT(defended.str(), HasSubstr("\"false_positives\": 0"));
    EXPECT_THAT(defended.str(), testing::Not(HasSubstr("\"timeline\"")));
}

const char* const EVERY_DEFENCE =
    "cookie,connect-timeout,handshake-timeout,keep-alive-bound,half-open-eviction,address-limit,"
    "connection-rate,request-rate";

class Restart : public testing::TestWithParam<std::pair<const char*, const char*>>
{
};

TEST_P(Restart, OfFiftySensorsAtOnceIsNoAttack)
{
    ScenarioParameters parameters;
    parameters.stack = GetParam().first;
    parameters.credential = GetParam().second;
    parameters.nodes = 50;
    parameters.reports = 3;
    parameters.startSpread = Seconds(0);
    parameters.attacks.defence = EVERY_DEFENCE;
    const RunResults results = Simulate(parameters);
    EXPECT_EQ(results.incident->defence.falsePositives, 0u);
    EXPECT_TRUE(results.incident->victim.honest.empty())
        << nlohmann::json(results.incident->victim.honest);
}

/// Sensors that begin their sessions anew together, every 20 s.
ScenarioParameters
RenewTogether(const std::string& stack, uint32_t nodes)
{
    ScenarioParameters parameters;
    parameters.stack = stack;
    parameters.nodes = nodes;
    parameters.reports = 12;
    parameters.startSpread = Seconds(0);
    parameters.sessionLength = Seconds(20);
    return parameters;
}

TEST(Renewal, OfFiftyTlsSessionsTogetherIsNoAttack)
{
    for (const char* credential : {"psk", "ecdsa"})
    {
        ScenarioParameters parameters = RenewTogether("mqtts", 50);
        parameters.credential = credential;
        parameters.attacks.defence = EVERY_DEFENCE;
        const RunResults results = Simulate(parameters);
        EXPECT_EQ(results.incident->defence.falsePositives, 0u) << credential;
        EXPECT_EQ(results.reports.delivered, 600u) << credential;
    }
}

TEST(Renewal, AtTheLimitOfAnAddressTakesItsOwnPlace)
{
    ScenarioParameters parameters = RenewTogether("coaps", 10);
    parameters.attacks.defenceGiven = true; // the usual one, so that the record tells of it
    const RunResults unbounded = Simulate(parameters);
    Config::SetDefault("ns3::DtlsSocketFactory::MaxSessionsPerAddress", UintegerValue(1));
    const RunResults bounded = Simulate(parameters);
    Config::SetDefault("ns3::DtlsSocketFactory::MaxSessionsPerAddress", UintegerValue(0));
    EXPECT_GT(bounded.incident->victim.refused.at("dtls session-evicted"), 0u);
    EXPECT_EQ(bounded.incident->defence.falsePositives, 0u);
    EXPECT_GE(bounded.reports.delivered + 2, unbounded.reports.delivered);
}

/// A DTLS server for the run of these parameters.
struct DtlsServer
{
    uint32_t maxSessions{tls::Limits{}.maxSessions};
    Time staleTime{0};
    Time idleTimeout{Hours(24)};

    void Set() const
    {
        Config::SetDefault("ns3::SecureSocketFactory::MaxSessions", UintegerValue(maxSessions));
        Config::SetDefault("ns3::DtlsSocketFactory::StaleTime", TimeValue(staleTime));
        Config::SetDefault("ns3::DtlsSocketFactory::IdleTimeout", TimeValue(idleTimeout));
    }

    RunResults Simulate(const ScenarioParameters& parameters) const
    {
        Set();
        RunResults results = ::Simulate(parameters);
        DtlsServer().Set();
        return results;
    }
};

TEST(Renewal, OfFiftyDtlsSessionsTogetherCostsNoHonestPeerItsPlace)
{
    ScenarioParameters parameters = RenewTogether("coaps", 50);
    parameters.attacks.defenceGiven = true; // the usual one, so that the record tells of it
    DtlsServer large;
    large.maxSessions = 1000;
    const RunResults unbounded = large.Simulate(parameters);
    EXPECT_GT(unbounded.incident->victim.peak.sessions, 256u) << "close_notify is lost";
    EXPECT_EQ(unbounded.incident->defence.refused, 0u);

    // Who comes back takes the place that it left behind itself.
    const RunResults usual = DtlsServer().Simulate(parameters);
    EXPECT_EQ(usual.incident->victim.peak.sessions, 256u);
    EXPECT_GT(usual.incident->victim.refused.at("dtls session-evicted"), 0u);
    EXPECT_EQ(usual.incident->defence.falsePositives, 0u) << "their clients had left";
    EXPECT_GT(usual.reports.delivered, 0.95 * unbounded.reports.delivered);

    DtlsServer tidy;
    tidy.idleTimeout = Seconds(60);
    const RunResults tidied = tidy.Simulate(parameters);
    EXPECT_EQ(tidied.incident->defence.refused, 0u);
    EXPECT_GT(tidied.reports.delivered, 0.95 * unbounded.reports.delivered);
}

TEST(FullServer, TellsOfTheHonestWhomItRefusesOrEvicts)
{
    ScenarioParameters parameters;
    parameters.stack = "coaps";
    parameters.nodes = 12;
    parameters.reports = 4;
    parameters.startSpread = Seconds(50);
    parameters.attacks.defenceGiven = true;
    DtlsServer server;
    server.maxSessions = 6;
    const RunResults refusing = server.Simulate(parameters);
    EXPECT_EQ(refusing.incident->victim.honest.count("dtls session-evicted"), 0u);
    EXPECT_EQ(refusing.incident->defence.falsePositives,
              refusing.incident->victim.honest.at("dtls sessions"));
    EXPECT_EQ(refusing.reports.delivered, 5 * parameters.reports) << "the collector has a place";

    server.staleTime = Seconds(30);
    const RunResults evicting = server.Simulate(parameters);
    const std::map<std::string, uint64_t>& honest = evicting.incident->victim.honest;
    EXPECT_GT(honest.at("dtls session-evicted"), 0u);
    EXPECT_EQ(evicting.incident->defence.falsePositives,
              honest.at("dtls session-evicted") + honest.at("dtls sessions"));
    EXPECT_GT(evicting.host.refusals.at("session-evicted"), 0u);
    EXPECT_GT(evicting.reports.delivered, 1.5 * refusing.reports.delivered)
        << "the collector, evicted too, registers again";
}

INSTANTIATE_TEST_SUITE_P(Stacks,
                         Restart,
                         testing::Values(std::pair("mqtt", "psk"),
                                         std::pair("mqtts", "psk"),
                                         std::pair("mqtts", "ecdsa"),
                                         std::pair("coap", "psk"),
                                         std::pair("coaps", "psk"),
                                         std::pair("coaps", "ecdsa")));
