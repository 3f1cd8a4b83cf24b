// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * The rules of AUTH (5.0: sections 3.15, 4.12), packet by packet.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using testing::ElementsAre;
using testing::IsEmpty;

const Bytes CHALLENGE = {'?'};
const Bytes ANSWER = {'!'};
const Bytes PROOF = {'.'};

/// One challenge; with success it proves that it knew the answer.
class OneChallenge : public Authentication
{
  public:
    Step Continue(TimePoint, const std::string&, ByteView data) override
    {
        if (std::exchange(m_asked, true))
        {
            bool right = data == ByteView(ANSWER);
            return {{right ? ReasonCode::Success : ReasonCode::NotAuthorized}, PROOF};
        }
        return {{ReasonCode::ContinueAuthentication}, CHALLENGE};
    }

  private:
    bool m_asked{false};
};

class OneMethod : public AccessControl
{
  public:
    Admission Admit(TimePoint,
                    const Connect&,
                    const std::string&,
                    const sansio::PeerIdentity&) override
    {
        return {};
    }

    std::unique_ptr<Authentication> Begin(std::string_view method) override
    {
        return method == "m" ? std::make_unique<OneChallenge>() : nullptr;
    }

    bool MayPublish(const Principal&, std::string_view) override
    {
        return true;
    }

    bool MaySubscribe(const Principal&, std::string_view) override
    {
        return true;
    }
};

class OneAnswer : public Authenticator
{
  public:
    std::string GetMethod() const override
    {
        return "m";
    }

    Bytes Begin(const std::string&) override
    {
        return {};
    }

    std::optional<Bytes> Continue(ByteView data) override
    {
        return data == ByteView(CHALLENGE) ? std::make_optional(ANSWER) : std::nullopt;
    }

    bool Finish(ByteView data) override
    {
        return data == ByteView(PROOF);
    }
};

PropertyList
Say(std::string_view method, const Bytes& data)
{
    PropertyList properties;
    AddAuthentication(properties, method, data);
    return properties;
}

const PropertyList METHOD = Say("m", {});
const PropertyList OTHER = Say("other", {});
const PropertyList ASKED = Say("m", CHALLENGE);
const PropertyList ANSWERED = Say("m", ANSWER);
const PropertyList WRONG = Say("m", CHALLENGE);
const PropertyList PROVED = Say("m", PROOF);
const PropertyList OTHER_ASKED = Say("other", CHALLENGE);
const PropertyList OTHER_PROVED = Say("other", PROOF);

const Packet CONTINUE = Auth{ReasonCode::ContinueAuthentication, ANSWERED.Get()};

class AuthenticationRules : public ServerRule
{
  protected:
    AuthenticationRules()
    {
        SetLimits({}, std::make_shared<OneMethod>());
    }

    ConnectionId Begin(const PropertyList& method)
    {
        Connect connect = MakeConnect("c");
        connect.properties = method.Get();
        ConnectionId id = Open();
        Say(id, connect);
        return id;
    }

    /// A client that has proved who it is.
    ConnectionId Prove()
    {
        ConnectionId id = Begin(METHOD);
        Say(id, CONTINUE);
        Hear(id);
        return id;
    }
};

INSTANTIATE_TEST_SUITE_P(, AuthenticationRules, testing::Values(Version::V5), NameOfVersion);

TEST_P(AuthenticationRules, TheServerAsksAndThenLetsIn)
{
    ConnectionId id = Begin(METHOD);
    EXPECT_THAT(Hear(id),
                ElementsAre(Packet(Auth{ReasonCode::ContinueAuthentication, ASKED.Get()})));
    Say(id, CONTINUE);
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    const Properties& told = std::get<Connack>(heard[0]).properties;
    EXPECT_EQ(told.GetText(PropertyId::AuthenticationMethod), "m");
    EXPECT_EQ(told.GetBinary(PropertyId::AuthenticationData), ByteView(PROOF));
    EXPECT_FALSE(IsClosed(id));
}

TEST_P(AuthenticationRules, TheServerRejectsAWrongAnswer)
{
    ConnectionId id = Begin(METHOD);
    Hear(id);
    Say(id, Auth{ReasonCode::ContinueAuthentication, WRONG.Get()});
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Connack>(heard[0]).reason, ReasonCode::NotAuthorized);
    EXPECT_TRUE(IsClosed(id));
}

TEST_P(AuthenticationRules, AnUnknownMethodIsRejected)
{
    ConnectionId id = Begin(OTHER);
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Connack>(heard[0]).reason, ReasonCode::BadAuthenticationMethod);
    EXPECT_TRUE(IsClosed(id));
}

TEST_P(AuthenticationRules, WithoutMethodNoAuth)
{
    ConnectionId id = Begin({});
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_FALSE(std::get<Connack>(heard[0]).properties.Find(PropertyId::AuthenticationMethod));
    Say(id, CONTINUE); // which the client must not say
    heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Disconnect>(heard[0]).reason, ReasonCode::ProtocolError);
}

TEST_P(AuthenticationRules, OneMethodAllTheWay)
{
    ConnectionId id = Begin(METHOD);
    Hear(id);
    Say(id, Auth{ReasonCode::ContinueAuthentication, OTHER.Get()});
    EXPECT_TRUE(IsClosed(id));
    id = Prove();
    EXPECT_FALSE(IsClosed(id));
    Say(id, Auth{ReasonCode::ReAuthenticate, OTHER.Get()});
    EXPECT_TRUE(IsClosed(id));
}

TEST_P(AuthenticationRules, WhoIsStillProvingMayTakeLeave)
{
    ConnectionId id = Begin(METHOD);
    Hear(id);
    Say(id, Disconnect{});
    EXPECT_TRUE(IsClosed(id));
    EXPECT_THAT(Hear(id), IsEmpty());
    EXPECT_THAT(Get<Broker::ProtocolError>(), IsEmpty());
    EXPECT_EQ(GetBroker().GetSessions(), 0u);
}

TEST_P(AuthenticationRules, RoomForASessionIsNeededWhenTheProofIsThere)
{
    BrokerLimits limits;
    limits.sessions = 1;
    SetLimits(limits, std::make_shared<OneMethod>());
    ConnectionId first = Begin(METHOD);
    Connect connect = MakeConnect("another");
    connect.properties = METHOD.Get();
    ConnectionId second = Open();
    Say(second, connect);
    for (ConnectionId id : {first, second})
    {
        Hear(id);
        Say(id, CONTINUE);
        Packets heard = Hear(id);
        ASSERT_EQ(heard.size(), 1u);
        EXPECT_EQ(std::get<Connack>(heard[0]).reason,
                  id == first ? ReasonCode::Success : ReasonCode::ServerUnavailable);
        EXPECT_EQ(IsClosed(id), id == second);
    }
    EXPECT_EQ(GetBroker().GetSessions(), 1u);
    EXPECT_EQ(GetBroker().GetCount(Limit::Sessions), 1u);
}

TEST_P(AuthenticationRules, ProvingAnew)
{
    ConnectionId id = Prove();
    Say(id, Auth{ReasonCode::ReAuthenticate, METHOD.Get()});
    EXPECT_THAT(Hear(id),
                ElementsAre(Packet(Auth{ReasonCode::ContinueAuthentication, ASKED.Get()})));
    Say(id, Pingreq{}); // other packets go on meanwhile
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Pingresp{})));
    Say(id, CONTINUE);
    EXPECT_THAT(Hear(id), ElementsAre(Packet(Auth{ReasonCode::Success, PROVED.Get()})));
    Say(id, Auth{ReasonCode::ReAuthenticate, METHOD.Get()});
    Hear(id);
    Say(id, Auth{ReasonCode::ContinueAuthentication, WRONG.Get()});
    Packets heard = Hear(id);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(std::get<Disconnect>(heard[0]).reason, ReasonCode::NotAuthorized);
    EXPECT_TRUE(IsClosed(id));
}

class AuthenticatorRules : public ClientRule
{
  protected:
    AuthenticatorRules()
    {
        ClientSettings settings = MakeSettings();
        settings.authenticator = std::make_shared<OneAnswer>();
        Make(settings);
    }
};

INSTANTIATE_TEST_SUITE_P(, AuthenticatorRules, testing::Values(Version::V5), NameOfVersion);

TEST_P(AuthenticatorRules, TheClientAnswersAndSaysNothingElse)
{
    Publish("t", "x", 1);
    GetClient().Subscribe(m_now, "t", {0});
    Packets sent = Open();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(std::get<mqtt::Connect>(sent[0]).properties.GetText(PropertyId::AuthenticationMethod),
              "m");
    Publish("t", "y", 0);
    Hear(Auth{ReasonCode::ContinueAuthentication, ASKED.Get()});
    EXPECT_THAT(GetSent(), ElementsAre(CONTINUE));
    Hear(Connack{false, ReasonCode::Success, PROVED.Get()});
    EXPECT_TRUE(GetClient().IsConnected());
    EXPECT_EQ(GetSent().size(), 3u);
}

TEST_P(AuthenticatorRules, AServerThatProvesNothingIsLeft)
{
    for (const PropertyList* told : {&METHOD, &OTHER_PROVED, &ASKED})
    {
        Break();
        Open();
        Hear(Connack{false, ReasonCode::Success, told->Get()});
        EXPECT_FALSE(GetClient().IsConnected());
    }
    Break();
    Open();
    Hear(Auth{ReasonCode::ContinueAuthentication, OTHER_ASKED.Get()});
    EXPECT_EQ(Count<Auth>(GetSent()), 0u);
    Hear(Connack{false, ReasonCode::Success, PROVED.Get()});
    EXPECT_FALSE(GetClient().IsConnected());
}

TEST_P(AuthenticatorRules, ProvingAnew)
{
    Connect(Connack{false, ReasonCode::Success, PROVED.Get()});
    GetClient().ReAuthenticate(m_now);
    EXPECT_THAT(GetSent(), ElementsAre(Packet(Auth{ReasonCode::ReAuthenticate, METHOD.Get()})));
    Hear(Auth{ReasonCode::ContinueAuthentication, ASKED.Get()});
    EXPECT_THAT(GetSent(), ElementsAre(CONTINUE));
    Hear(Auth{ReasonCode::Success, PROVED.Get()});
    EXPECT_EQ(Get<Client::ReAuthenticated>().size(), 1u);
    EXPECT_TRUE(GetClient().IsConnected());
    Hear(Auth{ReasonCode::ContinueAuthentication, ASKED.Get()}); // nobody is proving anything
    EXPECT_FALSE(GetClient().IsConnected());
    Packets sent = GetSent();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(std::get<Disconnect>(sent[0]).reason, ReasonCode::ProtocolError);
}

} // namespace
