// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/connect-rule.h"

/**
 * \file
 * The rules of CONNECT, CONNACK and DISCONNECT that bind the server in 5.0 (sections 3.1, 3.2,
 * 3.14).
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ConnectRules5 : public ConnectRule
{
  protected:
    ConnectionId EnterWith(std::string_view clientId, const PropertyList& properties)
    {
        mqtt::Connect connect = MakeConnect(clientId);
        connect.properties = properties.Get();
        return Enter(connect);
    }
};

INSTANTIATE_TEST_SUITE_P(, ConnectRules5, testing::Values(Version::V5), NameOfVersion);

TEST_P(ConnectRules5, ASecondConnectIsAProtocolError)
{
    ConnectionId id = Enter("c");
    Say(id, MakeConnect("c"));
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Disconnect>(heard[0]).reason, ReasonCode::ProtocolError);
    EXPECT_TRUE(IsClosed(id));
}

TEST_P(ConnectRules5, NoDisconnectComesBeforeConnack)
{
    ConnectionId id = Open();
    SendBytes(id, {0xc0, 0});
    EXPECT_THAT(Take(id), IsEmpty());
    id = Open();
    Wait(90s); // for the CONNECT, in vain
    EXPECT_TRUE(IsClosed(id));
    EXPECT_THAT(Take(id), IsEmpty());
    id = Open();
    GetBroker().Stop(m_now);
    EXPECT_THAT(Take(id), IsEmpty());
}

TEST_P(ConnectRules5, NothingFollowsDisconnect)
{
    ConnectionId id = Watch("t");
    ConnectionId publisher = Enter("p");
    Enter("watcher of t"); // takes the session over
    Say(publisher, MakePublishPacket("t", "x", 0, 0));
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Disconnect>(heard[0]).reason, ReasonCode::SessionTakenOver);
    EXPECT_TRUE(IsClosed(id));
}

TEST_P(ConnectRules5, TheServerSaysNoExpiryInDisconnect)
{
    BrokerLimits limits;
    limits.sessionExpiry = 100;
    SetLimits(limits);
    std::vector<ConnectionId> ids;
    for (const char* clientId : {"taken over", "wrong", "silent", "last"})
    {
        mqtt::Connect connect = MakeConnect(clientId, false);
        connect.keepAlive = std::string_view(clientId) == "silent" ? 10 : 0;
        ids.push_back(Enter(connect));
    }
    Enter("taken over", false);
    SendBytes(ids[1], {0, 0});
    Wait(15s);
    GetBroker().Stop(m_now);
    for (ConnectionId id : ids)
    {
        Packets heard = Hear(id);
        ASSERT_EQ(heard.size(), 1u);
        const auto& farewell = std::get<Disconnect>(heard[0]);
        EXPECT_FALSE(farewell.properties.Find(PropertyId::SessionExpiryInterval));
    }
}

TEST_P(ConnectRules5, AnExpiryAtLeaveNeedsOneAtConnect)
{
    for (uint32_t granted : {NEVER_EXPIRES, 0u})
    {
        BrokerLimits limits;
        limits.sessionExpiry = granted;
        SetLimits(limits);
        for (uint32_t asked : {0, 7})
        {
            PropertyList first;
            first.Add(PropertyId::SessionExpiryInterval, asked);
            PropertyList last;
            last.Add(PropertyId::SessionExpiryInterval, 9);
            ConnectionId id = EnterWith("c", first);
            Say(id, Disconnect{ReasonCode::NormalDisconnection, last.Get()});
            EXPECT_TRUE(IsClosed(id));
            Packets heard = Hear(id);
            ASSERT_EQ(heard.size(), asked == 0 ? 1u : 0u) << granted;
            EXPECT_TRUE(heard.empty() ||
                        std::get<Disconnect>(heard[0]).reason == ReasonCode::ProtocolError);
            EXPECT_EQ(GetBroker().GetSessions(), asked > 0 && granted > 0 ? 1u : 0u);
        }
        // CONNECT with 7 and DISCONNECT with 9, each more than 0
        EXPECT_EQ(GetBroker().GetCount(Limit::SessionExpiry), granted == 0 ? 2u : 0u);
    }
}

TEST_P(ConnectRules5, AWillKeepsItsProperties)
{
    PropertyList properties;
    properties.AddUser("b", "1")
        .Add(PropertyId::ContentType, std::string_view("text"))
        .AddUser("a", "2");
    mqtt::Connect connect = MakeConnectWithWill("c");
    connect.will->properties = properties.Get();
    ConnectionId watcher = Watch();
    Break(Enter(connect));
    Packets heard = Hear(watcher);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Publish>(heard[0]).properties, properties.Get());
}

TEST_P(ConnectRules5, ALeaveWithWillPublishesIt)
{
    ConnectionId watcher = Watch();
    Say(Enter(MakeConnectWithWill("c")), Disconnect{ReasonCode::DisconnectWithWillMessage});
    EXPECT_THAT(GetPayloads(Hear(watcher)), ElementsAre("bye"));
    Say(Enter(MakeConnectWithWill("c")), Disconnect{});
    EXPECT_THAT(Hear(watcher), IsEmpty());
}

TEST_P(ConnectRules5, ResponseInformationIsForWhoAsks)
{
    BrokerLimits limits;
    limits.responsePrefix = "answers/";
    SetLimits(limits);
    for (uint32_t asks : {0, 1, 2})
    {
        PropertyList properties;
        if (asks < 2)
        {
            properties.Add(PropertyId::RequestResponseInformation, asks);
        }
        const std::string clientId = "c" + std::to_string(asks);
        mqtt::Connect connect = MakeConnect(clientId);
        connect.properties = properties.Get();
        ConnectionId id = Open();
        Say(id, connect);
        auto told = GetAnswer(id).properties.GetText(PropertyId::ResponseInformation);
        EXPECT_EQ(told.value_or(""), asks == 1 ? "answers/c1" : "") << asks;
    }
}

TEST_P(ConnectRules5, ReasonStringsAreForWhoWantsThem)
{
    BrokerLimits limits;
    limits.subscriptions = 1;
    limits.retainedMessages = 1;
    limits.topicLevels = 2;
    SetLimits(limits);
    for (uint32_t wanted : {1, 0})
    {
        PropertyList properties;
        properties.Add(PropertyId::RequestProblemInformation, wanted);
        ConnectionId id = EnterWith("c", properties);
        Say(id, Subscribe{1, {{"a", 0}, {"b", 0}}});
        Say(id, MakePublishPacket("r1", "x", 1, 1, true));
        Say(id, MakePublishPacket("r2", "x", 1, 2, true));
        Say(id, MakePublishPacket("too/deep/by", "x", 2, 3));
        std::vector<std::string> told;
        for (const Packet& packet : Hear(id))
        {
            std::visit(
                [&](const auto& one) {
                    if constexpr (std::is_same_v<decltype(one), const Suback&> ||
                                  std::is_same_v<decltype(one), const Puback&> ||
                                  std::is_same_v<decltype(one), const Pubrec&>)
                    {
                        told.emplace_back(
                            one.properties.GetText(PropertyId::ReasonString).value_or(""));
                    }
                },
                packet);
        }
        if (wanted)
        {
            EXPECT_THAT(told,
                        ElementsAre("at most 1 subscriptions",
                                    "",
                                    "forwarded, not retained: no room",
                                    "topic beyond the bounds"));
        }
        else
        {
            EXPECT_THAT(told, ElementsAre("", "", "", ""));
        }
        SendBytes(id, {0, 0}); // DISCONNECT may always say why
        Packets heard = Hear(id);
        ASSERT_EQ(heard.size(), 1u);
        EXPECT_EQ(std::get<Disconnect>(heard[0]).properties.GetText(PropertyId::ReasonString),
                  "protocol error: reserved packet type");
    }
}

TEST_P(ConnectRules5, AReasonStringThatDoesNotFitIsLeftOut)
{
    BrokerLimits limits;
    limits.subscriptions = 1;
    limits.topicLevels = 1;
    SetLimits(limits);
    auto ask = [&](uint32_t size, bool withWill) {
        PropertyList properties;
        properties.Add(PropertyId::MaximumPacketSize, size);
        mqtt::Connect connect = MakeConnect("c");
        connect.properties = properties.Get();
        if (withWill)
        {
            connect.will = Will{"too/deep", BYE, 0, false};
        }
        ConnectionId id = Open();
        Say(id, connect);
        if (!withWill)
        {
            Hear(id);
        }
        return id;
    };
    // The sizes with the text and without: of CONNACK,
    EXPECT_EQ(Take(ask(36, true)).size(), 36u);
    EXPECT_EQ(Take(ask(35, true)).size(), 5u);
    // PUBACK, PUBREC,
    for (uint8_t qos : {1, 2})
    {
        for (uint32_t size : {32, 31})
        {
            ConnectionId id = ask(size, false);
            Say(id, MakePublishPacket("a/b", "x", qos, 1));
            EXPECT_EQ(Take(id).size(), size == 32 ? 32u : 5u);
        }
    }
    // SUBACK and DISCONNECT.
    for (uint32_t size : {33, 32})
    {
        ConnectionId id = ask(size, false);
        Say(id, Subscribe{1, {{"a", 0}, {"b", 0}}});
        EXPECT_EQ(Take(id).size(), size == 33 ? 33u : 7u);
    }
    for (uint32_t size : {43, 42})
    {
        ConnectionId id = ask(size, false);
        SendBytes(id, {0, 0});
        EXPECT_EQ(Take(id).size(), size == 43 ? 43u : 3u);
    }
}

TEST_P(ConnectRules5, NoPacketIsLargerThanTheClientTakes)
{
    PropertyList properties;
    properties.Add(PropertyId::MaximumPacketSize, 24);
    ConnectionId id = EnterWith("c", properties);
    Say(id, Subscribe{1, std::vector<SubscriptionRequest>(20, {"t", 0})}); // an answer of 25 bytes
    EXPECT_THAT(Hear(id), IsEmpty());
    Say(id, Subscribe{2, std::vector<SubscriptionRequest>(19, {"t", 0})});
    EXPECT_EQ(Take(id).size(), 24u);
    // Who takes no CONNACK of the size it must have cannot be served.
    PropertyList tiny;
    tiny.Add(PropertyId::MaximumPacketSize, 10);
    mqtt::Connect connect = MakeConnect("");
    connect.properties = tiny.Get();
    id = Open();
    Say(id, connect);
    EXPECT_THAT(Hear(id), IsEmpty());
    EXPECT_TRUE(IsClosed(id));
}

TEST_P(ConnectRules5, TheClientsKeepAliveHoldsWhereTheServerSaysNone)
{
    mqtt::Connect connect = MakeConnect("c");
    connect.keepAlive = 10;
    ConnectionId id = Open();
    Say(id, connect);
    EXPECT_FALSE(GetAnswer(id).properties.GetNumber(PropertyId::ServerKeepAlive));
    Wait(14999ms);
    EXPECT_FALSE(IsClosed(id));
    Wait(1ms);
    EXPECT_TRUE(IsClosed(id));
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Disconnect>(heard[0]).reason, ReasonCode::KeepAliveTimeout);
}

} // namespace
