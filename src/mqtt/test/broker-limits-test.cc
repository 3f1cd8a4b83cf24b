// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/broker-fixture.h"

#include <gmock/gmock.h>

namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const Bytes PUBACK_1 = {0x40, 2, 0, 1};

/// What is done at the bounds, and what is counted.
class BrokerLimitsTest : public BrokerTest
{
};

TEST_F(BrokerLimitsTest, BoundOfConnections)
{
    BrokerLimits limits;
    limits.connections = 2;
    SetLimits(limits);
    ConnectionId first = Open();
    Open();
    EXPECT_EQ(GetBroker().HandleConnection(m_now, {}), std::nullopt);
    EXPECT_EQ(GetBroker().GetCount(Limit::Connections), 1u);
    GetBroker().HandleClosed(m_now, first);
    EXPECT_NE(GetBroker().HandleConnection(m_now, {}), std::nullopt);
}

TEST_F(BrokerLimitsTest, BoundOfKeepAlive)
{
    BrokerLimits limits;
    limits.maximumKeepAlive = 120;
    SetLimits(limits);
    for (uint16_t keepAlive : {0, 121, 65535})
    {
        ConnectionId id = Open();
        Connect connect;
        connect.clientId = "s";
        connect.keepAlive = keepAlive;
        Send(id, connect);
        EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 2})) << keepAlive;
        EXPECT_TRUE(IsClosed(id));
    }
    EXPECT_FALSE(IsClosed(Join("s", 120)));
    EXPECT_EQ(GetBroker().GetCount(Limit::KeepAlive), 3u);
}

TEST_F(BrokerLimitsTest, BoundOfPacketSize)
{
    BrokerLimits limits;
    limits.packetSize = 50;
    SetLimits(limits);
    ConnectionId id = Join("s");
    Send(id, MakePublish("t", std::string(45, 'x')));
    EXPECT_FALSE(IsClosed(id));
    SendBytes(id, {0x30, 49}); // 51 bytes, of which none of the body came yet
    EXPECT_TRUE(IsClosed(id));
    EXPECT_EQ(GetBroker().GetCount(Limit::PacketSize), 1u);
    EXPECT_EQ(GetLastReason(), "protocol error: packet too large");
}

TEST_F(BrokerLimitsTest, FirstPacketHasABoundOfItsOwn)
{
    ConnectionId id = Open();
    SendBytes(id, {0x10, 0xa1, 0x8d, 0x06}); // 100,001 bytes to come
    EXPECT_TRUE(IsClosed(id));
}

TEST_F(BrokerLimitsTest, BoundOfSessions)
{
    BrokerLimits limits;
    limits.sessions = 1;
    SetLimits(limits);
    Send(Join("a", 0, false), Disconnect{});
    ConnectionId id = Open();
    Connect connect;
    connect.clientId = "b";
    Send(id, connect);
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 3}));
    EXPECT_TRUE(IsClosed(id));
    EXPECT_FALSE(IsClosed(Join("a", 0, false)));
    EXPECT_EQ(GetBroker().GetCount(Limit::Sessions), 1u);
}

TEST_F(BrokerLimitsTest, BoundOfQueuedMessagesAndInFlight)
{
    BrokerLimits limits;
    limits.delivery = {2, 3, 0};
    SetLimits(limits);
    ConnectionId id = Join("s", 0, false);
    JoinTopic(id, "t", 1);
    Take(id);
    ConnectionId publisher = Join("p");
    for (int i = 0; i < 7; i++)
    {
        Send(publisher, MakePublish("t", "x", 1));
    }
    EXPECT_EQ(Take(id).size(), 16u); // two of eight bytes
    EXPECT_EQ(GetBroker().GetCount(Limit::QueuedMessages), 2u);
    SendBytes(id, PUBACK_1);
    EXPECT_EQ(Take(id).size(), 8u);
    EXPECT_EQ(Get<Broker::LimitReached>().back().clientId, "s");
}

TEST_F(BrokerLimitsTest, AQueueOfWhoIsAwayKeepsWhatItHas)
{
    BrokerLimits limits;
    limits.delivery.queuedMessages = 3;
    limits.delivery.queuedBytes = 5; // of topic and payload
    SetLimits(limits);
    for (const std::string& text : {std::string(), std::string("xx")})
    {
        ConnectionId id = Join("s", 0, false);
        JoinTopic(id, "t", 1);
        Take(id);
        GetBroker().HandleClosed(m_now, id);
        ConnectionId publisher = Join("p");
        for (int i = 0; i < 5; i++)
        {
            Send(publisher, MakePublish("t", text, 1));
        }
        id = Join("s", 0, false);
        for (uint16_t i = 1; i <= 3; i++)
        {
            SendBytes(id, {0x40, 2, 0, static_cast<uint8_t>(i)}); // whatever was sent
        }
        Send(id, Disconnect{});
        // Three of one byte; or one of three bytes, for two would be six.
        EXPECT_EQ(GetBroker().GetCount(Limit::QueuedMessages), text.empty() ? 2u : 2u + 4u);
    }
}

TEST_F(BrokerLimitsTest, BoundOfSubscriptions)
{
    BrokerLimits limits;
    limits.subscriptions = 2;
    SetLimits(limits);
    ConnectionId id = Join("s");
    Send(id, Subscribe{1, {{"a", 0}, {"b", 1}, {"c", 2}, {"a", 2}}});
    EXPECT_EQ(Take(id), (Bytes{0x90, 6, 0, 1, 0, 1, 0x80, 2}));
    EXPECT_EQ(GetBroker().GetCount(Limit::Subscriptions), 1u);
}

TEST_F(BrokerLimitsTest, BoundOfRetainedMessages)
{
    BrokerLimits limits;
    limits.retainedMessages = 1;
    SetLimits(limits);
    ConnectionId id = Join("s");
    JoinTopic(id, "#", 0);
    Take(id);
    Send(id, MakePublish("a", "1", 0, true));
    Send(id, MakePublish("b", "2", 0, true));
    EXPECT_EQ(Take(id).size(), 12u); // both are forwarded
    EXPECT_EQ(GetBroker().GetRetained(), 1u);
    EXPECT_EQ(GetBroker().GetCount(Limit::RetainedMessages), 1u);
}

TEST_F(BrokerLimitsTest, BoundOfRetainedBytes)
{
    BrokerLimits limits;
    limits.retainedBytes = 10;
    SetLimits(limits);
    ConnectionId id = Join("s");
    Send(id, MakePublish("a", "1234", 0, true)); // 5 bytes
    Send(id, MakePublish("b", "1234", 0, true)); // 10
    Send(id, MakePublish("c", "", 0, true));     // nothing to store
    EXPECT_EQ(GetBroker().GetRetained(), 2u);
    EXPECT_EQ(GetBroker().GetCount(Limit::RetainedMessages), 0u);
    Send(id, MakePublish("b", "12345", 0, true)); // 11: what b had is not the last any more
    EXPECT_EQ(GetBroker().GetRetained(), 1u);
    EXPECT_EQ(GetBroker().GetCount(Limit::RetainedMessages), 1u);
    Send(id, MakePublish("b", "12", 0, true));
    EXPECT_EQ(GetBroker().GetRetained(), 2u);
}

TEST_F(BrokerLimitsTest, BoundOfTopics)
{
    BrokerLimits limits;
    limits.topicLevels = 2;
    limits.topicLength = 5;
    SetLimits(limits);
    ConnectionId id = Join("s");
    Send(id,
         Subscribe{1, {{"#", 0}, {"a/b", 1}, {"a/b/c", 1}, {"abcdef", 1}, {"$share/g/a/b", 1}}});
    EXPECT_EQ(Take(id), (Bytes{0x90, 7, 0, 1, 0, 1, 0x80, 0x80, 1}));
    Send(id, MakePublish("a/b/c", "x", 1)); // acknowledged, and goes nowhere
    Send(id, MakePublish("abcdef", "x", 1));
    EXPECT_EQ(Take(id), (Bytes{0x40, 2, 0, 1, 0x40, 2, 0, 1}));
    EXPECT_EQ(GetBroker().GetCount(Limit::Topic), 4u);
    EXPECT_THAT(Get<Broker::MessageAccepted>(), IsEmpty());
    Send(id, MakePublish("abcde", "x"));
    EXPECT_EQ(Get<Broker::MessageAccepted>().size(), 1u);
    EXPECT_EQ(Get<Broker::LimitReached>().back().clientId, "s");
}

TEST_F(BrokerLimitsTest, AsManyLevelsAsMosquittoTakes)
{
    ConnectionId id = Join("s");
    Send(id, MakePublish(std::string(200, '/'), "x"));
    EXPECT_EQ(Get<Broker::MessageAccepted>().size(), 1u);
    Send(id, MakePublish(std::string(201, '/'), "x"));
    EXPECT_EQ(Get<Broker::MessageAccepted>().size(), 1u);
    EXPECT_EQ(GetBroker().GetCount(Limit::Topic), 1u);
}

TEST_F(BrokerLimitsTest, BoundOfInFlightBytes)
{
    BrokerLimits limits;
    limits.delivery.inFlightBytes = 5;
    SetLimits(limits);
    ConnectionId id = Join("s");
    JoinTopic(id, "t", 1);
    Take(id);
    ConnectionId publisher = Join("p");
    for (int i = 0; i < 3; i++)
    {
        Send(publisher, MakePublish("t", "x", 1)); // two bytes of content
    }
    EXPECT_EQ(Take(id).size(), 2 * 8u);
    SendBytes(id, PUBACK_1);
    EXPECT_EQ(Take(id).size(), 8u);
}

TEST_F(BrokerLimitsTest, BoundOfTopicAliases)
{
    ConnectionId id = Open();
    Connect connect;
    connect.version = Version::V5;
    connect.clientId = "s";
    SendBytes(id, ToBytes(connect, Version::V5));
    SendBytes(id, {0x30, 7, 0, 1, 'a', 3, 0x23, 0, 10});
    EXPECT_EQ(GetBroker().GetCount(Limit::TopicAliases), 0u);
    SendBytes(id, {0x30, 7, 0, 1, 'a', 3, 0x23, 0, 11});
    EXPECT_TRUE(IsClosed(id));
    EXPECT_EQ(GetBroker().GetCount(Limit::TopicAliases), 1u);
    EXPECT_EQ(Get<Broker::LimitReached>().back().clientId, "s");
}

TEST_F(BrokerLimitsTest, BoundOfReceivedIds)
{
    BrokerLimits limits;
    limits.receivedIds = 2;
    SetLimits(limits);
    ConnectionId id = Join("s");
    for (uint16_t packetId : {1, 2, 2})
    {
        Send(id, MakePublish("t", "x", 2, false, packetId));
        EXPECT_FALSE(IsClosed(id));
    }
    Send(id, MakePublish("t", "x", 2, false, 3));
    EXPECT_TRUE(IsClosed(id));
    EXPECT_EQ(GetBroker().GetCount(Limit::ReceivedIds), 1u);
}

TEST_F(BrokerLimitsTest, BoundOfOutputToAClientThatDoesNotRead)
{
    BrokerLimits limits;
    limits.outputBytes = 7;
    limits.delivery.queuedMessages = 2;
    SetLimits(limits);
    ConnectionId id = Join("s");
    JoinTopic(id, "t", 0);
    Take(id);
    GetBroker().SetWritable(m_now, id, false);
    Send(id, MakePublish("u", "x", 1));
    ConnectionId publisher = Join("p");
    for (int i = 0; i < 3; i++)
    {
        Send(publisher, MakePublish("t", "x"));
    }
    EXPECT_THAT(Take(id), IsEmpty());
    EXPECT_EQ(GetBroker().GetCount(Limit::QueuedMessages), 1u);
    GetBroker().SetWritable(m_now, id, true);
    EXPECT_EQ(Take(id).size(), 4u + 2 * 6u);
    GetBroker().SetWritable(m_now, id, false);
    Send(id, MakePublish("u", "x", 1));
    EXPECT_FALSE(IsClosed(id));
    Send(id, MakePublish("u", "x", 1));
    EXPECT_TRUE(IsClosed(id));
    EXPECT_EQ(GetBroker().GetCount(Limit::OutputBytes), 1u);
}

TEST_F(BrokerLimitsTest, OneSubscribeCannotAskForMoreThanTheBounds)
{
    BrokerLimits limits;
    limits.outputBytes = 5000;
    limits.delivery.queuedMessages = 20;
    SetLimits(limits);
    ConnectionId id = Join("s");
    const std::string payload(1000, 'x');
    for (char topic = 'a'; topic < 'k'; topic++)
    {
        Send(id, MakePublish(std::string(1, topic), payload, 0, true));
    }
    const size_t message = 3 + 2 + 1 + 1000;
    Subscribe all{1, std::vector<SubscriptionRequest>(10, {"#", 0})}; // 100 messages
    GetBroker().Receive(m_now, id, ToBytes(all));
    std::vector<size_t> sizes;
    while (auto transmit = GetBroker().TakeTransmit())
    {
        sizes.push_back(transmit->bytes.size());
    }
    EXPECT_THAT(
        sizes,
        ElementsAre(4 + 10 + 5 * message, 5 * message, 5 * message, 5 * message, 5 * message));
    EXPECT_EQ(GetBroker().GetCount(Limit::QueuedMessages), 75u);
    EXPECT_FALSE(IsClosed(id));
    Send(id, MakePublish("a", "y"));
    EXPECT_EQ(Take(id).size(), 6u);
}

TEST_F(BrokerLimitsTest, CountsTheMemoryItWouldNeed)
{
    constexpr size_t ENTRY = sansio::ENTRY_MEMORY;
    EXPECT_EQ(GetBroker().GetMemory(), 0u);
    ConnectionId id = Join("ab", 0, false);
    EXPECT_EQ(GetBroker().GetPeakMemory(), 2 * ENTRY + 2 + 4); // CONNACK before it was sent
    EXPECT_EQ(GetBroker().GetMemory(), 2 * ENTRY + 2);         // connection and session
    JoinTopic(id, "t", 1);
    JoinTopic(id, "t", 2);
    EXPECT_EQ(GetBroker().GetMemory(), 3 * ENTRY + 3);
    GetBroker().HandleClosed(m_now, id);
    EXPECT_EQ(GetBroker().GetMemory(), 2 * ENTRY + 3);
    id = Join("p");
    Send(id, MakePublish("t", "xyz", 1));
    EXPECT_EQ(GetBroker().GetMemory(), 5 * ENTRY + 8); // one waits for "ab"
    Send(id, MakePublish("r", "x", 0, true));
    Send(id, MakePublish("r", "xyz", 0, true));
    EXPECT_EQ(GetBroker().GetMemory(), 6 * ENTRY + 12);
    SendBytes(id, {0x30, 5, 0});
    EXPECT_EQ(GetBroker().GetMemory(), 6 * ENTRY + 15);
    GetBroker().HandleClosed(m_now, id);
    EXPECT_EQ(GetBroker().GetMemory(), 4 * ENTRY + 11);
    id = Join("ab"); // with Clean Session: what was stored is gone
    EXPECT_EQ(GetBroker().GetMemory(), 3 * ENTRY + 6);
    Send(id, MakePublish("r", "", 0, true));
    Send(id, mqtt::Disconnect{});
    EXPECT_EQ(GetBroker().GetMemory(), 0u);
    EXPECT_GE(GetBroker().GetPeakMemory(), 6 * ENTRY + 15);
}

TEST_F(BrokerLimitsTest, PacketsAreCountedAsWork)
{
    Join("a");
    GetBroker().TakeOperations();
    ConnectionId id = Join("b");
    Bytes two = ToBytes(MakePublish("t", "xyz"));
    const size_t size = two.size();
    two.insert(two.end(), {0xc0, 0}); // PINGREQ
    two.push_back(0xc0);              // and the beginning of another
    GetBroker().TakeOperations();
    SendBytes(id, two);
    EXPECT_EQ(GetBroker().TakeOperations(),
              (sansio::Operations{{sansio::OperationKind::Message, 2, size + 3}}));
    EXPECT_THAT(GetBroker().TakeOperations(), IsEmpty());
    SendBytes(id, {0});
    EXPECT_EQ(GetBroker().TakeOperations(),
              (sansio::Operations{{sansio::OperationKind::Message, 1, 1}}));
}

TEST_F(BrokerLimitsTest, APublisherBeyondItsRateIsHeldBackAndNotClosed)
{
    BrokerLimits limits;
    limits.publishRate = {2, 3};
    SetLimits(limits);
    ConnectionId id = Join("loop");
    for (int i = 0; i < 3; i++)
    {
        Send(id, MakePublish("t", "x"));
    }
    EXPECT_THAT(Get<Broker::HoldBack>(), IsEmpty()) << "the burst is allowed";
    Send(id, MakePublish("t", "x"));
    auto held = Get<Broker::HoldBack>();
    ASSERT_EQ(held.size(), 1u);
    EXPECT_EQ(held[0].id, id);
    EXPECT_EQ(held[0].until, m_now + 500ms);
    EXPECT_EQ(Get<Broker::MessageAccepted>().size(), 4u) << "what has been read counts";
    EXPECT_EQ(GetBroker().GetCount(Limit::PublishRate), 1u);
    ASSERT_EQ(Get<Broker::LimitReached>().size(), 1u);
    EXPECT_EQ(Get<Broker::LimitReached>()[0].clientId, "loop");
    EXPECT_FALSE(IsClosed(id));
}

TEST_F(BrokerLimitsTest, AChunkOfPublishesIsOwedAsAWhole)
{
    BrokerLimits limits;
    limits.publishRate = {10, 2};
    SetLimits(limits);
    ConnectionId id = Join("loop");
    Bytes chunk;
    for (int i = 0; i < 22; i++)
    {
        Bytes one = ToBytes(MakePublish("t", "x"));
        chunk.insert(chunk.end(), one.begin(), one.end());
    }
    SendBytes(id, chunk);
    ASSERT_EQ(Get<Broker::HoldBack>().size(), 1u);
    EXPECT_EQ(Get<Broker::HoldBack>()[0].until, m_now + 2s)
        << "20 beyond the burst, at 10 per second";
}

TEST_F(BrokerLimitsTest, WhoIsHeldBackIsNotSilent)
{
    BrokerLimits limits;
    limits.publishRate = {0.1, 1};
    SetLimits(limits);
    ConnectionId id = Join("loop", 10); // 15 s of silence are allowed
    Send(id, MakePublish("t", "x"));
    Send(id, MakePublish("t", "x"));
    Send(id, MakePublish("t", "x")); // not to be read on for 20 s
    m_now += 34s;
    GetBroker().HandleTimeout(m_now);
    EXPECT_FALSE(IsClosed(id));
    m_now += 1s;
    GetBroker().HandleTimeout(m_now);
    EXPECT_TRUE(IsClosed(id));
}

} // namespace
