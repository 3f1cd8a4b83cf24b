// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulation-parameters.h"

#include "iot-scenario/model/payload-codec.h"
#include "low-power-links/helper/tcp-profile.h"
#include "sans-io/model/parameter-text.h"

#include <algorithm>
#include <map>

namespace ns3
{

namespace
{

constexpr uint16_t MQTT_PORT = 1883;
constexpr uint16_t MQTTS_PORT = 8883;
const std::vector<std::string> VERSIONS{"fitting", "3.1.1", "5"};

bool
StartsWith(const std::string& text, const std::string& start)
{
    return text.rfind(start, 0) == 0;
}

/// Attacks and the like are for simulated victims only.
void
RefuseAttacks(const std::string& argument)
{
    for (const char* start : {"--attack", "--fault", "--replay", "--defence", "--timelineStep"})
    {
        if (StartsWith(argument, start))
        {
            throw ParameterError(argument + ": expected none, for an emulation meets real hosts; "
                                            "attacks, faults and defences are of scripts/sim");
        }
    }
    const std::string name = argument.substr(0, argument.find('='));
    TypeId tid;
    if (StartsWith(name, "--ns3::") &&
        TypeId::LookupByNameFailSafe(name.substr(2, name.rfind("::") - 2), &tid) &&
        tid.GetGroupName() == "IotAttacks")
    {
        throw ParameterError(argument + ": expected none, for an emulation has no attackers");
    }
}

} // namespace

std::vector<std::string>
EmulationParameters::Translate(int argc, char* argv[])
{
    const std::string attribute = "--attribute=";
    const std::string version = "--version=";
    std::vector<std::string> arguments(argv, argv + argc);
    const bool sensors =
        std::find(arguments.begin(), arguments.end(), "--role=mqtt-sensors") != arguments.end();
    for (size_t i = 1; i < arguments.size(); i++)
    {
        std::string& argument = arguments[i];
        if (StartsWith(argument, version))
        {
            const std::string value = argument.substr(version.size());
            if (std::find(VERSIONS.begin(), VERSIONS.end(), value) == VERSIONS.end())
            {
                Reject("version", value, "one of " + Join(VERSIONS)); // by the name it was given
            }
            argument = "--mqttVersion=" + value;
        }
        else if (StartsWith(argument, attribute))
        {
            argument = argument.substr(attribute.size());
            const bool whole = StartsWith(argument, "ns3::");
            const std::string type = sensors ? "ns3::MqttClient::" : "ns3::MqttBroker::";
            argument = "--" + (whole ? "" : type) + argument;
        }
        RefuseAttacks(argument);
    }
    return arguments;
}

void
EmulationParameters::AddTo(ParameterTable& table)
{
    Reserve(table);
    table.AddChoice("role",
                    "What is simulated: a broker for real clients, or sensors that publish to a "
                    "real broker",
                    role,
                    {"mqtt-broker", "mqtt-sensors"});
    table.AddText("tap", "The TAP device of this machine to open", tap);
    table.AddText("address",
                  "Address of the simulation's end of the TAP device and its prefix length: of the "
                  "broker, or of the router before it. Empty: 10.77.0.2/24, behind radio "
                  "fd00:0:0:77::2/64",
                  address);
    AddLinks(table);
    table.AddCount("port", "Port of the broker; 0: 1883, with --tls 8883", port, 0, 65535);
    table.AddChoice("mqttVersion",
                    "MQTT version, --version too; fitting: a broker speaks both, sensors 3.1.1",
                    version,
                    VERSIONS);
    AddSecurity(table);
    AddAuth(table);
    AddSensors(table);
    table.AddDuration("duration", "Ends after this time; 0s: with Ctrl-C", duration, Seconds(0));
    table.AddOutput("pcap", "Write captures to PREFIX-tap.pcap, and of the links behind", pcap);
    table.AddOutput("keylog", "Write the TLS secrets to this file, for Wireshark", keylog);
}

void
EmulationParameters::AddLinks(ParameterTable& table)
{
    table.AddChoice("behind",
                    "What lies between the TAP device and what is simulated: nothing, a router and "
                    "a wired link, or these and an 802.15.4 link",
                    behind,
                    {"nothing", "wired", "radio"});
    table.AddDuration("wiredDelay", "One-way delay of the wired link", wiredDelay, Seconds(0));
    table.AddShare("loss", "Probability that a received 802.15.4 frame is dropped", loss);
    table.AddChoice("radio",
                    "Nodes behind the 802.15.4 link listen always, or sleep and poll their parent",
                    radio,
                    {"always-on", "sleepy"});
    std::vector<std::string> profiles{"fitting"};
    const auto& names = TcpProfile::GetNames();
    profiles.insert(profiles.end(), names.begin(), names.end());
    table.AddChoice("tcp",
                    "TCP settings; fitting: lln behind radio, otherwise linux",
                    tcp,
                    profiles);
    table.OnlyWith("wiredDelay", {{"behind", {"wired", "radio"}}});
    table.OnlyWith("loss", {{"behind", {"radio"}}});
    table.OnlyWith("radio", {{"behind", {"radio"}}});
}

void
EmulationParameters::AddSecurity(ParameterTable& table)
{
    table.AddFlag("tls", "MQTT over TLS, with --cert and --key, --psk, or both", tls);
    table.AddChoice("tlsVersion", "TLS version", tlsVersion, {"1.2", "1.3"});
    table.AddText("cert", "PEM file with the own certificate chain", cert);
    table.AddText("key", "PEM file with the P-256 key of the certificate", key);
    table.AddText("ca",
                  "PEM file with trusted certificates: of the real broker, or a broker demands "
                  "client certificates by them",
                  ca);
    table.AddText("psk",
                  "Pre-shared keys, ID:HEX with commas between; sensors use the first. In TLS 1.2 "
                  "a client's suites decide between key and certificate",
                  psk);
}

void
EmulationParameters::AddAuth(ParameterTable& table)
{
    table.AddChoice("auth",
                    "Broker: what clients prove to it: nothing, a password, a token (JWT) as "
                    "password, or by --tls a certificate or key; for these three the client "
                    "identifier is the name that is proved. A token says it as iss, iot as "
                    "aud, and iat and exp, at most 24 hours apart",
                    auth.method,
                    {"anonymous", "password", "jwt", "certificate", "psk"});
    table.AddText("passwordFile",
                  "Broker: users of --auth=password, as mosquitto_passwd writes them",
                  auth.passwordFile);
    table.AddText("registry",
                  "Broker: JSON file of the devices of --auth=jwt, as scripts/provision writes it",
                  auth.registry);
    table.AddDuration("clockDrift",
                      "Broker: by how much it allows the clocks of devices to be wrong, whole "
                      "seconds",
                      auth.clockDrift,
                      Seconds(0));
    table.AddText("accessList",
                  "Broker: who may publish and subscribe to what, in the form of Mosquitto's "
                  "acl_file; empty: all who are let in may do everything",
                  auth.accessList);
    table.OnlyWith("auth", {{"role", {"mqtt-broker"}}});
    table.OnlyWith("accessList", {{"role", {"mqtt-broker"}}});
    table.OnlyWith("passwordFile", {{"auth", {"password"}}});
    table.OnlyWith("registry", {{"auth", {"jwt"}}});
    table.OnlyWith("clockDrift", {{"auth", {"jwt"}}});
}

void
EmulationParameters::AddSensors(ParameterTable& table)
{
    table.AddText("broker",
                  "Address of the real broker; empty: this machine's at the TAP device",
                  broker);
    table.AddCount("nodes", "Number of sensors", nodes, 1, 200);
    table.AddCount("reports",
                   "Reports of each sensor, after which it ends; 0: on and on",
                   reports,
                   0,
                   1000000);
    table.AddDuration("interval",
                      "Mean time between the reports of a sensor",
                      interval,
                      MilliSeconds(10));
    table.AddChoice("payloadFormat",
                    "Form of the reports: binary of --payload bytes, or one that tells sensor, "
                    "sequence, time and value and has the size it needs",
                    payloadFormat,
                    GetPayloadFormatNames());
    table.AddCount("payload", "Bytes of a binary report", payload, Report::HEADER_SIZE, 1024);
    table.AddCount("qos", "Quality of service of the reports", qos, 0, 2);
    table.AddText("user", "User name of the sensors; empty: none", user);
    table.AddText("password", "Password of the sensors", password);
    table.NoteGiven("payload", payloadGiven);
    for (const char* name : {"broker",
                             "nodes",
                             "reports",
                             "interval",
                             "payloadFormat",
                             "payload",
                             "qos",
                             "user",
                             "password"})
    {
        table.OnlyWith(name, {{"role", {"mqtt-sensors"}}});
    }
    table.Needs("password", "user"); // MQTT 3.1.1 section 3.1.2.9
}

void
EmulationParameters::Reserve(ParameterTable& table)
{
    const char* secure = "ns3::SecureSocketFactory";
    table.Reserve(secure, {"PskIdentity", "PskKey", "PskTable"}, "--psk");
    table.Reserve(secure, {"Certificate", "CertificateFile"}, "--cert");
    table.Reserve(secure, {"PrivateKey", "PrivateKeyFile"}, "--key");
    table.Reserve(secure, {"TrustAnchors", "TrustAnchorsFile"}, "--ca");
    table.Reserve(secure, {"KeyLogFile"}, "--keylog");
    table.Reserve(secure, {"StartDate"}, "the wall clock");
    table.Reserve("ns3::TlsSocketFactory", {"Version"}, "--tlsVersion");
    for (const char* type : {"ns3::MqttClient", "ns3::MqttBroker"})
    {
        table.Reserve(type, {"ProtocolLevel"}, "--mqttVersion");
        table.Reserve(type, {"Protocol"}, "--tls");
    }
    table.Reserve("ns3::MqttBroker", {"Local"}, "--address and --port");
    table.Reserve("ns3::MqttClient", {"Remote"}, "--broker and --port");
    table.Reserve("ns3::MqttClient", {"ClientId"}, "--nodes");
    table.Reserve("ns3::MqttClient", {"UserName"}, "--user");
    table.Reserve("ns3::MqttClient", {"Password"}, "--password");
}

void
EmulationParameters::CheckTogether() const
{
    const EmulationAddress own = GetAddress();
    if (behind == "radio" && !own.IsIpv6())
    {
        throw ParameterError("--address=" + address +
                             ": expected an IPv6 address, for 6LoWPAN carries no other "
                             "(--behind=radio)");
    }
    const EmulationAddress remote = GetBroker();
    if (remote.IsIpv6() != own.IsIpv6() || remote.GetHost() == own.GetHost())
    {
        throw ParameterError("--broker=" + broker + ": expected another address of the kind of " +
                             own.GetHost());
    }
    if (payloadGiven && payloadFormat != "binary")
    {
        throw ParameterError("--payload=" + std::to_string(payload) +
                             ": expected --payloadFormat=binary, without which it has no effect");
    }
    CheckTls();
    CheckAuth();
}

void
EmulationParameters::CheckAuth() const
{
    auth.CheckDrift();
    const std::map<std::string, std::pair<bool, std::string>> needs{
        {"password", {!auth.passwordFile.empty(), "--passwordFile"}},
        {"jwt", {!auth.registry.empty(), "--registry"}},
        {"certificate", {tls && !ca.empty(), "--tls and --ca"}},
        {"psk", {tls && !psk.empty(), "--tls and --psk"}}};
    const auto need = needs.find(auth.method);
    if (need != needs.end() && !need->second.first)
    {
        throw ParameterError("--auth=" + auth.method + ": expected " + need->second.second +
                             " with it");
    }
}

void
EmulationParameters::CheckTls() const
{
    if (!tls && (!cert.empty() || !key.empty() || !ca.empty() || !psk.empty() || !keylog.empty()))
    {
        throw ParameterError("--cert, --key, --ca, --psk, --keylog: expected --tls with them");
    }
    if (cert.empty() != key.empty())
    {
        throw ParameterError("--cert=" + cert + ", --key=" + key +
                             ": expected both or none of them");
    }
    if (tls && psk.empty() && (IsBroker() ? cert : ca).empty())
    {
        throw ParameterError(std::string("--tls: expected ") +
                             (IsBroker() ? "--cert and --key" : "--ca") + ", or --psk with it");
    }
}

bool
EmulationParameters::IsBroker() const
{
    return role == "mqtt-broker";
}

EmulationAddress
EmulationParameters::GetAddress() const
{
    const char* none = behind == "radio" ? "fd00:0:0:77::2/64" : "10.77.0.2/24";
    return EmulationAddress::Parse("address", address.empty() ? none : address);
}

uint16_t
EmulationParameters::GetPort() const
{
    return port != 0 ? port : tls ? MQTTS_PORT : MQTT_PORT;
}

EmulationAddress
EmulationParameters::GetBroker() const
{
    return broker.empty() ? GetAddress().GetNeighbor() : EmulationAddress::Parse("broker", broker);
}

uint8_t
EmulationParameters::GetProtocolLevel() const
{
    return version == "5" ? 5 : version == "3.1.1" || !IsBroker() ? 4 : 0;
}

std::string
EmulationParameters::GetTcpProfile() const
{
    return tcp != "fitting" ? tcp : behind == "radio" ? "lln" : "linux";
}

} // namespace ns3
