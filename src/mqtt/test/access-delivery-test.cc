// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/access-list.h"
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * What a client may read is judged when it is delivered, by who the client is then.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using testing::ElementsAre;
using testing::IsEmpty;

/// Believes any user name; an access list says the rest.
class ListedAccess : public AccessControl
{
  public:
    explicit ListedAccess(std::string_view text)
    {
        EXPECT_EQ(m_list.Read(text), "");
    }

    Admission Admit(TimePoint,
                    const Connect& connect,
                    const std::string&,
                    const sansio::PeerIdentity&) override
    {
        return {ReasonCode::Success, std::string(connect.userName.value_or(""))};
    }

    std::unique_ptr<Authentication> Begin(std::string_view) override
    {
        return nullptr;
    }

    bool MayPublish(const Principal& principal, std::string_view topic) override
    {
        return m_list.MayPublish(principal, topic);
    }

    bool MaySubscribe(const Principal& principal, std::string_view filter) override
    {
        return m_list.MaySubscribe(principal, filter);
    }

    bool JudgesDelivery() const override
    {
        return true;
    }

    bool MayReceive(const Principal& principal, std::string_view topic) override
    {
        return m_list.MayReceive(principal, topic);
    }

  private:
    AccessList m_list;
};

constexpr std::string_view RULES = "user alice\ntopic readwrite a/#\ntopic deny a/secret\n"
                                   "user mallory\ntopic readwrite m/#\n"
                                   "user boss\ntopic readwrite #\n";

class AccessDeliveryTest : public ServerRule
{
  protected:
    AccessDeliveryTest()
    {
        SetLimits({}, std::make_shared<ListedAccess>(RULES));
        m_boss = EnterAs("boss", "boss");
    }

    ConnectionId EnterAs(std::string_view user, std::string_view clientId, bool clean = true)
    {
        Connect connect = MakeConnect(clientId, clean);
        connect.userName = user;
        ConnectionId id = Open();
        Say(id, connect);
        Bytes heard = Take(id);
        EXPECT_FALSE(IsClosed(id));
        Packets packets = Parse(heard, GetParam());
        packets.erase(packets.begin()); // the CONNACK
        m_payloads[id] = GetPayloads(packets);
        return id;
    }

    void Publish(std::string_view topic, std::string_view payload, bool retain = false)
    {
        Say(m_boss, MakePublishPacket(topic, payload, 1, 1, retain));
    }

    std::vector<std::string> GetDropped()
    {
        std::vector<std::string> dropped;
        for (const auto& one : Get<Broker::MessageDropped>())
        {
            dropped.push_back(one.clientId + ": " + std::string(ToString(one.reason)));
        }
        return dropped;
    }

    ConnectionId m_boss;
    std::map<ConnectionId, std::vector<std::string>> m_payloads; ///< that came with the CONNACK
};

INSTANTIATE_TEST_SUITE_P(Version,
                         AccessDeliveryTest,
                         testing::Values(Version::V3_1_1, Version::V5),
                         NameOfVersion);

TEST_P(AccessDeliveryTest, ADenialWithinASubscriptionHolds)
{
    Publish("a/secret", "retained secret", true);
    Publish("a/open", "retained", true);
    ConnectionId alice = EnterAs("alice", "X", false);
    Say(alice, Subscribe{1, {{"a/#", {1}}}});
    EXPECT_THAT(GetPayloads(Hear(alice)), ElementsAre("retained"));
    Publish("a/secret", "live secret");
    Publish("a/open", "live");
    EXPECT_THAT(GetPayloads(Hear(alice)), ElementsAre("live"));
    GetBroker().HandleClosed(m_now, alice);
    Publish("a/secret", "queued secret");
    Publish("a/open", "queued");
    EXPECT_THAT(GetDropped(),
                ElementsAre("X: not authorized", "X: not authorized", "X: not authorized"));
    alice = EnterAs("alice", "X", false);
    EXPECT_THAT(m_payloads[alice], ElementsAre("retained", "live", "queued"));
}

TEST_P(AccessDeliveryTest, TheSessionOfAnotherBringsNothing)
{
    ConnectionId alice = EnterAs("alice", "X", false);
    Say(alice, Subscribe{1, {{"a/#", {1}}, {"$share/g/a/#", {1}}}});
    Publish("a/open", "in flight");
    GetBroker().HandleClosed(m_now, alice);
    Publish("a/open", "queued");
    ConnectionId mallory = EnterAs("mallory", "X", false);
    EXPECT_THAT(m_payloads[mallory], IsEmpty());
    Publish("a/open", "live");
    Publish("m/x", "not subscribed");
    EXPECT_THAT(Hear(mallory), IsEmpty());
    EXPECT_EQ(GetDropped().size(), 6u); // each for both of the subscriptions
    EXPECT_EQ(GetBroker().GetConnections(), 2u);
}

TEST_P(AccessDeliveryTest, AShareGoesToWhoMayHaveIt)
{
    ConnectionId alice = EnterAs("alice", "X", false);
    Say(alice, Subscribe{1, {{"$share/g/a/#", {1}}}});
    Hear(alice);
    GetBroker().HandleClosed(m_now, alice);
    alice = EnterAs("mallory", "X", false); // is a member and may have none of it
    ConnectionId other = EnterAs("alice", "Y", false);
    Say(other, Subscribe{1, {{"$share/g/a/#", {1}}}});
    Hear(other);
    for (std::string_view payload : {"1", "2", "3"})
    {
        Publish("a/open", payload);
    }
    EXPECT_THAT(GetPayloads(Hear(other)), ElementsAre("1", "2", "3"));
    EXPECT_THAT(Hear(alice), IsEmpty());
    GetBroker().HandleClosed(m_now, other); // who is away comes before who may not have it
    Publish("a/open", "4");
    EXPECT_THAT(GetDropped(), IsEmpty());
    Publish("a/secret", "5");
    EXPECT_EQ(GetDropped().size(), 1u);
}

} // namespace
