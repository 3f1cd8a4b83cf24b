// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/content-filter.h"
#include "mqtt/test/broker-fixture.h"

#include <gmock/gmock.h>

namespace mqtt
{

namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

PropertyList
AskFor(std::string_view condition)
{
    return PropertyList().AddUser(CONTENT_FILTER_PROPERTY, condition); // also where it is empty
}

Message
MakeMessage(std::string_view payload, std::string_view type = {})
{
    Message message;
    message.topic = "t";
    message.payload.assign(payload.begin(), payload.end());
    if (!type.empty())
    {
        message.properties.Add(PropertyId::ContentType, type);
    }
    return message;
}

bool
Accepts(std::string_view condition, std::string_view payload)
{
    auto parsed = ContentFilter::Read(AskFor(condition).Get(), {});
    EXPECT_EQ(parsed.fault, "") << condition;
    return parsed.filter && parsed.filter->Accepts(MakeMessage(payload));
}

const std::string READING =
    R"({"temperature": 31.5, "unit": "C", "ok": true, "error": null, "count": -3,
        "place": {"room": "a\"b", "floor": 2, "temperature": 0}, "list": [1, {"unit": "F"}]})";

struct Row
{
    const char* condition;
    bool accepts;
};

constexpr Row TABLE[] = {
    {R"(temperature > 30)", true},
    {R"(temperature > 31.5)", false},
    {R"(temperature >= 31.5)", true},
    {R"(temperature<=3.15e1)", true},
    {R"(temperature < 31.5)", false},
    {R"(temperature == 31.5)", true},
    {R"(temperature != 31.5)", false},
    {R"(count < -2)", true},
    {R"(count == -3)", true},
    {R"(unit == "C")", true},
    {R"(unit != "C")", false},
    {R"(unit < "D")", true},
    {R"(ok == true)", true},
    {R"(ok != true)", false},
    {R"(ok == false)", false},
    {R"(error == null)", true},
    {R"(error != null)", false},
    {R"(place.floor == 2)", true},
    {R"(place.room == "a\"b")", true},
    {R"(temperature > 30 and unit == "C")", true},
    {R"(temperature > 30 and unit == "F")", false},
    {R"(temperature > 99 or unit == "C")", true},
    {R"(not temperature > 99)", true},
    {R"(not (temperature > 30 and unit == "C"))", false},
    {R"(not not ok == true)", true},
    {R"(not temperature > 99 and unit == "F")", false},       // not binds more than and
    {R"(ok == true or ok == true and ok == false)", true},    // and more than or
    {R"((ok == true or ok == true) and ok == false)", false}, //
    {R"(missing == 1)", false},                               // not there
    {R"(missing != 1)", false},                               // says nothing of it either
    {R"(not missing == 1)", true},                            //
    {R"(temperature == "31.5")", false},                      // another kind
    {R"(unit == 0)", false},                                  //
    {R"(place == null)", false},                              // an object has no value
    {R"(list == 1)", false},                                  // elements have no name
    {R"(list.unit == "F")", false},                           //
    {R"(floor == 2)", false},                                 // not at the top
};

TEST(ContentFilterTest, Conditions)
{
    for (const Row& row : TABLE)
    {
        EXPECT_EQ(Accepts(row.condition, READING), row.accepts) << row.condition;
    }
}

TEST(ContentFilterTest, TheLastOfEqualNamesCounts)
{
    EXPECT_TRUE(Accepts("a == 2", R"({"a": 1, "a": 2})"));
    EXPECT_FALSE(Accepts("a == 1", R"({"a": 1, "a": 2})"));
    EXPECT_FALSE(Accepts("a == 1", R"({"a": 1, "a": {}})"));
}

TEST(ContentFilterTest, WhatIsNoJsonIsNotWanted)
{
    using namespace std::string_literals;
    for (const std::string& payload : {""s,
                                       "{"s,
                                       "x"s,
                                       "{\"a\": 1"s,
                                       "{\"a\": 1}}"s,
                                       "{\"a\": 01}"s,
                                       "{\"a\": 1e999}"s,
                                       "{\"b\": \"\xff\", \"a\": 1}"s,
                                       "\0"s,
                                       "{'a': 1}"s,
                                       "{\"a\": NaN}"s})
    {
        EXPECT_FALSE(Accepts("a == 1", payload)) << payload;
        EXPECT_FALSE(Accepts("not a == 2", payload)) << payload;
    }
    EXPECT_TRUE(Accepts("not a == 2", "[1]")); // JSON, and has no field of that name
}

TEST(ContentFilterTest, BoundsOfThePayload)
{
    auto nest = [](size_t depth) {
        return "{\"a\": 1, \"b\": " + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_TRUE(Accepts("a == 1", nest(ContentFilter::MAX_NESTING - 1)));
    EXPECT_FALSE(Accepts("a == 1", nest(ContentFilter::MAX_NESTING)));
    EXPECT_FALSE(Accepts("a == 1", nest(1000000)));
    const std::string payload = R"({"a": 1})";
    for (size_t bound : {payload.size() - 1, payload.size()})
    {
        auto filter = ContentFilter::Read(AskFor("a == 1").Get(), {256, bound}).filter;
        EXPECT_EQ(filter->Accepts(MakeMessage(payload)), bound == payload.size());
    }
}

TEST(ContentFilterTest, Types)
{
    struct TypeRow
    {
        const char* filter;
        const char* type;
        bool accepts;
    };

    for (const TypeRow& row : {TypeRow{"image/png", "image/png", true},
                               TypeRow{"image/png", "image/jpeg", false},
                               TypeRow{"image/png", "", false},
                               TypeRow{"image/*", "image/jpeg", true},
                               TypeRow{"image/*", "image", false},
                               TypeRow{"image/*", "text/plain", false},
                               TypeRow{"*", "x", true},
                               TypeRow{"*", "", false}})
    {
        auto properties = PropertyList().AddUser(TYPE_FILTER_PROPERTY, row.filter);
        auto filter = ContentFilter::Read(properties.Get(), {}).filter;
        EXPECT_EQ(filter->Accepts(MakeMessage("x", row.type)), row.accepts)
            << row.filter << " " << row.type;
        properties.AddUser(CONTENT_FILTER_PROPERTY, "a == 1"); // both must hold
        filter = ContentFilter::Read(properties.Get(), {}).filter;
        EXPECT_EQ(filter->Accepts(MakeMessage(R"({"a": 1})", row.type)), row.accepts);
        EXPECT_FALSE(filter->Accepts(MakeMessage(R"({"a": 2})", row.type)));
    }
}

TEST(ContentFilterTest, Malformed)
{
    struct BadRow
    {
        std::string condition;
        const char* fault;
    };

    const std::string open(ContentFilter::MAX_NESTING + 1, '(');
    const std::string close(ContentFilter::MAX_NESTING + 1, ')');
    for (const BadRow& row : {BadRow{"", "the name of a field at byte 1"},
                              BadRow{"a", "a comparison at byte 2"},
                              BadRow{"a =", "a comparison at byte 3"},
                              BadRow{"a == ", "a value at byte 6"},
                              BadRow{"a == b", "a value at byte 6"},
                              BadRow{"a == -", "a value at byte 6"},
                              BadRow{"a == inf", "a value at byte 6"},
                              BadRow{"a == 1e999", "a value at byte 6"},
                              BadRow{"a == \"x", "a text in double quotes at byte 6"},
                              BadRow{"a == \"x\\", "a text in double quotes at byte 6"},
                              BadRow{"a == \"\\n\"", "a text in double quotes at byte 6"},
                              BadRow{"a < true", "before true, false and null"},
                              BadRow{"1 == a", "the name of a field at byte 1"},
                              BadRow{".a == 1", "the name of a field at byte 1"},
                              BadRow{"a. == 1", "the name of a field at byte 1"},
                              BadRow{"a..b == 1", "the name of a field at byte 1"},
                              BadRow{"and == 1", "the name of a field at byte 1"},
                              BadRow{"a == 1 and", "the name of a field at byte 11"},
                              BadRow{"a == 1 b == 2", "and, or, or the end at byte 8"},
                              BadRow{"(a == 1", ") at byte 8"},
                              BadRow{"a == 1)", "and, or, or the end at byte 7"},
                              BadRow{"not", "the name of a field at byte 4"},
                              BadRow{open + "a == 1" + close, "less nesting at byte 18"}})
    {
        auto parsed = ContentFilter::Read(AskFor(row.condition).Get(), {});
        EXPECT_EQ(parsed.filter, nullptr) << row.condition;
        EXPECT_EQ(parsed.reason, ReasonCode::ImplementationSpecificError) << row.condition;
        EXPECT_THAT(parsed.fault, HasSubstr(std::string("content-filter: expected ")));
        EXPECT_THAT(parsed.fault, HasSubstr(row.fault)) << row.condition;
    }
    EXPECT_TRUE(Accepts(open.substr(1) + "a == 1" + close.substr(1), R"({"a": 1})"));
}

TEST(ContentFilterTest, BoundOfTheText)
{
    const std::string condition = "a == 1";
    EXPECT_TRUE(ContentFilter::Read(AskFor(condition).Get(), {condition.size(), 100}).filter);
    auto parsed = ContentFilter::Read(AskFor(condition).Get(), {condition.size() - 1, 100});
    EXPECT_EQ(parsed.reason, ReasonCode::QuotaExceeded);
    EXPECT_FALSE(parsed.filter);
    auto off = ContentFilter::Read(AskFor("nonsense").Get(), {0, 100});
    EXPECT_FALSE(off.filter);
    EXPECT_EQ(off.reason, ReasonCode::Success);
}

/// Subscribers of MQTT 5.0 whose bytes the test writes itself.
class ContentFilterBrokerTest : public test::BrokerTest
{
  protected:
    ConnectionId Join5(std::string_view clientId)
    {
        ConnectionId id = Open();
        Connect connect;
        connect.version = Version::V5;
        connect.clientId = clientId;
        SendBytes(id, ToBytes(connect, Version::V5));
        Take(id);
        return id;
    }

    /// Subscribes; \return the SUBACK.
    Bytes Ask(ConnectionId id, std::string_view filter, const PropertyList& properties)
    {
        SendBytes(id, ToBytes(Subscribe{1, {{filter, 0}}, properties.Get()}, Version::V5));
        return Take(id);
    }

    /// What a subscriber gets of three readings.
    std::vector<std::string> Hear(ConnectionId publisher, ConnectionId subscriber)
    {
        std::vector<std::string> heard;
        for (const char* payload : {R"({"t": 20})", R"({"t": 40})", "hot"})
        {
            Send(publisher, MakePublish("room", payload));
            if (!Take(subscriber).empty())
            {
                heard.push_back(payload);
            }
        }
        return heard;
    }

    static Bytes MakeSuback(ReasonCode reason, std::string_view text = {})
    {
        PropertyList properties;
        if (!text.empty())
        {
            properties.Add(PropertyId::ReasonString, text);
        }
        return ToBytes(Suback{1, {reason}, properties.Get()}, Version::V5);
    }
};

TEST_F(ContentFilterBrokerTest, HoldsBackWhatIsNotWanted)
{
    ConnectionId publisher = Join("p");
    ConnectionId subscriber = Join5("s");
    ConnectionId other = Join5("o");
    Ask(other, "#", {});
    EXPECT_EQ(Ask(subscriber, "room", AskFor("t > 30")), MakeSuback(ReasonCode::Success));
    EXPECT_THAT(Hear(publisher, subscriber), ElementsAre(R"({"t": 40})"));
    auto filtered = Get<Broker::MessageFiltered>();
    ASSERT_EQ(filtered.size(), 2u);
    EXPECT_EQ(filtered[0].clientId, "s");
    EXPECT_EQ(sansio::ByteView(filtered[1].message->payload).ToString(), "hot");
    Take(other);
    EXPECT_EQ(Hear(publisher, other).size(), 3u); // nobody else notices

    Ask(subscriber, "room", AskFor("t < 30")); // it takes the place of the other filter
    EXPECT_THAT(Hear(publisher, subscriber), ElementsAre(R"({"t": 20})"));
    Ask(subscriber, "+", {}); // another subscription brings what this one does not
    EXPECT_EQ(Hear(publisher, subscriber).size(), 3u);
    Ask(subscriber, "room", {});
    EXPECT_EQ(Hear(publisher, subscriber).size(), 3u);
}

TEST_F(ContentFilterBrokerTest, RetainedMessages)
{
    ConnectionId publisher = Join("p");
    ConnectionId subscriber = Join5("s");
    Send(publisher, MakePublish("room", R"({"t": 40})", 0, true));
    EXPECT_EQ(Ask(subscriber, "room", AskFor("t < 30")), MakeSuback(ReasonCode::Success));
    EXPECT_EQ(Get<Broker::MessageFiltered>().size(), 1u);
    Bytes heard = Ask(subscriber, "room", AskFor("t > 30"));
    EXPECT_GT(heard.size(), MakeSuback(ReasonCode::Success).size()); // and the message
}

TEST_F(ContentFilterBrokerTest, RefusedWithAReason)
{
    ConnectionId publisher = Join("p");
    ConnectionId subscriber = Join5("s");
    EXPECT_EQ(Ask(subscriber, "room", AskFor("t >")),
              MakeSuback(ReasonCode::ImplementationSpecificError,
                         "content-filter: expected a value at byte 4"));
    EXPECT_EQ(Ask(subscriber, "room", AskFor(std::string(257, ' '))),
              MakeSuback(ReasonCode::QuotaExceeded, "content filter longer than 256 bytes"));
    EXPECT_EQ(GetBroker().GetCount(Limit::ContentFilter), 1u);
    EXPECT_EQ(Ask(subscriber, "$share/g/room", AskFor("t > 30")),
              MakeSuback(ReasonCode::ImplementationSpecificError));
    EXPECT_THAT(Hear(publisher, subscriber), ElementsAre()); // none of them was made
}

TEST_F(ContentFilterBrokerTest, OffTheyMeanNothing)
{
    BrokerLimits limits;
    limits.content.bytes = 0;
    SetLimits(limits);
    ConnectionId publisher = Join("p");
    ConnectionId subscriber = Join5("s");
    EXPECT_EQ(Ask(subscriber, "room", AskFor("t >")), MakeSuback(ReasonCode::Success));
    EXPECT_EQ(Hear(publisher, subscriber).size(), 3u);
}

TEST_F(ContentFilterBrokerTest, MemoryOfItsText)
{
    ConnectionId subscriber = Join5("s");
    Ask(subscriber, "room", {});
    size_t before = GetBroker().GetMemory();
    Ask(subscriber, "room", AskFor("t > 30"));
    EXPECT_EQ(GetBroker().GetMemory(), before + 6);
    Ask(subscriber, "room", AskFor("t > 3"));
    EXPECT_EQ(GetBroker().GetMemory(), before + 5);
    SendBytes(subscriber, ToBytes(Unsubscribe{1, {"room"}}, Version::V5));
    Take(subscriber);
    Ask(subscriber, "room", {});
    EXPECT_EQ(GetBroker().GetMemory(), before);
}

TEST(ContentFilterClientTest, AsksAgainWhenTheSessionIsLost)
{
    using namespace std::chrono_literals;
    test::TestNetwork network(Version::V5);
    test::TestClient& subscriber = network.AddClient("s", true);
    test::TestClient& publisher = network.AddClient("p");
    EXPECT_TRUE(subscriber.machine.Subscribe(network.now, "room", {}, 7, AskForContent("t > 30")));
    for (int connection = 0; connection < 2; connection++)
    {
        subscriber.machine.Start(network.now);
        publisher.machine.Start(network.now);
        network.Run(1s);
        network.Publish(publisher, "room", R"({"t": 20})", 1);
        network.Publish(publisher, "room", R"({"t": 40})", 1);
        network.Run(1s);
        auto heard = subscriber.Get<Client::MessageArrived>();
        ASSERT_EQ(heard.size(), connection + 1u);
        EXPECT_THAT(heard.back().message.subscriptionIds, ElementsAre(7));
        subscriber.machine.Stop(network.now);
        network.Run(1s);
    }
}

} // namespace

} // namespace mqtt
