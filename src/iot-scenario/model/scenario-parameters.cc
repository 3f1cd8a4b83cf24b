// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/scenario-parameters.h"

#include "iot-scenario/model/defence-setup.h"
#include "mqtt/protocol/content-filter.h"
#include "tls/model/secure-socket-factory.h"
#include "tls/model/settings-parser.h"

#include "ns3/string.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

const std::vector<StackInfo>&
GetStackTable()
{
    static const std::vector<StackInfo> TABLE{
        // scheme  protocol  stream  secure  port
        {"mqtt", "mqtt", true, false, 1883},
        {"mqtts", "mqtt", true, true, 8883},
        {"coap", "coap", false, false, 5683},
        {"coaps", "coap", false, true, 5684},
        {"tcp", "raw", true, false, 7000}, // beside the ports of the protocols
        {"udp", "raw", false, false, 7000},
    };
    return TABLE;
}

void
ScenarioParameters::AddTo(ParameterTable& table)
{
    Reserve(table);
    std::vector<std::string> stacks;
    for (const auto& row : GetStackTable())
    {
        stacks.push_back(row.scheme);
    }
    table.AddChoice("stack", "What carries the reports", stack, stacks);
    table.AddChoice("tlsVersion", "TLS version of mqtts; DTLS is 1.2", tlsVersion, {"1.2", "1.3"});
    table.AddChoice("credential", "How mqtts and coaps authenticate", credential, {"psk", "ecdsa"});
    table.AddText("certificate",
                  "PEM file with the host's certificate chain, instead of one made for the run",
                  certificate);
    table.AddText("privateKey", "PEM file with the P-256 key of the certificate", privateKey);
    table.AddText("trustAnchors",
                  "PEM file with the certificates that sensors and collectors trust",
                  trustAnchors);
    table.AddChoice("tlsProfile",
                    "Extensions offered: the fewest, or OpenSSL's defaults",
                    tlsProfile,
                    {"lean", "openssl"});
    table.AddChoice("mqttVersion",
                    "MQTT version of sensors and collectors",
                    mqttVersion,
                    {"3.1.1", "5"});
    table.AddCount("topicAliases",
                   "Topic Aliases that a sensor may use; 0: none",
                   topicAliases,
                   0,
                   65535);
    table.TellOnlyIf({"mqttVersion", "topicAliases"}, [this] { return mqttVersion != "3.1.1"; });
    table.AddCount("qos", "MQTT quality of service of the reports", qos, 0, 2);
    table.AddFlag("confirmable", "CoAP reports are confirmable (CON) rather than NON", confirmable);
    table.AddChoice(
        "pattern",
        "Sensors push reports, CoAP servers on them are observed, or they are actuators: "
        "then what counts as reports are commands to them",
        pattern,
        {"push", "observe", "command"});
    table.AddText("typeFilter",
                  "Collectors ask the broker for reports of this Content Type alone, an asterisk "
                  "at the end for any rest (application/*), in a User Property of their SUBSCRIBE; "
                  "empty: for all",
                  typeFilter);
    table.AddText("contentFilter",
                  "Collectors ask the broker for reports whose JSON fields meet a condition alone, "
                  "such as 'value > 21 and not sensor == 3'; empty: for all",
                  contentFilter);
    table.TellOnlyIf({"typeFilter"}, [this] { return !typeFilter.empty(); });
    table.TellOnlyIf({"contentFilter"}, [this] { return !contentFilter.empty(); });
    table.AddText("user", "User name in the CONNECT of the sensors; empty: none", user);
    table.AddText("password", "Their password", password);
    table.AddDuration("keepAlive",
                      "MQTT Keep Alive of sensors and collectors, whole seconds; 0s: none, or what "
                      "--defence=keep-alive-bound allows",
                      keepAlive,
                      Seconds(0));
    for (const char* name : {"user", "password"})
    {
        table.TellOnlyIf({name}, [this] { return !user.empty(); });
    }
    table.AddDuration(
        "startSpread",
        "Time within which the sensors start their sessions, less than the 60s before the "
        "window; 0s: all at once, as after a restart of their router",
        startSpread,
        Seconds(0));
    table.TellOnlyIf({"startSpread"}, [this] { return startSpread != Seconds(START_SPREAD); });
    table.TellOnlyIf({"keepAlive"}, [this] { return !keepAlive.IsZero(); });
    table.AddDuration(
        "sessionLength",
        "How long a sensor keeps its session (MQTT, DTLS) before it ends it and begins "
        "another a second later; 0s: the whole run",
        sessionLength,
        Seconds(0));
    table.TellOnlyIf({"sessionLength"}, [this] { return !sessionLength.IsZero(); });
    table.AddFlag("apart",
                  "Publishers and subscribers are never online together: the collectors subscribe, "
                  "leave before the first sensor comes, and come back when the last has left (over "
                  "CoAP, which keeps no session for them, they come only then)",
                  apart);
    table.TellOnlyIf({"apart"}, [this] { return apart; });
    table.AddCount("nodes", "Sensors on the 802.15.4 link", nodes, 1, 200);
    table.AddCount("collectors", "Collector hosts that want every report", collectors, 1, 100);
    table.AddChoice("payloadFormat",
                    "Form of the reports: binary of --payload bytes, or one that tells sensor, "
                    "sequence, time and value and has the size it needs",
                    payloadFormat,
                    GetPayloadFormatNames());
    table.TellOnlyIf({"payloadFormat"}, [this] { return payloadFormat != "binary"; });
    table.AddCount("payload", "Bytes of a binary report", payload, Report::HEADER_SIZE, 1024);
    table.TellOnlyIf({"payload"}, [this] { return payloadFormat == "binary"; });
    table.AddDuration("interval",
                      "Mean time between the reports of a sensor",
                      interval,
                      MilliSeconds(10));
    table.AddCount("reports", "Reports of each sensor", reports, 1, MAX_REPORTS);
    table.AddDuration("duration",
                      "Instead of --reports: as many reports of each sensor as intervals fit; 0s: "
                      "--reports counts",
                      duration,
                      Seconds(0));
    table.AddChoice("arrivals",
                    "Reports come periodically with 5 % jitter, or as a Poisson process of that "
                    "mean in the same window",
                    arrivals,
                    {"periodic", "poisson"});
    table.AddDuration("deadline",
                      "A report collected within this time is on time",
                      deadline,
                      MilliSeconds(1));
    table.AddShare("loss",
                   "Probability that a received frame is dropped, data and acknowledgement alike, "
                   "in each direction",
                   loss);
    table.AddCount("macRetries",
                   "Retransmissions of an unacknowledged frame (macMaxFrameRetries)",
                   macRetries,
                   0,
                   7);
    table.AddChoice("radio",
                    "Sensors sleep and poll their parent, or listen always",
                    radio,
                    {"sleepy", "always-on"});
    table.AddDuration("pollPeriod",
                      "Time between the polls of an idle sleepy sensor",
                      pollPeriod,
                      MilliSeconds(10));
    table.AddFlag("neighborDiscovery",
                  "Resolve neighbours by ND instead of permanent entries",
                  neighborDiscovery);
    table.AddChoice("tcp",
                    "TCP settings: tuned for low-power links, Linux's defaults, ns-3's defaults",
                    tcp,
                    {"lln", "linux", "ns3"});
    table.AddDuration("wiredDelay",
                      "One-way delay of the link between border router and host",
                      wiredDelay,
                      Seconds(0));
    table.AddText("device",
                  "Profile of the sensors' radio and processor (src/iot-device/profiles)",
                  device);
    table.AddText("hostDevice", "Profile of the host's processor", hostDevice);
    table.AddCount("hostDescriptors",
                   "File descriptors of the host's service (RLIMIT_NOFILE), of which 9 are in use "
                   "before the first TCP connection",
                   hostDescriptors,
                   DESCRIPTORS_USED + 1,
                   1048576);
    table.TellOnlyIf({"hostDescriptors"}, [this] { return hostDescriptors != DESCRIPTORS; });
    table.AddCount("dropFrame",
                   "Lose the first attempt of the Nth data frame the first sensor sends in the "
                   "window; 0: none",
                   dropFrame,
                   0,
                   1000000);
    auth.AddTo(table);
    attacks.AddTo(table);
    table.AddOutput("json", "Write the record of the run to this file", json);
    table.AddOutput("pcap", "Write captures to PREFIX-*.pcap", pcap);
    table.AddOutput("keylog", "Write the (D)TLS secrets to this file, for Wireshark", keylog);
    table.AddOutput("events",
                    "Write every frame, radio state and report to this file (JSON lines)",
                    events);
    TellWhereTheyCount(table);
    TellWhereAttributesCount(table);
}

void
ScenarioParameters::TellWhereTheyCount(ParameterTable& table)
{
    const ParameterTable::Choice mqtt{"stack", {"mqtt", "mqtts"}};
    const ParameterTable::Choice coap{"stack", {"coap", "coaps"}};
    const ParameterTable::Choice secure{"stack", {"mqtts", "coaps"}};
    const ParameterTable::Choice stream{"stack", {"mqtt", "mqtts", "tcp"}};
    for (const char* name : {"mqttVersion", "qos", "user", "password", "keepAlive"})
    {
        table.OnlyWith(name, {mqtt});
    }
    table.OnlyWith("topicAliases", {{"mqttVersion", {"5"}}});
    table.OnlyWith("confirmable", {coap});
    table.OnlyWith("payload", {{"payloadFormat", {"binary"}}});
    table.OnlyWith("typeFilter", {{"mqttVersion", {"5"}}});
    table.OnlyWith("contentFilter", {{"payloadFormat", {"json"}}});
    for (const char* name : {"tlsVersion", "credential", "tlsProfile", "keylog"})
    {
        table.OnlyWith(name, {secure});
    }
    for (const char* name : {"certificate", "privateKey", "trustAnchors"})
    {
        table.OnlyWith(name, {{"credential", {"ecdsa"}}});
    }
    table.OnlyWith("sessionLength", {{"stack", {"mqtt", "mqtts", "coaps"}}});
    table.OnlyWith("collectors", {{"stack", {"mqtt", "mqtts", "coap", "coaps"}}});
    table.OnlyWith("reports", {{"duration", {"0s"}}});
    table.OnlyWith("pollPeriod", {{"radio", {"sleepy"}}});
    table.OnlyWith("tcp", {stream});
    table.OnlyWith("hostDescriptors", {stream});
    table.Needs("password", "user"); // MQTT 3.1.1 section 3.1.2.9
    table.Needs("certificate", "privateKey");
    table.Needs("certificate", "trustAnchors");
    table.Needs("privateKey", "certificate");
    table.Needs("trustAnchors", "certificate");
}

void
ScenarioParameters::TellWhereAttributesCount(ParameterTable& table)
{
    const ParameterTable::Choice secure{"stack", {"mqtts", "coaps"}};
    const ParameterTable::Choice stream{"stack", {"mqtt", "mqtts", "tcp"}};
    table.AttributesOnlyWith("ns3::Mqtt", {{"stack", {"mqtt", "mqtts"}}});
    table.AttributesOnlyWith("ns3::Coap", {{"stack", {"coap", "coaps"}}});
    table.AttributesOnlyWith("ns3::Tls", {{"stack", {"mqtts"}}});
    table.AttributesOnlyWith("ns3::Dtls", {{"stack", {"coaps"}}});
    table.AttributesOnlyWith("ns3::SecureSocketFactory::StartDate", {}); // tokens, payloads
    table.AttributesOnlyWith("ns3::SecureSocketFactory", {secure});
    table.AttributesOnlyWith("ns3::Tcp", {stream});
    table.AttributesOnlyWith("ns3::HostTcp", {stream});
}

void
ScenarioParameters::Reserve(ParameterTable& table)
{
    const std::string helper = "ns3::LowPowerStarHelper";
    const std::string device = "ns3::LowPowerNetDevice";
    table.Reserve(helper, {"Sensors"}, "--nodes");
    table.Reserve(helper, {"Collectors"}, "--collectors");
    table.Reserve(helper, {"Loss"}, "--loss");
    table.Reserve("ns3::FrameLossModel", {"Loss"}, "--loss");
    table.Reserve(helper, {"WiredDelay"}, "--wiredDelay");
    table.Reserve(helper, {"NeighborDiscovery"}, "--neighborDiscovery");
    table.Reserve(helper, {"Sleepy"}, "--radio");
    table.Reserve(device, {"Sleepy"}, "--radio");
    table.Reserve(device, {"PollPeriod"}, "--pollPeriod");
    table.Reserve(device, {"MacMaxFrameRetries"}, "--macRetries");
    table.Reserve("ns3::TlsSocketFactory", {"Transport"}, "--stack");
    table.Reserve("ns3::DtlsSocketFactory", {"Transport"}, "--stack");
    table.KeepBelow("ns3::CoapEndpoint::AckDelay", "ns3::CoapEndpoint::AckTimeout");
    table.Reserve("ns3::TcpSocket", {"SegmentSize", "DelAckCount", "DelAckTimeout"}, "--tcp");
    table.Reserve("ns3::TcpSocketBase", {"MinRto", "Timestamp", "Sack", "WindowScaling"}, "--tcp");

    const std::string secure = "ns3::SecureSocketFactory";
    table.Reserve("ns3::TlsSocketFactory", {"Version"}, "--tlsVersion");
    table.Reserve(secure, {"Profile"}, "--tlsProfile");
    table.Reserve(secure, {"CipherSuites", "PskIdentity", "PskKey", "PeerName"}, "--credential");
    table.Reserve(secure, {"Certificate", "CertificateFile"}, "--certificate");
    table.Reserve(secure, {"PrivateKey", "PrivateKeyFile"}, "--privateKey");
    table.Reserve(secure, {"TrustAnchors", "TrustAnchorsFile"}, "--trustAnchors");
    table.Reserve(secure, {"KeyLogFile"}, "--keylog");
    table.Reserve("ns3::HostTcpSocketFactory", {"MaxConnections"}, "--hostDescriptors");
    table.Reserve("ns3::MqttClient", {"ProtocolLevel"}, "--mqttVersion");
    table.Reserve("ns3::MqttClient", {"TopicAliases"}, "--topicAliases");
    table.Reserve("ns3::MqttClient", {"KeepAlive"}, "--keepAlive");
    table.Reserve("ns3::MqttClient", {"UserName"}, "--user");
    table.Reserve("ns3::MqttClient", {"Password"}, "--password");
    table.Reserve("ns3::MqttClient", {"ClientId"}, "--nodes");
    for (const char* type : {"ns3::MqttClient", "ns3::CoapClient"})
    {
        table.Reserve(type, {"Remote"}, "--stack");
    }
    for (const char* type : {"ns3::MqttBroker", "ns3::CoapServer"})
    {
        table.Reserve(type, {"Local"}, "--stack");
    }
    table.Reserve("ns3::Application", {"StartTime", "StopTime"}, "--startSpread or --attackStart");
    for (const char* type : {"ns3::MqttClient", "ns3::MqttBroker", "ns3::CoapEndpoint"})
    {
        table.Reserve(type, {"Protocol"}, "--stack");
    }
}

void
ScenarioParameters::CheckTogether() const
{
    if (!certificate.empty() && pattern != "push")
    {
        throw ParameterError("--certificate=" + certificate +
                             ": expected --pattern=push, where the host is the server");
    }
    if (pattern == "observe" && GetStack().protocol != "coap")
    {
        throw ParameterError(
            "--pattern=observe: expected push, for only coap and coaps can be observed (--stack=" +
            stack + ")");
    }
    if (IsCommand())
    {
        CheckCommand();
    }
    if (apart)
    {
        CheckApart();
    }
    if (HasFilter())
    {
        CheckFilter();
    }
    if (stack == "coaps" && tlsVersion != "1.2")
    {
        throw ParameterError("--tlsVersion=" + tlsVersion +
                             ": expected 1.2, for there is no DTLS 1.3 here (--stack=coaps)");
    }
    CheckTimes();
    auth.Check(*this);
    attacks.Check(*this);
}

void
ScenarioParameters::CheckTimes() const
{
    if (keepAlive > Seconds(65535) || keepAlive != Seconds(std::floor(keepAlive.GetSeconds())))
    {
        throw ParameterError("--keepAlive=" + WriteSeconds(keepAlive) +
                             ": expected whole seconds, at most 65535s");
    }
    if (attacks.HasDefence("keep-alive-bound") && keepAlive > DefenceSetup::GetKeepAliveBound())
    {
        throw ParameterError("--keepAlive=" + WriteSeconds(keepAlive) + ": expected at most the " +
                             WriteSeconds(DefenceSetup::GetKeepAliveBound()) +
                             " of --defence=keep-alive-bound, which honest clients are told");
    }
    const bool lasts = GetStack().protocol == "mqtt" || pattern == "push";
    if (!sessionLength.IsZero() && (!lasts || sessionLength < Seconds(2)))
    {
        throw ParameterError("--sessionLength=" + WriteSeconds(sessionLength) +
                             ": expected at least 2s, and over coaps --pattern=push");
    }
    if (startSpread >= Seconds(WARM_UP))
    {
        throw ParameterError("--startSpread=" + WriteSeconds(startSpread) +
                             ": expected less than the 60s before the window");
    }
    CheckLength();
}

void
ScenarioParameters::CheckLength() const
{
    const double intervals = duration.GetSeconds() / interval.GetSeconds();
    if (!duration.IsZero() && (duration < interval || intervals >= MAX_REPORTS + 1.0))
    {
        throw ParameterError("--duration=" + WriteSeconds(duration) +
                             ": expected at least one --interval, and at most " +
                             std::to_string(MAX_REPORTS));
    }
    // Far within the 292 years of ns-3's Time, which what is scheduled then has to fit too.
    const double end = WARM_UP + GetReportCount() * interval.GetSeconds() + DRAIN;
    if (end > Time(LONGEST_TIME).GetSeconds())
    {
        throw ParameterError("--interval=" + WriteSeconds(interval) + ": expected that " +
                             std::to_string(GetReportCount()) + " of them, with " +
                             WriteNumber(WARM_UP + DRAIN) + "s around them, end within " +
                             LONGEST_TIME);
    }
}

void
ScenarioParameters::CheckCommand() const
{
    if (GetStack().protocol == "raw")
    {
        throw ParameterError(
            "--pattern=command: expected --stack=mqtt, mqtts, coap or coaps, for " + stack +
            " has no service that could command");
    }
    if (collectors > 1)
    {
        throw ParameterError("--collectors=" + std::to_string(collectors) +
                             ": expected 1, for one commands (--pattern=command)");
    }
    if (attacks.HasFault())
    {
        throw ParameterError("--fault=" + attacks.fault +
                             ": expected --pattern=push, where sensors send");
    }
}

void
ScenarioParameters::CheckApart() const
{
    const bool calm = !attacks.HasAttack() && !attacks.HasFault() && sessionLength.IsZero();
    if (GetStack().protocol == "raw" || pattern != "push" || !calm)
    {
        throw ParameterError("--apart: expected --stack=mqtt, mqtts, coap or coaps, "
                             "--pattern=push, and no attack, fault or --sessionLength");
    }
}

void
ScenarioParameters::CheckFilter() const
{
    const std::string given =
        contentFilter.empty() ? "--typeFilter=" + typeFilter : "--contentFilter=" + contentFilter;
    if (GetStack().protocol != "mqtt" || mqttVersion != "5" || pattern != "push")
    {
        throw ParameterError(given + ": expected --stack=mqtt or mqtts, --mqttVersion=5 and "
                                     "--pattern=push");
    }
    const mqtt::PropertyList asked = mqtt::AskForContent(contentFilter, typeFilter);
    const std::string fault = mqtt::ContentFilter::Read(asked.Get(), {}).fault;
    if (!fault.empty())
    {
        throw ParameterError(given + ": " + fault);
    }
    if (MakePayloadCodec().GetFormat().contentType.empty())
    {
        throw ParameterError(given +
                             ": expected a --payloadFormat that has a Content Type, as json "
                             "(--payloadFormat=" +
                             payloadFormat + ")");
    }
}

bool
ScenarioParameters::HasFilter() const
{
    return !typeFilter.empty() || !contentFilter.empty();
}

bool
ScenarioParameters::IsCommand() const
{
    return pattern == "command";
}

bool
ScenarioParameters::AreSensorsServers() const
{
    return GetStack().protocol == "coap" && pattern != "push";
}

const StackInfo&
ScenarioParameters::GetStack() const
{
    const auto& table = GetStackTable();
    return *std::find_if(table.begin(), table.end(), [&](const auto& row) {
        return row.scheme == stack;
    });
}

int64_t
ScenarioParameters::GetStartDate()
{
    TypeId::AttributeInformation startDate;
    SecureSocketFactory::GetTypeId().LookupAttributeByName("StartDate", &startDate);
    const auto text = DynamicCast<const StringValue>(startDate.initialValue);
    return ParseDate("StartDate", text->Get());
}

PayloadCodec
ScenarioParameters::MakePayloadCodec() const
{
    return PayloadCodec(payloadFormat, payload, GetStartDate());
}

Time
ScenarioParameters::GetKeepAlive() const
{
    const bool told = keepAlive.IsZero() && attacks.HasDefence("keep-alive-bound");
    return told ? DefenceSetup::GetKeepAliveBound() : keepAlive;
}

uint32_t
ScenarioParameters::GetMaxConnections() const
{
    // Of Mosquitto's 1024 descriptors, 1015 took clients (gianluca2414/MQTT_SlowITe).
    return hostDescriptors - DESCRIPTORS_USED;
}

uint32_t
ScenarioParameters::GetReportCount() const
{
    return duration.IsZero() ? reports : static_cast<uint32_t>((duration / interval).GetHigh());
}

} // namespace ns3
