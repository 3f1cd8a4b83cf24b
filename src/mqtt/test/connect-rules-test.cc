// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/connect-rule.h"

/**
 * \file
 * The rules of CONNECT, CONNACK, DISCONNECT and of sessions that bind the server
 * (sections 3.1, 3.2, 3.14, 4.1).
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ConnectRules : public ConnectRule
{
  protected:
    /// A CONNECT of client "c" by its bytes: flags, and what follows the Client Identifier.
    Bytes MakeConnectBytes(uint8_t flags,
                           const Bytes& rest,
                           const std::string& clientId = "c") const
    {
        Bytes bytes =
            {0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', static_cast<uint8_t>(GetParam()), flags, 0, 0};
        if (Is5())
        {
            bytes.push_back(0); // no properties
        }
        bytes.push_back(0);
        bytes.push_back(static_cast<uint8_t>(clientId.size()));
        bytes.insert(bytes.end(), clientId.begin(), clientId.end());
        bytes.insert(bytes.end(), rest.begin(), rest.end());
        bytes[1] = static_cast<uint8_t>(bytes.size() - 2);
        return bytes;
    }

    ConnectionId Connect(const Bytes& bytes)
    {
        ConnectionId id = Open();
        SendBytes(id, bytes);
        return id;
    }
};

INSTANTIATE_TEST_SUITE_P(Version,
                         ConnectRules,
                         testing::Values(Version::V3_1_1, Version::V5),
                         NameOfVersion);

TEST_P(ConnectRules, AReservedFlagEndsTheConnection)
{
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x03, {}))));
    EXPECT_FALSE(IsClosed(Connect(MakeConnectBytes(0x02, {}))));
}

TEST_P(ConnectRules, FieldsAreThereAsTheFlagsSay)
{
    const Bytes user = {0, 1, 'u'};
    const Bytes both = {0, 1, 'u', 0, 1, 'p'};
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x02, user)))); // no flag, a user name
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x82, {}))));   // a flag, no user name
    EXPECT_FALSE(IsClosed(Connect(MakeConnectBytes(0x82, user))));
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x82, both)))); // no flag, a password
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0xc2, user)))); // a flag, no password
    EXPECT_FALSE(IsClosed(Connect(MakeConnectBytes(0xc2, both))));
    const Bytes will = Is5() ? Bytes{0, 0, 1, 'w', 0, 1, 'm'} : Bytes{0, 1, 'w', 0, 1, 'm'};
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x02, will)))); // no flag, a will
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x06, {}))));   // a flag, no will
    EXPECT_FALSE(IsClosed(Connect(MakeConnectBytes(0x06, will))));
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x0a, {}))));   // QoS of no will
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x22, {}))));   // retain of no will
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x1e, will)))); // QoS 3
}

TEST_P(ConnectRules, AMalformedConnectEndsTheConnection)
{
    ConnectionId id = Connect(MakeConnectBytes(0x03, {}));
    EXPECT_TRUE(IsClosed(id));
    if (!Is5())
    {
        EXPECT_THAT(Take(id), IsEmpty()); // without a CONNACK
        return;
    }
    Connack answer = GetAnswer(id);
    EXPECT_EQ(answer.reason, ReasonCode::MalformedPacket);
    EXPECT_EQ(answer.properties.GetText(PropertyId::ReasonString), "invalid connect flags");
}

TEST_P(ConnectRules, ClientIdentifiersOfTheStandardAreTaken)
{
    const std::string letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (size_t at = 0; at < letters.size(); at++)
    {
        for (size_t size : {size_t{1}, std::min<size_t>(23, letters.size() - at)})
        {
            ConnectionId id = Connect(MakeConnectBytes(0x02, {}, letters.substr(at, size)));
            EXPECT_EQ(GetAnswer(id).reason, ReasonCode::Success) << letters.substr(at, size);
        }
    }
    EXPECT_TRUE(IsClosed(Connect(MakeConnectBytes(0x02, {}, "\xff"))));
}

TEST_P(ConnectRules, MadeIdentifiersAreUnique)
{
    ConnectionId first = Connect(MakeConnectBytes(0x02, {}, ""));
    ConnectionId second = Connect(MakeConnectBytes(0x02, {}, ""));
    EXPECT_EQ(GetBroker().GetSessions(), 2u);
    EXPECT_FALSE(IsClosed(first));
    Connack one = GetAnswer(first);
    Connack two = GetAnswer(second);
    if (Is5())
    {
        auto name = one.properties.GetText(PropertyId::AssignedClientIdentifier);
        ASSERT_TRUE(name);
        EXPECT_EQ(*name, Get<Broker::SessionOpened>()[0].clientId);
        EXPECT_NE(name, two.properties.GetText(PropertyId::AssignedClientIdentifier));
    }
}

TEST_P(ConnectRules, SessionPresentTellsTheTruth)
{
    Enter("c", false);
    ConnectionId id = Open();
    Say(id, MakeConnect("c", false));
    EXPECT_TRUE(GetAnswer(id).sessionPresent);
    id = Open();
    Say(id, MakeConnect("c", true)); // discards what there was
    EXPECT_FALSE(GetAnswer(id).sessionPresent);
    id = Open();
    Say(id, MakeConnect("other", false)); // nothing is there yet
    EXPECT_FALSE(GetAnswer(id).sessionPresent);
}

TEST_P(ConnectRules, AnotherClientIsAnotherSession)
{
    ConnectionId first = Enter("c", false);
    Say(first, Subscribe{1, {{"t", 1}}});
    Say(first, Disconnect{});
    Enter("d", false);
    ConnectionId publisher = Enter("p");
    Say(publisher, MakePublishPacket("t", "x", 1, 1));
    ConnectionId other = Open();
    Say(other, MakeConnect("d", false));
    EXPECT_THAT(GetPayloads(Hear(other)), IsEmpty());
    ConnectionId again = Open();
    Say(again, MakeConnect("c", false));
    EXPECT_THAT(GetPayloads(Hear(again)), ElementsAre("x"));
}

TEST_P(ConnectRules, MessagesWaitForAStoredSession)
{
    ConnectionId id = Enter("c", false);
    Say(id, Subscribe{1, {{"t", 2}}});
    Break(id);
    ConnectionId publisher = Enter("p");
    Say(publisher, MakePublishPacket("t", "1", 1, 1));
    Say(publisher, MakePublishPacket("t", "2", 2, 2));
    id = Open();
    Say(id, MakeConnect("c", false));
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("1", "2"));
}

TEST_P(ConnectRules, ACleanSessionLastsAsLongAsItsConnection)
{
    ConnectionId id = Watch("t");
    Wait(1000h);
    ConnectionId publisher = Enter("p");
    Say(publisher, MakePublishPacket("t", "x", 1, 1));
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("x"));
    Break(id);
    EXPECT_EQ(GetBroker().GetSessions(), 1u); // the publisher's
}

TEST_P(ConnectRules, RetainedMessagesOutliveTheSession)
{
    ConnectionId id = Enter("c");
    Say(id, MakePublishPacket("t", "kept", 1, 1, true));
    Say(id, Disconnect{});
    id = Enter("c");
    Say(id, Subscribe{1, {{"t", 1}}});
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("kept"));
}

TEST_P(ConnectRules, AWillIsPublishedOnce)
{
    ConnectionId watcher = Watch();
    Break(Enter(MakeConnectWithWill("c", false, false)));
    EXPECT_THAT(GetPayloads(Hear(watcher)), ElementsAre("bye"));
    Enter("c"); // the session ends, with a will if it still had one
    EXPECT_THAT(GetPayloads(Hear(watcher)), IsEmpty());
    Break(Enter("c", false));
    EXPECT_THAT(GetPayloads(Hear(watcher)), IsEmpty());
    Say(Enter(MakeConnectWithWill("c", false, false)), Disconnect{});
    Break(Enter("c", false));
    EXPECT_THAT(GetPayloads(Hear(watcher)), IsEmpty());
}

TEST_P(ConnectRules, WithoutAWillNoneIsPublished)
{
    ConnectionId watcher = Watch();
    Break(Enter("c"));
    SendBytes(Enter("c"), {0, 0}); // a violation
    EXPECT_THAT(Hear(watcher), IsEmpty());
}

TEST_P(ConnectRules, AWillIsRetainedWhereItSays)
{
    for (bool retain : {false, true})
    {
        Break(Enter(MakeConnectWithWill("c", retain)));
        EXPECT_EQ(GetBroker().GetRetained(), retain ? 1u : 0u);
    }
    EXPECT_THAT(GetPayloads(Hear(Watch())), IsEmpty()); // Watch() has taken it already
    ConnectionId late = Enter("late");
    Say(late, Subscribe{1, {{"will", 0}}});
    EXPECT_THAT(GetPayloads(Hear(late)), ElementsAre("bye"));
}

TEST_P(ConnectRules, NothingIsHeardAfterARefusal)
{
    BrokerLimits limits;
    limits.sessions = 1;
    SetLimits(limits);
    ConnectionId watcher = Watch();
    Bytes bytes = ToBytes(MakeConnect("one too many"), GetParam());
    Bytes publish = ToBytes(MakePublishPacket("t", "x", 1, 1, true), GetParam());
    bytes.insert(bytes.end(), publish.begin(), publish.end());
    ConnectionId id = Connect(bytes);
    EXPECT_TRUE(IsClosed(id));
    Connack answer = GetAnswer(id);
    EXPECT_EQ(answer.reason, ReasonCode::ServerUnavailable);
    EXPECT_FALSE(answer.sessionPresent);
    EXPECT_THAT(Hear(watcher), IsEmpty());
    EXPECT_EQ(GetBroker().GetRetained(), 0u);
}

TEST_P(ConnectRules, ARefusalSaysNoSession)
{
    BrokerLimits limits;
    limits.topicLevels = 1;
    SetLimits(limits);
    Enter("c", false);
    mqtt::Connect connect = MakeConnect("c", false);
    connect.will = Will{"too/deep", BYE, 0, false};
    ConnectionId id = Open();
    Say(id, connect);
    Connack answer = GetAnswer(id);
    EXPECT_TRUE(IsFailure(answer.reason));
    EXPECT_FALSE(answer.sessionPresent);
    EXPECT_TRUE(IsClosed(id));
}

TEST_P(ConnectRules, ConnackIsTheFirstPacketOfTheServer)
{
    ConnectionId id = Enter("c", false);
    Say(id, Subscribe{1, {{"t", 1}}});
    Break(id);
    Say(Enter("p"), MakePublishPacket("t", "x", 1, 1));
    id = Open();
    Say(id, MakeConnect("c", false));
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<Connack>(heard[0]));
}

} // namespace
