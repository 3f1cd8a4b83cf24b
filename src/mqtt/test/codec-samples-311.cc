// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/codec-samples.h"

namespace mqtt::test
{

namespace
{

Connect
MakeFullConnect()
{
    static const Bytes payload = {'b', 'y', 'e'};
    static const Bytes password = {0x00, 0xff};
    Connect connect;
    connect.clientId = "c";
    connect.keepAlive = 10;
    connect.cleanStart = true;
    connect.will = Will{"w/t", payload, 1, true};
    connect.userName = "u";
    connect.password = ByteView(password);
    return connect;
}

} // namespace

Connect
MakeConnect(std::string_view clientId, uint16_t keepAlive)
{
    Connect connect;
    connect.clientId = clientId;
    connect.keepAlive = keepAlive;
    return connect;
}

Publish
MakePublish(uint8_t qos)
{
    static const Bytes payload = {0x2a, 0x2b};
    Publish publish;
    publish.topic = "a/b";
    publish.payload = payload;
    publish.qos = qos;
    publish.packetId = qos > 0 ? 10 : 0;
    publish.dup = qos > 0;
    publish.retain = qos == 2;
    return publish;
}

std::vector<Sample>
MakeSamples311()
{
    using E = DecodeError;
    return {
        // Figure 3.6 of the standard for the variable header; 15 bytes with a client id of one.
        {"Connect",
         {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 60, 0, 1, 's'},
         MakeConnect("s", 60),
         {{0, 0x11, E::ReservedFlags},
          {0, 0x00, E::ReservedType},
          {0, 0xf0, E::ReservedType},
          {1, 12, E::Truncated},
          {3, 5, E::ProtocolName},
          {7, 't', E::ProtocolName},
          {8, 3, E::ProtocolLevel},
          {8, 5, E::Truncated},
          {9, 0x03, E::ConnectFlags},
          {9, 0x0a, E::ConnectFlags},
          {9, 0x22, E::ConnectFlags},
          {9, 0x42, E::ConnectFlags},
          {9, 0x1e, E::ConnectFlags},
          {9, 0x06, E::Truncated},
          {9, 0x82, E::Truncated},
          {13, 0, E::TrailingBytes},
          {13, 2, E::Truncated},
          {14, 0x00, E::Utf8},
          {14, 0xff, E::Utf8}}},
        {"ConnectWithEverything",
         {0x10, 30,  0,   4,   'M', 'Q', 'T', 'T', 4,   0xee, 0, 10,  0, 1, 'c',  0,
          3,    'w', '/', 't', 0,   3,   'b', 'y', 'e', 0,    1, 'u', 0, 2, 0x00, 0xff},
         MakeFullConnect(),
         {{9, 0xfe, E::ConnectFlags},
          {9, 0x6e, E::ConnectFlags},
          {17, '#', E::TopicName},
          {17, 0xff, E::Utf8},   // Will Topic
          {27, 0xff, E::Utf8}}}, // User Name
        {"Connack",
         {0x20, 2, 1, 0},
         Connack{true, ReasonCode::Success},
         {{1, 1, E::Truncated},
          {2, 2, E::ConnackFlags},
          {3, 1, E::ConnackFlags},
          {0, 0x21, E::ReservedFlags}}},
        {"ConnackRefused",
         {0x20, 2, 0, 5},
         Connack{false, ReasonCode::NotAuthorized},
         {{3, 6, E::ReasonCode}}},
        // Figure 3.11: topic a/b, packet identifier 10.
        {"PublishQos0",
         {0x30, 7, 0, 3, 'a', '/', 'b', 0x2a, 0x2b},
         MakePublish(0),
         {{0, 0x38, E::Qos},
          {0, 0x36, E::Qos},
          {3, 6, E::Truncated},
          {3, 0, E::TopicName},
          {4, '+', E::TopicName},
          {6, '#', E::TopicName},
          {5, 0x00, E::Utf8},
          {5, 0x80, E::Utf8}}},
        {"PublishQos1",
         {0x3a, 9, 0, 3, 'a', '/', 'b', 0, 10, 0x2a, 0x2b},
         MakePublish(1),
         {{8, 0, E::PacketIdentifier}, {0, 0x3e, E::Qos}, {1, 6, E::Truncated}}},
        {"PublishQos2Retained",
         {0x3d, 9, 0, 3, 'a', '/', 'b', 0, 10, 0x2a, 0x2b},
         MakePublish(2),
         {{8, 0, E::PacketIdentifier}}},
        {"Puback", {0x40, 2, 0x12, 0x34}, Puback{0x1234}, {{0, 0x42, E::ReservedFlags}}},
        {"Pubrec", {0x50, 2, 0, 1}, Pubrec{1}, {{3, 0, E::PacketIdentifier}}},
        {"Pubrel",
         {0x62, 2, 0xff, 0xff},
         Pubrel{0xffff},
         {{0, 0x60, E::ReservedFlags}, {0, 0x6a, E::ReservedFlags}}},
        {"Pubcomp", {0x70, 2, 0, 1}, Pubcomp{1}, {{1, 1, E::Truncated}}},
        // Figure 3.23: a/b at QoS 1 and c/d at QoS 2.
        {"Subscribe",
         {0x82, 14, 0, 10, 0, 3, 'a', '/', 'b', 1, 0, 3, 'c', '/', 'd', 2},
         Subscribe{10, {{"a/b", 1}, {"c/d", 2}}},
         {{0, 0x80, E::ReservedFlags},
          {1, 2, E::NoTopicFilter},
          {3, 0, E::PacketIdentifier},
          {5, 0, E::TopicFilter},
          {6, '#', E::TopicFilter},
          {6, 0xff, E::Utf8},
          {7, '+', E::TopicFilter},
          {9, 3, E::Qos},
          {9, 5, E::Qos},
          {1, 13, E::Truncated}}},
        {"Suback",
         {0x90, 6, 0, 10, 0, 1, 2, 0x80},
         Suback{10,
                {ReasonCode::GrantedQos0,
                 ReasonCode::GrantedQos1,
                 ReasonCode::GrantedQos2,
                 ReasonCode::UnspecifiedError}},
         {{4, 3, E::ReasonCode}, {7, 0x81, E::ReasonCode}, {3, 0, E::PacketIdentifier}}},
        {"Unsubscribe",
         {0xa2, 12, 0, 10, 0, 3, 'a', '/', 'b', 0, 3, 'c', '/', '#'},
         Unsubscribe{10, {"a/b", "c/#"}},
         {{0, 0xa0, E::ReservedFlags},
          {1, 2, E::NoTopicFilter},
          {6, 0xff, E::Utf8},
          {12, 'x', E::TopicFilter}}},
        {"Unsuback", {0xb0, 2, 0, 10}, Unsuback{10}, {{3, 0, E::PacketIdentifier}}},
        {"Pingreq", {0xc0, 0}, Pingreq{}, {{0, 0xc1, E::ReservedFlags}}},
        {"Pingresp", {0xd0, 0}, Pingresp{}, {{0, 0xd8, E::ReservedFlags}}},
        {"Disconnect", {0xe0, 0}, Disconnect{}, {{0, 0xe2, E::ReservedFlags}}},
    };
}

} // namespace mqtt::test
