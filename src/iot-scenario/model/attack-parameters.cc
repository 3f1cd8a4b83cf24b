// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/attack-parameters.h"

#include "iot-scenario/model/defence-setup.h"
#include "iot-scenario/model/scenario-parameters.h"

#include <algorithm>
#include <set>

namespace ns3
{

namespace
{

/// An attack, and the stacks that have what it attacks.
struct AttackInfo
{
    std::string name;
    std::vector<std::string> stacks;
};

const std::vector<AttackInfo>&
GetAttackTable()
{
    static const std::vector<AttackInfo> TABLE{
        {"none", {}},
        {"sniff", {"mqtt", "mqtts", "coap", "coaps", "tcp", "udp"}},
        {"replay", {"mqtt", "mqtts", "coap", "coaps"}},
        {"syn-flood", {"mqtt", "mqtts", "tcp"}},
        {"connect-flood", {"mqtt"}},
        {"tls-flood", {"mqtts"}},
        {"dtls-flood", {"coaps"}},
        {"coap-flood", {"coap"}},
        {"slowite", {"mqtt"}},
        {"idle-connections", {"mqtt", "mqtts"}},
    };
    return TABLE;
}

bool
Contains(const std::vector<std::string>& words, const std::string& word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

void
AttackParameters::AddTo(ParameterTable& table)
{
    std::vector<std::string> attacks;
    for (const auto& row : GetAttackTable())
    {
        attacks.push_back(row.name);
    }
    const std::vector<std::string> names{"attack",
                                         "attackRate",
                                         "attackStart",
                                         "attackDuration",
                                         "replayWay",
                                         "replayDelay",
                                         "defence",
                                         "fault",
                                         "timelineStep"};
    table.AddChoice("attack", "Attack on the host, or on what is said on the air", attack, attacks);
    table.AddRate("attackRate",
                  "Packets, connections or handshakes of a flood per second; reports per second of "
                  "a runaway sensor",
                  rate);
    table.AddDuration(
        "attackStart",
        "When attack or fault begin, after the begin of the window (sniffing begins with "
        "the simulation)",
        start,
        Seconds(0));
    table.AddDuration("attackDuration",
                      "How long they last (replay: how long messages are captured to be sent "
                      "again); 0s: to the end of the window",
                      duration,
                      Seconds(0));
    table.AddChoice("replayWay",
                    "How captured messages are sent again",
                    replayWay,
                    {"same-flow", "new-connection", "other-port", "late"});
    table.AddDuration("replayDelay",
                      "How long after its capture a message is sent again",
                      replayDelay,
                      Seconds(0));
    table.AddText("defence",
                  "What the host does against attacks, a list with commas (none, " +
                      Join(DefenceSetup::GetNames()) + ")",
                  defence);
    table.AddChoice("fault",
                    "What goes wrong without an attacker: the first sensor reports without pause",
                    fault,
                    {"none", "runaway"});
    table.AddDuration("timelineStep",
                      "Steps of the timeline in the record of a run with attack or fault",
                      timelineStep,
                      MilliSeconds(10));
    table.TellOnlyIf(names, [this] { return !IsCalm(); });
    table.NoteGiven("defence", defenceGiven);
    TellWhereTheyCount(table);
    Reserve(table);
}

void
AttackParameters::TellWhereTheyCount(ParameterTable& table)
{
    const auto allBut = [](const std::vector<std::string>& others) {
        ParameterTable::Choice choice{"attack", {}};
        for (const auto& row : GetAttackTable())
        {
            if (!Contains(others, row.name))
            {
                choice.values.push_back(row.name);
            }
        }
        return choice;
    };
    const ParameterTable::Choice any = allBut({"none"});
    const ParameterTable::Choice later = allBut({"none", "sniff"}); // it begins with the simulation
    const ParameterTable::Choice rated = allBut({"none", "sniff", "replay"});
    const ParameterTable::Choice runaway{"fault", {"runaway"}};
    table.OnlyWith("attackRate", {rated, runaway});
    table.OnlyWith("attackStart", {later, runaway});
    table.OnlyWith("attackDuration", {any, runaway});
    table.OnlyWith("timelineStep", {any, runaway});
    table.OnlyWith("replayWay", {{"attack", {"replay"}}});
    table.OnlyWith("replayDelay", {{"attack", {"replay"}}});
    table.AttributesOnlyWith("ns3::Attack", {any});
}

void
AttackParameters::Reserve(ParameterTable& table)
{
    table.Reserve("ns3::Attack", {"Rate"}, "--attackRate");
    table.Reserve("ns3::Attack", {"Target"}, "--stack");
    table.Reserve("ns3::StreamFlood", {"Protocol"}, "--attack");
    table.Reserve("ns3::DtlsFlood", {"Credential"}, "--credential");
    table.Reserve("ns3::Replayer", {"Way"}, "--replayWay");
    table.Reserve("ns3::Replayer", {"Delays"}, "--replayDelay");
    table.Reserve("ns3::DtlsSocketFactory", {"CookieExchange"}, "--defence");
    table.Reserve("ns3::MqttBroker", {"ConnectTimeout"}, "--defence=connect-timeout");
    table.Reserve("ns3::MqttBroker", {"MaxKeepAlive"}, "--defence=keep-alive-bound");
    table.Reserve("ns3::MqttBroker", {"MaxPublishRate", "PublishBurst"}, "--defence=request-rate");
    table.Reserve("ns3::CoapEndpoint",
                  {"MaxRequestRate", "RequestBurst"},
                  "--defence=request-rate");
}

void
AttackParameters::Check(const ScenarioParameters& scenario) const
{
    CheckDefences(scenario.stack);
    CheckStack(scenario);
    if (attack == "replay")
    {
        CheckReplay(scenario);
    }
    if (HasAttack() || HasFault())
    {
        CheckTimes(scenario);
    }
}

void
AttackParameters::CheckStack(const ScenarioParameters& scenario) const
{
    for (const auto& row : GetAttackTable())
    {
        if (row.name == attack && HasAttack() && !Contains(row.stacks, scenario.stack))
        {
            throw ParameterError("--attack=" + attack + ": expected --stack=" + Join(row.stacks) +
                                 ", for " + scenario.stack + " has nothing that it attacks");
        }
    }
    if (HasAttack() && attack != "sniff" && scenario.pattern != "push")
    {
        throw ParameterError("--attack=" + attack +
                             ": expected --pattern=push, where the host is the server");
    }
}

void
AttackParameters::CheckReplay(const ScenarioParameters& scenario) const
{
    const bool stream = scenario.GetStack().stream;
    const bool possible = replayWay == "same-flow" || (replayWay == "new-connection") == stream;
    if (!possible)
    {
        throw ParameterError(
            "--replayWay=" + replayWay + ": expected " +
            (stream ? "same-flow or new-connection, for " + scenario.stack + " runs over TCP"
                    : "same-flow, other-port or late, for " + scenario.stack + " runs over UDP"));
    }
}

void
AttackParameters::CheckDefences(const std::string& stack) const
{
    const std::vector<std::string> named = GetDefences();
    const std::vector<std::string> known = DefenceSetup::GetNames();
    const bool good = std::all_of(named.begin(), named.end(), [&](const std::string& name) {
        return Contains(known, name);
    });
    if (!good || (named.empty() && defence != "none"))
    {
        throw ParameterError("--defence=" + defence + ": expected none, or a list of " +
                             Join(known));
    }
    if (std::set<std::string>(named.begin(), named.end()).size() < named.size())
    {
        throw ParameterError("--defence=" + defence + ": expected each defence once");
    }
    for (const std::string& name : named)
    {
        const std::vector<std::string>& stacks = DefenceSetup::GetStacks(name);
        if (defenceGiven && !Contains(stacks, stack))
        {
            throw ParameterError("--defence=" + defence + ": expected --stack=" + Join(stacks) +
                                 ", for " + stack + " has no use for " + name);
        }
    }
}

void
AttackParameters::CheckTimes(const ScenarioParameters& scenario) const
{
    const Time window = scenario.interval * static_cast<int64_t>(scenario.GetReportCount());
    if (start >= window)
    {
        throw ParameterError("--attackStart=" + WriteSeconds(start) +
                             ": expected less than the window of " + WriteSeconds(window));
    }
    const Time rest = window - start;
    if (duration > rest)
    {
        throw ParameterError("--attackDuration=" + WriteSeconds(duration) +
                             ": expected at most the " + WriteSeconds(rest) +
                             " from --attackStart to the end of the window");
    }
    const Time run = rest + Seconds(ScenarioParameters::DRAIN);
    if (attack == "replay" && replayDelay >= run)
    {
        throw ParameterError("--replayDelay=" + WriteSeconds(replayDelay) +
                             ": expected less than the " + WriteSeconds(run) +
                             " from --attackStart to the end of the run");
    }
}

bool
AttackParameters::IsCalm() const
{
    return !HasAttack() && !HasFault() && !defenceGiven && defence == DEFAULT_DEFENCE;
}

bool
AttackParameters::HasAttack() const
{
    return attack != "none";
}

bool
AttackParameters::HasFault() const
{
    return fault != "none";
}

std::vector<std::string>
AttackParameters::GetDefences() const
{
    std::vector<std::string> names;
    if (defence == "none")
    {
        return names;
    }
    for (size_t begin = 0; begin <= defence.size();)
    {
        const size_t end = std::min(defence.find(',', begin), defence.size());
        names.push_back(defence.substr(begin, end - begin));
        begin = end + 1;
    }
    return names;
}

bool
AttackParameters::HasDefence(const std::string& name) const
{
    return Contains(GetDefences(), name);
}

std::string
AttackParameters::GetVantage() const
{
    if (attack == "sniff")
    {
        return "radio";
    }
    const bool own = replayWay == "new-connection" || replayWay == "other-port";
    return attack == "replay" && !own ? "on-path" : "internet";
}

Time
AttackParameters::GetDuration(Time window) const
{
    const Time rest = Max(window - start, Seconds(0));
    return duration.IsZero() ? rest : Min(duration, rest);
}

} // namespace ns3
