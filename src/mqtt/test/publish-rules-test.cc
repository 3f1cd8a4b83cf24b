// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * The rules of PUBLISH and its acknowledgements that bind the server (sections 3.3 to 3.7, 4.3 to
 * 4.6, 4.9).
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class PublishRules : public ServerRule
{
};

INSTANTIATE_TEST_SUITE_P(Version,
                         PublishRules,
                         testing::Values(Version::V3_1_1, Version::V5),
                         NameOfVersion);

TEST_P(PublishRules, EachQosHasItsAnswer)
{
    Watch();
    ConnectionId id = Enter("c");
    Say(id, MakePublishPacket("t", "x", 0, 0));
    EXPECT_THAT(Hear(id), IsEmpty());
    Say(id, MakePublishPacket("t", "x", 1, 0x1234));
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Puback{0x1234})));
    Say(id, MakePublishPacket("t", "x", 2, 0x2345));
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Pubrec{0x2345})));
    Say(id, Pubrel{0x2345});
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Pubcomp{0x2345})));
}

TEST_P(PublishRules, DupIsNotHandedOn)
{
    ConnectionId watcher = Watch();
    ConnectionId id = Enter("c");
    Say(id, MakePublishPacket("t", "x", 1, 1, false, true));
    Say(id, MakePublishPacket("t", "y", 2, 2, false, true));
    EXPECT_THAT(Hear(watcher),
                ElementsAre(MakePublishPacket("t", "x", 1, 1), MakePublishPacket("t", "y", 2, 2)));
    ConnectionId low = Watch("t", {0});
    Say(id, MakePublishPacket("t", "z", 1, 3, false, true));
    EXPECT_THAT(Hear(low), ElementsAre(MakePublishPacket("t", "z", 0, 0)));
}

TEST_P(PublishRules, AfterPubackAnIdentifierIsNew)
{
    ConnectionId watcher = Watch();
    ConnectionId id = Enter("c");
    Say(id, MakePublishPacket("t", "x", 1, 1));
    Say(id, MakePublishPacket("t", "x", 1, 1, false, true)); // whatever DUP says
    EXPECT_THAT(GetPayloads(Hear(watcher)), ElementsAre("x", "x"));
    EXPECT_EQ(Count<Puback>(Hear(id)), 2u);
}

TEST_P(PublishRules, UntilPubrelAnIdentifierIsTheSame)
{
    ConnectionId watcher = Watch();
    ConnectionId id = Enter("c", false);
    Say(id, MakePublishPacket("t", "x", 2, 1));
    Say(id, MakePublishPacket("t", "x", 2, 1, false, true));
    GetBroker().HandleClosed(m_now, id); // nor does a new connection change it
    id = Open();
    Say(id, MakeConnect("c", false));
    Say(id, MakePublishPacket("t", "x", 2, 1, false, true));
    Packets heard = Hear(id);
    EXPECT_EQ(Count<Pubrec>(heard), 1u);
    EXPECT_THAT(GetPayloads(Hear(watcher)), ElementsAre("x"));
    Say(id, Pubrel{1});
    Say(id, MakePublishPacket("t", "y", 2, 1));
    EXPECT_THAT(GetPayloads(Hear(watcher)), ElementsAre("y"));
    EXPECT_EQ(Get<Broker::DuplicateReceived>().size(), 2u);
}

TEST_P(PublishRules, RetainedKeepsItsQos)
{
    ConnectionId id = Enter("c");
    for (uint8_t qos : {0, 1, 2})
    {
        Say(id, MakePublishPacket("t", "x", qos, qos, true));
        ConnectionId late = Enter("late" + std::to_string(qos));
        Say(late, Subscribe{1, {{"t", 2}}});
        Packets heard = Hear(late);
        ASSERT_EQ(heard.size(), 2u);
        EXPECT_EQ(heard[1], MakePublishPacket("t", "x", qos, qos > 0 ? 1 : 0, true));
    }
}

TEST_P(PublishRules, TopicsAreOrdered)
{
    std::vector<ConnectionId> watchers = {Watch("t", {1}), Watch("#", {2}), Watch("+", {0})};
    ConnectionId id = Enter("c");
    std::vector<std::string> all;
    for (int i = 0; i < 60; i++)
    {
        all.push_back(std::to_string(i));
        Say(id, MakePublishPacket("t", all.back(), 2, i + 1));
        Say(id, Pubrel{static_cast<uint16_t>(i + 1)});
    }
    for (ConnectionId watcher : watchers)
    {
        std::vector<std::string> got;
        for (bool more = true; more;)
        {
            more = false;
            for (const Packet& packet : Hear(watcher)) // as slowly as acknowledgements let it
            {
                if (auto publish = std::get_if<Publish>(&packet))
                {
                    got.push_back(publish->payload.ToString());
                    more |= publish->qos > 0;
                    if (publish->qos == 1)
                    {
                        Say(watcher, Puback{publish->packetId});
                    }
                    else if (publish->qos == 2)
                    {
                        Say(watcher, Pubrec{publish->packetId});
                        Say(watcher, Pubcomp{publish->packetId});
                    }
                }
            }
        }
        EXPECT_EQ(got, all);
    }
}

TEST_P(PublishRules, RedeliveryKeepsOrderAndIdentifiers)
{
    ConnectionId id = Enter("c", false);
    Say(id, Subscribe{1, {{"#", 2}}});
    ConnectionId publisher = Enter("p");
    for (uint16_t i = 1; i <= 4; i++)
    {
        Say(publisher, MakePublishPacket("t", std::to_string(i), i % 2 ? 1 : 2, i));
    }
    Hear(id);
    Say(id, Pubrec{2}); // the second is half done
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Pubrel{2})));
    Wait(1h); // while connected nothing is sent again
    EXPECT_THAT(Hear(id), IsEmpty());
    GetBroker().HandleClosed(m_now, id);
    id = Open();
    Say(id, MakeConnect("c", false));
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 5u);
    heard.erase(heard.begin());
    EXPECT_THAT(heard,
                ElementsAre(MakePublishPacket("t", "1", 1, 1, false, true),
                            Packet(Pubrel{2}),
                            MakePublishPacket("t", "3", 1, 3, false, true),
                            MakePublishPacket("t", "4", 2, 4, false, true)));
}

TEST_P(PublishRules, TheServerTakesUnusedIdentifiers)
{
    BrokerLimits limits;
    limits.delivery.inFlight = 3;
    SetLimits(limits);
    ConnectionId watcher = Watch("t", {1});
    ConnectionId id = Enter("c");
    std::set<uint16_t> inUse;
    for (int i = 0; i < 70000; i++) // beyond the last identifier
    {
        Say(id, MakePublishPacket("t", "x", 1, 1));
        for (const Packet& packet : Hear(watcher))
        {
            uint16_t used = std::get<Publish>(packet).packetId;
            ASSERT_NE(used, 0);
            ASSERT_TRUE(inUse.insert(used).second) << used;
        }
        if (inUse.size() == 3)
        {
            uint16_t done = *std::next(inUse.begin()); // never the first
            inUse.erase(done);
            Say(watcher, Puback{done});
            for (const Packet& packet : Hear(watcher))
            {
                ASSERT_TRUE(inUse.insert(std::get<Publish>(packet).packetId).second);
            }
        }
        Take(id);
    }
}

class RetainRules : public PublishRules
{
  protected:
    /// What a new subscription to r/# brings.
    std::vector<Packet> GetRetained()
    {
        ConnectionId id = Enter("late");
        Say(id, Subscribe{1, {{"r/#", 0}}});
        Packets heard = Hear(id);
        EXPECT_TRUE(!heard.empty() && std::holds_alternative<Suback>(heard[0]));
        heard.erase(heard.begin());
        return heard;
    }
};

INSTANTIATE_TEST_SUITE_P(Version,
                         RetainRules,
                         testing::Values(Version::V3_1_1, Version::V5),
                         NameOfVersion);

TEST_P(RetainRules, RetainedIsSetReplacedAndCleared)
{
    ConnectionId watcher = Watch("r/#", {0});
    ConnectionId id = Enter("c");
    Say(id, MakePublishPacket("r/1", "A", 1, 1, true));
    EXPECT_THAT(GetRetained(), ElementsAre(MakePublishPacket("r/1", "A", 0, 0, true)));
    Say(id, MakePublishPacket("r/1", "B", 0, 0, true));
    EXPECT_THAT(GetRetained(), ElementsAre(MakePublishPacket("r/1", "B", 0, 0, true)));
    Say(id, MakePublishPacket("r/1", "C", 0, 0)); // changes nothing
    Say(id, MakePublishPacket("r/1", "", 0, 0));
    EXPECT_THAT(GetRetained(), ElementsAre(MakePublishPacket("r/1", "B", 0, 0, true)));
    Say(id, MakePublishPacket("r/1", "", 0, 0, true)); // clears, and is handed on
    EXPECT_THAT(GetRetained(), IsEmpty());
    EXPECT_EQ(GetBroker().GetRetained(), 0u);
    EXPECT_THAT(Hear(watcher),
                ElementsAre(MakePublishPacket("r/1", "A", 0, 0),
                            MakePublishPacket("r/1", "B", 0, 0),
                            MakePublishPacket("r/1", "C", 0, 0),
                            MakePublishPacket("r/1", "", 0, 0),
                            MakePublishPacket("r/1", "", 0, 0)));
}

class RetainRules5 : public RetainRules
{
};

INSTANTIATE_TEST_SUITE_P(, RetainRules5, testing::Values(Version::V5), NameOfVersion);

TEST_P(RetainRules5, RetainAsPublishedIsAsItCame)
{
    ConnectionId as = Watch("#", {0, false, true});
    ConnectionId plain = Watch("t", {0});
    ConnectionId id = Enter("c");
    for (bool retain : {true, false})
    {
        Say(id, MakePublishPacket("t", "x", 0, 0, retain));
        EXPECT_THAT(Hear(as), ElementsAre(MakePublishPacket("t", "x", 0, 0, retain)));
        EXPECT_THAT(Hear(plain), ElementsAre(MakePublishPacket("t", "x", 0, 0)));
    }
}

class PublishRules5 : public PublishRules
{
  protected:
    ConnectionId EnterWith(const PropertyList& properties,
                           std::string_view clientId,
                           bool clean = true)
    {
        Connect connect = MakeConnect(clientId, clean);
        connect.properties = properties.Get();
        ConnectionId id = Open();
        Say(id, connect);
        return id;
    }

    static Packet MakeAliased(std::string_view topic, const PropertyList& properties)
    {
        Packet packet = MakePublishPacket(topic, "x", 1, 1);
        std::get<Publish>(packet).properties = properties.Get();
        return packet;
    }

    /// The code of the DISCONNECT that is all there is.
    ReasonCode GetFarewell(ConnectionId id)
    {
        Packets heard = Hear(id);
        EXPECT_EQ(heard.size(), 1u);
        EXPECT_TRUE(IsClosed(id));
        return heard.empty() ? ReasonCode::Success : std::get<Disconnect>(heard[0]).reason;
    }
};

INSTANTIATE_TEST_SUITE_P(, PublishRules5, testing::Values(Version::V5), NameOfVersion);

TEST_P(PublishRules5, EveryAliasOfferedIsTakenAndNoOther)
{
    BrokerLimits limits;
    limits.topicAliases = 3;
    SetLimits(limits);
    ConnectionId watcher = Watch();
    ConnectionId id = Open();
    Say(id, MakeConnect("c"));
    Packets heard = Hear(id);
    EXPECT_EQ(std::get<Connack>(heard.at(0)).properties.GetNumber(PropertyId::TopicAliasMaximum),
              3u);
    for (uint32_t alias = 3; alias >= 1; alias--)
    {
        PropertyList properties;
        properties.Add(PropertyId::TopicAlias, alias);
        const std::string topic = "t" + std::to_string(alias);
        Say(id, MakeAliased(topic, properties));
        Say(id, MakeAliased("", properties));
        EXPECT_THAT(Hear(watcher),
                    ElementsAre(MakePublishPacket(topic, "x", 1, 7 - 2 * alias),
                                MakePublishPacket(topic, "x", 1, 8 - 2 * alias)));
    }
    Hear(id);
    PropertyList beyond;
    Say(id, MakeAliased("t4", beyond.Add(PropertyId::TopicAlias, 4)));
    EXPECT_EQ(GetFarewell(id), ReasonCode::TopicAliasInvalid);
}

TEST_P(PublishRules5, AliasesEndWithTheConnection)
{
    PropertyList properties;
    properties.Add(PropertyId::TopicAlias, 1);
    ConnectionId id = Enter("c", false);
    Say(id, MakeAliased("t", properties));
    GetBroker().HandleClosed(m_now, id);
    id = Enter("c", false);
    Say(id, MakeAliased("", properties));
    EXPECT_EQ(GetFarewell(id), ReasonCode::ProtocolError);
}

TEST_P(PublishRules5, TheServerKeepsToTheClientsAliases)
{
    BrokerLimits limits;
    limits.delivery.topicAliases = 5;
    SetLimits(limits);
    for (uint32_t maximum : {0, 2})
    {
        PropertyList properties;
        properties.Add(PropertyId::TopicAliasMaximum, maximum);
        ConnectionId id = EnterWith(properties, "c");
        Say(id, Subscribe{1, {{"#", 0}}});
        Hear(id);
        std::vector<uint32_t> aliases;
        for (const char* topic : {"a", "b", "c"})
        {
            Say(id, MakePublishPacket(topic, "x", 0, 0));
            for (const Packet& packet : Hear(id))
            {
                aliases.push_back(std::get<Publish>(packet)
                                      .properties.GetNumber(PropertyId::TopicAlias)
                                      .value_or(0));
            }
        }
        EXPECT_EQ(aliases,
                  maximum == 0 ? (std::vector<uint32_t>{0, 0, 0})
                               : (std::vector<uint32_t>{1, 2, 0}));
    }
}

TEST_P(PublishRules5, ASubscriptionIdentifierOfAClientEndsTheConnection)
{
    PropertyList properties;
    properties.Add(PropertyId::SubscriptionIdentifier, 1);
    ConnectionId watcher = Watch();
    ConnectionId id = Enter("c");
    Say(id, MakeAliased("t", properties));
    EXPECT_EQ(GetFarewell(id), ReasonCode::ProtocolError);
    EXPECT_THAT(Hear(watcher), IsEmpty());
}

TEST_P(PublishRules5, ReceiveMaximumHoldsAndDelaysNothingElse)
{
    PropertyList properties;
    properties.Add(PropertyId::ReceiveMaximum, 2);
    ConnectionId id = EnterWith(properties, "c");
    Say(id, Subscribe{1, {{"#", 2}}});
    Hear(id);
    ConnectionId publisher = Enter("p");
    for (uint16_t i = 1; i <= 6; i++)
    {
        Say(publisher, MakePublishPacket("t", std::to_string(i), i % 2 ? 1 : 2, i));
    }
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("1", "2"));
    Say(publisher, MakePublishPacket("t", "zero", 0, 0)); // QoS 0 is free,
    Say(id, Pingreq{});                                   // and so is everything but PUBLISH
    Say(id, Subscribe{2, {{"u", 0}}});
    EXPECT_THAT(Hear(id),
                ElementsAre(MakePublishPacket("t", "zero", 0, 0),
                            Packet(Pingresp{}),
                            Packet(Suback{2, {ReasonCode::GrantedQos0}})));
    Say(id, Pubrec{2}); // PUBREC makes no room,
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Pubrel{2})));
    Say(id, Pubcomp{2}); // PUBCOMP does,
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("3"));
    Say(id, Puback{1}); // and PUBACK,
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("4"));
    Say(id, Pubrec{4, ReasonCode::UnspecifiedError}); // and a PUBREC that refuses.
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("5"));
}

TEST_P(PublishRules5, ReceiveMaximumHoldsForWhatIsSentAgain)
{
    PropertyList properties;
    properties.Add(PropertyId::SessionExpiryInterval, 1000);
    ConnectionId id = EnterWith(properties, "c", false);
    Say(id, Subscribe{1, {{"#", 1}}});
    ConnectionId publisher = Enter("p");
    for (uint16_t i = 1; i <= 5; i++)
    {
        Say(publisher, MakePublishPacket("t", std::to_string(i), 1, i));
    }
    EXPECT_EQ(GetPayloads(Hear(id)).size(), 5u);
    GetBroker().HandleClosed(m_now, id);
    Say(publisher, MakePublishPacket("t", "6", 1, 6));
    properties.Add(PropertyId::ReceiveMaximum, 2);
    id = EnterWith(properties, "c", false);
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("1", "2"));
    Say(id, Puback{1});
    EXPECT_THAT(Hear(id), ElementsAre(MakePublishPacket("t", "3", 1, 3, false, true)));
    Say(id, Puback{2});
    Say(id, Puback{3});
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("4", "5"));
    Say(id, Puback{5});
    EXPECT_THAT(Hear(id), ElementsAre(MakePublishPacket("t", "6", 1, 6))); // new only after those
    EXPECT_EQ(Get<Broker::Redelivered>().size(), 5u);
}

TEST_P(PublishRules5, WhatHasBecomeTooLargeIsNotSentAgain)
{
    PropertyList properties;
    properties.Add(PropertyId::SessionExpiryInterval, 1000);
    ConnectionId id = EnterWith(properties, "c", false);
    Say(id, Subscribe{1, {{"#", 2}}});
    ConnectionId publisher = Enter("p");
    Say(publisher, MakePublishPacket("t", std::string(50, 'x'), 1, 1));
    Say(publisher, MakePublishPacket("t", "small", 2, 2));
    Hear(id);
    GetBroker().HandleClosed(m_now, id);
    properties.Add(PropertyId::MaximumPacketSize, 40);
    id = EnterWith(properties, "c", false);
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("small"));
    ASSERT_EQ(Get<Broker::MessageDropped>().size(), 1u);
    EXPECT_EQ(Get<Broker::MessageDropped>()[0].reason, Outbox::Drop::TooLarge);
}

TEST_P(PublishRules5, WhatWasSentDoesNotExpire)
{
    PropertyList forEver;
    forEver.Add(PropertyId::SessionExpiryInterval, NEVER_EXPIRES);
    ConnectionId id = EnterWith(forEver, "c", false);
    Say(id, Subscribe{1, {{"#", 2}}});
    PropertyList expiry;
    expiry.Add(PropertyId::MessageExpiryInterval, 5);
    Packet message = MakePublishPacket("t", "x", 2, 1);
    std::get<Publish>(message).properties = expiry.Get();
    Say(Enter("p"), message);
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("x"));
    GetBroker().HandleClosed(m_now, id);
    Wait(10s);
    id = EnterWith(forEver, "c", false);
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("x"));
}

TEST_P(PublishRules5, AnExpiredMessageIsAcknowledgedToTheEnd)
{
    PropertyList expiry;
    expiry.Add(PropertyId::MessageExpiryInterval, 0);
    Packet message = MakePublishPacket("t", "x", 2, 1);
    std::get<Publish>(message).properties = expiry.Get();
    ConnectionId watcher = Watch();
    ConnectionId id = Enter("c");
    Say(id, message);
    EXPECT_THAT(Hear(watcher), IsEmpty());
    EXPECT_EQ(Count<Pubrec>(Hear(id)), 1u);
    Say(id, Pubrel{1});
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Pubcomp{1})));
}

TEST_P(PublishRules5, ARefusedMessageIsOver)
{
    PropertyList forEver;
    forEver.Add(PropertyId::SessionExpiryInterval, NEVER_EXPIRES);
    ConnectionId id = EnterWith(forEver, "c", false);
    Say(id, Subscribe{1, {{"#", 2}}});
    ConnectionId publisher = Enter("p");
    Say(publisher, MakePublishPacket("t", "1", 1, 1));
    Say(publisher, MakePublishPacket("t", "2", 2, 2));
    Hear(id);
    Say(id, Puback{1, ReasonCode::QuotaExceeded});
    Say(id, Pubrec{2, ReasonCode::QuotaExceeded});
    EXPECT_THAT(Hear(id), IsEmpty()); // no PUBREL
    GetBroker().HandleClosed(m_now, id);
    id = EnterWith(forEver, "c", false);
    EXPECT_THAT(GetPayloads(Hear(id)), IsEmpty());
}

TEST_P(PublishRules5, AnIdentifierOfARefusedMessageIsNew)
{
    BrokerLimits limits;
    limits.topicLevels = 1;
    SetLimits(limits);
    ConnectionId watcher = Watch();
    ConnectionId id = Enter("c");
    Say(id, MakePublishPacket("too/deep", "x", 2, 1));
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Pubrec>(heard[0]).reason, ReasonCode::TopicNameInvalid);
    Say(id, MakePublishPacket("t", "y", 2, 1));
    EXPECT_THAT(GetPayloads(Hear(watcher)), ElementsAre("y"));
}

TEST_P(PublishRules5, UnknownIdentifiersAreTold)
{
    ConnectionId id = Enter("c");
    Say(id, Pubrel{9});
    Say(id, Pubrec{8});
    EXPECT_THAT(Hear(id),
                ElementsAre(Packet(Pubcomp{9, ReasonCode::PacketIdentifierNotFound}),
                            Packet(Pubrel{8, ReasonCode::PacketIdentifierNotFound})));
}

} // namespace
