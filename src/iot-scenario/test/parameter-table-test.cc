// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/scenario-parameters.h"

#include <array>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

using namespace ns3;

namespace
{

/// The parameters after reading the arguments, or the line of the error.
std::string
Read(std::vector<std::string> arguments, ScenarioParameters& parameters)
{
    ParameterTable table("A test.");
    parameters.AddTo(table);
    arguments.insert(arguments.begin(), "program");
    std::vector<char*> argv;
    for (auto& argument : arguments)
    {
        argv.push_back(argument.data());
    }
    try
    {
        table.Parse(argv.size(), argv.data());
        parameters.CheckTogether();
    }
    catch (const ParameterError& error)
    {
        return error.what();
    }
    return "";
}

} // namespace

TEST(ParameterTable, ReadsEveryKindOfValue)
{
    ScenarioParameters parameters;
    EXPECT_EQ(Read({"--stack=coaps",
                    "--nodes=3",
                    "--loss=0.25",
                    "--confirmable=false",
                    "--interval=1.5s",
                    "--json=x.json"},
                   parameters),
              "");
    EXPECT_EQ(parameters.stack, "coaps");
    EXPECT_TRUE(parameters.GetStack().secure);
    EXPECT_FALSE(parameters.GetStack().stream);
    EXPECT_EQ(parameters.nodes, 3u);
    EXPECT_EQ(parameters.loss, 0.25);
    EXPECT_FALSE(parameters.confirmable);
    EXPECT_EQ(parameters.interval, MilliSeconds(1500));
    EXPECT_EQ(parameters.json, "x.json");
}

TEST(ParameterTable, AParameterIsTakenWhereItHasAnEffect)
{
    ScenarioParameters parameters;
    const std::string refused = "--attackRate=9: expected --attack=syn-flood, connect-flood, "
                                "tls-flood, dtls-flood, coap-flood, slowite, idle-connections or "
                                "--fault=runaway, without which it has no effect";
    EXPECT_EQ(Read({"--attackRate=9"}, parameters), refused);
    EXPECT_EQ(Read({"--attackRate=9", "--attack=sniff"}, parameters), refused);
    EXPECT_EQ(Read({"--attackRate=9", "--attack=slowite"}, parameters), "");
    parameters = {};
    EXPECT_EQ(Read({"--attackRate=9", "--fault=runaway"}, parameters), "");
    EXPECT_EQ(Read({"--confirmable"}, parameters),
              "--confirmable=true: expected --stack=coap, coaps, without which it has no effect");
    EXPECT_EQ(Read({"--confirmable", "--stack=coaps"}, parameters), "");
}

TEST(ParameterTable, ATextKeepsItsSpaces)
{
    ScenarioParameters parameters;
    EXPECT_EQ(Read({"--user=a b", "--password=c = d"}, parameters), "");
    EXPECT_EQ(parameters.user, "a b");
    EXPECT_EQ(parameters.password, "c = d");
    EXPECT_EQ(Read({"--nodes=3 4"}, parameters),
              "--nodes=3 4: expected a whole number from 1 to 200");
}

class WithoutEffect : public testing::TestWithParam<std::array<std::string, 3>>
{
};

TEST_P(WithoutEffect, ItIsRefusedAndTakenWithWhatItNeeds)
{
    const auto& [arguments, parameter, expected] = GetParam();
    auto split = [](std::string text) {
        std::vector<std::string> words;
        std::istringstream stream(text);
        for (std::string word; stream >> word;)
        {
            words.push_back(word);
        }
        return words;
    };
    std::vector<std::string> words = split(arguments);
    words.push_back(parameter);
    ScenarioParameters parameters;
    const std::string line = parameter + ": expected " + expected;
    EXPECT_EQ(Read(words, parameters).rfind(line, 0), 0u) << Read(words, parameters);
    // The first of the values that it names.
    const std::string what = split(expected).front();
    words.push_back(what.substr(0, what.find(',')));
    parameters = {};
    EXPECT_EQ(Read(words, parameters), "");
}

// Attributes have their default here, for a parser sets it for all that follows.
using Line = std::array<std::string, 3>;
INSTANTIATE_TEST_SUITE_P(
    ParameterTable,
    WithoutEffect,
    testing::Values(Line{"--stack=coap", "--tcp=linux", "--stack=mqtt, mqtts, tcp, without"},
                    Line{"--stack=udp", "--hostDescriptors=20", "--stack=mqtt, mqtts, tcp"},
                    Line{"--radio=always-on", "--pollPeriod=1s", "--radio=sleepy, without"},
                    Line{"--stack=coap", "--mqttVersion=3.1.1", "--stack=mqtt, mqtts, without"},
                    Line{"", "--topicAliases=1", "--mqttVersion=5, without"},
                    Line{"--auth=password", "--tokenLifetime=7200s", "--auth=jwt, without"},
                    Line{"", "--clockDrift=1s", "--auth=jwt, without"},
                    Line{"", "--passwordIterations=5", "--auth=password, without"},
                    Line{"--stack=coap", "--accessList=a", "--stack=mqtt, mqtts, without"},
                    Line{"", "--keylog=k", "--stack=mqtts, coaps, without"},
                    Line{"--duration=20s", "--reports=5", "--duration=0s, without"},
                    Line{"--stack=coap", "--user=u", "--stack=mqtt, mqtts, without"},
                    Line{"--stack=udp", "--sessionLength=20s", "--stack=mqtt, mqtts, coaps"},
                    Line{"", "--ns3::CoapEndpoint::AckTimeout=2s", "--stack=coap, coaps"},
                    Line{"--stack=coap", "--ns3::MqttBroker::MaxSessions=0", "--stack=mqtt, mqtts"},
                    Line{"--stack=coap", "--ns3::TcpSocket::SndBufSize=131072", "--stack=mqtt"},
                    Line{"", "--ns3::SecureSocketFactory::MaxSessions=256", "--stack=mqtts, coaps"},
                    Line{"", "--ns3::DtlsSocketFactory::Mtu=1232", "--stack=coaps"},
                    Line{"", "--ns3::DeviceCredential::ClockOffset=0s", "--auth=jwt"}));

TEST(ParameterTable, WhatAlwaysHasAnEffectIsAlwaysTaken)
{
    ScenarioParameters parameters;
    EXPECT_EQ(Read({"--stack=udp", "--ns3::SecureSocketFactory::StartDate=2026-01-01T00:00:00Z"},
                   parameters),
              "");
    EXPECT_EQ(Read({"--reports=5", "--duration=0ms"}, parameters), "");
}

TEST(ParameterTable, WhatIsNothingWithoutAnotherIsNamedItself)
{
    ScenarioParameters parameters;
    EXPECT_EQ(Read({"--password=p"}, parameters), "--password=p: expected --user with it");
    EXPECT_EQ(Read({"--auth=jwt", "--deviceKeys=/nope"}, parameters),
              "--deviceKeys=/nope: expected --registry with it");
    EXPECT_EQ(Read({"--auth=jwt", "--registry=r"}, parameters),
              "--registry=r: expected --deviceKeys with it");
    EXPECT_EQ(Read({"--stack=mqtts", "--credential=ecdsa", "--privateKey=k"}, parameters),
              "--privateKey=k: expected --certificate with it");
}

TEST(ParameterTable, HonestClientsAskForNoMoreKeepAliveThanTheyAreTold)
{
    ScenarioParameters parameters;
    EXPECT_EQ(Read({"--defence=keep-alive-bound", "--keepAlive=121s"}, parameters),
              "--keepAlive=121s: expected at most the 120s of --defence=keep-alive-bound, which "
              "honest clients are told");
    EXPECT_EQ(Read({"--defence=keep-alive-bound", "--keepAlive=120s"}, parameters), "");
    EXPECT_EQ(parameters.GetKeepAlive(), Seconds(120));
    parameters = {};
    EXPECT_EQ(Read({"--defence=keep-alive-bound"}, parameters), "");
    EXPECT_EQ(parameters.GetKeepAlive(), Seconds(120));
}

TEST(ParameterTable, DurationReplacesReports)
{
    ScenarioParameters parameters;
    EXPECT_EQ(Read({"--duration=95s", "--interval=10s"}, parameters), "");
    EXPECT_EQ(parameters.GetReportCount(), 9u);
}

TEST(ParameterTable, DefaultsSurviveTheirOwnText)
{
    ScenarioParameters defaults;
    ScenarioParameters read;
    EXPECT_EQ(Read({}, read), "");
    EXPECT_EQ(read.interval, defaults.interval);
    EXPECT_EQ(read.pollPeriod, defaults.pollPeriod);
    EXPECT_EQ(read.wiredDelay, defaults.wiredDelay);
    EXPECT_EQ(read.nodes, defaults.nodes);
}

TEST(ParameterTable, ValuesAreNumbersInSiUnitsAndNoOutputIsAmongThem)
{
    ParameterTable table("A test.");
    ScenarioParameters parameters;
    parameters.AddTo(table);
    char* arguments[] = {const_cast<char*>("program"), const_cast<char*>("--interval=250ms")};
    table.Parse(2, arguments);
    std::map<std::string, ParameterValue> values;
    for (const auto& [name, value] : table.GetValues())
    {
        values[name] = value;
    }
    EXPECT_EQ(values.at("interval"), ParameterValue(0.25));
    EXPECT_EQ(values.at("loss"), ParameterValue(0.0));
    EXPECT_EQ(values.at("nodes"), ParameterValue(10u));
    EXPECT_EQ(values.at("confirmable"), ParameterValue(true));
    EXPECT_EQ(values.at("stack"), ParameterValue(std::string("mqtt")));
    EXPECT_EQ(values.count("json"), 0u);
}

class BadInput : public testing::TestWithParam<std::pair<std::vector<std::string>, std::string>>
{
};

TEST_P(BadInput, IsOneLineWithTheValueAndWhatWasExpected)
{
    ScenarioParameters parameters;
    EXPECT_EQ(Read(GetParam().first, parameters), GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(
    ParameterTable,
    BadInput,
    testing::Values(
        std::pair(std::vector<std::string>{"--frobnicate=1"},
                  "--frobnicate=1: unknown parameter; --PrintHelp lists them"),
        std::pair(std::vector<std::string>{"loss=1"},
                  "loss=1: unknown parameter; --PrintHelp lists them"),
        std::pair(std::vector<std::string>{"--ns3::NoSuchClass::X=1"},
                  "--ns3::NoSuchClass::X=1: unknown parameter; --PrintHelp lists them"),
        std::pair(std::vector<std::string>{"--nodes=-1"},
                  "--nodes=-1: expected a whole number from 1 to 200"),
        std::pair(std::vector<std::string>{"--nodes=3.5"},
                  "--nodes=3.5: expected a whole number from 1 to 200"),
        std::pair(std::vector<std::string>{"--payload=7"},
                  "--payload=7: expected a whole number from 8 to 1024"),
        std::pair(std::vector<std::string>{"--loss=1.1"},
                  "--loss=1.1: expected a probability from 0 to 1"),
        std::pair(std::vector<std::string>{"--loss=nan"},
                  "--loss=nan: expected a probability from 0 to 1"),
        std::pair(std::vector<std::string>{"--loss=a"},
                  "--loss=a: expected a probability from 0 to 1"),
        std::pair(std::vector<std::string>{"--confirmable=maybe"},
                  "--confirmable=maybe: expected true or false"),
        std::pair(std::vector<std::string>{"--interval=fast"},
                  "--interval=fast: expected a time from 0.01s to 36500d, such as 10s or 250ms"),
        std::pair(std::vector<std::string>{"--interval=-1s"},
                  "--interval=-1s: expected a time from 0.01s to 36500d, such as 10s or 250ms"),
        std::pair(std::vector<std::string>{"--interval=1e300s"},
                  "--interval=1e300s: expected a time from 0.01s to 36500d, such as 10s or 250ms"),
        std::pair(std::vector<std::string>{"--interval=0.01s", "--duration=42949673s"},
                  "--duration=42949673s: expected at least one --interval, and at most 1000000"),
        std::pair(std::vector<std::string>{"--interval=36500d", "--reports=1000000"},
                  "--interval=3153600000s: expected that 1000000 of them, with 160s around them, "
                  "end within 36500d"),
        std::pair(std::vector<std::string>{"--ns3::Battery::Capacity=nan"},
                  "--ns3::Battery::Capacity=nan: expected a number of at least 0"),
        std::pair(std::vector<std::string>{"--SimulatorImplementationType=nope"},
                  "--SimulatorImplementationType=nope: expected one of ns3::DefaultSimulatorImpl, "
                  "ns3::RealtimeSimulatorImpl"),
        std::pair(std::vector<std::string>{"--user=u\xff"},
                  "--user=u?: expected UTF-8 of at most 65535 bytes"),
        std::pair(std::vector<std::string>{"--sessionLength=1ns"},
                  "--sessionLength=0.000000001s: expected at least 2s, and over coaps "
                  "--pattern=push"),
        std::pair(std::vector<std::string>{"--stack=quic"},
                  "--stack=quic: expected one of mqtt, mqtts, coap, coaps, tcp, udp"),
        std::pair(std::vector<std::string>{"--nodes="}, "--nodes: expected a value, --nodes=VALUE"),
        std::pair(std::vector<std::string>{"--json"}, "--json: expected a value, --json=VALUE"),
        std::pair(std::vector<std::string>{"--RngRun=abc"},
                  "--RngRun=abc: expected a whole number from 1 to 4294967295"),
        std::pair(std::vector<std::string>{"--RngRun=-1"},
                  "--RngRun=-1: expected a whole number from 1 to 4294967295"),
        std::pair(std::vector<std::string>{"--stack=coaps", "--tlsVersion=1.3"},
                  "--tlsVersion=1.3: expected 1.2, for there is no DTLS 1.3 here (--stack=coaps)"),
        std::pair(std::vector<std::string>{"--stack=mqtt", "--pattern=observe"},
                  "--pattern=observe: expected push, for only coap and coaps can be observed "
                  "(--stack=mqtt)")));
