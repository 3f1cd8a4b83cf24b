// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/protocol/frame-dissector.h"

#include <gtest/gtest.h>
#include <random>

namespace lowpower
{

namespace
{

using sansio::Bytes;

Bytes
operator+(Bytes a, const Bytes& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Bytes
WithFcs(Bytes frame)
{
    uint16_t fcs = ComputeFcs(frame);
    return frame + Bytes{uint8_t(fcs), uint8_t(fcs >> 8)};
}

/// Data, acknowledgement requested, PAN abcd, from 2 to 1.
const Bytes SHORT_MHR{0x61, 0x88, 0x01, 0xcd, 0xab, 0x01, 0x00, 0x02, 0x00};
/// The same from and to extended addresses.
const Bytes EXTENDED_MHR{0x61, 0xcc, 0x01, 0xcd, 0xab, 1,  2,  3,  4,  5, 6,
                         7,    8,    9,    10,   11,   12, 13, 14, 15, 16};
/// Traffic class elided, next header compressed, hop limit 64; contexts 0 and 1, source from the
/// MAC, 64 bits of destination.
const Bytes IPHC_UDP{0x7e, 0xf5, 0x01, 0, 0, 0, 0, 0, 0, 0, 2};
/// The same with the next header (TCP) inline.
const Bytes IPHC_TCP{0x7a, 0xf5, 0x01, 0x06, 0, 0, 0, 0, 0, 0, 0, 2};
/// Ports 49153 and 5683, checksum carried.
const Bytes NHC_UDP{0xf0, 0xc0, 0x01, 0x16, 0x33, 0x12, 0x34};
/// Port 49153 to 1883, data offset 6 with a MSS option.
const Bytes TCP{0xc0, 0x01, 0x07, 0x5b, 0, 0, 0, 1, 0, 0, 0, 0,
                0x60, 0x02, 0x10, 0,    0, 0, 0, 0, 2, 4, 0, 83};
const Bytes UPPER{'h', 'e', 'l', 'l', 'o'};

struct Case
{
    const char* name;
    Bytes frame; ///< without FCS
    size_t link;
    size_t network;
    size_t transport;
    size_t upper;
    uint8_t nextHeader;
    size_t wrongAt; ///< position of the byte that is made wrong
    uint8_t wrong;  ///< its value
};

Bytes
Uncompressed(uint8_t nextHeader)
{
    Bytes header(41);
    header[0] = 0x41; // LOWPAN_IPV6
    header[1] = 0x60;
    header[7] = nextHeader;
    header[8] = 64;
    return header;
}

const std::vector<Case>&
GetCases()
{
    static const std::vector<Case> cases{
        {"UdpByNhc", SHORT_MHR + IPHC_UDP + NHC_UDP + UPPER, 17, 11, 7, 5, 17, 10, 0xf4},
        {"UdpByNhcExtended", EXTENDED_MHR + IPHC_UDP + NHC_UDP + UPPER, 29, 11, 7, 5, 17, 32, 0xf8},
        {"UdpShortPortsNoChecksum",
         SHORT_MHR + Bytes{0x7e, 0x33, 0xf7, 0x12} + UPPER,
         17,
         2,
         2,
         5,
         17,
         9,
         0x00},
        {"TcpWithOption", SHORT_MHR + IPHC_TCP + TCP + UPPER, 17, 12, 24, 5, 6, 33, 0x40},
        {"TcpAck",
         SHORT_MHR + IPHC_TCP + Bytes(TCP.begin(), TCP.begin() + 12) +
             Bytes{0x50, 0x10, 0x10, 0, 0, 0, 0, 0},
         17,
         12,
         20,
         0,
         6,
         33,
         0x70},
        {"NeighborSolicitation",
         SHORT_MHR + Bytes{0x7b, 0x33, 58} + Bytes{135, 0, 0, 0} + Bytes(20),
         17,
         27,
         0,
         0,
         58,
         10,
         0x34},
        {"FirstFragment",
         SHORT_MHR + Bytes{0xc0, 0xc8, 0x00, 0x07} + IPHC_UDP + NHC_UDP + UPPER,
         17,
         15,
         7,
         5,
         17,
         13,
         0x3e},
        {"LaterFragment",
         SHORT_MHR + Bytes{0xe0, 0xc8, 0x00, 0x07, 0x0c} + UPPER,
         17,
         5,
         0,
         5,
         0,
         9,
         0xe8},
        {"UncompressedUdp",
         SHORT_MHR + Uncompressed(17) + Bytes(8) + UPPER,
         17,
         41,
         8,
         5,
         17,
         10,
         0x45},
        {"HopByHopThenTcp",
         SHORT_MHR + Uncompressed(0) + Bytes{6, 0, 1, 4, 0, 0, 0, 0} + TCP,
         17,
         49,
         24,
         0,
         6,
         51,
         0xff},
        {"ExtensionByNhcThenUdp",
         SHORT_MHR + Bytes{0x7e, 0x33, 0xe1, 4, 1, 2, 3, 4} + NHC_UDP + UPPER,
         17,
         8,
         7,
         5,
         17,
         11,
         0xee},
        {"MulticastDestination",
         SHORT_MHR + Bytes{0x7b, 0x3b, 58, 0x01} + Bytes(8),
         17,
         12,
         0,
         0,
         58,
         10,
         0x3d},
        {"MeshAndBroadcast",
         SHORT_MHR + Bytes{0xb1, 0, 2, 0xff, 0xff, 0x50, 9} + IPHC_UDP + NHC_UDP + UPPER,
         17,
         18,
         7,
         5,
         17,
         14,
         0x51},
        {"NoPayload", SHORT_MHR, 17, 0, 0, 0, 0, 1, 0x84},
    };
    return cases;
}

class DissectorTest : public ::testing::TestWithParam<Case>
{
};

TEST_P(DissectorTest, SplitsTheFrame)
{
    const Case& expected = GetParam();
    Bytes frame = WithFcs(expected.frame);
    auto found = DissectFrame(frame);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->link, expected.link);
    EXPECT_EQ(found->network, expected.network);
    EXPECT_EQ(found->transport, expected.transport);
    EXPECT_EQ(found->upper, expected.upper);
    EXPECT_EQ(found->nextHeader, expected.nextHeader);
    EXPECT_EQ(found->upperBegin, expected.frame.size() - expected.upper);
    EXPECT_EQ(found->GetTotal(), frame.size() + PHY_HEADER_SIZE);
    EXPECT_TRUE(found->mac.ackRequest);
    EXPECT_EQ(found->mac.sequence, 1);
    EXPECT_EQ(found->mac.destinationPan, 0xabcd);
    EXPECT_EQ(found->mac.sourcePan, 0xabcd);
}

TEST_P(DissectorTest, RefusesOneByteWrong)
{
    Bytes frame = GetParam().frame;
    frame[GetParam().wrongAt] = GetParam().wrong;
    EXPECT_FALSE(DissectFrame(WithFcs(frame)));
}

TEST_P(DissectorTest, NeverReadsBeyondACutFrame)
{
    Bytes whole = WithFcs(GetParam().frame);
    for (size_t size = 0; size < whole.size(); size++)
    {
        Bytes cut(whole.begin(), whole.begin() + size);
        if (auto found = DissectFrame(cut))
        {
            EXPECT_EQ(found->GetTotal(), size + PHY_HEADER_SIZE);
            EXPECT_LE(found->upperBegin, size - FCS_SIZE);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Frames, DissectorTest, ::testing::ValuesIn(GetCases()), [](auto& info) {
    return info.param.name;
});

TEST(MacHeaderTest, ReadsAddressesOfEachKind)
{
    auto brief = ParseMacHeader(WithFcs(SHORT_MHR));
    ASSERT_TRUE(brief);
    EXPECT_EQ(brief->destination, (MacAddress{AddressMode::Short, 1}));
    EXPECT_EQ(brief->source, (MacAddress{AddressMode::Short, 2}));
    EXPECT_EQ(brief->length, SHORT_MHR_SIZE);
    auto extended = ParseMacHeader(WithFcs(EXTENDED_MHR));
    ASSERT_TRUE(extended);
    EXPECT_EQ(extended->destination, (MacAddress{AddressMode::Extended, 0x0807060504030201}));
    EXPECT_EQ(extended->length, 21u);
    Bytes twoPans{0x41 & ~0x40, 0x88, 3, 0xcd, 0xab, 1, 0, 0x34, 0x12, 2, 0};
    auto apart = ParseMacHeader(WithFcs(twoPans));
    ASSERT_TRUE(apart);
    EXPECT_EQ(apart->sourcePan, 0x1234);
    EXPECT_EQ(SerializeMacHeader(*apart), twoPans);
    EXPECT_EQ(SerializeMacHeader(*brief), SHORT_MHR);
    EXPECT_EQ(SerializeMacHeader(*extended), EXTENDED_MHR);
}

TEST(MacHeaderTest, AcknowledgementIsFiveBytesOfLink)
{
    Bytes ack = WithFcs({0x12, 0x00, 0x2a}); // frame pending
    auto found = DissectFrame(ack);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->mac.type, FrameType::Acknowledgement);
    EXPECT_TRUE(found->mac.framePending);
    EXPECT_EQ(found->mac.sequence, 0x2a);
    EXPECT_EQ(found->link, 11u);
    EXPECT_EQ(found->GetTotal(), 11u);
    EXPECT_FALSE(DissectFrame(WithFcs({0x12, 0x00, 0x2a, 0x00})));
    EXPECT_FALSE(DissectFrame(WithFcs({0x12, 0x00})));
}

TEST(MacHeaderTest, DataRequestIsAllLink)
{
    Bytes poll = WithFcs({0x63, 0x88, 0x05, 0xcd, 0xab, 0x01, 0x00, 0x02, 0x00, 0x04});
    auto found = DissectFrame(poll);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->command, uint8_t(CommandId::DataRequest));
    EXPECT_EQ(found->link, 18u);
    EXPECT_EQ(found->GetTotal(), 18u);
    EXPECT_FALSE(DissectFrame(WithFcs({0x63, 0x88, 0x05, 0xcd, 0xab, 0x01, 0x00, 0x02, 0x00})));
}

TEST(MacHeaderTest, ReservedValuesAndSecurityAreRefused)
{
    for (auto [at, value] : std::vector<std::pair<size_t, uint8_t>>{
             {0, 0x65}, // type 5
             {0, 0x69}, // security
             {1, 0xa8}, // version 2
             {1, 0x84}, // destination mode 1
             {1, 0x48}, // source mode 1
             {1, 0x08}, // PAN ID compression with one address
         })
    {
        Bytes frame = SHORT_MHR;
        frame[at] = value;
        EXPECT_FALSE(ParseMacHeader(WithFcs(frame))) << int(at) << " " << int(value);
    }
    EXPECT_FALSE(ParseMacHeader(WithFcs(SHORT_MHR + Bytes(117)))); // 128 bytes
    EXPECT_TRUE(ParseMacHeader(WithFcs(SHORT_MHR + Bytes(116))));
}

TEST(MacHeaderTest, FcsIsTheCrcOfTheStandard)
{
    // IEEE 802.15.4-2006 section 7.2.1.9: acknowledgement 02 00 6a has the FCS bits
    // 0010 0111 1001 1110, first bit sent first.
    EXPECT_EQ(ComputeFcs(Bytes{0x02, 0x00, 0x6a}), 0x79e4);
    Bytes frame = WithFcs(SHORT_MHR);
    EXPECT_TRUE(HasValidFcs(frame));
    for (uint8_t& byte : frame)
    {
        byte ^= 0x10;
        EXPECT_FALSE(HasValidFcs(frame));
        byte ^= 0x10;
    }
}

TEST(DissectorRandomTest, EverySplitAddsUp)
{
    std::mt19937 random(1);
    uint32_t dissected = 0;
    for (int i = 0; i < 200000; i++)
    {
        Bytes frame = GetCases()[random() % GetCases().size()].frame;
        frame.resize(random() % 126);
        for (unsigned changes = random() % 8; changes > 0 && !frame.empty(); changes--)
        {
            frame[random() % frame.size()] = random();
        }
        auto found = DissectFrame(WithFcs(frame));
        if (found)
        {
            dissected++;
            ASSERT_EQ(found->GetTotal(), frame.size() + FCS_SIZE + PHY_HEADER_SIZE);
            ASSERT_LE(found->upperBegin + found->upper, frame.size());
        }
    }
    EXPECT_GT(dissected, 1000u);
}

} // namespace

} // namespace lowpower
