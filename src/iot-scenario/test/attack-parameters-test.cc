// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/defence-setup.h"
#include "iot-scenario/model/scenario-parameters.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ns3;
using testing::ElementsAre;
using testing::HasSubstr;

namespace
{

/// What the check says of these parameters; empty where it finds nothing.
std::string
Check(const ScenarioParameters& parameters)
{
    try
    {
        parameters.CheckTogether();
    }
    catch (const ParameterError& error)
    {
        return error.what();
    }
    return {};
}

ScenarioParameters
Make(const std::string& stack, const std::string& attack)
{
    ScenarioParameters parameters;
    parameters.stack = stack;
    parameters.attacks.attack = attack;
    return parameters;
}

} // namespace

TEST(AttackParameters, AStackWithoutWhatIsAttackedIsRefused)
{
    EXPECT_THAT(Check(Make("mqtt", "dtls-flood")), HasSubstr("expected --stack=coaps"));
    EXPECT_THAT(Check(Make("coap", "syn-flood")), HasSubstr("expected --stack=mqtt, mqtts, tcp"));
    EXPECT_THAT(Check(Make("udp", "replay")), HasSubstr("--attack=replay"));
    for (const char* stack : {"mqtt", "mqtts", "coap", "coaps", "tcp", "udp"})
    {
        EXPECT_EQ(Check(Make(stack, "sniff")), "");
    }
}

TEST(AttackParameters, AWayThatTheTransportDoesNotHaveIsRefused)
{
    ScenarioParameters parameters = Make("mqtt", "replay");
    parameters.attacks.replayWay = "other-port";
    EXPECT_THAT(Check(parameters), HasSubstr("expected same-flow or new-connection"));
    parameters.attacks.replayWay = "new-connection";
    EXPECT_EQ(Check(parameters), "");
    parameters.stack = "coaps";
    EXPECT_THAT(Check(parameters), HasSubstr("expected same-flow, other-port or late"));
    parameters.attacks.replayWay = "late";
    EXPECT_EQ(Check(parameters), "");
}

TEST(AttackParameters, AStartAfterTheEndIsRefused)
{
    ScenarioParameters parameters = Make("mqtt", "syn-flood");
    parameters.attacks.start = Seconds(600);
    EXPECT_THAT(Check(parameters), HasSubstr("--attackStart=600s: expected less than the window"));
    parameters.attacks.start = Seconds(599);
    EXPECT_EQ(Check(parameters), "");
    parameters.attacks.attack = "none";
    parameters.attacks.start = Seconds(600); // of nothing
    EXPECT_EQ(Check(parameters), "");
}

TEST(AttackParameters, AnUnknownDefenceIsRefused)
{
    ScenarioParameters parameters;
    for (const char* bad : {"wall", "cookie,", "cookie,wall", ",", "none,cookie"})
    {
        parameters.attacks.defence = bad;
        EXPECT_THAT(Check(parameters), HasSubstr("expected none, or a list of cookie")) << bad;
    }
    parameters.attacks.defence = "address-limit,half-open-eviction";
    EXPECT_EQ(Check(parameters), "");
    EXPECT_THAT(parameters.attacks.GetDefences(),
                ElementsAre("address-limit", "half-open-eviction"));
    parameters.attacks.defence = "none";
    EXPECT_EQ(Check(parameters), "");
    EXPECT_THAT(parameters.attacks.GetDefences(), ElementsAre());
}

TEST(AttackParameters, ADefenceThatTheStackCannotHaveIsRefusedWhereItIsNamed)
{
    ScenarioParameters parameters;
    EXPECT_EQ(Check(parameters), "") << "cookies are on, and mqtt has no use for them";
    parameters.attacks.defenceGiven = true;
    EXPECT_THAT(Check(parameters), HasSubstr("expected --stack=coaps, for mqtt has no use for"));
    parameters.attacks.defence = "none";
    EXPECT_EQ(Check(parameters), "");
    for (const std::string& name : DefenceSetup::GetNames())
    {
        parameters.attacks.defence = name;
        const std::vector<std::string>& stacks = DefenceSetup::GetStacks(name);
        for (const StackInfo& info : GetStackTable())
        {
            parameters.stack = info.scheme;
            const bool has = std::find(stacks.begin(), stacks.end(), info.scheme) != stacks.end();
            EXPECT_EQ(Check(parameters).empty(), has) << name << " on " << info.scheme;
        }
    }
    parameters.stack = "coaps";
    parameters.attacks.defence = "cookie,cookie";
    EXPECT_THAT(Check(parameters), HasSubstr("expected each defence once"));
}

TEST(AttackParameters, WhatLastsLongerThanTheRunIsRefused)
{
    ScenarioParameters parameters = Make("coap", "replay"); // a window of 600 s, 100 s after it
    parameters.attacks.start = Seconds(100);
    parameters.attacks.duration = Seconds(500);
    parameters.attacks.replayDelay = Seconds(599);
    EXPECT_EQ(Check(parameters), "");
    parameters.attacks.duration = Seconds(501);
    EXPECT_THAT(Check(parameters), HasSubstr("--attackDuration=501s: expected at most the 500s"));
    parameters.attacks.duration = Seconds(0);
    parameters.attacks.replayDelay = Seconds(600);
    EXPECT_THAT(Check(parameters), HasSubstr("--replayDelay=600s: expected less than the 600s"));
}

TEST(AttackParameters, WhatGoesWrongIsAmongTheValuesOnlyWhereSomethingDoes)
{
    ScenarioParameters parameters;
    ParameterTable table("");
    parameters.AddTo(table);
    auto told = [&table] {
        const auto values = table.GetValues();
        return std::any_of(values.begin(), values.end(), [](const auto& value) {
            return value.first == "attackRate";
        });
    };
    EXPECT_FALSE(told());
    parameters.attacks.fault = "runaway";
    EXPECT_TRUE(told());
}

TEST(AttackParameters, AnAttackEndsWithTheWindowAtTheLatest)
{
    AttackParameters parameters;
    parameters.start = Seconds(20);
    EXPECT_EQ(parameters.GetDuration(Seconds(100)), Seconds(80));
    parameters.duration = Seconds(60);
    EXPECT_EQ(parameters.GetDuration(Seconds(100)), Seconds(60));
    EXPECT_EQ(parameters.GetDuration(Seconds(50)), Seconds(30));
    EXPECT_EQ(parameters.GetDuration(Seconds(10)), Seconds(0));
}
