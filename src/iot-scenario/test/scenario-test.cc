// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/certificate-authority.h"
#include "iot-device/model/profile-store.h"
#include "iot-scenario/model/scenario.h"
#include "sans-io/model/ns3-random-source.h"

#include "ns3/config.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

using namespace ns3;

namespace
{

ScenarioParameters
OneSensor(const std::string& stack)
{
    ScenarioParameters parameters;
    parameters.stack = stack;
    parameters.nodes = 1;
    parameters.reports = 20;
    return parameters;
}

RunResults
Simulate(const ScenarioParameters& parameters)
{
    Scenario scenario(parameters);
    return scenario.Run();
}

} // namespace

TEST(Scenario, TheProcessorServesTheFramesThatAreAddressedToIt)
{
    const ScenarioParameters parameters = OneSensor("coap");
    const RunResults results = Simulate(parameters);
    const DeviceProfile profile = CreateObject<ProfileStore>()->Load(parameters.device);
    const EnergyAccount& energy = results.energy.at(0);
    const double volt = profile.voltage.value;
    const double sending =
        energy[RadioState::Transmit] / (volt * (*profile.radio)[RadioState::Transmit].value);
    const double active = energy[McuState::Active] / (volt * profile.mcu.active.value);
    constexpr double RESPONSE = 45 * 32e-6; // ACK 2.04 on air, SHR and PHR included
    EXPECT_NEAR(active - sending,
                parameters.reports * RESPONSE,
                0.1 * parameters.reports * RESPONSE);
}

TEST(Scenario, ASecuredSessionIsSetUpBeforeTheWindow)
{
    for (const char* stack : {"mqtts", "coaps"})
    {
        const RunResults results = Simulate(OneSensor(stack));
        EXPECT_EQ(results.security.completed, 1u) << stack;
        EXPECT_EQ(results.security.flights, stack[0] == 'm' ? 4u : 6u) << stack;
        ASSERT_TRUE(results.sessions.at(0).ready) << stack;
        EXPECT_LT(*results.sessions.at(0).ready, Seconds(Scenario::WARM_UP)) << stack;
        EXPECT_GT(results.sessions.at(0).energy, 0) << stack;
        EXPECT_GT(results.setup.bytes.security, 0u) << stack;
    }
}

TEST(Scenario, TheChosenFrameIsLostAndRepairedByTheStack)
{
    for (const char* stack : {"mqtt", "coap"})
    {
        ScenarioParameters parameters = OneSensor(stack);
        parameters.macRetries = 0;
        parameters.dropFrame = 1;
        const RunResults results = Simulate(parameters);
        EXPECT_EQ(results.window.lost, 1u) << stack;
        EXPECT_EQ(results.windowRetransmissions.tcp + results.windowRetransmissions.coap, 1u)
            << stack;
        EXPECT_EQ(results.reports.delivered, parameters.reports) << stack;
        EXPECT_GT(results.reports.latencies.back(), 1.0) << stack;
    }
}

TEST(Scenario, WithoutAcknowledgementALostFrameIsALostReport)
{
    ScenarioParameters parameters = OneSensor("coap");
    parameters.confirmable = false;
    parameters.macRetries = 0;
    parameters.dropFrame = 1;
    const RunResults results = Simulate(parameters);
    EXPECT_EQ(results.reports.lost, 1u);
    EXPECT_EQ(results.reports.delivered, parameters.reports - 1);
}

TEST(Scenario, ARequestThatWaitsForTheHandshakeIsNotARetransmission)
{
    ScenarioParameters parameters = OneSensor("coaps");
    parameters.reports = 2;
    parameters.loss = 1;
    const RunResults results = Simulate(parameters);
    EXPECT_EQ(results.windowRetransmissions.coap, 0u);
    EXPECT_GT(results.windowRetransmissions.dtls, 0u);
    EXPECT_EQ(results.window.bytes.payload, 0u);
}

TEST(Scenario, SaysWhyASessionIsMissing)
{
    Config::SetDefault("ns3::SecureSocketFactory::MaxSessions",
                       UintegerValue(2)); // and a collector's
    ScenarioParameters parameters = OneSensor("coaps");
    parameters.nodes = 3;
    const RunResults results = Simulate(parameters);
    Config::SetDefault("ns3::SecureSocketFactory::MaxSessions",
                       UintegerValue(tls::Limits{}.maxSessions));
    const auto ready = std::count_if(results.sessions.begin(),
                                     results.sessions.end(),
                                     [&](const auto& session) { return results.IsSetUp(session); });
    EXPECT_EQ(ready, 1);
    EXPECT_EQ(results.security.completed, 1u);
    EXPECT_GE(results.host.refusals.at("sessions"), 2u);
}

TEST(Scenario, TheHostShowsACertificateOfTheUsersOwn)
{
    Ns3RandomSource random;
    crypto::CertificateAuthority authority({"somebody", {}}, random);
    const crypto::Credential credential = authority.Issue({"any name", {"any.name"}});
    const std::string folder = testing::TempDir();
    ScenarioParameters parameters = OneSensor("mqtts");
    parameters.credential = "ecdsa";
    parameters.certificate = folder + "own-certificate.pem";
    parameters.privateKey = folder + "own-key.pem";
    parameters.trustAnchors = folder + "own-authority.pem";
    std::ofstream(parameters.certificate) << credential.certificate;
    std::ofstream(parameters.privateKey) << credential.privateKey;
    std::ofstream(parameters.trustAnchors) << authority.GetCertificate();
    EXPECT_EQ(Simulate(parameters).security.completed, 1u);

    std::ofstream(parameters.trustAnchors)
        << crypto::CertificateAuthority({"another", {}}, random).GetCertificate();
    const RunResults results = Simulate(parameters);
    EXPECT_EQ(results.security.completed, 0u);
    EXPECT_GT(results.security.failures.at("unknown_ca"), 0u);
}

TEST(Scenario, EveryCollectorCostsNothingOnTheAir)
{
    ScenarioParameters parameters = OneSensor("mqtt");
    const uint64_t one = Simulate(parameters).window.bytesSent;
    parameters.collectors = 3;
    EXPECT_EQ(Simulate(parameters).window.bytesSent, one);
}

TEST(Scenario, AnUnknownDeviceIsOneLine)
{
    ScenarioParameters parameters = OneSensor("coap");
    parameters.device = "toaster";
    EXPECT_THROW(Simulate(parameters), std::runtime_error);
    Simulator::Destroy();
}
