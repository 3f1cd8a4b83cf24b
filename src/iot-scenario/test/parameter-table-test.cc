// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/scenario-parameters.h"

#include <gtest/gtest.h>
#include <map>

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
