// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/scope.h"
#include "iot-scenario/model/auth-access-control.h"
#include "iot-scenario/model/scenario.h"
#include "iot-scenario/model/token-method.h"
#include "sans-io/model/ns3-random-source.h"

#include "ns3/rng-seed-manager.h"

#include <gmock/gmock.h>

namespace ns3
{

namespace
{

using mqtt::ReasonCode;
using namespace std::chrono_literals;

constexpr int64_t START = 1767225600;

/// A broker's access control, asked one CONNECT after the other.
class AuthAccessControlTest : public testing::Test
{
  protected:
    AuthAccessControlTest()
    {
        crypto::Scope scope(0, random, nullptr);
        key = crypto::MakeKeyPair(crypto::SignatureAlgorithm::Es256);
        auto devices = std::make_shared<auth::DeviceRegistry>();
        devices->Create("s01", crypto::SignatureAlgorithm::Es256, key.publicKey);
        devices->Create("bad", crypto::SignatureAlgorithm::Es256, key.publicKey);
        devices->SetBlocked("bad", true);
        registry = devices;
        auto users = std::make_shared<auth::PasswordStore>();
        users->Set("u", "secret", random);
        passwords = users;
        settings.policy.audience = "iot";
        settings.startDate = START;
    }

    std::string Sign(const std::string& name)
    {
        crypto::Scope scope(0, random, nullptr);
        return auth::SignToken({name, "iot", START, START + 3600},
                               crypto::SignatureAlgorithm::Es256,
                               key.privateKey);
    }

    mqtt::Admission Admit(const std::string& clientId,
                          const std::optional<std::string>& user = {},
                          const std::optional<std::string>& password = {},
                          const sansio::PeerIdentity& peer = {})
    {
        mqtt::Connect connect;
        connect.clientId = clientId;
        if (user)
        {
            connect.userName = *user;
        }
        if (password)
        {
            connect.password = sansio::ByteView(std::string_view(*password));
        }
        AuthAccessControl control(settings, random);
        mqtt::Admission admission = control.Admit(sansio::TimePoint(10s), connect, clientId, peer);
        operations = control.TakeOperations();
        return admission;
    }

    Ns3RandomSource random;
    crypto::KeyPair key;
    std::shared_ptr<const auth::DeviceRegistry> registry;
    std::shared_ptr<const auth::PasswordStore> passwords;
    AuthAccessControl::Settings settings;
    sansio::Operations operations;
};

TEST_F(AuthAccessControlTest, LetsAnybodyInWhereNothingCounts)
{
    EXPECT_EQ(Admit("c").reason, ReasonCode::Success);
    settings.anonymous = false;
    EXPECT_EQ(Admit("c").reason, ReasonCode::NotAuthorized);
}

TEST_F(AuthAccessControlTest, LetsNobodyInWithoutCredentialWhereOneCounts)
{
    auto scram = std::make_shared<auth::ScramUsers>(random);
    for (int what = 0; what < 5; what++)
    {
        AuthAccessControl::Settings one;
        one.passwords = what == 0 ? passwords : nullptr;
        one.registry = what == 1 ? registry : nullptr;
        one.certificates = what == 2;
        one.pskIdentities = what == 3;
        one.scramUsers = what == 4 ? scram : nullptr;
        settings = one;
        EXPECT_EQ(Admit("c").reason, ReasonCode::NotAuthorized) << what;
        settings.anonymous = true;
        EXPECT_EQ(Admit("c").reason, ReasonCode::Success) << what;
    }
}

TEST_F(AuthAccessControlTest, AsksForThePasswordOfTheUser)
{
    settings.passwords = passwords;
    mqtt::Admission admission = Admit("c", "u", "secret");
    EXPECT_EQ(admission.reason, ReasonCode::Success);
    EXPECT_EQ(admission.user, "u");
    EXPECT_FALSE(admission.until);
    EXPECT_EQ(operations, (sansio::Operations{{sansio::OperationKind::Pbkdf2Sha512, 101, 0}}));
    EXPECT_EQ(Admit("c", "u", "Secret").reason, ReasonCode::BadUserNameOrPassword);
    EXPECT_EQ(Admit("c", "v", "secret").reason, ReasonCode::BadUserNameOrPassword);
    EXPECT_EQ(Admit("c", "v", "secret").detail, Admit("c", "u", "x").detail);
    EXPECT_EQ(Admit("c", "u").reason, ReasonCode::BadUserNameOrPassword);
}

TEST_F(AuthAccessControlTest, TakesATokenAsPasswordUntilItEnds)
{
    settings.registry = registry;
    mqtt::Admission admission = Admit("s01", "unused", Sign("s01"));
    EXPECT_EQ(admission.reason, ReasonCode::Success);
    EXPECT_EQ(admission.user, "s01");
    EXPECT_EQ(admission.until, sansio::TimePoint(4200s)); // exp and the drift
    EXPECT_EQ(operations.back(), (sansio::Operation{sansio::OperationKind::EcdsaP256Verify, 1, 0}));
    EXPECT_EQ(Admit("s01", "whatever", Sign("s01")).reason, ReasonCode::Success);
    EXPECT_EQ(Admit("s02", "unused", Sign("s02")).detail, "unknown device");
    EXPECT_EQ(Admit("s01", "unused", Sign("s02")).detail, "wrong issuer");
    EXPECT_EQ(Admit("s01", "unused", "secret").reason, ReasonCode::BadUserNameOrPassword);
    EXPECT_EQ(Admit("bad", "unused", Sign("bad")).reason, ReasonCode::Banned);
    settings.passwords = passwords;
    EXPECT_EQ(Admit("s01", "unused", Sign("s01")).reason, ReasonCode::Success);
    EXPECT_EQ(Admit("s01", "u", "secret").user, "u");
    EXPECT_EQ(Admit("s01", "u", Sign("s01")).reason, ReasonCode::BadUserNameOrPassword);
}

TEST_F(AuthAccessControlTest, TakesWhatTlsHasProved)
{
    sansio::PeerIdentity peer;
    peer.certificateSubject = "CN=s01";
    EXPECT_EQ(Admit("s02", {}, {}, peer).user, "") << "it does not count";
    settings.certificates = true;
    EXPECT_EQ(Admit("s01", {}, {}, peer).user, "s01");
    EXPECT_EQ(Admit("s02", {}, {}, peer).reason, ReasonCode::ClientIdentifierNotValid);
    peer.certificateSubject = "CN=s01,O=x";
    EXPECT_EQ(Admit("s01", {}, {}, peer).reason, ReasonCode::ClientIdentifierNotValid);
    peer = {};
    peer.pskIdentity = "s01";
    EXPECT_EQ(Admit("s01", {}, {}, peer).reason, ReasonCode::NotAuthorized);
    settings.pskIdentities = true;
    EXPECT_EQ(Admit("s01", {}, {}, peer).user, "s01");
}

TEST_F(AuthAccessControlTest, KnowsTheMethodsOfItsStores)
{
    settings.registry = registry;
    AuthAccessControl tokens(settings, random);
    EXPECT_FALSE(tokens.Begin("SCRAM-SHA-256"));
    EXPECT_FALSE(tokens.Begin("custom-jwt"));
    auto asked = tokens.Begin(TokenAuthenticator::METHOD);
    ASSERT_TRUE(asked);
    const std::string token = Sign("s01");
    auto judge = [&](const std::string& clientId, const std::string& said) {
        return asked->Continue(sansio::TimePoint(10s), clientId, sansio::ByteView(said)).admission;
    };
    EXPECT_EQ(judge("s01", token).reason, ReasonCode::Success);
    EXPECT_EQ(judge("s01", token).until, sansio::TimePoint(4200s));
    EXPECT_EQ(judge("s02", token).detail, "unknown device");
    EXPECT_EQ(judge("s01", token + "x").reason, ReasonCode::BadUserNameOrPassword);
    EXPECT_EQ(tokens.TakeOperations().back().kind, sansio::OperationKind::EcdsaP256Verify);
    settings = {};
    settings.scramUsers = std::make_shared<auth::ScramUsers>(random);
    AuthAccessControl scram(settings, random);
    EXPECT_TRUE(scram.Begin("SCRAM-SHA-256"));
    EXPECT_FALSE(scram.Begin(TokenAuthenticator::METHOD));
}

TEST_F(AuthAccessControlTest, LeavesRightsToTheAccessList)
{
    AuthAccessControl open(settings, random);
    EXPECT_TRUE(open.MayPublish({"c", "u"}, "t"));
    EXPECT_FALSE(open.JudgesDelivery());
    EXPECT_TRUE(open.MayReceive({"c", "u"}, "t"));
    settings.accessList.emplace();
    settings.accessList->Read("user u\ntopic write t");
    AuthAccessControl control(settings, random);
    EXPECT_TRUE(control.MayPublish({"c", "u"}, "t"));
    EXPECT_FALSE(control.MaySubscribe({"c", "u"}, "t"));
    EXPECT_FALSE(control.MayPublish({"c", "v"}, "t"));
    EXPECT_TRUE(control.JudgesDelivery());
    EXPECT_FALSE(control.MayReceive({"c", "u"}, "t"));
}

/// A small run.
class AuthScenario : public testing::Test
{
  protected:
    AuthScenario()
    {
        RngSeedManager::SetRun(1);
        parameters.nodes = 2;
        parameters.reports = 12;
    }

    RunResults Run()
    {
        parameters.CheckTogether();
        return Scenario(parameters).Run();
    }

    ScenarioParameters parameters;
};

TEST_F(AuthScenario, LetsInWhoProvesWhoItIs)
{
    for (const char* method : {"password", "jwt", "certificate", "psk"})
    {
        parameters.auth.method = method;
        const bool byTls = method == std::string("certificate") || method == std::string("psk");
        parameters.stack = byTls ? "mqtts" : "mqtt";
        parameters.credential = method == std::string("certificate") ? "ecdsa" : "psk";
        RunResults results = Run();
        EXPECT_EQ(results.reports.delivered, 24u) << method;
        EXPECT_TRUE(results.auth->refused.empty()) << method;
    }
}

TEST_F(AuthScenario, RenewsTokensInTime)
{
    parameters.auth.method = "jwt";
    parameters.auth.tokenLifetime = Seconds(60);
    parameters.auth.tokenRenewal = Seconds(10);
    parameters.auth.clockDrift = Seconds(0);
    RunResults results = Run();
    EXPECT_EQ(results.reports.delivered, 24u);
    // A token holds for 50 s: 280 s of a run have five ends of one.
    EXPECT_EQ(results.auth->renewals, 10u);
    EXPECT_EQ(results.auth->tokens, 12u);
    EXPECT_EQ(results.auth->expired, 0u);
    EXPECT_EQ(results.auth->completed, 10u);
    EXPECT_EQ(results.auth->tokenBytes, 12u * 203);
    EXPECT_GT(results.auth->awayTime, 10 * MilliSeconds(190)); // what a signature takes
    EXPECT_GT(results.auth->awayEnergy, results.auth->tokenEnergy * 10 / 12);
}

TEST_F(AuthScenario, ClosesConnectionsWhoseTokenHasExpired)
{
    parameters.auth.method = "jwt";
    parameters.auth.tokenLifetime = Seconds(60);
    parameters.auth.tokenRenewal = Seconds(0);
    parameters.auth.clockDrift = Seconds(5);
    RunResults results = Run();
    EXPECT_EQ(results.reports.delivered, 24u); // the session outlives the connection
    EXPECT_EQ(results.auth->renewals, 0u);
    EXPECT_EQ(results.auth->expired, 8u); // each 65 to 67 s
    EXPECT_EQ(results.auth->completed, 8u);
    EXPECT_TRUE(results.auth->refused.empty());
}

} // namespace

} // namespace ns3
