// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/test-network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/**
 * \file
 * What MQTT 5.0 adds to sessions, wills, subscriptions and messages, between both machines.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class Mqtt5Test : public testing::Test
{
  protected:
    explicit Mqtt5Test(const BrokerLimits& limits = {})
        : network(limits)
    {
        network.version = Version::V5;
    }

    ClientSettings MakeSettings(const std::string& clientId)
    {
        ClientSettings settings;
        settings.version = Version::V5;
        settings.clientId = clientId;
        return settings;
    }

    TestClient& Start(ClientSettings settings)
    {
        TestClient& client = network.AddClient(std::move(settings));
        client.machine.Start(network.now);
        network.Run(1ms);
        return client;
    }

    TestClient& Start(const std::string& clientId)
    {
        return Start(MakeSettings(clientId));
    }

    TestClient& StartSubscriber(const std::string& clientId,
                                const std::string& filter,
                                const SubscriptionOptions& options = {2},
                                uint32_t identifier = 0)
    {
        TestClient& client = Start(clientId);
        Subscribe(client, filter, options, identifier);
        return client;
    }

    void Subscribe(TestClient& client,
                   const std::string& filter,
                   const SubscriptionOptions& options = {2},
                   uint32_t identifier = 0)
    {
        EXPECT_TRUE(client.machine.Subscribe(network.now, filter, options, identifier));
        network.Run(1ms);
    }

    void Publish(TestClient& client, const Message& message, uint64_t report = 0)
    {
        client.machine.Publish(network.now, std::make_shared<Message>(message), report);
        network.Run(1ms);
    }

    static Message MakeMessage(const std::string& topic,
                               const std::string& payload,
                               uint8_t qos = 1)
    {
        return Message{topic, Bytes(payload.begin(), payload.end()), qos};
    }

    static std::vector<std::string> GetPayloads(const TestClient& client)
    {
        std::vector<std::string> payloads;
        for (const auto& arrived : client.Get<Client::MessageArrived>())
        {
            payloads.emplace_back(arrived.message.payload.begin(), arrived.message.payload.end());
        }
        return payloads;
    }

    void Leave(TestClient& client)
    {
        client.machine.Stop(network.now);
        network.Run(1ms);
    }

    void Return(TestClient& client)
    {
        client.machine.Start(network.now);
        network.Run(1ms);
    }

    TestNetwork network;
};

TEST_F(Mqtt5Test, ASessionLivesAsLongAsItsExpiry)
{
    for (auto [absence, present] : {std::pair(9s, true), std::pair(11s, false)})
    {
        ClientSettings settings = MakeSettings("a" + std::to_string(present));
        settings.sessionExpiry = 10;
        TestClient& client = Start(settings);
        size_t sessions = network.broker.GetSessions();
        Leave(client);
        network.Run(absence);
        EXPECT_EQ(network.broker.GetSessions(), sessions - (present ? 0 : 1));
        Return(client);
        EXPECT_EQ(client.Get<Client::Connected>().back().sessionPresent, present);
    }
}

TEST_F(Mqtt5Test, PropertiesGoThroughAsTheyAre)
{
    TestClient& subscriber = StartSubscriber("s", "t", {1}, 7);
    TestClient& publisher = Start("p");
    Message message = MakeMessage("t", "x");
    message.properties.Add(PropertyId::PayloadFormatIndicator, 1)
        .Add(PropertyId::ContentType, std::string_view("text/plain"))
        .Add(PropertyId::ResponseTopic, std::string_view("answers"))
        .AddUser("b", "2")
        .Add(PropertyId::CorrelationData, ByteView(std::string_view("id")))
        .AddUser("a", "1")
        .AddUser("b", "3");
    Publish(publisher, message);
    auto arrived = subscriber.Get<Client::MessageArrived>();
    ASSERT_EQ(arrived.size(), 1u);
    EXPECT_EQ(arrived[0].message.properties, message.properties); // order too [MQTT-3.3.2-18]
    EXPECT_EQ(arrived[0].message.subscriptionIds, std::vector<uint32_t>{7});
}

TEST_F(Mqtt5Test, ARequestIsAnsweredWhereItAsks)
{
    BrokerLimits limits;
    limits.responsePrefix = "answers/";
    TestNetwork own(limits);
    ClientSettings settings = MakeSettings("asker");
    settings.responseInformation = true;
    TestClient& asker = own.AddClient(settings);
    TestClient& answerer = own.AddClient(MakeSettings("answerer"));
    asker.machine.Start(own.now);
    answerer.machine.Start(own.now);
    own.Run(1ms);
    const std::string topic = asker.Get<Client::Connected>().at(0).responseInformation;
    EXPECT_EQ(topic, "answers/asker");
    asker.machine.Subscribe(own.now, topic, {1});
    answerer.machine.Subscribe(own.now, "questions", {1});
    own.Run(1ms);
    auto question = std::make_shared<Message>(MakeMessage("questions", "2+2"));
    question->properties.Add(PropertyId::ResponseTopic, topic)
        .Add(PropertyId::CorrelationData, ByteView("7"));
    asker.machine.Publish(own.now, question);
    own.Run(1ms);
    Message asked = answerer.Get<Client::MessageArrived>().at(0).message;
    auto answer = std::make_shared<Message>(
        MakeMessage(std::string(*asked.properties.Get().GetText(PropertyId::ResponseTopic)), "4"));
    answer->properties.Add(PropertyId::CorrelationData,
                           *asked.properties.Get().GetBinary(PropertyId::CorrelationData));
    answerer.machine.Publish(own.now, answer);
    own.Run(1ms);
    auto answers = asker.Get<Client::MessageArrived>();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].message.payload, Bytes{'4'});
    EXPECT_EQ(answers[0].message.properties.Get().GetBinary(PropertyId::CorrelationData),
              ByteView("7"));
}

TEST_F(Mqtt5Test, PropertiesStayAwayFrom311)
{
    network.version = Version::V3_1_1;
    TestClient& old = network.AddClient("old");
    old.machine.Start(network.now);
    network.Run(1ms);
    Subscribe(old, "t");
    Message message = MakeMessage("t", "x");
    message.properties.AddUser("a", "1");
    message.expiry = 10;
    Publish(Start("p"), message);
    auto arrived = old.Get<Client::MessageArrived>();
    ASSERT_EQ(arrived.size(), 1u);
    EXPECT_TRUE(arrived[0].message.properties.IsEmpty());
    EXPECT_FALSE(arrived[0].message.expiry);
}

TEST_F(Mqtt5Test, MessageExpiryIsCountedDownAndActs)
{
    TestClient& subscriber = StartSubscriber("s", "t");
    TestClient& publisher = Start("p");
    Leave(subscriber);
    for (uint32_t seconds : {30, 5})
    {
        Message message = MakeMessage("t", std::to_string(seconds));
        message.expiry = seconds;
        message.retain = true;
        Publish(publisher, message);
    }
    network.Run(6s);
    Return(subscriber);
    auto arrived = subscriber.Get<Client::MessageArrived>();
    ASSERT_EQ(arrived.size(), 1u);
    EXPECT_EQ(arrived[0].message.expiry, 24u); // of 30, after 6 s and some milliseconds
    auto dropped = network.GetBrokerEvents<Broker::MessageDropped>();
    ASSERT_EQ(dropped.size(), 1u);
    EXPECT_EQ(dropped[0].reason, Outbox::Drop::Expired);
    // The retained one was the last, and is gone too.
    EXPECT_THAT(GetPayloads(StartSubscriber("late", "t")), IsEmpty());
    EXPECT_EQ(network.broker.GetRetained(), 0u);
}

TEST_F(Mqtt5Test, AWillWaitsForItsDelay)
{
    TestClient& watcher = StartSubscriber("w", "will/#");
    for (const char* name : {"back", "gone"})
    {
        ClientSettings settings = MakeSettings(name);
        settings.will = MakeMessage(std::string("will/") + name, name);
        settings.willDelay = 10;
        Start(settings);
    }
    TestClient& back = network.clients[1];
    TestClient& gone = network.clients[2];
    gone.reachable = false;
    network.Break(back); // comes back by itself after a second or so [5.0: MQTT-3.1.3-9]
    network.Break(gone);
    network.Run(9900ms);
    EXPECT_THAT(GetPayloads(watcher), IsEmpty());
    network.Run(200ms);
    EXPECT_THAT(GetPayloads(watcher), ElementsAre("gone"));
    network.Run(60s);
    EXPECT_EQ(GetPayloads(watcher).size(), 1u);
}

TEST_F(Mqtt5Test, AWillComesWhenItsSessionEndsFirst)
{
    TestClient& watcher = StartSubscriber("w", "will");
    ClientSettings settings = MakeSettings("c");
    settings.sessionExpiry = 5;
    settings.will = MakeMessage("will", "x");
    settings.willDelay = 100;
    TestClient& client = Start(settings);
    client.reachable = false;
    network.Break(client);
    network.Run(4900ms);
    EXPECT_THAT(GetPayloads(watcher), IsEmpty());
    network.Run(200ms);
    EXPECT_THAT(GetPayloads(watcher), ElementsAre("x"));
}

TEST_F(Mqtt5Test, NoLocalKeepsOnesOwnMessagesAway)
{
    TestClient& client = StartSubscriber("c", "t", {1, true});
    Publish(client, MakeMessage("t", "own"));
    Publish(Start("other"), MakeMessage("t", "other"));
    EXPECT_THAT(GetPayloads(client), ElementsAre("other"));
}

TEST_F(Mqtt5Test, RetainHandlingAndRetainAsPublished)
{
    TestClient& publisher = Start("p");
    Message message = MakeMessage("t", "kept");
    message.retain = true;
    Publish(publisher, message);

    TestClient& never = StartSubscriber("never", "t", {1, false, false, RetainHandling::DoNotSend});
    TestClient& once = StartSubscriber("once", "t", {1, false, false, RetainHandling::SendIfNew});
    Subscribe(once, "t", {1, false, false, RetainHandling::SendIfNew});
    TestClient& always = StartSubscriber("always", "t", {1, false, true});
    Subscribe(always, "t", {1, false, true});
    EXPECT_THAT(GetPayloads(never), IsEmpty());
    EXPECT_THAT(GetPayloads(once), ElementsAre("kept"));
    EXPECT_THAT(GetPayloads(always), ElementsAre("kept", "kept"));

    Publish(publisher, message);
    EXPECT_FALSE(once.Get<Client::MessageArrived>().back().message.retain);
    EXPECT_TRUE(always.Get<Client::MessageArrived>().back().message.retain);
}

TEST_F(Mqtt5Test, OverlappingSubscriptionsBringOneCopyWithAllIdentifiers)
{
    TestClient& subscriber = StartSubscriber("s", "a/#", {0}, 1);
    Subscribe(subscriber, "a/+", {2}, 200);
    Subscribe(subscriber, "a/b", {1});
    Publish(Start("p"), MakeMessage("a/b", "x", 2));
    auto arrived = subscriber.Get<Client::MessageArrived>();
    ASSERT_EQ(arrived.size(), 1u);
    EXPECT_EQ(arrived[0].message.qos, 2);
    EXPECT_THAT(arrived[0].message.subscriptionIds, testing::UnorderedElementsAre(1, 200));
}

TEST_F(Mqtt5Test, AGroupSharesItsMessagesInTurns)
{
    TestClient& one = StartSubscriber("one", "$share/g/t/+");
    TestClient& two = StartSubscriber("two", "$share/g/t/+");
    TestClient& alone = StartSubscriber("alone", "t/+");
    TestClient& publisher = Start("p");
    for (const char* payload : {"1", "2", "3", "4"})
    {
        Publish(publisher, MakeMessage("t/x", payload));
    }
    EXPECT_THAT(GetPayloads(one), ElementsAre("1", "3"));
    EXPECT_THAT(GetPayloads(two), ElementsAre("2", "4"));
    EXPECT_THAT(GetPayloads(alone), ElementsAre("1", "2", "3", "4"));
    Leave(one);
    Publish(publisher, MakeMessage("t/x", "5"));
    EXPECT_THAT(GetPayloads(two), ElementsAre("2", "4", "5"));
    Leave(two);
    Publish(publisher, MakeMessage("t/x", "6")); // waits for the one whose turn it is
    Return(one);
    Return(two);
    size_t got = GetPayloads(one).size() + GetPayloads(two).size();
    EXPECT_EQ(got, 6u);
    two.machine.Unsubscribe(network.now, "$share/g/t/+");
    network.Run(1ms);
    Publish(publisher, MakeMessage("t/x", "7"));
    EXPECT_EQ(GetPayloads(one).back(), "7");
}

TEST_F(Mqtt5Test, ARefusedOrUnheardMessageIsTold)
{
    TestClient& publisher = Start("p");
    Publish(publisher, MakeMessage("nobody", "x"), 1);
    EXPECT_EQ(publisher.Get<Client::Published>().size(),
              1u); // "no matching subscribers" is success
    Message wrong = MakeMessage("t", "x");
    wrong.properties.Add(PropertyId::TopicAliasMaximum, 3);
    Publish(publisher, wrong, 2);
    ASSERT_EQ(publisher.Get<Client::Refused>().size(), 1u);
    EXPECT_EQ(publisher.Get<Client::Refused>()[0].reason, "invalid properties");
}

TEST_F(Mqtt5Test, WhoeverIsTakenOverIsToldWhy)
{
    TestClient& first = Start("same");
    Start("same");
    auto lost = first.Get<Client::Disconnected>();
    ASSERT_EQ(lost.size(), 1u);
    EXPECT_EQ(lost[0].reason, "disconnected by server: session taken over");
}

TEST_F(Mqtt5Test, AClientWithoutNameGetsOneAndKeepsIt)
{
    ClientSettings settings = MakeSettings("");
    TestClient& client = Start(settings);
    network.Break(client);
    network.Run(5s);
    auto opened = network.GetBrokerEvents<Broker::SessionOpened>();
    ASSERT_EQ(opened.size(), 2u);
    EXPECT_EQ(opened[0].clientId, opened[1].clientId);
}

TEST_F(Mqtt5Test, AliasesSaveTheTopicBothWays)
{
    ClientSettings settings = MakeSettings("p");
    settings.delivery.topicAliases = 1;
    TestClient& publisher = Start(settings);
    TestClient& subscriber = StartSubscriber("s", "plant/hall/7/temperature");
    std::vector<size_t> up;
    std::vector<size_t> down;
    for (int i = 0; i < 3; i++)
    {
        size_t before = publisher.bytes;
        size_t beforeDown = subscriber.bytes;
        Publish(publisher, MakeMessage("plant/hall/7/temperature", "22.3", 0));
        up.push_back(publisher.bytes - before);
        down.push_back(subscriber.bytes - beforeDown);
    }
    // Fixed header 2, topic 2 + 24, properties 1 + 3, payload 4; then the topic is 2.
    EXPECT_THAT(up, ElementsAre(36, 12, 12));
    EXPECT_THAT(down, ElementsAre(33, 33, 33)); // the broker was not told to use them
    EXPECT_EQ(subscriber.Get<Client::MessageArrived>()[2].message.topic,
              "plant/hall/7/temperature");
    network.Break(publisher); // aliases do not outlive the connection
    network.Run(5s);
    Publish(publisher, MakeMessage("plant/hall/7/temperature", "22.4", 0));
    EXPECT_EQ(GetPayloads(subscriber).size(), 4u);
}

TEST_F(Mqtt5Test, ReceiveMaximumIsFlowControl)
{
    ClientSettings settings = MakeSettings("s");
    settings.receivedIds = 2;
    TestClient& subscriber = Start(settings);
    Subscribe(subscriber, "t", {2});
    TestClient& publisher = Start("p");
    Leave(subscriber);
    for (int i = 0; i < 10; i++)
    {
        Publish(publisher, MakeMessage("t", std::to_string(i), 2));
    }
    Return(subscriber);
    EXPECT_EQ(GetPayloads(subscriber).size(), 10u);
    for (const auto& lost : subscriber.Get<Client::Disconnected>())
    {
        EXPECT_EQ(lost.reason, "stopped");
    }
}

TEST_F(Mqtt5Test, WhatIsTooLargeForTheReceiverIsNotSent)
{
    ClientSettings settings = MakeSettings("s");
    settings.packetSize = 40;
    TestClient& subscriber = Start(settings);
    Subscribe(subscriber, "t", {1});
    TestClient& publisher = Start("p");
    Publish(publisher, MakeMessage("t", std::string(32, 'x'))); // 40 bytes with everything
    Publish(publisher, MakeMessage("t", std::string(33, 'x')));
    Publish(publisher, MakeMessage("t", "small"));
    EXPECT_THAT(GetPayloads(subscriber), ElementsAre(std::string(32, 'x'), "small"));
    EXPECT_EQ(network.GetBrokerEvents<Broker::MessageDropped>().size(), 1u);
}

class BoundedMqtt5Test : public Mqtt5Test
{
  protected:
    BoundedMqtt5Test()
        : Mqtt5Test(MakeLimits())
    {
    }

    static BrokerLimits MakeLimits()
    {
        BrokerLimits limits;
        limits.maximumKeepAlive = 10;
        limits.packetSize = 200;
        limits.sessionExpiry = 20;
        limits.subscriptions = 1;
        limits.delivery.topicAliases = 1;
        return limits;
    }
};

TEST_F(BoundedMqtt5Test, TheServersKeepAliveHolds)
{
    ClientSettings settings = MakeSettings("c");
    settings.keepAlive = 60;
    TestClient& client = Start(settings);
    size_t before = client.sent.size();
    network.Run(35s);
    EXPECT_EQ(client.sent.size() - before, 6u); // three PINGREQ
    client.silent = true;
    network.Run(16s);
    EXPECT_EQ(network.broker.GetCount(Limit::KeepAliveExpired), 1u);
}

TEST_F(BoundedMqtt5Test, TheServersSessionExpiryHolds)
{
    TestClient& client = Start("c"); // asks for ever
    Leave(client);
    network.Run(21s);
    EXPECT_EQ(network.broker.GetSessions(), 0u);
}

TEST_F(BoundedMqtt5Test, TheServersPacketSizeHolds)
{
    TestClient& client = Start("c");
    Publish(client, MakeMessage("t", std::string(200, 'x')), 1);
    ASSERT_EQ(client.Get<Client::Refused>().size(), 1u);
    EXPECT_EQ(client.Get<Client::Refused>()[0].reason, "packet too large for the receiver");
    EXPECT_THAT(client.Get<Client::Disconnected>(), IsEmpty());
}

TEST_F(BoundedMqtt5Test, ASubscriptionTooManyIsRefusedByItsReason)
{
    TestClient& client = StartSubscriber("c", "a");
    Subscribe(client, "b");
    auto made = client.Get<Client::Subscribed>();
    ASSERT_EQ(made.size(), 2u);
    EXPECT_EQ(made[0].reason, ReasonCode::GrantedQos2);
    EXPECT_EQ(made[1].reason, ReasonCode::QuotaExceeded);
}

TEST_F(BoundedMqtt5Test, TheServerUsesAliasesWhereItMay)
{
    TestClient& subscriber = StartSubscriber("s", "some/long/topic", {0});
    TestClient& publisher = Start("p");
    std::vector<size_t> down;
    for (int i = 0; i < 2; i++)
    {
        size_t before = subscriber.bytes;
        Publish(publisher, MakeMessage("some/long/topic", "x", 0));
        down.push_back(subscriber.bytes - before);
    }
    EXPECT_THAT(down, ElementsAre(24, 9));
    EXPECT_EQ(subscriber.Get<Client::MessageArrived>()[1].message.topic, "some/long/topic");
}

} // namespace
