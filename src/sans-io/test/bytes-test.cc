// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/protocol/byte-reader.h"
#include "sans-io/protocol/byte-writer.h"
#include "sans-io/protocol/memory.h"
#include "sans-io/protocol/operation.h"
#include "sans-io/protocol/peer.h"
#include "sans-io/protocol/random-source.h"
#include "sans-io/protocol/spanned-bytes.h"
#include "sans-io/protocol/time-point.h"

#include <gtest/gtest.h>

using namespace sansio;

TEST(ByteReader, ReadsNetworkByteOrder)
{
    const Bytes bytes{0x01,
                      0x02,
                      0x03,
                      0x04,
                      0x05,
                      0x06,
                      0x07,
                      0x08,
                      0x09,
                      0x0a,
                      0x0b,
                      0x0c,
                      0x0d,
                      0x0e,
                      0x0f,
                      0x10};
    ByteReader reader(bytes);
    EXPECT_EQ(reader.ReadU8(), 0x01);
    EXPECT_EQ(reader.ReadU16(), 0x0203);
    EXPECT_EQ(reader.ReadU32(), 0x04050607u);
    EXPECT_EQ(reader.ReadU64(), 0x08090a0b0c0d0e0fu);
    EXPECT_EQ(reader.GetRemaining(), 1u);
    EXPECT_EQ(reader.ReadRest(), ByteView(bytes).From(15));
    EXPECT_TRUE(reader.AtEnd());
    EXPECT_FALSE(reader.Failed());
}

TEST(ByteReader, StaysFailedAfterReadingPastTheEnd)
{
    const Bytes bytes{0xff, 0xff, 0xff};
    ByteReader reader(bytes);
    EXPECT_EQ(reader.ReadU32(), 0u);
    EXPECT_TRUE(reader.Failed());
    EXPECT_EQ(reader.ReadU8(), 0u) << "a failed reader yields nothing, even where bytes are left";
    EXPECT_TRUE(reader.ReadBytes(1).empty());
    EXPECT_TRUE(reader.Failed());
}

TEST(ByteWriter, WritesWhatTheReaderReads)
{
    ByteWriter writer;
    writer.WriteU8(0xfe);
    writer.WriteU16(0xfedc);
    writer.WriteU32(0xfedcba98);
    writer.WriteU64(0xfedcba9876543210);
    writer.WriteBytes(ByteView(std::string_view("end")));
    Bytes bytes = writer.Take();
    EXPECT_EQ(writer.GetSize(), 0u);
    EXPECT_EQ(bytes.size(), 18u);
    ByteReader reader(bytes);
    EXPECT_EQ(reader.ReadU8(), 0xfe);
    EXPECT_EQ(reader.ReadU16(), 0xfedc);
    EXPECT_EQ(reader.ReadU32(), 0xfedcba98u);
    EXPECT_EQ(reader.ReadU64(), 0xfedcba9876543210u);
    EXPECT_EQ(reader.ReadRest().ToString(), "end");
}

TEST(SpannedBytes, NeighboursOfOneProvenanceAreOneSpan)
{
    const Provenance header{Layer::Application, false, 7};
    const Provenance payload{Layer::Payload, false, 7};
    SpannedBytes bytes;
    bytes.Append(Bytes{1, 2}, header);
    bytes.Append(Bytes{3}, header);
    bytes.Append(Bytes{}, payload);
    bytes.Append(Bytes{4, 5}, payload);
    EXPECT_EQ(bytes.GetSpans(), (std::vector<Span>{{0, 3, header}, {3, 5, payload}}));
    EXPECT_EQ(bytes.GetView(), ByteView(Bytes{1, 2, 3, 4, 5}));
}

TEST(SpannedBytes, AppendsAnotherWithItsSpans)
{
    const Provenance security{Layer::Security, false, 0};
    const Provenance payload{Layer::Payload, false, 9};
    SpannedBytes record(Bytes{1, 2}, security);
    record.Append(SpannedBytes(Bytes{3, 4, 5}, payload));
    EXPECT_EQ(record.GetSpans(), (std::vector<Span>{{0, 2, security}, {2, 5, payload}}));
    EXPECT_TRUE(record.AsRetransmission().GetSpans()[1].provenance.retransmission);
    EXPECT_FALSE(record.GetSpans()[1].provenance.retransmission);
}

TEST(Operation, EveryKindHasAName)
{
    EXPECT_EQ(ToString(OperationKind::EcP256KeyGeneration), "ec-p256-key-generation");
    EXPECT_EQ(ToString(OperationKind::EcdsaP256Verify), "ecdsa-p256-verify");
    EXPECT_EQ(ToString(OperationKind::Hkdf), "hkdf");
}

namespace
{

class Counter : public RandomSource
{
  public:
    uint64_t GetInteger() override
    {
        return m_next++ * 0x0101010101010101;
    }

  private:
    uint64_t m_next{0};
};

} // namespace

TEST(RandomSource, FillsFromWholeWordsAndScalesIntoTheInterval)
{
    Counter counter;
    EXPECT_EQ(counter.GetBytes(10), (Bytes{0, 0, 0, 0, 0, 0, 0, 0, 1, 1}));
    for (int i = 0; i < 300; i++)
    {
        double x = counter.GetUniform(2, 3);
        EXPECT_GE(x, 2);
        EXPECT_LT(x, 3);
    }
}

TEST(PeerAddress, ComparesByAddressThenPort)
{
    PeerAddress a;
    PeerAddress b;
    b.port = 1;
    EXPECT_NE(a, b);
    EXPECT_LT(a, b);
    a.ip[15] = 1;
    EXPECT_LT(b, a);
}

TEST(MemoryShare, CountsWhileItsEntryLives)
{
    size_t total = 0;
    HighWater peak;
    {
        std::vector<MemoryShare> entries(2);
        entries[0].Set(total, 10);
        entries[1].Set(total, 5);
        peak.Update(total);
        entries[1].Set(total, 7);
        EXPECT_EQ(total, 17u);
        entries.erase(entries.begin()); // the second moves into the place of the first
        EXPECT_EQ(total, 7u);
        MemoryShare moved = std::move(entries[0]);
        entries.clear();
        EXPECT_EQ(total, 7u);
    }
    EXPECT_EQ(total, 0u);
    EXPECT_EQ(peak.Get(), 15u);
}
