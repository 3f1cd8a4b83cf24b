// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/test-network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const Bytes PUBACK_1 = {0x40, 2, 0, 1};

/// A broker and streams whose bytes the test writes itself.
class BrokerTest : public testing::Test
{
  protected:
    void SetLimits(const BrokerLimits& limits)
    {
        m_broker.emplace(limits);
    }

    Broker& GetBroker()
    {
        return *m_broker;
    }

    ConnectionId Open()
    {
        auto id = m_broker->HandleConnection(m_now, {});
        EXPECT_TRUE(id.has_value());
        return id.value_or(0);
    }

    void Send(ConnectionId id, const Packet& packet)
    {
        SendBytes(id, ToBytes(packet));
    }

    void SendBytes(ConnectionId id, const Bytes& bytes)
    {
        m_broker->Receive(m_now, id, bytes);
        Collect();
    }

    /// Opens a stream, connects and forgets the CONNACK.
    ConnectionId Join(std::string_view clientId,
                      uint16_t keepAlive = 0,
                      bool clean = true,
                      std::optional<Will> will = {})
    {
        ConnectionId id = Open();
        Connect connect;
        connect.clientId = clientId;
        connect.keepAlive = keepAlive;
        connect.cleanSession = clean;
        connect.will = will;
        Send(id, connect);
        Take(id);
        return id;
    }

    void JoinTopic(ConnectionId id, std::string_view filter, uint8_t qos)
    {
        Send(id, Subscribe{1, {{filter, qos}}});
    }

    static Packet MakePublish(std::string_view topic,
                              std::string_view payload,
                              uint8_t qos = 0,
                              bool retain = false,
                              uint16_t packetId = 1)
    {
        Publish publish;
        publish.topic = topic;
        publish.payload = ByteView(payload);
        publish.qos = qos;
        publish.retain = retain;
        publish.packetId = qos > 0 ? packetId : 0;
        return publish;
    }

    /// All that was sent to a stream since the last call.
    Bytes Take(ConnectionId id)
    {
        Collect();
        return std::exchange(m_received[id], {});
    }

    bool IsClosed(ConnectionId id)
    {
        Collect();
        return m_closed.count(id) > 0;
    }

    template <typename Event>
    std::vector<Event> Get()
    {
        Collect();
        std::vector<Event> found;
        for (const Broker::Event& event : m_events)
        {
            if (auto one = std::get_if<Event>(&event))
            {
                found.push_back(*one);
            }
        }
        return found;
    }

    std::string GetLastReason()
    {
        auto closed = Get<Broker::SessionClosed>();
        return closed.empty() ? "" : closed.back().reason;
    }

    /// Lets time pass.
    void Wait(Duration duration)
    {
        TimePoint end = m_now + duration;
        while (m_broker->GetNextTimeout() && *m_broker->GetNextTimeout() <= end)
        {
            m_now = *m_broker->GetNextTimeout();
            m_broker->HandleTimeout(m_now);
        }
        m_now = end;
        Collect();
    }

    TimePoint m_now;

  private:
    void Collect()
    {
        while (auto transmit = m_broker->TakeTransmit())
        {
            ByteView view = transmit->bytes.GetView();
            Bytes& received = m_received[transmit->id];
            received.insert(received.end(), view.begin(), view.end());
        }
        while (auto event = m_broker->PollEvent())
        {
            if (auto close = std::get_if<Broker::CloseConnection>(&*event))
            {
                m_closed.insert(close->id);
            }
            m_events.push_back(std::move(*event));
        }
    }

    std::optional<Broker> m_broker{std::in_place};
    std::map<ConnectionId, Bytes> m_received;
    std::set<ConnectionId> m_closed;
    std::vector<Broker::Event> m_events;
};

TEST_F(BrokerTest, ConnectIsAnswered)
{
    ConnectionId id = Open();
    SendBytes(id, {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 60, 0, 1, 's'});
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 0}));
    ASSERT_EQ(Get<Broker::SessionOpened>().size(), 1u);
    EXPECT_EQ(Get<Broker::SessionOpened>()[0].clientId, "s");
}

TEST_F(BrokerTest, KeepAliveEndsAfterOneAndAHalf)
{
    ConnectionId id = Join("s", 10);
    Wait(14999ms);
    EXPECT_FALSE(IsClosed(id));
    Send(id, Pingreq{});
    EXPECT_EQ(Take(id), (Bytes{0xd0, 0}));
    SendBytes(id, {0x30}); // half a packet is no packet
    Wait(14999ms);
    EXPECT_FALSE(IsClosed(id));
    Wait(1ms);
    EXPECT_TRUE(IsClosed(id));
    EXPECT_EQ(GetLastReason(), "keep alive expired");
    EXPECT_EQ(GetBroker().GetCount(Limit::KeepAliveExpired), 1u);
}

TEST_F(BrokerTest, KeepAliveZeroIsForEver)
{
    ConnectionId id = Join("s", 0);
    EXPECT_EQ(GetBroker().GetNextTimeout(), std::nullopt);
    Wait(1000h);
    EXPECT_FALSE(IsClosed(id));
}

TEST_F(BrokerTest, LargestKeepAliveHoldsTwentySevenHours)
{
    ConnectionId id = Join("s", 65535);
    Wait(98302499ms);
    EXPECT_FALSE(IsClosed(id));
    Wait(1ms);
    EXPECT_TRUE(IsClosed(id));
}

TEST_F(BrokerTest, ConnectTimeout)
{
    ConnectionId id = Open();
    SendBytes(id, {0x10, 13, 0, 4});
    Wait(89999ms);
    EXPECT_FALSE(IsClosed(id));
    Wait(1ms);
    EXPECT_TRUE(IsClosed(id));
    EXPECT_EQ(GetBroker().GetCount(Limit::ConnectTimeout), 1u);
    EXPECT_EQ(GetBroker().GetConnections(), 0u);
}

TEST_F(BrokerTest, WillIsPublishedUnlessTheClientTookLeave)
{
    const Bytes payload = {'b', 'y', 'e'};
    Will will{"w", payload, 1, false};
    ConnectionId watcher = Join("watcher");
    JoinTopic(watcher, "w", 1);
    Take(watcher);

    Send(Join("a", 0, true, will), Disconnect{});
    EXPECT_THAT(Take(watcher), IsEmpty());

    GetBroker().HandleClosed(m_now, Join("a", 0, true, will));
    EXPECT_EQ(Take(watcher), (Bytes{0x32, 8, 0, 1, 'w', 0, 1, 'b', 'y', 'e'}));

    Join("a", 10, true, will);
    Wait(15s);
    EXPECT_EQ(Take(watcher), (Bytes{0x32, 8, 0, 1, 'w', 0, 2, 'b', 'y', 'e'}));

    SendBytes(Join("a", 0, true, will), {0x00, 0x00}); // protocol error
    EXPECT_EQ(Take(watcher), (Bytes{0x32, 8, 0, 1, 'w', 0, 3, 'b', 'y', 'e'}));

    Join("a", 0, true, will);
    Join("a"); // taken over
    EXPECT_EQ(Take(watcher), (Bytes{0x32, 8, 0, 1, 'w', 0, 4, 'b', 'y', 'e'}));
    EXPECT_EQ(Get<Broker::MessageAccepted>().back().clientId, "a");
}

TEST_F(BrokerTest, RetainedIsSetReplacedAndCleared)
{
    ConnectionId id = Join("p");
    auto subscribe = [&] {
        JoinTopic(id, "r/#", 1);
        Bytes bytes = Take(id);
        EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 5), (Bytes{0x90, 3, 0, 1, 1}));
        return Bytes(bytes.begin() + 5, bytes.end());
    };
    Send(id, MakePublish("r/1", "A", 0, true));
    EXPECT_EQ(subscribe(), (Bytes{0x31, 6, 0, 3, 'r', '/', '1', 'A'}));
    Send(id, MakePublish("r/1", "B", 0, true));
    // To a standing subscription it is an ordinary message [MQTT-3.3.1-9].
    EXPECT_EQ(Take(id), (Bytes{0x30, 6, 0, 3, 'r', '/', '1', 'B'}));
    EXPECT_EQ(subscribe(), (Bytes{0x31, 6, 0, 3, 'r', '/', '1', 'B'}));
    Send(id, MakePublish("r/1", "C", 0, false)); // not retained, changes nothing
    Take(id);
    EXPECT_EQ(subscribe(), (Bytes{0x31, 6, 0, 3, 'r', '/', '1', 'B'}));
    Send(id, MakePublish("r/1", "", 0, true));
    EXPECT_EQ(Take(id), (Bytes{0x30, 5, 0, 3, 'r', '/', '1'}));
    EXPECT_THAT(subscribe(), IsEmpty());
    EXPECT_EQ(GetBroker().GetRetained(), 0u);
}

TEST_F(BrokerTest, OverlappingFiltersDeliverOnceWithTheHighestQos)
{
    ConnectionId id = Join("s");
    Send(id, Subscribe{1, {{"a/#", 2}, {"a/+", 1}, {"a/b", 0}}});
    EXPECT_EQ(Take(id), (Bytes{0x90, 5, 0, 1, 2, 1, 0}));
    ConnectionId other = Join("p");
    Send(other, MakePublish("a/b", "x", 1));
    EXPECT_EQ(Take(id), (Bytes{0x32, 8, 0, 3, 'a', '/', 'b', 0, 1, 'x'}));
    Send(other, MakePublish("a/b", "x", 2, false, 2));
    EXPECT_EQ(Take(id), (Bytes{0x34, 8, 0, 3, 'a', '/', 'b', 0, 2, 'x'}));
}

TEST_F(BrokerTest, ResubscribingReplacesTheQos)
{
    ConnectionId id = Join("s");
    JoinTopic(id, "a", 2);
    JoinTopic(id, "a", 0);
    Take(id);
    Send(Join("p"), MakePublish("a", "x", 1));
    EXPECT_EQ(Take(id), (Bytes{0x30, 4, 0, 1, 'a', 'x'}));
}

TEST_F(BrokerTest, UnsubscribedGetsNothing)
{
    ConnectionId id = Join("s");
    JoinTopic(id, "a", 0);
    Take(id);
    Send(id, Unsubscribe{7, {"a", "never"}});
    EXPECT_EQ(Take(id), (Bytes{0xb0, 2, 0, 7}));
    Send(Join("p"), MakePublish("a", "x"));
    EXPECT_THAT(Take(id), IsEmpty());
}

TEST_F(BrokerTest, Qos2IsForwardedOnceHoweverOftenItComes)
{
    ConnectionId subscriber = Join("s");
    JoinTopic(subscriber, "a", 0);
    Take(subscriber);
    ConnectionId id = Join("p");
    SendBytes(id, {0x34, 6, 0, 1, 'a', 0, 5, 'x'});
    SendBytes(id, {0x3c, 6, 0, 1, 'a', 0, 5, 'x'});
    EXPECT_EQ(Take(id), (Bytes{0x50, 2, 0, 5, 0x50, 2, 0, 5}));
    EXPECT_EQ(Take(subscriber), (Bytes{0x30, 4, 0, 1, 'a', 'x'}));
    SendBytes(id, {0x62, 2, 0, 5, 0x62, 2, 0, 5});
    EXPECT_EQ(Take(id), (Bytes{0x70, 2, 0, 5, 0x70, 2, 0, 5}));
    SendBytes(id, {0x34, 6, 0, 1, 'a', 0, 5, 'y'}); // released: a new message
    EXPECT_EQ(Take(subscriber), (Bytes{0x30, 4, 0, 1, 'a', 'y'}));
}

TEST_F(BrokerTest, StoredSessionKeepsSubscriptionsAndMessages)
{
    ConnectionId id = Join("s", 0, false);
    JoinTopic(id, "a", 1);
    Send(id, Disconnect{});
    ConnectionId publisher = Join("p");
    Send(publisher, MakePublish("a", "0", 0)); // QoS 0 is not kept
    Send(publisher, MakePublish("a", "1", 1));
    id = Open();
    Connect connect;
    connect.clientId = "s";
    connect.cleanSession = false;
    Send(id, connect);
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 1, 0, 0x32, 6, 0, 1, 'a', 0, 1, '1'}));

    // Not acknowledged: sent again with DUP on the next connection only.
    GetBroker().HandleClosed(m_now, id);
    id = Open();
    Send(id, connect);
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 1, 0, 0x3a, 6, 0, 1, 'a', 0, 1, '1'}));
    SendBytes(id, PUBACK_1);
    GetBroker().HandleClosed(m_now, id);
    id = Open();
    Send(id, connect);
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 1, 0}));

    // Clean Session ends it [MQTT-3.1.2-6].
    connect.cleanSession = true;
    ConnectionId clean = Open();
    Send(clean, connect);
    EXPECT_TRUE(IsClosed(id));
    EXPECT_EQ(Take(clean), (Bytes{0x20, 2, 0, 0}));
    Send(publisher, MakePublish("a", "1", 1));
    EXPECT_THAT(Take(clean), IsEmpty());
}

TEST_F(BrokerTest, TakeoverClosesTheOldConnection)
{
    ConnectionId first = Join("s", 0, false);
    ConnectionId second = Join("s", 0, false);
    EXPECT_TRUE(IsClosed(first));
    EXPECT_FALSE(IsClosed(second));
    EXPECT_EQ(GetLastReason(), "taken over");
    EXPECT_EQ(GetBroker().GetConnections(), 1u);
    EXPECT_EQ(GetBroker().GetSessions(), 1u);
}

TEST_F(BrokerTest, EmptyClientIdNeedsCleanSession)
{
    ConnectionId id = Open();
    SendBytes(id, {0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x00, 0, 60, 0, 0});
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 2}));
    EXPECT_TRUE(IsClosed(id));
    id = Open();
    SendBytes(id, {0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 60, 0, 0});
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 0}));
    EXPECT_FALSE(Get<Broker::SessionOpened>()[0].clientId.empty());
}

TEST_F(BrokerTest, OtherLevelsAndNamesAreRefused)
{
    for (uint8_t level : {3, 5, 0, 0x84})
    {
        ConnectionId id = Open();
        SendBytes(id, {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', level, 0x02, 0, 60, 0, 1, 's'});
        EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 1})) << int(level);
        EXPECT_TRUE(IsClosed(id));
    }
    ConnectionId id = Open();
    SendBytes(id, {0x10, 15, 0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 0x02, 0, 60, 0, 1, 's'});
    EXPECT_THAT(Take(id), IsEmpty());
    EXPECT_TRUE(IsClosed(id));
}

TEST_F(BrokerTest, ViolationsCloseTheConnectionAndNothingElse)
{
    struct Violation
    {
        std::string name;
        Bytes bytes;
    };

    const std::vector<Violation> violations = {
        {"second CONNECT", {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 1, 'x'}},
        {"CONNACK from a client", {0x20, 2, 0, 0}},
        {"SUBACK from a client", {0x90, 3, 0, 1, 0}},
        {"UNSUBACK from a client", {0xb0, 2, 0, 1}},
        {"PINGRESP from a client", {0xd0, 0}},
        {"reserved type 0", {0x00, 0}},
        {"reserved type 15", {0xf0, 0}},
        {"QoS 3", {0x36, 6, 0, 1, 'a', 0, 1, 'x'}},
        {"wildcard in a topic", {0x30, 4, 0, 1, '#', 'x'}},
        {"identifier 0", {0x32, 6, 0, 1, 'a', 0, 0, 'x'}},
        {"SUBSCRIBE without filter", {0x82, 2, 0, 1}},
        {"PUBREL flags", {0x60, 2, 0, 1}},
        {"U+0000", {0x30, 4, 0, 1, 0, 'x'}},
        {"length of five bytes", {0x30, 0xff, 0xff, 0xff, 0xff, 0x01}},
    };
    ConnectionId honest = Join("honest");
    JoinTopic(honest, "t", 0);
    Take(honest);
    size_t errors = 0;
    for (const Violation& violation : violations)
    {
        ConnectionId id = Join("bad");
        SendBytes(id, violation.bytes);
        EXPECT_TRUE(IsClosed(id)) << violation.name;
        EXPECT_THAT(Take(id), IsEmpty()) << violation.name;
        EXPECT_EQ(Get<Broker::ProtocolError>().size(), ++errors) << violation.name;
        SendBytes(id, ToBytes(MakePublish("t", "late"))); // is not heard any more
    }
    EXPECT_FALSE(IsClosed(honest));
    EXPECT_THAT(Take(honest), IsEmpty());
    Send(Join("p"), MakePublish("t", "x"));
    EXPECT_EQ(Take(honest), (Bytes{0x30, 4, 0, 1, 't', 'x'}));
}

TEST_F(BrokerTest, FirstPacketMustBeConnect)
{
    for (const Bytes& first : {Bytes{0x30, 4, 0, 1, 't', 'x'}, Bytes{0xc0, 0}, Bytes{0xe0, 0}})
    {
        ConnectionId id = Open();
        SendBytes(id, first);
        EXPECT_TRUE(IsClosed(id));
    }
    EXPECT_EQ(GetBroker().GetConnections(), 0u);
    EXPECT_EQ(Get<Broker::ProtocolError>()[0].reason, "packet before CONNECT");
}

TEST_F(BrokerTest, DollarTopicsGoNowhere)
{
    ConnectionId id = Join("s");
    Send(id, Subscribe{1, {{"$x/y", 0}, {"#", 0}}});
    Take(id);
    Send(id, MakePublish("$x/y", "1", 1));
    EXPECT_EQ(Take(id), PUBACK_1);
}

TEST_F(BrokerTest, BoundOfConnections)
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

TEST_F(BrokerTest, BoundOfKeepAlive)
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

TEST_F(BrokerTest, BoundOfPacketSize)
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

TEST_F(BrokerTest, FirstPacketHasABoundOfItsOwn)
{
    ConnectionId id = Open();
    SendBytes(id, {0x10, 0xa1, 0x8d, 0x06}); // 100,001 bytes to come
    EXPECT_TRUE(IsClosed(id));
}

TEST_F(BrokerTest, BoundOfSessions)
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

TEST_F(BrokerTest, BoundOfQueuedMessagesAndInFlight)
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

TEST_F(BrokerTest, BoundOfSubscriptions)
{
    BrokerLimits limits;
    limits.subscriptions = 2;
    SetLimits(limits);
    ConnectionId id = Join("s");
    Send(id, Subscribe{1, {{"a", 0}, {"b", 1}, {"c", 2}, {"a", 2}}});
    EXPECT_EQ(Take(id), (Bytes{0x90, 6, 0, 1, 0, 1, 0x80, 2}));
    EXPECT_EQ(GetBroker().GetCount(Limit::Subscriptions), 1u);
}

TEST_F(BrokerTest, BoundOfRetainedMessages)
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

TEST_F(BrokerTest, BoundOfReceivedIds)
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

TEST_F(BrokerTest, BoundOfOutputToAClientThatDoesNotRead)
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

TEST_F(BrokerTest, OneSubscribeCannotAskForMoreThanTheBounds)
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

TEST_F(BrokerTest, CountsTheMemoryItWouldNeed)
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

TEST_F(BrokerTest, PacketsAreCountedAsWork)
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

TEST_F(BrokerTest, APublisherBeyondItsRateIsHeldBackAndNotClosed)
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

TEST_F(BrokerTest, AChunkOfPublishesIsOwedAsAWhole)
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

TEST_F(BrokerTest, WhoIsHeldBackIsNotSilent)
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

TEST_F(BrokerTest, StopClosesEverything)
{
    ConnectionId a = Join("a");
    ConnectionId b = Open();
    GetBroker().Stop(m_now);
    EXPECT_TRUE(IsClosed(a));
    EXPECT_TRUE(IsClosed(b));
    EXPECT_EQ(GetBroker().GetConnections(), 0u);
    EXPECT_EQ(GetBroker().GetNextTimeout(), std::nullopt);
}

} // namespace
