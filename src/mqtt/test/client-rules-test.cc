// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * The rules that bind the client (chapters 3 and 4), with a server whose every packet is written by
 * hand.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ClientRules : public ClientRule
{
};

INSTANTIATE_TEST_SUITE_P(Version,
                         ClientRules,
                         testing::Values(Version::V3_1_1, Version::V5),
                         NameOfVersion);

TEST_P(ClientRules, ConnectComesFirstAndAlone)
{
    Publish("t", "x", 1);
    GetClient().Subscribe(m_now, "t", {1});
    Packets sent = Open();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(std::get<mqtt::Connect>(sent[0]).clientId, "c");
    Publish("t", "y", 0);
    GetClient().Subscribe(m_now, "u", {1});
    GetClient().Unsubscribe(m_now, "t");
    GetClient().ReAuthenticate(m_now);
    EXPECT_THAT(GetSent(), IsEmpty());
    Hear(Connack{});
    EXPECT_EQ(GetSent().size(), 4u);
}

TEST_P(ClientRules, APasswordAloneBringsAnEmptyUserName)
{
    ClientSettings settings = MakeSettings();
    settings.password = Bytes{'p'};
    Make(settings);
    Packets sent = Open();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(std::get<mqtt::Connect>(sent[0]).userName.has_value(), !Is5());
}

TEST_P(ClientRules, WhatHasNoFormOnTheWireIsNotSent)
{
    const std::string longest(MAX_TEXT, 'a');
    const auto sends = [this](const std::function<void(ClientSettings&)>& change) {
        ClientSettings settings = MakeSettings();
        change(settings);
        Make(settings);
        return Open().size() == 1;
    };
    EXPECT_TRUE(sends([&](ClientSettings& settings) {
        settings.clientId = longest;
        settings.userName = longest;
        settings.password = Bytes(MAX_TEXT, 0xff);
        settings.will = Message{longest, Bytes(MAX_TEXT, 0xff)};
    }));
    for (const std::string& text : {longest + "a", std::string("\xff"), std::string(1, '\0')})
    {
        EXPECT_FALSE(sends([&](ClientSettings& settings) { settings.clientId = text; }));
        EXPECT_FALSE(sends([&](ClientSettings& settings) { settings.userName = text; }));
        EXPECT_FALSE(sends([&](ClientSettings& settings) { settings.will = Message{text, {}}; }));
    }
    EXPECT_FALSE(sends([](ClientSettings& settings) { settings.will = Message{"a/#", {}}; }));
    EXPECT_FALSE(sends([](ClientSettings& settings) {
        settings.will = Message{"t", Bytes(MAX_TEXT + 1)};
    }));
    EXPECT_FALSE(sends([](ClientSettings& settings) {
        settings.userName = "u";
        settings.password = Bytes(MAX_TEXT + 1);
    }));
}

TEST_P(ClientRules, PingreqKeepsTheConnection)
{
    ClientSettings settings = MakeSettings();
    settings.keepAlive = 10;
    Make(settings);
    Connect();
    m_now += 9999ms;
    GetClient().HandleTimeout(m_now);
    EXPECT_THAT(GetSent(), IsEmpty());
    m_now += 1ms;
    GetClient().HandleTimeout(m_now);
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Pingreq{})));
}

TEST_P(ClientRules, AcknowledgesInOrderWithTheIdentifiers)
{
    Connect();
    Hear(MakePublishPacket("nobody asked", "x", 0, 0));
    EXPECT_THAT(GetSent(), IsEmpty());
    for (uint16_t i : {7, 3, 5})
    {
        Hear(MakePublishPacket("nobody asked", "x", 1, i));
    }
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Puback{7}), Packet(Puback{3}), Packet(Puback{5})));
    for (uint16_t i : {7, 3, 5})
    {
        Hear(MakePublishPacket("nobody asked", "x", 2, i));
    }
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Pubrec{7}), Packet(Pubrec{3}), Packet(Pubrec{5})));
    for (uint16_t i : {5, 7, 3})
    {
        Hear(Pubrel{i});
    }
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Pubcomp{5}), Packet(Pubcomp{7}), Packet(Pubcomp{3})));
    EXPECT_EQ(Get<Client::MessageArrived>().size(), 7u);
}

TEST_P(ClientRules, ReleasesInOrder)
{
    Connect();
    for (int i = 0; i < 3; i++)
    {
        Publish("t", "x", 2);
    }
    GetSent();
    for (uint16_t i : {2, 1, 3})
    {
        Hear(Pubrec{i});
    }
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Pubrel{2}), Packet(Pubrel{1}), Packet(Pubrel{3})));
}

TEST_P(ClientRules, Qos2IsDeliveredOnce)
{
    ClientSettings settings = MakeSettings();
    Make(settings);
    Connect();
    Hear(MakePublishPacket("t", "x", 2, 1));
    Hear(MakePublishPacket("t", "x", 2, 1, false, true));
    EXPECT_EQ(Count<Pubrec>(GetSent()), 2u);
    Break();
    Connect(Connack{true});
    Hear(MakePublishPacket("t", "x", 2, 1, false, true));
    EXPECT_EQ(Get<Client::MessageArrived>().size(), 1u);
    Hear(Pubrel{1});
    Hear(MakePublishPacket("t", "y", 2, 1));
    EXPECT_EQ(Get<Client::MessageArrived>().size(), 2u);
}

TEST_P(ClientRules, AfterPubackAnIdentifierIsNew)
{
    Connect();
    Hear(MakePublishPacket("t", "x", 1, 1));
    Hear(MakePublishPacket("t", "x", 1, 1, false, true));
    EXPECT_EQ(Count<Puback>(GetSent()), 2u);
    EXPECT_EQ(Get<Client::MessageArrived>().size(), 2u);
}

TEST_P(ClientRules, QosByTheBook)
{
    Connect();
    Publish("t", "x", 0, 1);
    EXPECT_THAT(GetSent(), ElementsAre(MakePublishPacket("t", "x", 0, 0)));
    Publish("t", "x", 1, 2);
    EXPECT_THAT(GetSent(), ElementsAre(MakePublishPacket("t", "x", 1, 1)));
    Publish("t", "x", 2, 3);
    EXPECT_THAT(GetSent(), ElementsAre(MakePublishPacket("t", "x", 2, 2))); // 1 is in use
    EXPECT_EQ(Get<Client::Published>().size(), 1u);
    Hear(Puback{1});
    EXPECT_EQ(Get<Client::Published>().size(), 2u);
    Hear(Pubrec{2});
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Pubrel{2})));
    EXPECT_EQ(Get<Client::Published>().size(), 2u);
    Hear(Pubcomp{2});
    EXPECT_EQ(Get<Client::Published>().size(), 3u);
}

TEST_P(ClientRules, WhatIsUnacknowledgedIsSentAgainInOrder)
{
    Connect();
    for (uint8_t qos : {1, 2, 1, 2})
    {
        Publish("t", std::to_string(qos), qos);
    }
    GetSent();
    Hear(Pubrec{2});
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Pubrel{2})));
    m_now += 1h; // while connected nothing is sent again
    GetClient().HandleTimeout(m_now);
    EXPECT_EQ(Count<mqtt::Publish>(GetSent()), 0u);
    Hear(Pingresp{});
    Break();
    EXPECT_THAT(Connect(Connack{true}),
                ElementsAre(MakePublishPacket("t", "1", 1, 1, false, true),
                            Packet(Pubrel{2}), // and never its PUBLISH
                            MakePublishPacket("t", "1", 1, 3, false, true),
                            MakePublishPacket("t", "2", 2, 4, false, true)));
}

TEST_P(ClientRules, ALostSessionIsForgotten)
{
    Connect();
    Publish("t", "1", 1, 1);
    Publish("t", "2", 2, 2);
    Hear(MakePublishPacket("u", "x", 2, 9)); // not released
    GetSent();
    Break();
    EXPECT_THAT(Connect(Connack{false}),
                ElementsAre(MakePublishPacket("t", "1", 1, 3))); // a new one
    ASSERT_EQ(Get<Client::Refused>().size(), 1u);
    EXPECT_EQ(Get<Client::Refused>()[0].reason, "session lost");
    Hear(MakePublishPacket("u", "y", 2, 9)); // another message
    EXPECT_EQ(Get<Client::MessageArrived>().size(), 2u);
}

TEST_P(ClientRules, ASessionThatIsNotOursEndsTheConnection)
{
    ClientSettings settings = MakeSettings();
    settings.cleanSession = true;
    Make(settings);
    Open();
    Hear(Connack{true});
    EXPECT_FALSE(GetClient().IsConnected());
    EXPECT_TRUE(HasClosed());
}

TEST_P(ClientRules, NothingFollowsDisconnect)
{
    Connect();
    GetClient().Stop(m_now);
    Publish("t", "x", 0);
    GetClient().Subscribe(m_now, "t", {0});
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Disconnect{})));
    EXPECT_TRUE(HasClosed());
}

TEST_P(ClientRules, MalformedPacketsEndTheConnection)
{
    const std::vector<Bytes> wrong = {
        {0x36, 6, 0, 1, 't', 0, 1, 'x'},      // QoS 3
        {0x38, 4, 0, 1, 't', 'x'},            // DUP of QoS 0
        {0x32, 6, 0, 1, 't', 0, 0, 'x'},      // identifier 0
        {0x30, 4, 0, 1, 0xff, 'x'},           // ill-formed
        {0x30, 4, 0, 1, 0, 'x'},              // U+0000
        {0x30, 4, 0, 1, '+', 'x'},            // a wildcard
        {0x60, 2, 0, 1},                      // flags
        {0xd1, 0},                            //
        {0x30, 0xff, 0xff, 0xff, 0xff, 0x01}, // five bytes of length
    };
    for (const Bytes& bytes : wrong)
    {
        Make(MakeSettings());
        Connect();
        GetClient().Receive(m_now, bytes);
        EXPECT_FALSE(GetClient().IsConnected()) << testing::PrintToString(bytes);
        Packets sent = GetSent();
        ASSERT_EQ(sent.size(), Is5() ? 1u : 0u);
        EXPECT_TRUE(!Is5() || IsFailure(std::get<Disconnect>(sent[0]).reason));
    }
}

TEST_P(ClientRules, AnIdentifierIsInUseUntilItsAnswer)
{
    Connect();
    std::set<uint16_t> inUse;
    for (int i = 0; i < 100; i++) // a filter asked for again and again
    {
        EXPECT_TRUE(GetClient().Subscribe(m_now, "t", {static_cast<uint8_t>(i % 3)}));
        for (const Packet& packet : GetSent())
        {
            EXPECT_TRUE(inUse.insert(std::get<mqtt::Subscribe>(packet).packetId).second);
        }
    }
    for (int i = 0; i < 65535; i++) // every identifier comes by
    {
        Publish("t", "x", 1);
        Packets sent = GetSent();
        ASSERT_EQ(sent.size(), 1u);
        uint16_t used = std::get<mqtt::Publish>(sent[0]).packetId;
        ASSERT_EQ(inUse.count(used), 0u);
        Hear(Puback{used});
    }
    Hear(Suback{50, {ReasonCode::GrantedQos0}}); // answers free them again
    Hear(Suback{100, {ReasonCode::GrantedQos0}});
    EXPECT_EQ(Get<Client::Subscribed>().size(), 1u); // the last one counts
}

TEST_P(ClientRules, RefusedIsRefused)
{
    Open();
    Hear(Connack{false, ReasonCode::ServerUnavailable});
    EXPECT_TRUE(HasClosed());
    EXPECT_FALSE(GetClient().IsConnected());
}

} // namespace
