// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/retained-messages.h"
#include "mqtt/protocol/subscription-tree.h"
#include "mqtt/protocol/topic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

using namespace mqtt;
using testing::ElementsAre;
using testing::IsEmpty;

struct Row
{
    std::string filter;
    std::string topic;
    bool matches;
};

/// The examples of section 4.7 of the standard, and the cases at the edges.
const std::vector<Row> TABLE = {
    {"sport/tennis/player1/#", "sport/tennis/player1", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
    {"sport/tennis/player1/#", "sport/tennis/player2", false},
    {"sport/tennis/player1/#", "sport/tennis/player11", false},
    {"sport/#", "sport", true},
    {"sport/#", "sports", false},
    {"#", "sport/tennis", true},
    {"#", "/finance", true},
    {"sport/tennis/+", "sport/tennis/player1", true},
    {"sport/tennis/+", "sport/tennis/player2", true},
    {"sport/tennis/+", "sport/tennis/player1/ranking", false},
    {"sport/+", "sport", false},
    {"sport/+", "sport/", true},
    {"+/+", "/finance", true},
    {"/+", "/finance", true},
    {"+", "/finance", false},
    {"+/tennis/#", "sport/tennis", true},
    {"sport/+/player1", "sport/tennis/player1", true},
    {"sport/+/player1", "sport/player1", false},
    {"#", "$SYS/monitor", false},
    {"+/monitor/Clients", "$SYS/monitor/Clients", false},
    {"$SYS/#", "$SYS/monitor", true},
    {"$SYS/#", "$SYS", true},
    {"$SYS/monitor/+", "$SYS/monitor/Clients", true},
    {"a/+", "a/$b", true},
    {"ACCOUNTS", "Accounts", false},
    {"/finance", "finance", false},
    {"a/b", "a/b", true},
    {"a/b", "a/b/c", false},
    {"a/b/c", "a/b", false},
    {"a//c", "a//c", true},
    {"a/+/c", "a//c", true},
};

TEST(TopicTest, TableOfTheStandard)
{
    for (const Row& row : TABLE)
    {
        EXPECT_EQ(TopicMatches(row.filter, row.topic), row.matches)
            << row.filter << " and " << row.topic;
    }
}

TEST(TopicTest, TreeAgreesWithTheTable)
{
    for (const Row& row : TABLE)
    {
        SubscriptionTree<int, int> tree;
        tree.Add(row.filter, 1, 0);
        int found = 0;
        tree.Match(row.topic, [&](int, uint8_t) { found++; });
        EXPECT_EQ(found, row.matches) << row.filter << " and " << row.topic;
    }
}

TEST(TopicTest, RetainedAgreeWithTheTable)
{
    for (const Row& row : TABLE)
    {
        RetainedMessages retained(0);
        retained.Set(TimePoint(), std::make_shared<Message>(Message{row.topic, {1}, 0, true}));
        int found = 0;
        retained.Match(TimePoint(), row.filter, [&](const MessagePtr&) { found++; });
        EXPECT_EQ(found, row.matches) << row.filter << " and " << row.topic;
    }
}

TEST(TopicTest, ValidFilters)
{
    for (const char* good : {"#", "+", "/", "a", "a/#", "+/+/#", "a/+/c", "/+", "+/", " ", "$a"})
    {
        EXPECT_TRUE(IsValidTopicFilter(good)) << good;
    }
    for (const char* bad : {"",
                            "sport/tennis#",
                            "sport/tennis/#/ranking",
                            "sport+",
                            "##",
                            "a/#/",
                            "+a",
                            "a/+b",
                            "++",
                            "#/a"})
    {
        EXPECT_FALSE(IsValidTopicFilter(bad)) << bad;
    }
    EXPECT_FALSE(IsValidTopicName(""));
    EXPECT_FALSE(IsValidTopicName("a/#"));
    EXPECT_FALSE(IsValidTopicName("a+b"));
    EXPECT_TRUE(IsValidTopicName("/"));
}

TEST(TopicTest, Utf8)
{
    using namespace std::string_literals;
    for (const std::string& good : {"A\xf0\xaa\x9b\x94"s, // section 1.5.3: A and U+2A6D4
                                    "\xef\xbb\xbf"s,      // U+FEFF stays [MQTT-1.5.3-3]
                                    "\xc2\x80"s,
                                    "\xe0\xa0\x80"s,
                                    "\xed\x9f\xbf"s,
                                    "\xee\x80\x80"s,
                                    "\xf0\x90\x80\x80"s,
                                    "\xf4\x8f\xbf\xbf"s})
    {
        EXPECT_TRUE(IsValidUtf8(good)) << testing::PrintToString(good);
    }
    for (const std::string& bad : {"\0"s,                // [MQTT-1.5.3-2]
                                   "\xed\xa0\x80"s,      // U+D800 [MQTT-1.5.3-1]
                                   "\xed\xbf\xbf"s,      // U+DFFF
                                   "\xc0\x80"s,          // overlong
                                   "\xc1\xbf"s,          // overlong
                                   "\xe0\x9f\xbf"s,      // overlong
                                   "\xf0\x8f\xbf\xbf"s,  // overlong
                                   "\xf4\x90\x80\x80"s,  // beyond U+10FFFF
                                   "\xf5\x80\x80\x80"s,  //
                                   "\x80"s,              // no lead
                                   "\xc2"s,              // cut
                                   "\xe2\x82"s,          // cut
                                   "\xe2\x28\xa1"s,      // no continuation
                                   "\xf0\xaa\x9b\x14"s}) // no continuation
    {
        EXPECT_FALSE(IsValidUtf8(bad)) << testing::PrintToString(bad);
    }
}

TEST(SubscriptionTreeTest, AddReplaceRemove)
{
    SubscriptionTree<int, int> tree;
    size_t empty = tree.GetNodeCount();
    EXPECT_TRUE(tree.Add("a/+/c", 1, 0).second);
    EXPECT_FALSE(tree.Add("a/+/c", 1, 2).second);
    EXPECT_TRUE(tree.Add("a/+/c", 2, 1).second);
    EXPECT_TRUE(tree.Add("a/#", 1, 1).second);
    std::vector<std::pair<int, int>> found;
    auto match = [&](std::string_view topic) {
        found.clear();
        tree.Match(topic, [&](int who, uint8_t qos) { found.emplace_back(who, qos); });
        return found;
    };
    EXPECT_THAT(match("a/b/c"), ElementsAre(std::pair(1, 1), std::pair(1, 2), std::pair(2, 1)));
    tree.Remove(*tree.Find("a/+/c", 1));
    EXPECT_FALSE(tree.Find("a/+/c", 1));
    EXPECT_FALSE(tree.Find("a/+", 1));
    EXPECT_FALSE(tree.Find("x", 1));
    EXPECT_THAT(match("a/b/c"), ElementsAre(std::pair(1, 1), std::pair(2, 1)));
    tree.Remove(*tree.Find("a/+/c", 2));
    tree.Remove(*tree.Find("a/#", 1));
    EXPECT_THAT(match("a/b/c"), IsEmpty());
    EXPECT_EQ(tree.GetNodeCount(), empty); // nothing is left behind
}

TEST(SubscriptionTreeTest, AgreesWithMatchingOneByOne)
{
    // All filters and topics of up to three levels over a small alphabet.
    std::vector<std::string> levels = {"a", "b", "", "$x"};
    std::vector<std::string> topics;
    std::vector<std::string> filters;
    auto extend = [](std::vector<std::string> bases, const std::vector<std::string>& more) {
        std::vector<std::string> result = more;
        for (int depth = 0; depth < 2; depth++)
        {
            std::vector<std::string> longer;
            for (const std::string& base : bases)
            {
                for (const std::string& level : more)
                {
                    longer.push_back(base + "/" + level);
                }
            }
            result.insert(result.end(), longer.begin(), longer.end());
            bases = longer;
        }
        return result;
    };
    topics = extend(levels, levels);
    std::vector<std::string> withWildcards = levels;
    withWildcards.insert(withWildcards.end(), {"+", "#"});
    SubscriptionTree<size_t, int> tree;
    for (const std::string& filter : extend(withWildcards, withWildcards))
    {
        if (IsValidTopicFilter(filter))
        {
            tree.Add(filter, filters.size(), 0);
            filters.push_back(filter);
        }
    }
    for (const std::string& topic : topics)
    {
        if (!IsValidTopicName(topic))
        {
            continue;
        }
        std::set<size_t> expected;
        for (size_t i = 0; i < filters.size(); i++)
        {
            if (TopicMatches(filters[i], topic))
            {
                expected.insert(i);
            }
        }
        std::multiset<size_t> found;
        tree.Match(topic, [&](size_t i, uint8_t) { found.insert(i); });
        EXPECT_EQ(found, std::multiset<size_t>(expected.begin(), expected.end())) << topic;
    }
    for (size_t i = 0; i < filters.size(); i++)
    {
        tree.Remove(tree.Find(filters[i], i).value());
    }
    EXPECT_EQ(tree.GetNodeCount(), 1u);
}

TEST(SubscriptionTreeTest, MostLevelsThatFitInAText)
{
    SubscriptionTree<int, int> tree;
    const std::string deep(65535, '/');
    std::string wild;
    while (wild.size() < 65534)
    {
        wild += "+/";
    }
    tree.Add(deep, 1, 0);
    tree.Add(wild, 2, 0);
    tree.Add("/#", 3, 0);
    std::vector<int> found;
    tree.Match(deep, [&](int who, uint8_t) { found.push_back(who); });
    EXPECT_THAT(found, ElementsAre(3, 1)); // and the stack holds
    found.clear();
    tree.Match(std::string(32767, '/'), [&](int who, uint8_t) { found.push_back(who); });
    EXPECT_THAT(found, ElementsAre(2, 3));
}

TEST(RetainedMessagesTest, SetReplaceClearAndBound)
{
    RetainedMessages retained(2);
    auto set = [&](const std::string& topic, Bytes payload) {
        return retained.Set(TimePoint(),
                            std::make_shared<Message>(Message{topic, std::move(payload), 0, true}));
    };
    EXPECT_TRUE(set("a", {1}));
    EXPECT_TRUE(set("b", {1}));
    EXPECT_FALSE(set("c", {1}));
    EXPECT_TRUE(set("b", {2})); // a known topic is replaced also when full
    EXPECT_TRUE(set("a", {}));
    EXPECT_TRUE(set("c", {3}));
    std::vector<Bytes> found;
    retained.Match(TimePoint(), "#", [&](const MessagePtr& message) {
        found.push_back(message->payload);
    });
    EXPECT_THAT(found, ElementsAre(Bytes{2}, Bytes{3}));
}

} // namespace
