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

} // namespace
