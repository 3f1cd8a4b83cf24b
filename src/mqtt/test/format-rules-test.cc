// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * The rules of chapters 1 and 2: texts, flags, lengths.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using testing::ElementsAre;
using testing::IsEmpty;

class FormatRules : public ServerRule
{
  protected:
    /// A PUBLISH of QoS 0 whose topic is these bytes.
    Bytes MakePublishOf(const std::string& topic) const
    {
        return ToBytes(MakePublishPacket(topic, "x", 0, 0), GetParam());
    }
};

INSTANTIATE_TEST_SUITE_P(Version,
                         FormatRules,
                         testing::Values(Version::V3_1_1, Version::V5),
                         NameOfVersion);

TEST_P(FormatRules, AnIllFormedTextEndsTheConnection)
{
    using namespace std::string_literals;
    for (const std::string& topic : {"a\xff"s, "\xed\xa0\x80"s, "a\0"s})
    {
        ConnectionId id = Enter("c");
        SendBytes(id, MakePublishOf(topic));
        EXPECT_TRUE(IsClosed(id)) << testing::PrintToString(topic);
    }
}

TEST_P(FormatRules, AByteOrderMarkIsACharacter)
{
    ConnectionId watcher = Watch("\xef\xbb\xbf"
                                 "a");
    ConnectionId other = Watch("a");
    ConnectionId id = Enter("c");
    SendBytes(id,
              MakePublishOf("\xef\xbb\xbf"
                            "a"));
    EXPECT_THAT(Hear(watcher),
                ElementsAre(MakePublishPacket("\xef\xbb\xbf"
                                              "a",
                                              "x",
                                              0,
                                              0)));
    EXPECT_THAT(Hear(other), IsEmpty());
}

TEST_P(FormatRules, ReservedFlagsEndTheConnection)
{
    for (int first = 0x10; first <= (Is5() ? 0xff : 0xef); first++)
    {
        int type = first >> 4;
        bool marked = type == 6 || type == 8 || type == 10;
        if (type == 3 || (first & 0x0f) == (marked ? 2 : 0))
        {
            continue;
        }
        ConnectionId id = Enter("c");
        SendBytes(id, {static_cast<uint8_t>(first), 0});
        EXPECT_TRUE(IsClosed(id)) << first;
        Packets told = Hear(id);
        ASSERT_EQ(told.size(), Is5() ? 1u : 0u) << first;
        EXPECT_EQ(GetLastReason(), "protocol error: reserved header flags") << first;
        if (Is5())
        {
            EXPECT_EQ(std::get<Disconnect>(told[0]).reason, ReasonCode::MalformedPacket);
        }
    }
}

class FormatRules5 : public FormatRules
{
};

INSTANTIATE_TEST_SUITE_P(, FormatRules5, testing::Values(Version::V5), NameOfVersion);

TEST_P(FormatRules5, ALengthWithAByteTooManyEndsTheConnection)
{
    ConnectionId id = Enter("c");
    SendBytes(id, {0xc0, 0x80, 0x00});
    EXPECT_TRUE(IsClosed(id));
    id = Enter("c");
    SendBytes(id, {0x82, 8, 0, 1, 0x80, 0x00, 0, 1, 'a', 0}); // the length of the properties
    EXPECT_TRUE(IsClosed(id));
}

TEST_P(FormatRules5, NamesAndValuesOfUserPropertiesAreTexts)
{
    for (size_t wrong : {3u, 6u})
    {
        Bytes property = {0x26, 0, 1, 'k', 0, 1, 'v'};
        property[wrong] = 0xff;
        EXPECT_EQ(Properties::Check(property, OwnerOf(PacketType::Publish)), DecodeError::Utf8);
    }
}

TEST_P(FormatRules5, TextsOfPropertiesAreUtf8)
{
    for (uint8_t id : {3, 8, 18, 21, 26, 28, 31})
    {
        Bytes property = {id, 0, 1, 0xff};
        DecodeError found = DecodeError::None;
        for (PropertyOwner owner = 0; owner <= 15; owner++)
        {
            DecodeError error = Properties::Check(property, owner);
            found = error == DecodeError::Property ? found : error;
        }
        EXPECT_EQ(found, DecodeError::Utf8) << int(id);
    }
}

TEST_P(FormatRules5, AWillTopicAndAUserNameAreUtf8)
{
    for (std::string_view text : {"w", "\xff"})
    {
        Connect connect = MakeConnect("c");
        connect.will = Will{text, {}, 0, false};
        ConnectionId withWill = Open();
        Say(withWill, connect);
        EXPECT_EQ(IsClosed(withWill), text != "w");
        connect = MakeConnect("d");
        connect.userName = text;
        ConnectionId withName = Open();
        Say(withName, connect);
        EXPECT_EQ(IsClosed(withName), text != "w");
    }
}

} // namespace
