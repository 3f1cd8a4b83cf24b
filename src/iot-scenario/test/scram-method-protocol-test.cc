// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/scope.h"
#include "iot-scenario/model/scram-method.h"
#include "mqtt/test/test-network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace ns3;
using namespace std::chrono_literals;
using testing::IsEmpty;

class FixedSequence : public sansio::RandomSource
{
  public:
    uint64_t GetInteger() override
    {
        return m_engine();
    }

  private:
    std::mt19937_64 m_engine{7};
};

/// A broker that takes SCRAM-SHA-256 and nothing else.
class ScramAccess : public AccessControl
{
  public:
    ScramAccess(std::shared_ptr<const auth::ScramUsers> users, sansio::RandomSource& random)
        : m_users(std::move(users)),
          m_random(random)
    {
    }

    Admission Admit(TimePoint,
                    const Connect&,
                    const std::string&,
                    const sansio::PeerIdentity&) override
    {
        return {ReasonCode::NotAuthorized};
    }

    std::unique_ptr<Authentication> Begin(std::string_view method) override
    {
        bool known = method == auth::ScramServer::METHOD;
        return known ? std::make_unique<ScramAuthentication>(m_users, m_random, &operations)
                     : nullptr;
    }

    bool MayPublish(const Principal& principal, std::string_view topic) override
    {
        return topic == principal.user;
    }

    bool MaySubscribe(const Principal&, std::string_view) override
    {
        return true;
    }

    sansio::Operations operations;

  private:
    std::shared_ptr<const auth::ScramUsers> m_users;
    sansio::RandomSource& m_random;
};

class ScramMethodTest : public testing::Test
{
  protected:
    TestClient& Start(const std::string& user, const std::string& password)
    {
        ClientSettings settings;
        settings.version = Version::V5;
        settings.clientId = "c";
        authenticator = std::make_shared<ScramAuthenticator>(user, password, random);
        settings.authenticator = authenticator;
        TestClient& client = network.AddClient(settings);
        client.machine.Start(network.now);
        network.Run(1ms);
        return client;
    }

    FixedSequence random;
    std::shared_ptr<auth::ScramUsers> users = std::make_shared<auth::ScramUsers>(random);
    std::shared_ptr<ScramAccess> access = std::make_shared<ScramAccess>(users, random);
    TestNetwork network{BrokerLimits(), access};
    std::shared_ptr<ScramAuthenticator> authenticator;

    void SetUp() override
    {
        crypto::Scope scope(0, random, nullptr);
        ASSERT_TRUE(users->Set("user", "pencil"));
    }
};

TEST_F(ScramMethodTest, WhoKnowsThePasswordIsTheUser)
{
    TestClient& client = Start("user", "pencil");
    ASSERT_TRUE(client.machine.IsConnected());
    network.Publish(client, "user", "x", 1, 1);
    network.Publish(client, "other", "x", 1, 2);
    network.Run(1s);
    EXPECT_EQ(client.Get<Client::Published>().size(), 1u);
    EXPECT_EQ(client.Get<Client::Refused>().size(), 1u);
    client.machine.ReAuthenticate(network.now);
    network.Run(1s);
    EXPECT_EQ(client.Get<Client::ReAuthenticated>().size(), 1u);
    EXPECT_THAT(client.Get<Client::Disconnected>(), IsEmpty());
}

TEST_F(ScramMethodTest, AWrongPasswordKeepsOut)
{
    TestClient& client = Start("user", "pen");
    EXPECT_FALSE(client.machine.IsConnected());
    EXPECT_EQ(client.Get<Client::Disconnected>()[0].reason,
              "refused: not authorized, wrong password");
}

TEST_F(ScramMethodTest, AServerThatDoesNotKnowThePasswordIsLeft)
{
    // It lets everybody in, whatever they prove.
    FixedRandom jitter;
    ClientSettings settings;
    settings.version = Version::V5;
    settings.clientId = "c";
    settings.authenticator = std::make_shared<ScramAuthenticator>("user", "pencil", random);
    Client client(settings, jitter);
    TimePoint now;
    client.Start(now);
    client.HandleConnected(now);
    PropertyList properties;
    AddAuthentication(properties, auth::ScramServer::METHOD, ByteView("v=AAAA"));
    client.Receive(now,
                   ToBytes(Connack{false, ReasonCode::Success, properties.Get()}, Version::V5));
    EXPECT_FALSE(client.IsConnected());
}

TEST_F(ScramMethodTest, TheWorkIsCounted)
{
    Start("user", "pencil");
    uint64_t iterations = 0;
    for (const sansio::Operation& operation : authenticator->TakeOperations())
    {
        iterations += operation.kind == sansio::OperationKind::Pbkdf2Sha256 ? operation.count : 0;
    }
    EXPECT_EQ(iterations, auth::ScramUsers::MIN_ITERATIONS); // the client's, not the server's
    EXPECT_EQ(authenticator->TakeBytes(), 36u + 84 + 104 + 46);
    EXPECT_THAT(authenticator->TakeOperations(), IsEmpty());
    EXPECT_FALSE(access->operations.empty());
}

} // namespace
