// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * The rules of SUBSCRIBE, UNSUBSCRIBE and of topics that bind the server (sections 3.8
 * to 3.11, 4.7, 4.8).
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using testing::ElementsAre;
using testing::IsEmpty;

class SubscribeRules : public ServerRule
{
  protected:
    ReasonCode Refusal(ReasonCode code) const
    {
        return Is5() ? code : ReasonCode::UnspecifiedError;
    }

    void Publish(std::string_view topic, std::string_view payload, uint8_t qos = 2)
    {
        if (m_publisher == 0)
        {
            m_publisher = Enter("publisher");
        }
        m_lastId++;
        Say(m_publisher, MakePublishPacket(topic, payload, qos, qos > 0 ? m_lastId : 0));
        Say(m_publisher, Pubrel{m_lastId});
        Take(m_publisher);
    }

  private:
    ConnectionId m_publisher{0};
    uint16_t m_lastId{0};
};

INSTANTIATE_TEST_SUITE_P(Version,
                         SubscribeRules,
                         testing::Values(Version::V3_1_1, Version::V5),
                         NameOfVersion);

TEST_P(SubscribeRules, AnswersCarryTheIdentifier)
{
    ConnectionId id = Enter("c");
    Say(id, Subscribe{0x1234, {{"a", 1}}});
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Suback{0x1234, {ReasonCode::GrantedQos1}})));
    Say(id, Unsubscribe{0x2345, {"a"}});
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Unsuback>(heard[0]).packetId, 0x2345);
}

TEST_P(SubscribeRules, MalformedRequestsEndTheConnection)
{
    const Bytes none = Is5() ? Bytes{0} : Bytes{}; // properties
    auto make = [&](uint8_t first, const Bytes& rest) {
        Bytes bytes = {first, 0, 0, 1};
        bytes.insert(bytes.end(), none.begin(), none.end());
        bytes.insert(bytes.end(), rest.begin(), rest.end());
        bytes[1] = static_cast<uint8_t>(bytes.size() - 2);
        return bytes;
    };
    const std::vector<Bytes> wrong = {
        make(0x82, {}),                  // nothing asked for
        make(0xa2, {}),                  //
        make(0x82, {0, 1, 'a', 0x03}),   // QoS 3
        make(0x82, {0, 1, 'a', 0x40}),   // reserved bits
        make(0x82, {0, 1, 'a', 0x80}),   //
        make(0x82, {0, 1, 'a'}),         // without options
        make(0x82, {0, 1, 0xff, 0}),     // ill-formed
        make(0xa2, {0, 1, 0xff}),        //
        make(0x82, {0, 0, 0}),           // empty filters
        make(0xa2, {0, 0}),              //
        make(0x82, {0, 2, 'a', '#', 0}), // misplaced wildcards
        make(0x82, {0, 3, '#', '/', 'a', 0}),
        make(0x82, {0, 2, 'a', '+', 0}),
        make(0x80, {0, 1, 'a', 0}), // flags
        make(0xa0, {0, 1, 'a'}),
    };
    for (const Bytes& bytes : wrong)
    {
        ConnectionId id = Enter("c");
        SendBytes(id, bytes);
        EXPECT_TRUE(IsClosed(id)) << testing::PrintToString(bytes);
    }
    ConnectionId id = Enter("c");
    SendBytes(id, make(0x82, {0, 1, 'a', 0}));
    EXPECT_FALSE(IsClosed(id));
}

TEST_P(SubscribeRules, EachFilterHasItsAnswerInOrder)
{
    BrokerLimits limits;
    limits.topicLevels = 2;
    SetLimits(limits);
    ConnectionId id = Enter("c");
    Say(id, Subscribe{1, {{"a", 2}, {"too/deep/by", 1}, {"b", 0}, {"c", 1}}});
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_THAT(std::get<Suback>(heard[0]).reasons,
                ElementsAre(ReasonCode::GrantedQos2,
                            Refusal(ReasonCode::TopicFilterInvalid),
                            ReasonCode::GrantedQos0,
                            ReasonCode::GrantedQos1));
    for (const char* topic : {"a", "b", "c"}) // as if each had been asked for alone
    {
        Publish(topic, topic);
        EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre(topic));
    }
    Say(id, Unsubscribe{2, {"a", "never", "c"}});
    heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    if (Is5())
    {
        EXPECT_THAT(std::get<Unsuback>(heard[0]).reasons,
                    ElementsAre(ReasonCode::Success,
                                ReasonCode::NoSubscriptionExisted,
                                ReasonCode::Success));
    }
    Publish("a", "x");
    Publish("c", "x");
    EXPECT_THAT(Hear(id), IsEmpty());
    Publish("b", "y");
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("y"));
}

TEST_P(SubscribeRules, TheLowerQosHolds)
{
    for (uint8_t granted : {0, 1, 2})
    {
        ConnectionId id = Watch("t", {granted});
        for (uint8_t qos : {0, 1, 2})
        {
            Publish("t", "x", qos);
            Packets heard = Hear(id);
            ASSERT_EQ(heard.size(), 1u);
            EXPECT_EQ(std::get<mqtt::Publish>(heard[0]).qos, std::min(granted, qos));
        }
    }
}

TEST_P(SubscribeRules, ANewSubscriptionReplacesTheOldAndLosesNothing)
{
    ConnectionId publisher = Enter("p");
    Say(publisher, MakePublishPacket("t", "kept", 1, 1, true));
    ConnectionId id = Enter("c");
    for (uint8_t qos : {2, 0, 1})
    {
        Say(id, Subscribe{1, {{"t", qos}}});
        Packets heard = Hear(id);
        ASSERT_EQ(heard.size(), 2u);
        EXPECT_EQ(std::get<mqtt::Publish>(heard[1]).payload.ToString(), "kept"); // again
        Publish("t", "x");
        heard = Hear(id);
        ASSERT_EQ(heard.size(), 1u); // one subscription, not two
        EXPECT_EQ(std::get<mqtt::Publish>(heard[0]).qos, qos);
    }
    // What was on its way goes on.
    id = Watch("t", {2});
    Publish("t", "under way");
    Say(id, Subscribe{7, {{"t", 0}}});
    Packets heard = Hear(id);
    EXPECT_THAT(GetPayloads(heard), ElementsAre("under way", "kept"));
    Say(id, Pubrec{std::get<mqtt::Publish>(heard[0]).packetId});
    EXPECT_EQ(Count<Pubrel>(Hear(id)), 1u);
}

TEST_P(SubscribeRules, UnsubscribeTakesTheVeryFilter)
{
    ConnectionId id = Enter("c");
    Say(id, Subscribe{1, {{"a/+", 0}, {"a/b", 0}, {"A/B", 0}}});
    Say(id, Unsubscribe{2, {"a/b", "a/#"}});
    Hear(id);
    Publish("a/b", "1");
    Publish("A/B", "2");
    EXPECT_THAT(GetPayloads(Hear(id)), ElementsAre("1", "2"));
    Say(id, Unsubscribe{2, {"a/+"}});
    Hear(id);
    Publish("a/b", "3");
    EXPECT_THAT(Hear(id), IsEmpty());
}

TEST_P(SubscribeRules, AnUnknownFilterIsAnsweredToo)
{
    ConnectionId id = Enter("c");
    Say(id, Unsubscribe{7, {"never"}});
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Unsuback>(heard[0]).packetId, 7);
}

TEST_P(SubscribeRules, UnsubscribeLetsDeliveriesEnd)
{
    ConnectionId id = Enter("c", false);
    Say(id, Subscribe{1, {{"t", 2}}});
    Publish("t", "x");
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 2u);
    uint16_t packetId = std::get<mqtt::Publish>(heard[1]).packetId;
    Say(id, Unsubscribe{2, {"t"}});
    Publish("t", "late");
    EXPECT_EQ(GetPayloads(Hear(id)).size(), 0u);
    GetBroker().HandleClosed(m_now, id);
    id = Open();
    Say(id, MakeConnect("c", false));
    heard = Hear(id);
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[1], MakePublishPacket("t", "x", 2, packetId, false, true));
    Say(id, Pubrec{packetId});
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Pubrel{packetId})));
}

TEST_P(SubscribeRules, NothingIsNormalized)
{
    // LATIN SMALL LETTER E WITH ACUTE, and E with COMBINING ACUTE ACCENT; case; an unknown
    // character.
    const std::vector<std::string> topics =
        {"\xc3\xa9", "e\xcc\x81", "E", "e", "\xf3\xb0\x80\x80", " e"};
    std::vector<ConnectionId> watchers;
    for (const std::string& topic : topics)
    {
        watchers.push_back(Watch(topic));
    }
    for (size_t i = 0; i < topics.size(); i++)
    {
        Publish(topics[i], "x");
        for (size_t j = 0; j < topics.size(); j++)
        {
            EXPECT_EQ(GetPayloads(Hear(watchers[j])).size(), i == j ? 1u : 0u) << i << j;
        }
    }
}

TEST_P(SubscribeRules, PingreqIsAnswered)
{
    ConnectionId id = Enter("c");
    Say(id, Pingreq{});
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Pingresp{})));
}

class SubscribeRules5 : public SubscribeRules
{
};

INSTANTIATE_TEST_SUITE_P(, SubscribeRules5, testing::Values(Version::V5), NameOfVersion);

TEST_P(SubscribeRules5, NoLocalOnAShareIsAProtocolError)
{
    ConnectionId id = Enter("c");
    Say(id, Subscribe{1, {{"$share/g/t", {1, true}}}});
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Disconnect>(heard[0]).reason, ReasonCode::ProtocolError);
}

TEST_P(SubscribeRules5, SharesWithoutNameOrFilterAreInvalid)
{
    for (std::string_view filter :
         {"$share/", "$share/g", "$share//t", "$share/g+/t", "$share/#/t", "$share/g/"})
    {
        ConnectionId id = Enter("c");
        Say(id, Subscribe{1, {{filter, {1}}}});
        EXPECT_TRUE(IsClosed(id)) << filter;
    }
    ConnectionId id = Enter("c");
    Say(id, Subscribe{1, {{"$share/g//", {1}}}}); // the filter is "/"
    EXPECT_FALSE(IsClosed(id));
}

TEST_P(SubscribeRules5, AShareAndASubscriptionBringTheirOwnIdentifiers)
{
    PropertyList one;
    one.Add(PropertyId::SubscriptionIdentifier, 1);
    PropertyList two;
    two.Add(PropertyId::SubscriptionIdentifier, 2);
    ConnectionId id = Enter("c");
    Say(id, Subscribe{1, {{"t", 1}}, one.Get()});
    Say(id, Subscribe{2, {{"$share/g/t", 0}}, two.Get()});
    Hear(id);
    Publish("t", "x");
    std::vector<uint32_t> identifiers;
    std::vector<int> qos;
    for (const Packet& packet : Hear(id))
    {
        const auto& publish = std::get<mqtt::Publish>(packet);
        publish.properties.ForEach(
            [&](const Property& property) { identifiers.push_back(property.number); });
        qos.push_back(publish.qos);
    }
    EXPECT_THAT(identifiers, testing::UnorderedElementsAre(1, 2));
    EXPECT_THAT(qos, testing::UnorderedElementsAre(1, 0)); // each with its own QoS
}

TEST_P(SubscribeRules5, AShareStaysWithTheMemberThatHasIt)
{
    ConnectionId one = Enter("one", false);
    ConnectionId two = Enter("two", false);
    for (ConnectionId id : {one, two})
    {
        Say(id, Subscribe{1, {{"$share/g/t", 2}}});
        Hear(id);
    }
    Publish("t", "x");
    EXPECT_THAT(GetPayloads(Hear(one)), ElementsAre("x"));
    GetBroker().HandleClosed(m_now, one);
    EXPECT_THAT(Hear(two), IsEmpty());
    one = Open();
    Say(one, MakeConnect("one", false));
    EXPECT_THAT(GetPayloads(Hear(one)), ElementsAre("x")); // it is finished with the same member
    GetBroker().HandleClosed(m_now, one);
    Enter("one", true); // its session ends
    EXPECT_THAT(Hear(two), IsEmpty());
}

TEST_P(SubscribeRules5, WhatAMemberRefusesIsOver)
{
    ConnectionId one = Watch("$share/g/t");
    ConnectionId two = Enter("two");
    Say(two, Subscribe{1, {{"$share/g/t", 2}}});
    Hear(two);
    for (uint8_t qos : {1, 2})
    {
        Publish("t", "x", qos);
        for (auto [id, other] : {std::pair(one, two), std::pair(two, one)})
        {
            for (const Packet& packet : Hear(id))
            {
                uint16_t packetId = std::get<mqtt::Publish>(packet).packetId;
                Say(id,
                    qos == 1 ? Packet(Puback{packetId, ReasonCode::QuotaExceeded})
                             : Packet(Pubrec{packetId, ReasonCode::QuotaExceeded}));
                EXPECT_THAT(Hear(other), IsEmpty());
                EXPECT_THAT(Hear(id), IsEmpty());
            }
        }
    }
}

} // namespace
