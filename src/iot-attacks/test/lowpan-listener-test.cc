// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/lowpan-listener.h"
#include "iot-attacks/test/frames.h"

#include <gtest/gtest.h>

namespace attacks::test
{

namespace
{

LowPanListener::Settings
GetSettings()
{
    LowPanListener::Settings settings;
    settings.contexts = GetContexts();
    return settings;
}

Bytes
With(Bytes bytes, size_t at, uint8_t value)
{
    bytes[at] = value;
    return bytes;
}

/// A UDP datagram of 201 bytes in three fragments.
class FragmentsTest : public testing::Test
{
  protected:
    static constexpr uint16_t TAG = 0x1234;

    FragmentsTest()
    {
        Bytes data(153);
        for (size_t i = 0; i < data.size(); i++)
        {
            data[i] = static_cast<uint8_t>(i);
        }
        datagram = BuildUdp(MakeFlow(49153, 5683, Transport::Udp), data);
        const Bytes checksum{datagram[46], datagram[47]};
        const uint16_t size = static_cast<uint16_t>(datagram.size());
        ByteView all(datagram);
        fragments.push_back(MakeFrag1(size,
                                      TAG,
                                      Join({{0x7e, 0xf5, 0x01, 0, 0, 0, 0, 0, 0, 0, 2},
                                            {0xf0, 0xc0, 0x01, 0x16, 0x33},
                                            checksum,
                                            all.From(48).First(48).ToBytes()}))); // up to 96
        fragments.push_back(MakeFragN(size, TAG, 12, all.From(96).First(80).ToBytes()));
        fragments.push_back(MakeFragN(size, TAG, 22, all.From(176).ToBytes()));
    }

    std::optional<Bytes> Hear(double seconds, size_t which)
    {
        return listener.HearFrame(At(seconds), MakeFrame(sequence++, fragments[which]));
    }

    LowPanListener listener{GetSettings()};
    uint8_t sequence{0};
    Bytes datagram;
    std::vector<Bytes> fragments;
};

TEST(LowPanListener, ReadsRfc6282)
{
    LowPanListener listener(GetSettings());
    EXPECT_EQ(listener.HearFrame(At(0), MakeFrame(1, COAP_IPHC)), COAP_DATAGRAM);
}

TEST(LowPanListener, ReadsUncompressedIpv6)
{
    LowPanListener listener(GetSettings());
    EXPECT_EQ(listener.HearFrame(At(0), MakeFrame(1, Join({{0x41}, COAP_DATAGRAM}))),
              COAP_DATAGRAM);
}

TEST(LowPanListener, ReadsMulticastAndBothPortsInFourBits)
{
    LowPanListener listener(GetSettings());
    const Bytes iphc{0x7f,
                     0x3b,
                     0x1a, // hop limit 255, SAM 3, M, DAM 3: ff02::1a
                     0xf3,
                     0x12,
                     0xb9,
                     0x6c, // ports 61617 and 61618
                     'h',
                     'i'};
    auto datagram = listener.HearFrame(At(0), MakeFrame(1, iphc));
    ASSERT_TRUE(datagram);
    auto parsed = ParseDatagram(*datagram);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(ToString(*parsed->flow), "udp [fe80::ff:fe00:2]:61617 > [ff02::1a]:61618");
    EXPECT_EQ(parsed->hopLimit, 255);
    EXPECT_TRUE(parsed->checksumValid);
    EXPECT_EQ(parsed->data.ToString(), "hi");
}

TEST(LowPanListener, ReadsTrafficClassAndFlowLabel)
{
    LowPanListener listener(GetSettings());
    Bytes iphc = COAP_IPHC;
    iphc[0] = 0x66; // TF 0: ECN, DSCP, four bits, flow label
    const Bytes inlineFields{0x40 | 0x2e, 0x01, 0x23, 0x45};
    iphc.insert(iphc.begin() + 3, inlineFields.begin(), inlineFields.end());
    auto datagram = listener.HearFrame(At(0), MakeFrame(1, iphc));
    ASSERT_TRUE(datagram);
    auto parsed = ParseDatagram(*datagram);
    EXPECT_EQ(parsed->trafficClass, 0x2e << 2 | 1); // DSCP first in IPv6
    EXPECT_EQ(parsed->flowLabel, 0x12345u);
}

TEST(LowPanListener, AnElidedChecksumIsComputed)
{
    LowPanListener listener(GetSettings());
    Bytes iphc = With(COAP_IPHC, 11, 0xf4);
    iphc.erase(iphc.begin() + 16, iphc.begin() + 18);
    EXPECT_EQ(listener.HearFrame(At(0), MakeFrame(1, iphc)), COAP_DATAGRAM);
}

TEST(LowPanListener, OneWrongByteIsMalformedOrAnotherDatagram)
{
    const Bytes frame = MakeFrame(1, COAP_IPHC);
    for (size_t at = 0; at < frame.size(); at++) // the FCS sees every wrong byte
    {
        LowPanListener listener(GetSettings());
        EXPECT_FALSE(listener.HearFrame(At(0), With(frame, at, frame[at] ^ 0x10))) << at;
        EXPECT_EQ(listener.GetCounters().malformed, 1u) << at;
    }

    struct Case
    {
        size_t at;
        uint8_t value;
    };

    for (const Case& wrong : {Case{2, 0x21},  // source context 2 is not known
                              Case{1, 0xf4},  // DAM 0 with DAC: reserved
                              Case{11, 0xe0}, // an extension header compressed
                              Case{0, 0x00}}) // not 6LoWPAN
    {
        LowPanListener listener(GetSettings());
        EXPECT_FALSE(
            listener.HearFrame(At(0), MakeFrame(1, With(COAP_IPHC, wrong.at, wrong.value))));
        EXPECT_EQ(listener.GetCounters().malformed, 1u) << wrong.at;
    }
    for (size_t size = 1; size < 18; size++) // cut within the headers
    {
        LowPanListener listener(GetSettings());
        EXPECT_FALSE(
            listener.HearFrame(At(0), MakeFrame(1, ByteView(COAP_IPHC).First(size).ToBytes())))
            << size;
    }
}

TEST(LowPanListener, ARepetitionByTheMacIsLeftOut)
{
    LowPanListener listener(GetSettings());
    const Bytes frame = MakeFrame(7, COAP_IPHC);
    EXPECT_TRUE(listener.HearFrame(At(0), frame));
    EXPECT_FALSE(listener.HearFrame(At(0.01), frame));
    EXPECT_EQ(listener.GetCounters().repetitions, 1u);
    EXPECT_TRUE(listener.HearFrame(At(3), frame)); // the sequence number has come round
    EXPECT_TRUE(listener.HearFrame(At(3), MakeFrame(8, COAP_IPHC)));
}

TEST_F(FragmentsTest, InEveryOrderTheyMakeTheDatagram)
{
    std::vector<size_t> order{0, 1, 2};
    do
    {
        EXPECT_FALSE(Hear(0, order[0]));
        EXPECT_FALSE(Hear(0, order[1]));
        EXPECT_EQ(Hear(0, order[2]), datagram);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(FragmentsTest, DuplicatesChangeNothing)
{
    EXPECT_FALSE(Hear(0, 1));
    EXPECT_FALSE(Hear(0, 1));
    EXPECT_FALSE(Hear(0, 0));
    EXPECT_FALSE(Hear(0, 0));
    EXPECT_EQ(Hear(0, 2), datagram);
}

TEST_F(FragmentsTest, AMissedOneIsGivenUpAfterAMinute)
{
    EXPECT_FALSE(Hear(0, 0));
    EXPECT_FALSE(Hear(0, 1));
    EXPECT_FALSE(Hear(60.1, 2));
    EXPECT_EQ(listener.GetCounters().incomplete, 1u);
    EXPECT_FALSE(Hear(60.2, 0));
    EXPECT_EQ(Hear(60.3, 1), datagram);
}

TEST_F(FragmentsTest, OfTwoDatagramsAtOnceBothArrive)
{
    std::vector<Bytes> others = fragments;
    for (Bytes& other : others)
    {
        other[3] ^= 0xff; // another tag
        std::swap(other, fragments.emplace_back());
    }
    for (size_t i : {0, 3, 1, 4})
    {
        EXPECT_FALSE(Hear(0, i));
    }
    EXPECT_EQ(Hear(0, 5), datagram);
    EXPECT_EQ(Hear(0, 2), datagram);
}

TEST_F(FragmentsTest, AFragmentBeyondItsDatagramIsMalformed)
{
    fragments[2].push_back(0);
    EXPECT_FALSE(Hear(0, 2));
    EXPECT_EQ(listener.GetCounters().malformed, 1u);
}

TEST_F(FragmentsTest, TheTableIsBounded)
{
    LowPanListener::Settings settings = GetSettings();
    settings.reassemblies = 2;
    LowPanListener small(settings);
    for (uint8_t i = 0; i < 10; i++)
    {
        small.HearFrame(At(i), MakeFrame(i, With(fragments[1], 3, i)));
    }
    EXPECT_EQ(small.GetCounters().incomplete, 8u);
}

} // namespace

} // namespace attacks::test
