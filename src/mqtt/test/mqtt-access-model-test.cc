// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor.h"
#include "mqtt/test/mqtt-network.h"

#include "ns3/uinteger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using testing::ElementsAre;

/// Asks once, and takes any answer.
class OneQuestion : public mqtt::Authentication
{
  public:
    Step Continue(sansio::TimePoint, const std::string&, sansio::ByteView) override
    {
        const bool isLast = std::exchange(m_asked, true);
        return {{isLast ? mqtt::ReasonCode::Success : mqtt::ReasonCode::ContinueAuthentication},
                {'?'}};
    }

  private:
    bool m_asked{false};
};

/// Lets in who says the password that is asked for, until 20 s; a judgement is a signature's work.
class TestAccess : public mqtt::AccessControl
{
  public:
    mqtt::Admission Admit(sansio::TimePoint,
                          const mqtt::Connect& connect,
                          const std::string&,
                          const sansio::PeerIdentity&) override
    {
        m_operations = {{sansio::OperationKind::EcdsaP256Verify, 1, 0}};
        m_heard.push_back(std::string(connect.userName.value_or("")) + ":" +
                          (connect.password ? connect.password->ToString() : ""));
        if (m_heard.back() != "u:" + m_expected)
        {
            return {mqtt::ReasonCode::BadUserNameOrPassword, "", "wrong"};
        }
        return {mqtt::ReasonCode::Success, "u", "", sansio::TimePoint(m_until)};
    }

    std::unique_ptr<mqtt::Authentication> Begin(std::string_view) override
    {
        return std::make_unique<OneQuestion>();
    }

    bool MayPublish(const mqtt::Principal&, std::string_view) override
    {
        return true;
    }

    bool MaySubscribe(const mqtt::Principal&, std::string_view) override
    {
        return true;
    }

    sansio::Operations TakeOperations() override
    {
        return std::exchange(m_operations, {});
    }

    std::string m_expected{"1"};
    sansio::Duration m_until{std::chrono::hours(1)};
    std::vector<std::string> m_heard;

  private:
    sansio::Operations m_operations;
};

/// An answer is the work of a signature.
class SlowAnswer : public mqtt::Authenticator
{
  public:
    std::string GetMethod() const override
    {
        return "m";
    }

    sansio::Bytes Begin(const std::string&) override
    {
        return {};
    }

    std::optional<sansio::Bytes> Continue(sansio::ByteView) override
    {
        m_operations = {{sansio::OperationKind::EcdsaP256Sign, 1, 0}};
        return sansio::Bytes{'!'};
    }

    sansio::Operations TakeOperations() override
    {
        return std::exchange(m_operations, {});
    }

  private:
    sansio::Operations m_operations;
};

class MqttAccessModelTest : public testing::Test
{
  protected:
    MqttAccessModelTest()
        : access(std::make_shared<TestAccess>()),
          network(1, false, 0),
          client(network.AddClient(1)),
          record(client)
    {
        network.m_broker->SetAccessControl(access);
        client->TraceConnectWithoutContext(
            "Connected",
            MakeCallback(&MqttAccessModelTest::HandleConnected, this));
    }

    void HandleConnected(bool)
    {
        connected.push_back(Simulator::Now());
    }

    /// Each time another password, after a second.
    void Source(MqttClient::CredentialsTaker take)
    {
        const std::string text = std::to_string(++made);
        Simulator::Schedule(Seconds(1),
                            [take, text] { take("u", sansio::Bytes(text.begin(), text.end())); });
    }

    void UseSource()
    {
        client->SetCredentialsSource([this](MqttClient::CredentialsTaker take) { Source(take); });
    }

    static void Run()
    {
        Simulator::Stop(Seconds(40));
        Simulator::Run();
    }

    std::shared_ptr<TestAccess> access;
    MqttNetwork network;
    Ptr<MqttClient> client;
    ClientRecord record;
    std::vector<Time> connected;
    int made{0};
};

TEST_F(MqttAccessModelTest, TheStreamIsOpenedWhenTheCredentialsAreThere)
{
    UseSource();
    Run();
    EXPECT_THAT(access->m_heard, ElementsAre("u:1"));
    ASSERT_EQ(connected.size(), 1u);
    EXPECT_GT(connected[0], Seconds(4)); // it started at 3 s
    EXPECT_LT(connected[0], Seconds(4.2));
}

TEST_F(MqttAccessModelTest, EachConnectHasCredentialsOfItsOwn)
{
    UseSource();
    access->m_expected = "3";
    Run();
    EXPECT_THAT(access->m_heard, ElementsAre("u:1", "u:2", "u:3"));
    EXPECT_EQ(record.reasons.size(), 2u);
    EXPECT_TRUE(client->IsConnected());
}

TEST_F(MqttAccessModelTest, TheBrokerClosesWhenTheCredentialHasExpired)
{
    UseSource();
    access->m_until = std::chrono::seconds(20);
    Simulator::Schedule(Seconds(21), [this] {
        access->m_until = std::chrono::hours(1);
        access->m_expected = "2";
    });
    Run();
    ASSERT_EQ(network.m_closed.size(), 1u);
    EXPECT_EQ(network.m_closed[0].reason, "credential expired");
    EXPECT_EQ(network.m_closed[0].at, Seconds(20));
    EXPECT_THAT(access->m_heard, ElementsAre("u:1", "u:2"));
    EXPECT_TRUE(client->IsConnected());
}

TEST_F(MqttAccessModelTest, CredentialsForAConnectionThatNobodyWantsAreDropped)
{
    UseSource();
    access->m_expected = "2";
    Simulator::Schedule(Seconds(3.5), &MqttClient::Disconnect, client);
    Simulator::Schedule(Seconds(3.6), &MqttClient::Connect, client);
    Run();
    EXPECT_THAT(access->m_heard, ElementsAre("u:2"));
    ASSERT_EQ(connected.size(), 1u);
    EXPECT_GT(connected[0], Seconds(4.6));
}

TEST_F(MqttAccessModelTest, JudgingTakesTheTimeOfTheProcessor)
{
    McuProfile profile;
    profile.operations.fill({0, 0, "test"});
    profile.operations[static_cast<size_t>(sansio::OperationKind::EcdsaP256Verify)].fixed = 2;
    auto processor = CreateObject<Processor>();
    processor->SetProfile(profile);
    network.m_nodes.Get(0)->AggregateObject(processor);
    UseSource();
    Run();
    ASSERT_EQ(connected.size(), 1u);
    EXPECT_GT(connected[0], Seconds(6));
    EXPECT_EQ(processor->GetTimeSpent(sansio::OperationKind::EcdsaP256Verify), Seconds(2));
}

TEST_F(MqttAccessModelTest, AProofTakesTheTimeOfTheClientsProcessor)
{
    McuProfile profile;
    profile.operations.fill({0, 0, "test"});
    profile.operations[static_cast<size_t>(sansio::OperationKind::EcdsaP256Sign)].fixed = 5;
    auto processor = CreateObject<Processor>();
    processor->SetProfile(profile);
    client->GetNode()->AggregateObject(processor);
    client->SetAttribute("ProtocolLevel", UintegerValue(5));
    client->SetAuthenticator(std::make_shared<SlowAnswer>());
    std::vector<std::pair<bool, Time>> proofs;
    client->TraceConnectWithoutContext("Authenticated",
                                       Callback<void, bool, Time>([&](bool again, Time computed) {
                                           proofs.emplace_back(again, computed);
                                       }));
    Simulator::Schedule(Seconds(20), &MqttClient::ReAuthenticate, client);
    // While it computes, a message waits behind the answer.
    Simulator::Schedule(Seconds(22), &PublishText, client, "x", 1, 1);
    Simulator::Stop(Seconds(24));
    Simulator::Run();
    EXPECT_EQ(network.m_accepted, 0u);
    Run();
    ASSERT_EQ(connected.size(), 1u);
    EXPECT_GT(connected[0], Seconds(8)); // it started at 3 s
    EXPECT_LT(connected[0], Seconds(8.5));
    EXPECT_THAT(proofs, ElementsAre(std::pair(false, Seconds(5)), std::pair(true, Seconds(5))));
    EXPECT_EQ(network.m_accepted, 1u);
    EXPECT_THAT(record.reasons, testing::IsEmpty());
}

} // namespace
