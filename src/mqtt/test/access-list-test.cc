// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/access-list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

using namespace mqtt;
using testing::HasSubstr;

AccessList
MakeList(const std::string& text)
{
    AccessList list;
    EXPECT_EQ(list.Read(text), "");
    return list;
}

TEST(AccessList, DeniesWhatNoRuleAllows)
{
    AccessList list = MakeList("# nothing\n\n");
    EXPECT_FALSE(list.MayPublish({"c", "u"}, "t"));
    EXPECT_FALSE(list.MaySubscribe({"c", "u"}, "t"));
}

TEST(AccessList, TellsPublishersFromSubscribers)
{
    AccessList list =
        MakeList("user u\ntopic write w\ntopic read r\ntopic readwrite b\ntopic both\r\n");
    const Principal u{"c", "u"};
    EXPECT_TRUE(list.MayPublish(u, "w"));
    EXPECT_FALSE(list.MaySubscribe(u, "w"));
    EXPECT_FALSE(list.MayPublish(u, "r"));
    EXPECT_TRUE(list.MaySubscribe(u, "r"));
    EXPECT_TRUE(list.MayPublish(u, "b") && list.MaySubscribe(u, "b"));
    EXPECT_TRUE(list.MayPublish(u, "both") && list.MaySubscribe(u, "both"));
}

TEST(AccessList, TellsUsersFromClients)
{
    AccessList list = MakeList("topic read open\nuser u\ntopic read t\nclient c\ntopic read t\n");
    EXPECT_TRUE(list.MaySubscribe({"x", "u"}, "t"));
    EXPECT_TRUE(list.MaySubscribe({"c", "v"}, "t"));
    EXPECT_TRUE(list.MaySubscribe({"c", ""}, "t"));
    EXPECT_FALSE(list.MaySubscribe({"u", "c"}, "t"));
    EXPECT_TRUE(list.MaySubscribe({"x", ""}, "open"));
    EXPECT_FALSE(list.MaySubscribe({"x", "u"}, "open"));
}

TEST(AccessList, FillsPatterns)
{
    AccessList list = MakeList("pattern write s/%c/t\npattern read %u/#\npattern write x%u/%c%c");
    const Principal p{"01", "alice"};
    EXPECT_TRUE(list.MayPublish(p, "s/01/t"));
    EXPECT_FALSE(list.MayPublish(p, "s/02/t"));
    EXPECT_TRUE(list.MaySubscribe(p, "alice/a/b"));
    EXPECT_FALSE(list.MaySubscribe(p, "bob/a"));
    EXPECT_TRUE(list.MayPublish(p, "xalice/0101"));
}

TEST(AccessList, LetsNobodyChooseTheFilterByHisName)
{
    AccessList list = MakeList("pattern readwrite s/%c/t\npattern readwrite u/%u");
    for (const char* name : {"+", "#", "a/b", "a/#", ""})
    {
        EXPECT_FALSE(list.MayPublish({name, "u"}, "s/01/t")) << name;
        EXPECT_FALSE(list.MaySubscribe({name, "u"}, "s/+/t")) << name;
        EXPECT_FALSE(list.MayPublish({"c", name}, "u/a/b")) << name;
        EXPECT_FALSE(list.MayPublish({"c", name}, "u/")) << name;
    }
}

TEST(AccessList, LetsADenialCountMore)
{
    AccessList list = MakeList("user u\ntopic a/#\ntopic deny a/secret\n");
    const Principal u{"c", "u"};
    EXPECT_TRUE(list.MayPublish(u, "a/open"));
    EXPECT_FALSE(list.MayPublish(u, "a/secret"));
    EXPECT_FALSE(list.MaySubscribe(u, "a/secret"));
    EXPECT_TRUE(list.MaySubscribe(u, "a/+")); // not all of it is denied
    EXPECT_TRUE(list.MayReceive(u, "a/open"));
    EXPECT_FALSE(list.MayReceive(u, "a/secret")); // and what is does not come
    EXPECT_FALSE(list.MayReceive({"c", "v"}, "a/open"));
}

TEST(AccessList, RefusesWhatItCannotReadInOneLine)
{
    AccessList list = MakeList("user u\ntopic t");
    for (const char* line : {"topic",
                             "topic write",
                             "topic write a/#/b",
                             "user",
                             "user ",
                             "pattern a+",
                             "write t",
                             "topics t",
                             "topic read \xff"})
    {
        EXPECT_THAT(list.Read("topic a\n" + std::string(line)),
                    HasSubstr("line 2: expected user NAME"))
            << line;
        EXPECT_TRUE(list.MayPublish({"c", "u"}, "t"));
    }
    AccessListLimits limits;
    limits.rules = 1;
    limits.filterSize = 3;
    AccessList small(limits);
    EXPECT_EQ(small.Read("topic a\ntopic b"), "line 2: expected at most 1 rules");
    EXPECT_THAT(small.Read("topic abcd"), HasSubstr("line 1"));
    EXPECT_EQ(small.Read("topic abc"), "");
    EXPECT_EQ(small.GetSize(), 1u);
}

TEST(AccessList, AFilterCoversWhatMatchesNoMore)
{
    const std::tuple<const char*, const char*, bool> cases[] = {
        {"a", "a", true},         {"a", "b", false},          {"+", "a", true},
        {"a", "+", false},        {"+", "+", true},           {"+", "#", false},
        {"#", "+", true},         {"#", "#", true},           {"a/#", "a", true},
        {"a/#", "a/#", true},     {"a/#", "a/+/b", true},     {"a/+", "a/#", false},
        {"a/+", "a", false},      {"a", "a/#", false},        {"s/+/t", "s/01/t", true},
        {"s/+/t", "s/#", false},  {"s/+/t", "s/+/t", true},   {"#", "$SYS/a", false},
        {"+/a", "$SYS/a", false}, {"$SYS/#", "$SYS/a", true}, {"a/b", "a", false},
        {"+/+", "a/b/c", false}};
    for (const auto& [wide, narrow, covers] : cases)
    {
        EXPECT_EQ(FilterCovers(wide, narrow), covers) << wide << " " << narrow;
    }
}

} // namespace
