// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/broker-fixture.h"

#include <gmock/gmock.h>

namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::IsEmpty;

const Bytes PUBACK_1 = {0x40, 2, 0, 1};

TEST_F(BrokerTest, ConnectIsAnswered)
{
    ConnectionId id = Open();
    SendBytes(id, {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 60, 0, 1, 's'});
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 0}));
    ASSERT_EQ(Get<Broker::SessionOpened>().size(), 1u);
    EXPECT_EQ(Get<Broker::SessionOpened>()[0].clientId, "s");
    EXPECT_EQ(Get<Broker::SessionOpened>()[0].version, Version::V3_1_1);
    EXPECT_THAT(Get<Broker::ConnectRefused>(), IsEmpty());
}

TEST_F(BrokerTest, ARefusedConnectIsTold)
{
    ConnectionId id = Open();
    SendBytes(id, {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 3, 0x02, 0, 60, 0, 1, 's'});
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 1}));
    ASSERT_EQ(Get<Broker::ConnectRefused>().size(), 1u);
    EXPECT_EQ(Get<Broker::ConnectRefused>()[0].reason,
              ToString(ReasonCode::UnsupportedProtocolVersion));
    EXPECT_THAT(Get<Broker::SessionOpened>(), IsEmpty());
}

TEST_F(BrokerTest, OneVersionAlone)
{
    const Bytes connect4 = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 0, 0, 1, 's'};
    const Bytes connect5 = {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 0x02, 0, 0, 0, 0, 1, 's'};
    BrokerLimits limits;
    limits.version = Version::V5;
    SetLimits(limits);
    ConnectionId id = Open();
    SendBytes(id, connect4);
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 1})) << "[3.1.1: MQTT-3.1.2-2]";
    EXPECT_TRUE(IsClosed(id));
    SendBytes(Open(), connect5);
    EXPECT_EQ(Get<Broker::SessionOpened>().size(), 1u);

    limits.version = Version::V3_1_1;
    SetLimits(limits);
    id = Open();
    SendBytes(id, connect5);
    EXPECT_EQ(Take(id)[3], 0x84) << "[5.0: MQTT-3.1.2-2]";
    EXPECT_TRUE(IsClosed(id));
    SendBytes(Open(), connect4);
    EXPECT_EQ(Get<Broker::SessionOpened>().size(), 2u);
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
    connect.cleanStart = false;
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
    connect.cleanStart = true;
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
    for (uint8_t level : {3, 6, 0, 0x84})
    {
        ConnectionId id = Open();
        SendBytes(id, {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', level, 0x02, 0, 60, 0, 1, 's'});
        EXPECT_EQ(Take(id), level < 5 ? (Bytes{0x20, 2, 0, 1}) : (Bytes{0x20, 3, 0, 0x84, 0}))
            << int(level);
        EXPECT_TRUE(IsClosed(id));
    }
    ConnectionId id = Open(); // MQTT 3.1
    SendBytes(id, {0x10, 15, 0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 0x02, 0, 60, 0, 1, 's'});
    EXPECT_EQ(Take(id), (Bytes{0x20, 2, 0, 1}));
    EXPECT_TRUE(IsClosed(id));
    id = Open();
    SendBytes(id, {0x10, 13, 0, 4, 'M', 'Q', 'T', 't', 4, 0x02, 0, 60, 0, 1, 's'});
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
