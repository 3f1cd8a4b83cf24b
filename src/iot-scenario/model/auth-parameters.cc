// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/auth-parameters.h"

#include "iot-auth/protocol/scram.h"
#include "iot-scenario/model/scenario-parameters.h"

#include <cmath>

namespace ns3
{

namespace
{

void
CheckWholeSeconds(const std::string& name, Time value, Time low)
{
    if (value < low || value != Seconds(std::floor(value.GetSeconds())))
    {
        throw ParameterError("--" + name + "=" + WriteSeconds(value) +
                             ": expected whole seconds, at least " + WriteSeconds(low));
    }
}

} // namespace

void
AuthParameters::AddTo(ParameterTable& table)
{
    table.AddChoice("auth",
                    "What clients prove to the broker: nothing, a password by saying it, or by an "
                    "exchange of AUTH packets that does not (SCRAM-SHA-256, --mqttVersion=5), a "
                    "token (JWT), or by TLS a certificate or key",
                    method,
                    {"anonymous", "password", "scram", "jwt", "certificate", "psk"});
    table.AddText("passwordFile",
                  "Users as mosquitto_passwd writes them; --user and --password are then those of "
                  "sensors and collectors. Empty: each has its own",
                  passwordFile);
    table.AddCount("passwordIterations",
                   "PBKDF2 iterations of the passwords made for the run",
                   iterations,
                   1,
                   1000000);
    table.AddCount("scramIterations",
                   "PBKDF2 iterations of --auth=scram, which the client does for each proof",
                   scramIterations,
                   auth::ScramUsers::MIN_ITERATIONS,
                   auth::ScramClient::MAX_ITERATIONS);
    table.AddDuration("scramRenewal",
                      "How long after a proof of --auth=scram a client gives another on the same "
                      "connection (AUTH); 0s: one for each connection",
                      scramRenewal,
                      Seconds(0));
    table.AddText("registry",
                  "JSON file of the devices (scripts/provision); empty: one is made",
                  registry);
    table.AddText("deviceKeys",
                  "Folder with the private key of each client as NAME.pem (s00, ..., c0, ...)",
                  deviceKeys);
    table.AddChoice("tokenAlgorithm",
                    "How devices sign their tokens",
                    tokenAlgorithm,
                    {"ES256", "RS256"});
    table.AddDuration("tokenLifetime",
                      "From issue to end of a token, whole seconds up to 24 hours",
                      tokenLifetime,
                      Seconds(1));
    table.AddDuration("tokenRenewal",
                      "How long before its end a client renews its token; 0s: it waits until the "
                      "broker closes the connection",
                      tokenRenewal,
                      Seconds(0));
    table.AddChoice(
        "tokenIn",
        "Where a client says its token: as password, so that it connects anew to renew "
        "it, or in an exchange of AUTH packets on the same connection (--mqttVersion=5)",
        tokenIn,
        {"password", "auth"});
    table.AddDuration("clockDrift",
                      "By how much the broker allows the clocks of devices to be wrong, whole "
                      "seconds",
                      clockDrift,
                      Seconds(0));
    table.AddChoice("keyStore",
                    "Where the private key of a sensor is, which signs its tokens (the device "
                    "nrf52840-secure-element has a secure element)",
                    keyStore,
                    {"memory", "secure-element"});
    table.AddText("accessList",
                  "Who may publish and subscribe to what, in the form of Mosquitto's acl_file "
                  "(sensor s00: lines 'client s00', 'topic write s/00/t'; collector: 'client c0', "
                  "'topic read s/+/t'); empty: all who are let in may do everything",
                  accessList);
    TellWhereTheyCount(table);
    Reserve(table);
}

void
AuthParameters::TellWhereTheyCount(ParameterTable& table)
{
    const std::vector<std::string> ofPasswords{"passwordFile", "passwordIterations"};
    const std::vector<std::string> ofScram{"scramIterations", "scramRenewal"};
    const std::vector<std::string> ofTokens{"registry",
                                            "deviceKeys",
                                            "tokenAlgorithm",
                                            "tokenLifetime",
                                            "tokenRenewal",
                                            "tokenIn",
                                            "clockDrift",
                                            "keyStore"};
    table.TellOnlyIf({"auth", "accessList"}, [this] { return IsOn(); });
    for (const char* name : {"auth", "accessList"})
    {
        table.OnlyWith(name, {{"stack", {"mqtt", "mqtts"}}});
    }
    for (const auto& [of, names] : {std::pair("password", ofPasswords),
                                    std::pair("scram", ofScram),
                                    std::pair("jwt", ofTokens)})
    {
        table.TellOnlyIf(names, [this, of = of] { return method == of; });
        for (const std::string& name : names)
        {
            table.OnlyWith(name, {{"auth", {of}}});
        }
    }
    table.Needs("passwordFile", "user");
    table.Needs("registry", "deviceKeys");
    table.Needs("deviceKeys", "registry");
    table.AttributesOnlyWith("ns3::DeviceCredential", {{"auth", {"jwt"}}});
}

void
AuthParameters::Reserve(ParameterTable& table)
{
    const std::string credential = "ns3::DeviceCredential";
    table.Reserve(credential, {"DeviceName"}, "--nodes");
    table.Reserve(credential, {"Algorithm"}, "--tokenAlgorithm");
    table.Reserve(credential, {"Lifetime"}, "--tokenLifetime");
    table.Reserve(credential, {"KeyStore"}, "--keyStore");
    table.Reserve(credential, {"Audience"}, "--auth=jwt");
    table.Reserve(credential, {"StartDate"}, "--ns3::SecureSocketFactory::StartDate");
    table.Reserve("ns3::SecureSocketFactory", {"RequireClientCertificate"}, "--auth=certificate");
}

bool
AuthParameters::IsOn() const
{
    return method != "anonymous" || !accessList.empty();
}

void
AuthParameters::Check(const ScenarioParameters& scenario) const
{
    CheckTls(scenario);
    CheckTokens();
    CheckUsers(scenario);
    CheckVersion(scenario);
}

void
AuthParameters::CheckVersion(const ScenarioParameters& scenario) const
{
    if (scenario.mqttVersion == "5")
    {
        return;
    }
    const std::string needs = method == "scram"                      ? "--auth=scram"
                              : method == "jwt" && tokenIn == "auth" ? "--tokenIn=auth"
                                                                     : "";
    if (!needs.empty())
    {
        throw ParameterError(needs + ": expected --mqttVersion=5, for MQTT " +
                             scenario.mqttVersion + " has no AUTH packet");
    }
}

void
AuthParameters::CheckUsers(const ScenarioParameters& scenario) const
{
    if (!passwordFile.empty() && iterations != ITERATIONS)
    {
        throw ParameterError("--passwordIterations=" + std::to_string(iterations) +
                             ": expected no --passwordFile, which tells those of its passwords");
    }
    if (method == "password" && passwordFile.empty() && !scenario.user.empty())
    {
        throw ParameterError("--user=" + scenario.user +
                             ": expected --passwordFile with it, for without one --auth=password "
                             "gives each client a user of its own");
    }
    if (method == "scram" && !scenario.user.empty())
    {
        throw ParameterError("--user=" + scenario.user +
                             ": expected none, for --auth=scram gives each client a user of its "
                             "own");
    }
    if (method == "jwt" && !scenario.user.empty())
    {
        throw ParameterError("--user=" + scenario.user +
                             ": expected none, for --auth=jwt says 'unused'");
    }
}

void
AuthParameters::CheckTls(const ScenarioParameters& scenario) const
{
    const bool byTls = method == "certificate" || method == "psk";
    const std::string credential = method == "certificate" ? "ecdsa" : "psk";
    if (byTls && (scenario.stack != "mqtts" || scenario.credential != credential ||
                  !scenario.certificate.empty()))
    {
        throw ParameterError("--auth=" + method + ": expected --stack=mqtts and --credential=" +
                             credential + " without --certificate");
    }
}

void
AuthParameters::CheckDrift() const
{
    CheckWholeSeconds("clockDrift", clockDrift, Seconds(0));
}

void
AuthParameters::CheckTokens() const
{
    CheckWholeSeconds("tokenLifetime", tokenLifetime, Seconds(1));
    CheckDrift();
    if (tokenLifetime > Hours(24))
    {
        throw ParameterError("--tokenLifetime=" + WriteSeconds(tokenLifetime) +
                             ": expected at most 86400s, which is what the broker takes");
    }
    if (method == "jwt" && tokenRenewal >= tokenLifetime)
    {
        throw ParameterError("--tokenRenewal=" + WriteSeconds(tokenRenewal) +
                             ": expected less than --tokenLifetime=" + WriteSeconds(tokenLifetime));
    }
    if (keyStore == "secure-element" && tokenAlgorithm != "ES256")
    {
        throw ParameterError("--keyStore=secure-element: expected --tokenAlgorithm=ES256, for it "
                             "has keys on P-256 only");
    }
}

} // namespace ns3
