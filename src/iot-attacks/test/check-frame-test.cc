// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/check-frame.h"
#include "iot-attacks/test/frames.h"

#include <gmock/gmock.h>

namespace attacks::test
{

namespace
{

using ::testing::HasSubstr;
using ::testing::Not;

Bytes
With(Bytes bytes, size_t at, uint8_t value)
{
    bytes[at] = value;
    return bytes;
}

std::string
Check(const Bytes& payload)
{
    return CheckFrame(MakeFrame(1, payload)).value_or("");
}

TEST(CheckFrame, HonestFramesPass)
{
    EXPECT_EQ(Check(COAP_IPHC), "");
    EXPECT_EQ(Check(Join({{0x41}, COAP_DATAGRAM})), "");
    EXPECT_EQ(Check(Join({{0x50, 9}, COAP_IPHC})), "");                       // broadcast header
    EXPECT_EQ(Check({}), "");                                                 // answers a poll
    EXPECT_EQ(Check({0x3f, 1, 2, 3}), "");                                    // not 6LoWPAN
    EXPECT_FALSE(CheckFrame(AddFcs({0x02, 0x00, 0x07})));                     // acknowledgement
    EXPECT_FALSE(CheckFrame(AddFcs(With(Join({MakeMhr(1), {4}}), 0, 0x63)))); // a poll
    EXPECT_FALSE(CheckFrame(MakeFrame(1, With(COAP_IPHC, 20, 0))));           // payload at will
    EXPECT_FALSE(CheckFrame(With(MakeFrame(1, COAP_IPHC), 50, 0)));           // a wrong FCS
}

/// DecompressLowPanIphc: NS_ABORT "Reserved code found".
TEST(CheckFrame, ReservedIphcEncodings)
{
    EXPECT_THAT(Check(With(COAP_IPHC, 1, 0xf4)), HasSubstr("reserved")); // DAC, DAM 0
    for (uint8_t mode : {1, 2, 3})                                       // M and DAC, DAM 1 to 3
    {
        EXPECT_THAT(Check(With(COAP_IPHC, 1, 0xfc | mode)), HasSubstr("reserved"));
    }
}

/// DecompressLowPanNhc: NS_ABORT on mobility, unknown and reserved extension headers; it reads any
/// byte that is no UDP encoding as one of them.
TEST(CheckFrame, CompressedExtensionHeaders)
{
    for (unsigned encoding = 0; encoding < 256; encoding++)
    {
        bool isUdp = (encoding & 0xf8) == 0xf0;
        Bytes payload = With(COAP_IPHC, 11, static_cast<uint8_t>(encoding));
        EXPECT_EQ(Check(payload).empty(), isUdp) << encoding;
    }
}

/// ns-3 takes headers off that are not there: beyond the end of the packet.
TEST(CheckFrame, TruncatedHeaders)
{
    for (size_t size = 1; size < 18; size++)
    {
        EXPECT_NE(Check(ByteView(COAP_IPHC).First(size).ToBytes()), "") << size;
    }
    for (size_t size = 0; size < 48; size++)
    {
        EXPECT_NE(Check(Join({{0x41}, ByteView(COAP_DATAGRAM).First(size).ToBytes()})), "");
    }
    EXPECT_NE(Check({0x50}), "");                // LOWPAN_BC0 without its number
    EXPECT_NE(Check({0xc0, 100, 0}), "");        // FRAG1
    EXPECT_NE(Check({0xe0, 100, 0, 1}), "");     // FRAGN
    EXPECT_NE(Check({0xe0, 100, 0, 1, 5}), "");  // FRAGN without bytes
    EXPECT_NE(Check(MakeFrag1(100, 1, {})), ""); // FRAG1 without a datagram
}

/// ProcessFragment: NS_FATAL_ERROR "Unsupported 6LoWPAN encoding".
TEST(CheckFrame, DispatchesInFrag1)
{
    for (unsigned dispatch = 0; dispatch < 256; dispatch++)
    {
        bool readable = dispatch == 0x41 || (dispatch & 0xe0) == 0x60;
        Bytes payload = MakeFrag1(200, 1, With(COAP_IPHC, 0, static_cast<uint8_t>(dispatch)));
        if (!readable)
        {
            EXPECT_THAT(Check(payload), HasSubstr("dispatch")) << dispatch;
        }
    }
    EXPECT_EQ(Check(MakeFrag1(200, 1, COAP_IPHC)), "");
}

/// ReceiveFromDevice: NS_ABORT on extended final destinations; HC1 and reserved dispatches.
TEST(CheckFrame, MeshHc1AndReservedDispatches)
{
    EXPECT_THAT(Check(Join({{0x85, 0, 2, 0, 1, 0x50, 1}, COAP_IPHC})), HasSubstr("mesh"));
    EXPECT_THAT(Check(Join({{0xb5, 0, 2, 0, 1, 0x50, 1}, COAP_IPHC})), HasSubstr("mesh"));
    EXPECT_THAT(Check(With(COAP_IPHC, 0, 0x42)), HasSubstr("dispatch"));
    EXPECT_THAT(Check(With(COAP_IPHC, 0, 0x7f)), Not(HasSubstr("dispatch"))); // IPHC all the same
}

/// GetPacket: FRAG1 gives the headers of the reassembled packet, which must hold them.
TEST(CheckFrame, FragmentsThatDoNotFit)
{
    EXPECT_THAT(Check(MakeFragN(100, 1, 0, Bytes(8))), HasSubstr("FRAG1"));
    EXPECT_THAT(Check(MakeFragN(100, 1, 12, Bytes(8))), HasSubstr("outside"));
    EXPECT_EQ(Check(MakeFragN(104, 1, 12, Bytes(8))), "");
    EXPECT_NE(Check(MakeFrag1(63, 1, COAP_IPHC)), ""); // smaller than what FRAG1 brings
    EXPECT_NE(Check(MakeFrag1(20, 1, COAP_IPHC)), ""); // smaller than an IPv6 header
    Bytes cut = ByteView(COAP_DATAGRAM).First(47).ToBytes();
    EXPECT_THAT(Check(MakeFrag1(64, 1, Join({{0x41}, cut}))), HasSubstr("headers"));
}

TEST(CheckFrame, MalformedMacHeaders)
{
    EXPECT_TRUE(CheckFrame(Bytes{}));
    EXPECT_TRUE(CheckFrame(Bytes(128)));
    EXPECT_TRUE(CheckFrame(With(MakeFrame(1, COAP_IPHC), 1, 0xa8))); // reserved version
    EXPECT_TRUE(CheckFrame(With(MakeFrame(1, COAP_IPHC), 1, 0x84))); // reserved address mode
    EXPECT_TRUE(CheckFrame(With(MakeFrame(1, COAP_IPHC), 0, 0x60))); // a beacon
    EXPECT_TRUE(CheckFrame(With(MakeFrame(1, COAP_IPHC), 0, 0x63))); // a command, not a poll
}

/// AddFragment: NS_ASSERT on another size; GetPacket: NS_ABORT "Overlapping fragments found".
TEST(FrameChecker, OverlappingFragments)
{
    auto frame = [](uint8_t units, size_t size) {
        return MakeFrame(1, MakeFragN(200, 7, units, Bytes(size)));
    };
    FrameChecker checker;
    checker.Hear(At(0), frame(10, 40)); // bytes 80 to 119
    EXPECT_FALSE(checker.Check(At(0), frame(10, 40)));
    EXPECT_FALSE(checker.Check(At(0), frame(15, 40)));
    EXPECT_FALSE(checker.Check(At(0), frame(9, 8)));
    EXPECT_TRUE(checker.Check(At(0), frame(10, 32)));
    EXPECT_TRUE(checker.Check(At(0), frame(10, 48)));
    EXPECT_TRUE(checker.Check(At(0), frame(9, 16)));
    EXPECT_TRUE(checker.Check(At(0), frame(14, 8)));
    EXPECT_TRUE(checker.Check(At(60), frame(14, 8)));
    EXPECT_FALSE(checker.Check(At(60.1), frame(14, 8))); // ns-3 has forgotten them
    EXPECT_FALSE(checker.Check(At(0), MakeFrame(1, MakeFragN(200, 8, 14, Bytes(8))))); // other tag
}

} // namespace

} // namespace attacks::test
