// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/scenario-parameters.h"

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
    parameters.attacks.defence = "cookie,half-open-eviction";
    EXPECT_EQ(Check(parameters), "");
    EXPECT_THAT(parameters.attacks.GetDefences(), ElementsAre("cookie", "half-open-eviction"));
    parameters.attacks.defence = "none";
    EXPECT_EQ(Check(parameters), "");
    EXPECT_THAT(parameters.attacks.GetDefences(), ElementsAre());
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
