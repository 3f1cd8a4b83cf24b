// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/codec-samples.h"

#include <gtest/gtest.h>

namespace
{

using namespace mqtt;
using namespace mqtt::test;

/// What a stream of bytes turns out to be: a packet, or the error.
struct Parsed
{
    DecodeError error{DecodeError::None};
    bool complete{false};
    Packet packet;
};

Parsed
Parse(const Bytes& bytes, Version version = Version::V3_1_1)
{
    Parsed parsed;
    FrameReader reader;
    reader.SetVersion(version);
    reader.Begin(bytes);
    Frame frame;
    switch (reader.Next(frame))
    {
    case FrameReader::Status::Frame:
        parsed.complete = true;
        parsed.error = Decode(frame, parsed.packet, version);
        break;
    case FrameReader::Status::Error:
        parsed.error = reader.GetError();
        break;
    case FrameReader::Status::Incomplete:
        break;
    }
    return parsed;
}

class CodecTest : public testing::TestWithParam<Sample>
{
};

TEST_P(CodecTest, EncodesAndDecodes)
{
    const Sample& sample = GetParam();
    EXPECT_EQ(ToBytes(sample.packet, sample.version), sample.bytes);
    Parsed parsed = Parse(sample.bytes, sample.version);
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
        EXPECT_EQ(ToString(Parse(bytes, GetParam().version).error), ToString(damage.error))
            << "byte " << damage.position << " = " << int(damage.value);
    }
}

TEST_P(CodecTest, EveryPrefixIsIncomplete)
{
    for (size_t size = 0; size < GetParam().bytes.size(); size++)
    {
        Bytes prefix(GetParam().bytes.begin(), GetParam().bytes.begin() + size);
        Parsed parsed = Parse(prefix, GetParam().version);
        EXPECT_FALSE(parsed.complete);
        EXPECT_EQ(parsed.error, DecodeError::None);
    }
}

TEST_P(CodecTest, AShorterBodyNeverPasses)
{
    // Whatever the fields say, they may not reach beyond the Remaining Length.
    const Bytes& whole = GetParam().bytes;
    bool mayEnd = GetParam().version == Version::V5 && GetParam().name.rfind("Connect", 0) != 0;
    bool endsAnywhere = mayEnd || GetParam().name.rfind("Publish", 0) == 0 ||
                        GetParam().name == "Suback" || GetParam().name == "Subscribe" ||
                        GetParam().name == "Unsubscribe";
    for (size_t size = 2; size < whole.size() && !endsAnywhere; size++)
    {
        Bytes bytes(whole.begin(), whole.begin() + size);
        bytes[1] = static_cast<uint8_t>(size - 2);
        EXPECT_EQ(Parse(bytes).error, DecodeError::Truncated) << size;
    }
}

INSTANTIATE_TEST_SUITE_P(Mqtt311,
                         CodecTest,
                         testing::ValuesIn(MakeSamples311()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Mqtt5, CodecTest, testing::ValuesIn(MakeSamples5()), [](const auto& info) {
    return info.param.name;
});

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
        EXPECT_EQ(GetSize(publish, Version::V3_1_1), size);
        EXPECT_EQ(GetSize(publish, Version::V5), size + 1); // no properties
        EXPECT_EQ(ToBytes(publish, Version::V5).size(), size + 1);
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
        EncodePublishHeader(publish, Version::V3_1_1, writer);
        Bytes digits(writer.GetView().begin() + 1, writer.GetView().end() - 3);
        EXPECT_EQ(digits, row.digits);
        EXPECT_EQ(GetSize(publish, Version::V3_1_1), 1 + row.digits.size() + row.length);
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
    for (const Sample& sample : MakeSamples311())
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
                ASSERT_TRUE(packet == MakeSamples311()[found].packet) << found << " by " << chunk;
                found++;
            }
            reader.End();
        }
        EXPECT_EQ(found, MakeSamples311().size());
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
