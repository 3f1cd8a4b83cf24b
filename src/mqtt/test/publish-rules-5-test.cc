// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * The rules of PUBLISH and its acknowledgements that bind the server in 5.0 (sections 3.3 to 3.7,
 * 4.9): aliases, Receive Maximum, reason codes.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class PublishRules5 : public ServerRule
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

TEST_P(PublishRules5, WhatHasExpiredKeepsNoPlaceInAQueue)
{
    BrokerLimits limits;
    limits.delivery.queuedMessages = 2;
    SetLimits(limits);
    ConnectionId id = Enter("s", false);
    Say(id, Subscribe{1, {{"t", {1}}}});
    GetBroker().HandleClosed(m_now, id);
    ConnectionId publisher = Enter("p");
    auto publish = [&](std::string_view payload, uint32_t seconds) {
        const PropertyList expiry = PropertyList().Add(PropertyId::MessageExpiryInterval, seconds);
        Packet packet = MakePublishPacket("t", payload, 1, 1);
        std::get<Publish>(packet).properties = expiry.Get();
        Say(publisher, packet);
    };
    publish("brief", 5);
    publish("longer", 100);
    publish("no room", 100);
    EXPECT_EQ(GetBroker().GetCount(Limit::QueuedMessages), 1u);
    Wait(5s);
    publish("current", 100);
    EXPECT_EQ(GetBroker().GetCount(Limit::QueuedMessages), 1u);
    auto dropped = Get<Broker::MessageDropped>();
    ASSERT_EQ(dropped.size(), 1u);
    EXPECT_EQ(dropped[0].clientId, "s");
    EXPECT_EQ(dropped[0].reason, Outbox::Drop::Expired);
    publish("no room", 100);
    EXPECT_EQ(GetBroker().GetCount(Limit::QueuedMessages), 2u);
    id = Open();
    Say(id, MakeConnect("s", false));
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("longer", "current"));
}

TEST_P(PublishRules5, WhatHasExpiredKeepsNoPlaceAmongTheRetained)
{
    BrokerLimits limits;
    limits.retainedMessages = 1;
    SetLimits(limits);
    ConnectionId publisher = Enter("p");
    const PropertyList expiry = PropertyList().Add(PropertyId::MessageExpiryInterval, 5);
    auto retain = [&](std::string_view topic, bool expires) {
        Packet packet = MakePublishPacket(topic, "x", 1, 1, true);
        std::get<Publish>(packet).properties = expires ? expiry.Get() : Properties();
        Say(publisher, packet);
    };
    retain("a", true);
    retain("b", false);
    EXPECT_EQ(GetBroker().GetCount(Limit::RetainedMessages), 1u);
    Wait(5s);
    retain("b", false);
    EXPECT_EQ(GetBroker().GetCount(Limit::RetainedMessages), 1u);
    EXPECT_EQ(GetBroker().GetRetained(), 1u);
    retain("c", false); // b does not expire
    EXPECT_EQ(GetBroker().GetCount(Limit::RetainedMessages), 2u);
}

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
