// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/decoder.h"
#include "mqtt/protocol/encoder.h"

#include <gtest/gtest.h>

namespace
{

using namespace mqtt;

/// What a stream of bytes turns out to be: a packet, or the error.
struct Parsed
{
    DecodeError error{DecodeError::None};
    bool complete{false};
    Packet packet;
};

Parsed
Parse(const Bytes& bytes)
{
    Parsed parsed;
    FrameReader reader;
    reader.Begin(bytes);
    Frame frame;
    switch (reader.Next(frame))
    {
    case FrameReader::Status::Frame:
        parsed.complete = true;
        parsed.error = Decode(frame, parsed.packet);
        break;
    case FrameReader::Status::Error:
        parsed.error = reader.GetError();
        break;
    case FrameReader::Status::Incomplete:
        break;
    }
    return parsed;
}

/// A byte of a packet changed, and what that makes of it.
struct Damage
{
    size_t position;
    uint8_t value;
    DecodeError error;
};

struct Sample
{
    std::string name;
    Bytes bytes;
    Packet packet;
    std::vector<Damage> damages;
};

void
PrintTo(const Sample& sample, std::ostream* os)
{
    *os << sample.name;
}

Connect
MakeFullConnect()
{
    static const Bytes payload = {'b', 'y', 'e'};
    static const Bytes password = {0x00, 0xff};
    Connect connect;
    connect.clientId = "c";
    connect.keepAlive = 10;
    connect.cleanSession = true;
    connect.will = Will{"w/t", payload, 1, true};
    connect.userName = "u";
    connect.password = ByteView(password);
    return connect;
}

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

const Bytes GRANTED = {0, 1, 2, 0x80};

std::vector<Sample>
MakeSamples()
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
          {8, 5, E::ProtocolLevel},
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
         {{9, 0xfe, E::ConnectFlags}, {9, 0x6e, E::ConnectFlags}, {17, '#', E::TopicName}}},
        {"Connack",
         {0x20, 2, 1, 0},
         Connack{true, ConnectReturnCode::Accepted},
         {{1, 1, E::Truncated},
          {2, 2, E::ConnackFlags},
          {3, 1, E::ConnackFlags},
          {0, 0x21, E::ReservedFlags}}},
        {"ConnackRefused",
         {0x20, 2, 0, 5},
         Connack{false, ConnectReturnCode::NotAuthorized},
         {{3, 6, E::ReturnCode}}},
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
          {7, '+', E::TopicFilter},
          {9, 3, E::Qos},
          {9, 5, E::Qos},
          {1, 13, E::Truncated}}},
        {"Suback",
         {0x90, 6, 0, 10, 0, 1, 2, 0x80},
         Suback{10, GRANTED},
         {{4, 3, E::ReturnCode}, {7, 0x81, E::ReturnCode}, {3, 0, E::PacketIdentifier}}},
        {"Unsubscribe",
         {0xa2, 12, 0, 10, 0, 3, 'a', '/', 'b', 0, 3, 'c', '/', '#'},
         Unsubscribe{10, {"a/b", "c/#"}},
         {{0, 0xa0, E::ReservedFlags}, {1, 2, E::NoTopicFilter}, {12, 'x', E::TopicFilter}}},
        {"Unsuback", {0xb0, 2, 0, 10}, Unsuback{10}, {{3, 0, E::PacketIdentifier}}},
        {"Pingreq", {0xc0, 0}, Pingreq{}, {{0, 0xc1, E::ReservedFlags}}},
        {"Pingresp", {0xd0, 0}, Pingresp{}, {{0, 0xd8, E::ReservedFlags}}},
        {"Disconnect", {0xe0, 0}, Disconnect{}, {{0, 0xe2, E::ReservedFlags}}},
    };
}

class CodecTest : public testing::TestWithParam<Sample>
{
};

TEST_P(CodecTest, EncodesAndDecodes)
{
    const Sample& sample = GetParam();
    EXPECT_EQ(ToBytes(sample.packet), sample.bytes);
    Parsed parsed = Parse(sample.bytes);
    EXPECT_TRUE(parsed.complete);
    EXPECT_EQ(parsed.error, DecodeError::None) << ToString(parsed.error);
    EXPECT_TRUE(parsed.packet == sample.packet);
}

TEST_P(CodecTest, OneByteWrong)
{
    for (const Damage& damage : GetParam().damages)
    {
        Bytes bytes = GetParam().bytes;
        bytes[damage.position] = damage.value;
        EXPECT_EQ(ToString(Parse(bytes).error), ToString(damage.error))
            << "byte " << damage.position << " = " << int(damage.value);
    }
}

TEST_P(CodecTest, EveryPrefixIsIncomplete)
{
    for (size_t size = 0; size < GetParam().bytes.size(); size++)
    {
        Bytes prefix(GetParam().bytes.begin(), GetParam().bytes.begin() + size);
        Parsed parsed = Parse(prefix);
        EXPECT_FALSE(parsed.complete);
        EXPECT_EQ(parsed.error, DecodeError::None);
    }
}

TEST_P(CodecTest, AShorterBodyNeverPasses)
{
    // Whatever the fields say, they may not reach beyond the Remaining Length.
    const Bytes& whole = GetParam().bytes;
    bool endsAnywhere = GetParam().name.rfind("Publish", 0) == 0 || GetParam().name == "Suback" ||
                        GetParam().name == "Subscribe" || GetParam().name == "Unsubscribe";
    for (size_t size = 2; size < whole.size() && !endsAnywhere; size++)
    {
        Bytes bytes(whole.begin(), whole.begin() + size);
        bytes[1] = static_cast<uint8_t>(size - 2);
        EXPECT_EQ(Parse(bytes).error, DecodeError::Truncated) << size;
    }
}

INSTANTIATE_TEST_SUITE_P(Mqtt311,
                         CodecTest,
                         testing::ValuesIn(MakeSamples()),
                         [](const auto& info) { return info.param.name; });

TEST(CodecSizeTest, SizesOfTheReference)
{
    EXPECT_EQ(ToBytes(MakeConnect("s", 60)).size(), 15u);
    EXPECT_EQ(ToBytes(MakeConnect("exactly-18-letters", 60)).size(), 32u);
    EXPECT_EQ(ToBytes(Connack{}).size(), 4u);
    for (uint8_t qos : {0, 1, 2})
    {
        Publish publish = MakePublish(qos);
        size_t size = 2 + 2 + publish.topic.size() + publish.payload.size() + (qos > 0 ? 2 : 0);
        EXPECT_EQ(ToBytes(publish).size(), size);
        EXPECT_EQ(GetPublishSize(publish.topic.size(), publish.payload.size(), qos), size);
    }
    EXPECT_EQ(ToBytes(Puback{1}).size(), 4u);
    EXPECT_EQ(ToBytes(Pubrec{1}).size(), 4u);
    EXPECT_EQ(ToBytes(Pubrel{1}).size(), 4u);
    EXPECT_EQ(ToBytes(Pubcomp{1}).size(), 4u);
    EXPECT_EQ(ToBytes(Pingreq{}).size(), 2u);
    EXPECT_EQ(ToBytes(Pingresp{}).size(), 2u);
    EXPECT_EQ(ToBytes(Disconnect{}).size(), 2u);
}

TEST(CodecSizeTest, RemainingLengthOfTable24)
{
    struct Row
    {
        size_t length;
        Bytes digits;
    };

    const std::vector<Row> rows = {
        {127, {0x7f}},
        {128, {0x80, 0x01}},
        {16383, {0xff, 0x7f}},
        {16384, {0x80, 0x80, 0x01}},
        {2097151, {0xff, 0xff, 0x7f}},
        {2097152, {0x80, 0x80, 0x80, 0x01}},
        {268435455, {0xff, 0xff, 0xff, 0x7f}},
    };
    for (const Row& row : rows)
    {
        // Only the length of the payload is looked at, so no payload of this size is needed.
        Publish publish;
        publish.topic = "t";
        static const uint8_t byte = 0;
        publish.payload = ByteView(&byte, row.length - 3);
        sansio::ByteWriter writer;
        EncodePublishHeader(publish, writer);
        Bytes digits(writer.GetView().begin() + 1, writer.GetView().end() - 3);
        EXPECT_EQ(digits, row.digits);
        EXPECT_EQ(GetPublishSize(1, row.length - 3, 0), 1 + row.digits.size() + row.length);
    }
}

TEST(FrameReaderTest, RemainingLengthOfFiveBytesIsAnError)
{
    EXPECT_EQ(Parse({0x30, 0xff, 0xff, 0xff, 0xff}).error, DecodeError::RemainingLength);
    EXPECT_EQ(Parse({0x30, 0xff, 0xff, 0xff, 0x7f}).error, DecodeError::None);
}

TEST(FrameReaderTest, BoundActsOnTheLengthAlone)
{
    Bytes bytes = ToBytes(MakePublish(0)); // 9 bytes
    for (size_t bound : {8, 9})
    {
        FrameReader reader(bound);
        reader.Begin(ByteView(bytes).First(2));
        Frame frame;
        bool refused = reader.Next(frame) == FrameReader::Status::Error;
        EXPECT_EQ(refused, bound == 8);
        EXPECT_EQ(reader.GetError() == DecodeError::PacketTooLarge, bound == 8);
    }
}

TEST(FrameReaderTest, AnyChunkingGivesTheSameFrames)
{
    Bytes stream;
    for (const Sample& sample : MakeSamples())
    {
        stream.insert(stream.end(), sample.bytes.begin(), sample.bytes.end());
    }
    for (size_t chunk = 1; chunk <= stream.size(); chunk++)
    {
        FrameReader reader;
        size_t found = 0;
        for (size_t at = 0; at < stream.size(); at += chunk)
        {
            reader.Begin(ByteView(stream).From(at).First(chunk));
            Frame frame;
            while (reader.Next(frame) == FrameReader::Status::Frame)
            {
                Packet packet;
                ASSERT_EQ(Decode(frame, packet), DecodeError::None);
                ASSERT_TRUE(packet == MakeSamples()[found].packet) << found << " by " << chunk;
                found++;
            }
            reader.End();
        }
        EXPECT_EQ(found, MakeSamples().size());
        EXPECT_EQ(reader.GetKept(), 0u);
    }
}

TEST(PacketWriterTest, ProvenanceOfAPublish)
{
    PacketWriter writer;
    writer.Write(MakePublish(1), 7, true);
    sansio::SpannedBytes bytes = writer.Take();
    ASSERT_EQ(bytes.GetSpans().size(), 2u);
    EXPECT_EQ(bytes.GetSpans()[0], (sansio::Span{0, 9, {sansio::Layer::Application, true, 7}}));
    EXPECT_EQ(bytes.GetSpans()[1], (sansio::Span{9, 11, {sansio::Layer::Payload, true, 7}}));
    EXPECT_EQ(bytes.GetView(), ByteView(ToBytes(MakePublish(1))));
}

} // namespace
