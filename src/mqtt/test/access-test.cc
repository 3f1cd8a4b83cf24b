// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/test-network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/**
 * \file
 * What a broker does with the judgements of its access control.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// Two challenges, to be answered by themselves and one.
class Countdown : public Authentication
{
  public:
    Step Continue(TimePoint now, const std::string& clientId, ByteView data) override
    {
        m_round++;
        if (m_round == 1)
        {
            return {{ReasonCode::ContinueAuthentication}, {41}};
        }
        if (data.size() != 1 || data[0] != 42)
        {
            return {{ReasonCode::NotAuthorized, {}, "wrong answer"}, {}};
        }
        return {{ReasonCode::Success, "user of " + clientId, {}, now + 100s}, {7}};
    }

  private:
    int m_round{0};
};

/// The client's half; it may answer wrongly.
class Answering : public Authenticator
{
  public:
    explicit Answering(uint8_t error)
        : m_error(error)
    {
    }

    std::string GetMethod() const override
    {
        return "count";
    }

    Bytes Begin(const std::string&) override
    {
        return {};
    }

    std::optional<Bytes> Continue(ByteView data) override
    {
        return Bytes{static_cast<uint8_t>(data[0] + 1 + m_error)};
    }

    uint8_t m_error;
};

/// Lets in who says the password "yes", for ten seconds; gives each its own topics.
class TestAccess : public AccessControl
{
  public:
    Admission Admit(TimePoint now,
                    const Connect& connect,
                    const std::string&,
                    const sansio::PeerIdentity&) override
    {
        m_operations.push_back({sansio::OperationKind::Pbkdf2Sha512, 101, 0});
        if (!connect.password || connect.password->ToString() != "yes")
        {
            return {ReasonCode::BadUserNameOrPassword, {}, "wrong password", {}};
        }
        return {ReasonCode::Success, std::string(*connect.userName), {}, now + 10s};
    }

    std::unique_ptr<Authentication> Begin(std::string_view method) override
    {
        return method == "count" ? std::make_unique<Countdown>() : nullptr;
    }

    bool MayPublish(const Principal& principal, std::string_view topic) override
    {
        return topic == principal.user;
    }

    bool MaySubscribe(const Principal&, std::string_view filter) override
    {
        return filter != "secret";
    }

    sansio::Operations TakeOperations() override
    {
        return std::exchange(m_operations, {});
    }

  private:
    sansio::Operations m_operations;
};

class AccessTest : public testing::TestWithParam<Version>
{
  protected:
    ClientSettings MakeSettings(const std::string& user, const std::string& password)
    {
        ClientSettings settings;
        settings.version = GetParam();
        settings.clientId = "c-" + user;
        settings.userName = user;
        settings.password = Bytes(password.begin(), password.end());
        return settings;
    }

    TestClient& Start(ClientSettings settings)
    {
        TestClient& client = network.AddClient(std::move(settings));
        client.machine.Start(network.now);
        network.Run(1ms);
        return client;
    }

    TestNetwork network{BrokerLimits(), std::make_shared<TestAccess>()};
};

INSTANTIATE_TEST_SUITE_P(Version,
                         AccessTest,
                         testing::Values(Version::V3_1_1, Version::V5),
                         [](const auto& info) {
                             return info.param == Version::V5 ? "Mqtt5" : "Mqtt311";
                         });

TEST_P(AccessTest, AWrongPasswordKeepsOut)
{
    TestClient& client = Start(MakeSettings("u", "no"));
    EXPECT_FALSE(client.machine.IsConnected());
    EXPECT_EQ(client.Get<Client::Disconnected>()[0].reason,
              GetParam() == Version::V5 ? "refused: bad user name or password, wrong password"
                                        : "refused: bad user name or password");
    EXPECT_EQ(network.broker.GetSessions(), 0u);
    auto denied = network.GetBrokerEvents<Broker::AccessDenied>();
    ASSERT_EQ(denied.size(), 1u);
    EXPECT_EQ(denied[0].what, "connect: wrong password");
}

TEST_P(AccessTest, PublishingElsewhereGoesNowhere)
{
    TestClient& client = Start(MakeSettings("u", "yes"));
    client.machine.Subscribe(network.now, "#", {2});
    for (uint8_t qos : {0, 1, 2})
    {
        network.Publish(client, "u", "mine", qos, 1);
        network.Publish(client, "v", "not mine", qos, 2);
    }
    network.Run(1s);
    EXPECT_EQ(client.Get<Client::MessageArrived>().size(), 3u);
    EXPECT_EQ(network.GetBrokerEvents<Broker::AccessDenied>().size(), 3u);
    EXPECT_TRUE(client.machine.IsConnected());
    // 3.1.1 has no word for it; 5.0 is told, but for QoS 0.
    size_t refused = GetParam() == Version::V5 ? 2 : 0;
    EXPECT_EQ(client.Get<Client::Refused>().size(), refused);
    EXPECT_EQ(client.Get<Client::Published>().size(), 6u - refused);
    EXPECT_EQ(client.machine.GetPending(), 0u);
}

TEST_P(AccessTest, ASubscriptionCanBeRefused)
{
    TestClient& client = Start(MakeSettings("u", "yes"));
    client.machine.Subscribe(network.now, "secret", {1});
    client.machine.Subscribe(network.now, "$share/g/secret", {1});
    client.machine.Subscribe(network.now, "open", {1});
    network.Run(1s);
    std::vector<ReasonCode> reasons;
    for (const auto& made : client.Get<Client::Subscribed>())
    {
        reasons.push_back(made.reason);
    }
    ReasonCode refusal =
        GetParam() == Version::V5 ? ReasonCode::NotAuthorized : ReasonCode::UnspecifiedError;
    EXPECT_THAT(reasons, ElementsAre(refusal, refusal, ReasonCode::GrantedQos1));
}

TEST_P(AccessTest, AWillNeedsARight)
{
    ClientSettings settings = MakeSettings("u", "yes");
    settings.will = Message{"v", {}, 0};
    EXPECT_FALSE(Start(settings).machine.IsConnected());
    settings.will = Message{"u", {}, 0};
    EXPECT_TRUE(Start(settings).machine.IsConnected());
}

TEST_P(AccessTest, AConnectionEndsWithItsCredential)
{
    TestClient& client = Start(MakeSettings("u", "yes"));
    network.Run(9900ms);
    EXPECT_THAT(client.Get<Client::Disconnected>(), IsEmpty());
    network.Run(200ms);
    ASSERT_EQ(client.Get<Client::Disconnected>().size(), 1u);
    EXPECT_EQ(network.GetBrokerEvents<Broker::SessionClosed>()[0].reason, "credential expired");
}

TEST_P(AccessTest, EachConnectSaysWhatItWasGivenLast)
{
    TestClient& client = Start(MakeSettings("u", "no"));
    EXPECT_FALSE(client.machine.IsConnected());
    client.machine.SetCredentials("v", {'y', 'e', 's'});
    network.Run(2s);
    EXPECT_TRUE(client.machine.IsConnected());
    network.Publish(client, "v", "x", 0, 1);
    network.Run(1ms);
    EXPECT_EQ(network.GetBrokerEvents<Broker::MessageAccepted>().size(), 1u);
}

TEST_P(AccessTest, JudgingIsWorkToo)
{
    Start(MakeSettings("u", "yes"));
    sansio::Operations operations = network.broker.TakeOperations();
    ASSERT_EQ(operations.size(), 2u);
    EXPECT_EQ(operations[0].kind, sansio::OperationKind::Message);
    EXPECT_EQ(operations[1], (sansio::Operation{sansio::OperationKind::Pbkdf2Sha512, 101, 0}));
    EXPECT_THAT(network.broker.TakeOperations(), IsEmpty());
}

class EnhancedTest : public AccessTest
{
  protected:
    ClientSettings MakeSettings(uint8_t error)
    {
        ClientSettings settings;
        settings.version = Version::V5;
        settings.clientId = "c";
        settings.authenticator = std::make_shared<Answering>(error);
        return settings;
    }
};

INSTANTIATE_TEST_SUITE_P(, EnhancedTest, testing::Values(Version::V5));

TEST_P(EnhancedTest, AChallengeIsAnswered)
{
    TestClient& client = Start(MakeSettings(0));
    EXPECT_TRUE(client.machine.IsConnected());
    network.Publish(client, "user of c", "x", 1, 1); // it is who it proved to be
    network.Run(1s);
    EXPECT_EQ(client.Get<Client::Published>().size(), 1u);
}

TEST_P(EnhancedTest, AWrongAnswerKeepsOut)
{
    TestClient& client = Start(MakeSettings(1));
    EXPECT_FALSE(client.machine.IsConnected());
    EXPECT_EQ(client.Get<Client::Disconnected>()[0].reason,
              "refused: not authorized, wrong answer");
}

TEST_P(EnhancedTest, ProvingAnewProlongsTheConnection)
{
    TestClient& client = Start(MakeSettings(0));
    network.Run(60s);
    client.machine.ReAuthenticate(network.now);
    network.Run(90s);
    EXPECT_EQ(client.Get<Client::ReAuthenticated>().size(), 1u);
    EXPECT_THAT(client.Get<Client::Disconnected>(), IsEmpty());
    network.Run(15s);
    EXPECT_EQ(client.Get<Client::Disconnected>().size(), 1u);
}

TEST_P(EnhancedTest, FailingToProveAnewEndsTheConnection)
{
    ClientSettings settings = MakeSettings(0);
    auto authenticator = std::make_shared<Answering>(0);
    settings.authenticator = authenticator;
    TestClient& client = Start(settings);
    authenticator->m_error = 1;
    client.machine.ReAuthenticate(network.now);
    network.Run(1ms);
    ASSERT_EQ(client.Get<Client::Disconnected>().size(), 1u);
    EXPECT_EQ(client.Get<Client::Disconnected>()[0].reason,
              "disconnected by server: not authorized");
}

TEST_P(EnhancedTest, NothingElseMayComeBetween)
{
    const PropertyList method =
        PropertyList().Add(PropertyId::AuthenticationMethod, std::string_view("count"));
    Connect connect;
    connect.version = Version::V5;
    connect.clientId = "c";
    connect.properties = method.Get();
    Publish publish;
    publish.topic = "t";
    for (const Packet& packet : {Packet(connect),
                                 Packet(publish),
                                 Packet(Puback{1}),
                                 Packet(Subscribe{1, {{"t", {1}}}}),
                                 Packet(Pingreq{}),
                                 Packet(Disconnect{})})
    {
        Broker& broker = network.broker;
        ConnectionId id = *broker.HandleConnection(network.now, {});
        broker.Receive(network.now, id, ToBytes(connect, Version::V5));
        EXPECT_TRUE(broker.HasConnection(id)); // the challenge is under way
        broker.Receive(network.now, id, ToBytes(packet, Version::V5));
        EXPECT_FALSE(broker.HasConnection(id)) << packet.index();
    }
    EXPECT_EQ(network.broker.GetSessions(), 0u);
}

TEST_P(EnhancedTest, AnUnknownMethodIsRefused)
{
    ClientSettings settings = MakeSettings(0);
    TestNetwork open; // a broker without access control knows no method
    TestClient& client = open.AddClient(settings);
    client.machine.Start(open.now);
    open.Run(1ms);
    EXPECT_EQ(client.Get<Client::Disconnected>()[0].reason, "refused: bad authentication method");
}

} // namespace
