// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/codec-samples.h"

namespace mqtt::test
{

namespace
{

/// The properties of one sample; the packets are views of them.
const Bytes CONNECT_PROPERTIES = {
    0x11, 0, 0,  0,    10,                // Session Expiry Interval 10 s
    0x21, 0, 20,                          // Receive Maximum 20
    0x27, 0, 0,  1,    0,                 // Maximum Packet Size 256
    0x22, 0, 5,                           // Topic Alias Maximum 5
    0x17, 0,                              // no problem information
    0x26, 0, 1,  'k',  0,    2, 'v', 'w', // User Property k: vw
    0x15, 0, 1,  'm',                     // Authentication Method m
    0x16, 0, 2,  0xff, 0x00,              // Authentication Data
};
const Bytes WILL_DELAY = {0x18, 0, 0, 0, 30};
const Bytes CONNACK_PROPERTIES = {0x12, 0, 2, 'i', 'd', 0x13, 0, 60, 0x24, 1};
const Bytes PUBLISH_PROPERTIES = {0x01, 1, 0x0b, 0x80, 0x01, 0x0b, 2, 0x23, 0, 3};
const Bytes REASON = {0x1f, 0, 2, 'n', 'o'};
const Bytes SUBSCRIPTION_ID = {0x0b, 7};
const Bytes TWO = {0x2a, 0x2b};

Connect
MakeConnect5()
{
    Connect connect;
    connect.version = Version::V5;
    connect.clientId = "s";
    connect.keepAlive = 60;
    return connect;
}

Connect
MakeFullConnect5()
{
    Connect connect = MakeConnect5();
    connect.properties = Properties(CONNECT_PROPERTIES);
    connect.will = Will{"w", TWO, 1, false, Properties(WILL_DELAY)};
    connect.password = ByteView(TWO); // without a user name, which 5.0 allows
    return connect;
}

Publish
MakeAliased()
{
    Publish publish;
    publish.payload = TWO;
    publish.qos = 1;
    publish.packetId = 10;
    publish.properties = Properties(PUBLISH_PROPERTIES);
    return publish;
}

/// The bytes of a list in a packet: what comes before, their length, they, what comes after.
Bytes
Join(Bytes before, const Bytes& properties, const Bytes& after)
{
    before.push_back(static_cast<uint8_t>(properties.size()));
    before.insert(before.end(), properties.begin(), properties.end());
    before.insert(before.end(), after.begin(), after.end());
    before[1] = static_cast<uint8_t>(before.size() - 2);
    return before;
}

std::vector<Sample>
MakeConnectSamples()
{
    using E = DecodeError;
    return {
        {"Connect",
         {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 0x02, 0, 60, 0, 0, 1, 's'},
         MakeConnect5(),
         {{12, 1, E::Property}, {12, 0x80, E::RemainingLength}, {8, 6, E::ProtocolLevel}}},
        {"ConnectWithEverything",
         Join({0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 5, 0x4e, 0, 60},
              CONNECT_PROPERTIES,
              {0, 1, 's', 5, 0x18, 0, 0, 0, 30, 0, 1, 'w', 0, 2, 0x2a, 0x2b, 0, 2, 0x2a, 0x2b}),
         MakeFullConnect5(),
         {{13, 0x23, E::Property},      // Topic Alias is for PUBLISH
          {13, 0x7f, E::Property},      // not an identifier
          {18, 0x22, E::PropertyTwice}, // Topic Alias Maximum
          {20, 0, E::PropertyValue},    // Receive Maximum 0
          {24, 0, E::PropertyValue},    // Maximum Packet Size 0
          {30, 2, E::PropertyValue},    // Request Problem Information 2
          {34, 0x00, E::Utf8},
          {38, 0xff, E::Utf8},
          {39, 0x1c, E::Property}}},
        {"Connack",
         Join({0x20, 0, 0, 0}, CONNACK_PROPERTIES, {}),
         Connack{false, ReasonCode::Success, Properties(CONNACK_PROPERTIES)},
         {{2, 2, E::ConnackFlags}, {3, 0x8d, E::ReasonCode}, {14, 2, E::PropertyValue}}},
        {"ConnackRefused",
         {0x20, 3, 0, 0x8a, 0},
         Connack{false, ReasonCode::Banned},
         {{2, 1, E::ConnackFlags}, {3, 0x01, E::ReasonCode}, {4, 1, E::Truncated}}},
        {"Disconnect", {0xe0, 0}, Disconnect{}, {}},
        {"DisconnectWithWill",
         {0xe0, 1, 0x04},
         Disconnect{ReasonCode::DisconnectWithWillMessage},
         {{2, 0x01, E::ReasonCode}, {2, 0x8a, E::ReasonCode}}},
        {"DisconnectWithReason",
         Join({0xe0, 0, 0x8e}, REASON, {}),
         Disconnect{ReasonCode::SessionTakenOver, Properties(REASON)},
         {{3, 4, E::Truncated}, {4, 0x13, E::Property}, {5, 1, E::Truncated}}},
        {"Auth", {0xf0, 0}, Auth{}, {{0, 0xf1, E::ReservedFlags}}},
        {"AuthContinued",
         {0xf0, 6, 0x18, 4, 0x15, 0, 1, 'm'},
         Auth{ReasonCode::ContinueAuthentication,
              Properties(ByteView(CONNECT_PROPERTIES).From(26).First(4))},
         {{2, 0x80, E::ReasonCode}, {4, 0x16, E::AuthenticationData}}},
    };
}

std::vector<Sample>
MakeMessageSamples()
{
    using E = DecodeError;
    return {
        {"PublishWithAlias",
         Join({0x32, 0, 0, 0, 0, 10}, PUBLISH_PROPERTIES, TWO),
         MakeAliased(),
         {{8, 2, E::PropertyValue},    // Payload Format Indicator
          {9, 0x11, E::Property},      // Session Expiry Interval
          {11, 0, E::RemainingLength}, // a padded Variable Byte Integer
          {13, 0, E::PropertyValue},   // Subscription Identifier 0
          {16, 0, E::TopicAlias},
          {14, 0x13, E::Property}}},
        {"Puback", {0x40, 2, 0, 1}, Puback{1}, {{3, 0, E::PacketIdentifier}}},
        {"PubackWithoutSubscribers",
         {0x40, 3, 0, 1, 0x10},
         Puback{1, ReasonCode::NoMatchingSubscribers},
         {{4, 0x92, E::ReasonCode}}},
        {"PubrecWithReason",
         Join({0x50, 0, 0, 1, 0x87}, REASON, {}),
         Pubrec{1, ReasonCode::NotAuthorized, Properties(REASON)},
         {{4, 0x04, E::ReasonCode}, {6, 0x03, E::Property}}},
        {"PubrelNotFound",
         {0x62, 3, 0, 1, 0x92},
         Pubrel{1, ReasonCode::PacketIdentifierNotFound},
         {{4, 0x91, E::ReasonCode}}},
        {"PubcompNotFound",
         {0x70, 3, 0, 1, 0x92},
         Pubcomp{1, ReasonCode::PacketIdentifierNotFound},
         {{4, 0x10, E::ReasonCode}}},
        {"Subscribe",
         Join({0x82, 0, 0, 10}, SUBSCRIPTION_ID, {0, 3, 'a', '/', 'b', 0x2e, 0, 1, 'c', 0x10}),
         Subscribe{10,
                   {{"a/b", {2, true, true, RetainHandling::DoNotSend}},
                    {"c", {0, false, false, RetainHandling::SendIfNew}}},
                   Properties(SUBSCRIPTION_ID)},
         {{9, 0xff, E::Utf8},
          {12, 0x3e, E::SubscriptionOptions},
          {12, 0x6e, E::SubscriptionOptions},
          {12, 0x2f, E::Qos},
          {6, 0, E::PropertyValue}}},
        {"SubscribeShared",
         {0x82, 16, 0, 10, 0, 0, 10, '$', 's', 'h', 'a', 'r', 'e', '/', 'g', '/', 'a', 0x00},
         Subscribe{10, {{"$share/g/a", {0}}}},
         {{17, 0x04, E::SharedNoLocal},
          {14, '/', E::TopicFilter}, // no group
          {14, '+', E::TopicFilter}, // a wildcard in the group
          {15, 'h', E::TopicFilter}, // no filter
          {6, 9, E::TopicFilter}}},
        {"Suback",
         {0x90, 5, 0, 10, 0, 0x01, 0x97},
         Suback{10, {ReasonCode::GrantedQos1, ReasonCode::QuotaExceeded}},
         {{5, 3, E::ReasonCode}, {1, 3, E::NoTopicFilter}}},
        {"Unsubscribe",
         {0xa2, 6, 0, 10, 0, 0, 1, 'a'},
         Unsubscribe{10, {"a"}},
         {{4, 2, E::Property}, {7, 0xff, E::Utf8}, {1, 3, E::NoTopicFilter}}},
        {"Unsuback",
         {0xb0, 5, 0, 10, 0, 0x00, 0x11},
         Unsuback{10, {ReasonCode::Success, ReasonCode::NoSubscriptionExisted}},
         {{5, 0x01, E::ReasonCode}, {1, 3, E::NoTopicFilter}}},
    };
}

} // namespace

std::vector<Sample>
MakeSamples5()
{
    std::vector<Sample> samples = MakeConnectSamples();
    for (Sample& sample : MakeMessageSamples())
    {
        samples.push_back(std::move(sample));
    }
    for (Sample& sample : samples)
    {
        sample.version = Version::V5;
    }
    return samples;
}

} // namespace mqtt::test
