// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * The rules of 5.0 that bind the client beyond those of 3.1.1, with a server whose every packet is
 * written by hand.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using testing::ElementsAre;
using testing::IsEmpty;

class ClientRules5 : public ClientRule
{
  protected:
    /// The server lets the client in, with these properties.
    Packets ConnectWith(const PropertyList& properties)
    {
        return Connect(Connack{false, ReasonCode::Success, properties.Get()});
    }

    void ExpectFarewell(ReasonCode code)
    {
        EXPECT_FALSE(GetClient().IsConnected());
        Packets sent = GetSent();
        ASSERT_EQ(sent.size(), 1u);
        EXPECT_EQ(std::get<Disconnect>(sent[0]).reason, code);
        EXPECT_TRUE(HasClosed());
    }

    std::vector<std::string> GetRefusals()
    {
        std::vector<std::string> reasons;
        for (const auto& refused : Get<Client::Refused>())
        {
            reasons.push_back(refused.reason);
        }
        return reasons;
    }
};

INSTANTIATE_TEST_SUITE_P(, ClientRules5, testing::Values(Version::V5), NameOfVersion);

TEST_P(ClientRules5, WhatTheServerDoesNotTakeIsNotSent)
{
    // Queued before the server could say so.
    Publish("t", "two", 2, 1);
    Publish("t", "one", 1, 2);
    auto retained = std::make_shared<Message>(Message{"t", {'r'}, 0, true});
    GetClient().Publish(m_now, retained, 3);
    PropertyList properties;
    properties.Add(PropertyId::MaximumQos, 1).Add(PropertyId::RetainAvailable, 0);
    EXPECT_THAT(ConnectWith(properties), ElementsAre(MakePublishPacket("t", "one", 1, 1)));
    EXPECT_THAT(GetRefusals(), ElementsAre("retain not supported", "QoS not supported"));
}

TEST_P(ClientRules5, SubscriptionsTheServerDoesNotTakeAreNotSent)
{
    ClientSettings settings = MakeSettings();
    Make(settings);
    GetClient().Subscribe(m_now, "a/+", {0});
    GetClient().Subscribe(m_now, "b", {0}, 7);
    GetClient().Subscribe(m_now, "$share/g/c", {0});
    GetClient().Subscribe(m_now, std::string(40, 'd'), {0});
    GetClient().Subscribe(m_now, "e", {0});
    PropertyList properties;
    properties.Add(PropertyId::WildcardSubscriptionAvailable, 0)
        .Add(PropertyId::SubscriptionIdentifierAvailable, 0)
        .Add(PropertyId::SharedSubscriptionAvailable, 0)
        .Add(PropertyId::MaximumPacketSize, 40);
    Packets sent = ConnectWith(properties);
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(std::get<mqtt::Subscribe>(sent[0]).subscriptions[0].filter, "e");
    std::vector<ReasonCode> reasons;
    for (const auto& subscribed : Get<Client::Subscribed>())
    {
        reasons.push_back(subscribed.reason);
    }
    EXPECT_THAT(reasons,
                ElementsAre(ReasonCode::WildcardSubscriptionsNotSupported,
                            ReasonCode::SubscriptionIdentifiersNotSupported,
                            ReasonCode::SharedSubscriptionsNotSupported,
                            ReasonCode::PacketTooLarge));
}

TEST_P(ClientRules5, AliasesUpToTheServersMaximum)
{
    for (uint32_t maximum : {0, 1, 9})
    {
        ClientSettings settings = MakeSettings();
        settings.delivery.topicAliases = 2;
        Make(settings);
        PropertyList properties;
        properties.Add(PropertyId::TopicAliasMaximum, maximum);
        ConnectWith(properties);
        std::vector<uint32_t> aliases;
        for (const char* topic : {"a", "b", "c"})
        {
            Publish(topic, "x", 0);
            for (const Packet& packet : GetSent())
            {
                aliases.push_back(std::get<mqtt::Publish>(packet)
                                      .properties.GetNumber(PropertyId::TopicAlias)
                                      .value_or(0));
            }
        }
        EXPECT_EQ(aliases,
                  (std::vector<uint32_t>{maximum > 0 ? 1u : 0u, maximum > 1 ? 2u : 0u, 0u}));
    }
}

TEST_P(ClientRules5, EveryAliasOfferedIsTakenAndNoOther)
{
    ClientSettings settings = MakeSettings();
    settings.topicAliases = 2;
    Make(settings);
    Connect();
    PropertyList properties[3];
    for (uint32_t alias : {2, 1, 3})
    {
        properties[alias - 1].Add(PropertyId::TopicAlias, alias);
        Packet first = MakePublishPacket("t" + std::to_string(alias), "x", 0, 0);
        std::get<mqtt::Publish>(first).properties = properties[alias - 1].Get();
        Hear(first);
        if (alias < 3)
        {
            Packet second = MakePublishPacket("", "x", 0, 0);
            std::get<mqtt::Publish>(second).properties = properties[alias - 1].Get();
            Hear(second);
            EXPECT_EQ(Get<Client::MessageArrived>().back().message.topic,
                      "t" + std::to_string(alias));
        }
    }
    EXPECT_EQ(Get<Client::MessageArrived>().size(), 4u);
    ExpectFarewell(ReasonCode::TopicAliasInvalid);
    Break();
    Connect(Connack{true}); // and none of them outlives the connection
    Packet known = MakePublishPacket("", "x", 0, 0);
    std::get<mqtt::Publish>(known).properties = properties[0].Get();
    Hear(known);
    EXPECT_EQ(Get<Client::MessageArrived>().size(), 4u);
    EXPECT_FALSE(GetClient().IsConnected());
}

TEST_P(ClientRules5, ReceiveMaximumHoldsAndDelaysNothingElse)
{
    PropertyList properties;
    properties.Add(PropertyId::ReceiveMaximum, 2);
    for (uint8_t qos : {1, 2, 1, 2, 1})
    {
        Publish("t", std::to_string(qos), qos);
    }
    EXPECT_EQ(ConnectWith(properties).size(), 2u);
    Publish("t", "zero", 0);
    GetClient().Subscribe(m_now, "t", {0});
    Hear(MakePublishPacket("u", "x", 1, 9));
    Packets sent = GetSent();
    EXPECT_EQ(sent.size(), 3u);
    EXPECT_EQ(Count<mqtt::Publish>(sent), 1u); // of QoS 0
    Hear(Pubrec{2});
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Pubrel{2})));
    Hear(Pubcomp{2});
    EXPECT_EQ(Count<mqtt::Publish>(GetSent()), 1u);
    Hear(Puback{1});
    EXPECT_EQ(Count<mqtt::Publish>(GetSent()), 1u);
    Break();
    properties = PropertyList().Add(PropertyId::ReceiveMaximum, 1);
    Packets again = Connect(Connack{true, ReasonCode::Success, properties.Get()});
    EXPECT_EQ(Count<mqtt::Publish>(again), 1u); // what is sent again counts too
}

TEST_P(ClientRules5, ARefusedMessageIsNotSentAgain)
{
    Connect();
    Publish("t", "1", 1, 1);
    Publish("t", "2", 2, 2);
    GetSent();
    Hear(Puback{1, ReasonCode::NotAuthorized});
    Hear(Pubrec{2, ReasonCode::QuotaExceeded});
    EXPECT_THAT(GetSent(), IsEmpty());
    EXPECT_THAT(GetRefusals(), ElementsAre("not authorized", "quota exceeded"));
    Break();
    EXPECT_THAT(Connect(Connack{true}), IsEmpty());
}

TEST_P(ClientRules5, WhatWasSentDoesNotExpire)
{
    Connect();
    auto message = std::make_shared<Message>(Message{"t", {'x'}, 2});
    message->expiry = 5;
    GetClient().Publish(m_now, message);
    EXPECT_EQ(GetSent().size(), 1u);
    Break(); // for minutes
    EXPECT_EQ(Connect(Connack{true}).size(), 1u);
}

TEST_P(ClientRules5, ProblemInformationThatWasNotWantedIsAnError)
{
    for (bool wanted : {true, false})
    {
        ClientSettings settings = MakeSettings();
        settings.problemInformation = wanted;
        Make(settings);
        PropertyList why;
        why.Add(PropertyId::ReasonString, std::string_view("because"));
        Packets sent = Open();
        EXPECT_EQ(std::get<mqtt::Connect>(sent.at(0))
                      .properties.GetNumber(PropertyId::RequestProblemInformation)
                      .value_or(1),
                  wanted ? 1u : 0u);
        Hear(Connack{false, ReasonCode::Success, why.Get()}); // may always say it
        Publish("t", "x", 1);
        Hear(Puback{1, ReasonCode::QuotaExceeded, why.Get()});
        EXPECT_EQ(GetClient().IsConnected(), wanted);
    }
}

TEST_P(ClientRules5, ResponseInformationIsAskedForAndTold)
{
    ClientSettings settings = MakeSettings();
    settings.responseInformation = true;
    Make(settings);
    PropertyList properties;
    properties.Add(PropertyId::ResponseInformation, std::string_view("answers/c"));
    Packets sent = Open();
    EXPECT_EQ(std::get<mqtt::Connect>(sent.at(0))
                  .properties.GetNumber(PropertyId::RequestResponseInformation),
              1u);
    Hear(Connack{false, ReasonCode::Success, properties.Get()});
    ASSERT_EQ(Get<Client::Connected>().size(), 1u);
    EXPECT_EQ(Get<Client::Connected>()[0].responseInformation, "answers/c");
}

TEST_P(ClientRules5, AServerMaySendItAway)
{
    Connect();
    Hear(Disconnect{ReasonCode::ServerShuttingDown});
    EXPECT_FALSE(GetClient().IsConnected());
    EXPECT_TRUE(HasClosed());
    EXPECT_THAT(GetSent(), IsEmpty());
    Make(MakeSettings());
    Connect();
    PropertyList properties;
    properties.Add(PropertyId::SessionExpiryInterval, 1); // which no server says
    Hear(Disconnect{ReasonCode::ServerShuttingDown, properties.Get()});
    ExpectFarewell(ReasonCode::ProtocolError);
}

TEST_P(ClientRules5, WithoutMethodNoAuth)
{
    PropertyList method;
    method.Add(PropertyId::AuthenticationMethod, std::string_view("m"));
    Connect();
    GetClient().ReAuthenticate(m_now);
    EXPECT_THAT(GetSent(), IsEmpty());
    Hear(Auth{ReasonCode::ContinueAuthentication, method.Get()});
    ExpectFarewell(ReasonCode::ProtocolError);
    Make(MakeSettings());
    Open();
    Hear(Connack{false, ReasonCode::Success, method.Get()}); // a method that was not said
    EXPECT_FALSE(GetClient().IsConnected());
}

} // namespace
