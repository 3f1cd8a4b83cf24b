// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/decode-error.h"
#include "mqtt/protocol/properties.h"

#include <gtest/gtest.h>

namespace
{

using namespace mqtt;

/// Table 2-4: who may have each property, as a list of packet types (0 = the Will).
struct Row
{
    PropertyId id;
    std::vector<PropertyOwner> owners;
    Bytes value; ///< a good one, after the identifier
};

const std::vector<Row> TABLE = {
    {PropertyId::PayloadFormatIndicator, {0, 3}, {1}},
    {PropertyId::MessageExpiryInterval, {0, 3}, {0, 0, 0, 1}},
    {PropertyId::ContentType, {0, 3}, {0, 1, 'x'}},
    {PropertyId::ResponseTopic, {0, 3}, {0, 1, 'x'}},
    {PropertyId::CorrelationData, {0, 3}, {0, 1, 0}},
    {PropertyId::SubscriptionIdentifier, {3, 8}, {1}},
    {PropertyId::SessionExpiryInterval, {1, 2, 14}, {0, 0, 0, 1}},
    {PropertyId::AssignedClientIdentifier, {2}, {0, 1, 'x'}},
    {PropertyId::ServerKeepAlive, {2}, {0, 1}},
    {PropertyId::AuthenticationMethod, {1, 2, 15}, {0, 1, 'x'}},
    {PropertyId::RequestProblemInformation, {1}, {0}},
    {PropertyId::WillDelayInterval, {0}, {0, 0, 0, 1}},
    {PropertyId::RequestResponseInformation, {1}, {1}},
    {PropertyId::ResponseInformation, {2}, {0, 1, 'x'}},
    {PropertyId::ServerReference, {2, 14}, {0, 1, 'x'}},
    {PropertyId::ReasonString, {2, 4, 5, 6, 7, 9, 11, 14, 15}, {0, 1, 'x'}},
    {PropertyId::ReceiveMaximum, {1, 2}, {0, 1}},
    {PropertyId::TopicAliasMaximum, {1, 2}, {0, 0}},
    {PropertyId::TopicAlias, {3}, {0, 1}},
    {PropertyId::MaximumQos, {2}, {1}},
    {PropertyId::RetainAvailable, {2}, {0}},
    {PropertyId::UserProperty, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15}, {0, 1, 'k', 0, 0}},
    {PropertyId::MaximumPacketSize, {1, 2}, {0, 0, 0, 1}},
    {PropertyId::WildcardSubscriptionAvailable, {2}, {0}},
    {PropertyId::SubscriptionIdentifierAvailable, {2}, {0}},
    {PropertyId::SharedSubscriptionAvailable, {2}, {0}},
};

Bytes
MakeWire(const Row& row)
{
    Bytes wire = row.value;
    wire.insert(wire.begin(), static_cast<uint8_t>(row.id));
    return wire;
}

TEST(PropertiesTest, EachHasItsPackets)
{
    for (const Row& row : TABLE)
    {
        for (PropertyOwner owner = 0; owner <= 15; owner++)
        {
            bool may = std::find(row.owners.begin(), row.owners.end(), owner) != row.owners.end();
            EXPECT_EQ(Properties::Check(MakeWire(row), owner),
                      may ? DecodeError::None : DecodeError::Property)
                << "property " << int(row.id) << " in packet " << int(owner);
        }
    }
}

TEST(PropertiesTest, NoneIsGivenTwiceButThoseThatMay)
{
    for (const Row& row : TABLE)
    {
        for (PropertyOwner owner : row.owners)
        {
            Bytes twice = MakeWire(row);
            Bytes once = twice;
            twice.insert(twice.end(), once.begin(), once.end());
            bool may = row.id == PropertyId::UserProperty ||
                       (row.id == PropertyId::SubscriptionIdentifier && owner == 3);
            EXPECT_EQ(Properties::Check(twice, owner),
                      may ? DecodeError::None : DecodeError::PropertyTwice)
                << "property " << int(row.id) << " in packet " << int(owner);
        }
    }
}

TEST(PropertiesTest, EndingAnywhereIsAnError)
{
    for (const Row& row : TABLE)
    {
        Bytes wire = MakeWire(row);
        for (size_t size = 1; size < wire.size(); size++)
        {
            EXPECT_EQ(Properties::Check(ByteView(wire).First(size), row.owners[0]),
                      DecodeError::Truncated)
                << "property " << int(row.id) << " of " << size;
        }
    }
}

TEST(PropertiesTest, AResponseTopicHasNoWildcard)
{
    EXPECT_EQ(Properties::Check(Bytes{8, 0, 1, '#'}, 3), DecodeError::TopicName);
    EXPECT_EQ(Properties::Check(Bytes{8, 0, 0}, 3), DecodeError::TopicName);
}

TEST(PropertiesTest, ListsSayWhatWasAdded)
{
    PropertyList list;
    list.Add(PropertyId::MessageExpiryInterval, 0x01020304)
        .Add(PropertyId::SubscriptionIdentifier, 200)
        .Add(PropertyId::ContentType, std::string_view("json"))
        .AddUser("a", "1")
        .AddUser("a", "2");
    Properties all = list.Get();
    EXPECT_EQ(Properties::Check(all.GetWire(), 3), DecodeError::None);
    EXPECT_EQ(all.GetWire().ToBytes(),
              (Bytes{2,  1, 2, 3,   4, 11, 0xc8, 1,  3, 0, 4,   'j', 's', 'o', 'n',
                     38, 0, 1, 'a', 0, 1,  '1',  38, 0, 1, 'a', 0,   1,   '2'}));
    EXPECT_EQ(all.GetNumber(PropertyId::MessageExpiryInterval), 0x01020304u);
    EXPECT_EQ(all.GetNumber(PropertyId::SubscriptionIdentifier), 200u);
    EXPECT_EQ(all.GetText(PropertyId::ContentType), "json");
    EXPECT_FALSE(all.GetNumber(PropertyId::TopicAlias));
    std::string users;
    all.ForEach([&](const Property& property) {
        if (property.id == PropertyId::UserProperty)
        {
            users += std::string(property.GetName()) + "=" + std::string(property.GetText()) + ";";
        }
    });
    EXPECT_EQ(users, "a=1;a=2;");
    PropertyList copy;
    all.ForEach([&](const Property& property) { copy.Add(property); });
    EXPECT_EQ(copy, list);
}

/// Table 1-1 of 5.0.
TEST(VariableByteIntegerTest, SizesAndPadding)
{
    for (uint32_t value : {0u, 127u, 128u, 16383u, 16384u, 2097151u, 2097152u, 268435455u})
    {
        uint8_t bytes[MAX_VARIABLE_BYTE_INTEGER_SIZE];
        size_t size = PutVariableByteInteger(bytes, value);
        EXPECT_EQ(size, GetVariableByteIntegerSize(value));
        sansio::ByteReader reader(ByteView(bytes, size));
        DecodeError error = DecodeError::None;
        EXPECT_EQ(ReadVariableByteInteger(reader, error), value);
        EXPECT_TRUE(reader.AtEnd());
    }
    for (const Bytes& wrong : {Bytes{0x80, 0}, Bytes{0xff, 0xff, 0xff, 0xff, 1}})
    {
        sansio::ByteReader reader(wrong);
        DecodeError error = DecodeError::None;
        EXPECT_FALSE(ReadVariableByteInteger(reader, error));
        EXPECT_EQ(error, DecodeError::RemainingLength);
    }
}

/// Table 2-6, a packet at a time.
TEST(ReasonCodeTest, EachHasItsPackets)
{
    struct Packets
    {
        PacketType type;
        std::vector<uint8_t> codes;
    };

    const std::vector<Packets> table = {
        {PacketType::Connack, {0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
                               0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f}},
        {PacketType::Puback, {0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}},
        {PacketType::Pubrec, {0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}},
        {PacketType::Pubrel, {0x00, 0x92}},
        {PacketType::Pubcomp, {0x00, 0x92}},
        {PacketType::Suback,
         {0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2}},
        {PacketType::Unsuback, {0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91}},
        {PacketType::Disconnect, {0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c,
                                  0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
                                  0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2}},
        {PacketType::Auth, {0x00, 0x18, 0x19}},
        {PacketType::Publish, {}},
    };
    for (const Packets& row : table)
    {
        for (int code = 0; code < 256; code++)
        {
            bool may = std::find(row.codes.begin(), row.codes.end(), code) != row.codes.end();
            EXPECT_EQ(IsAllowed(static_cast<ReasonCode>(code), row.type), may)
                << "code " << code << " in packet " << int(row.type);
        }
    }
}

TEST(ReasonCodeTest, ReturnCodesOf311)
{
    EXPECT_EQ(ToReturnCode(ReasonCode::Success), 0);
    EXPECT_EQ(ToReturnCode(ReasonCode::UnsupportedProtocolVersion), 1);
    EXPECT_EQ(ToReturnCode(ReasonCode::ClientIdentifierNotValid), 2);
    EXPECT_EQ(ToReturnCode(ReasonCode::ServerUnavailable), 3);
    EXPECT_EQ(ToReturnCode(ReasonCode::BadUserNameOrPassword), 4);
    EXPECT_EQ(ToReturnCode(ReasonCode::NotAuthorized), 5);
    EXPECT_EQ(ToReturnCode(ReasonCode::ServerBusy), 3);
    EXPECT_EQ(ToReturnCode(ReasonCode::Banned), 5);
    for (uint8_t code = 0; code < 6; code++)
    {
        EXPECT_EQ(ToReturnCode(FromReturnCode(code)), code);
    }
    EXPECT_EQ(FromReturnCode(6), ReasonCode::UnspecifiedError);
}

} // namespace
