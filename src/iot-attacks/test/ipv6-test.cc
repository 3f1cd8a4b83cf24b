// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/test/frames.h"

#include <gmock/gmock.h>

namespace attacks::test
{

namespace
{

using ::testing::HasSubstr;

/// A SYN from port 49153 to 1883 with an MSS of 80.
const Bytes SYN = Join({
    {0x60, 0, 0, 0, 0, 24, 6, 64},
    SENSOR,
    HOST,
    {0xc0, 0x01, 0x07, 0x5b, 1, 2, 3, 4, 0, 0, 0, 0}, // ports, sequence and acknowledgment number
    {0x60, 0x02, 0x10, 0x00, 0xc9, 0x1f, 0, 0},       // 24 bytes, SYN, window 4096, checksum
    {2, 4, 0, 80},                                    // maximum segment size
});

Bytes
With(Bytes bytes, size_t at, uint8_t value)
{
    bytes[at] = value;
    return bytes;
}

TEST(Ipv6, BuildsTheUdpDatagramByteByByte)
{
    EXPECT_EQ(BuildUdp(MakeFlow(49153, 5683, Transport::Udp), COAP_GET), COAP_DATAGRAM);
}

TEST(Ipv6, BuildsTheTcpSegmentByteByByte)
{
    const Bytes options{2, 4, 0, 80};
    TcpHeader header{0x01020304, 0, TCP_SYN, 4096, options};
    EXPECT_EQ(BuildTcp(MakeFlow(49153, 1883, Transport::Tcp), header, {}), SYN);
}

TEST(Ipv6, ReadsUdp)
{
    auto datagram = ParseDatagram(COAP_DATAGRAM);
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->flow, MakeFlow(49153, 5683, Transport::Udp));
    EXPECT_EQ(datagram->data, ByteView(COAP_GET));
    EXPECT_EQ(datagram->hopLimit, 64);
    EXPECT_TRUE(datagram->checksumValid);
    EXPECT_FALSE(datagram->tcp);
}

TEST(Ipv6, ReadsTcp)
{
    auto datagram = ParseDatagram(SYN);
    ASSERT_TRUE(datagram && datagram->tcp);
    EXPECT_EQ(datagram->tcp->sequence, 0x01020304u);
    EXPECT_EQ(datagram->tcp->flags, TCP_SYN);
    EXPECT_EQ(datagram->tcp->window, 4096);
    EXPECT_EQ(datagram->tcp->options.ToBytes(), (Bytes{2, 4, 0, 80}));
    EXPECT_TRUE(datagram->checksumValid);
}

TEST(Ipv6, OneWrongByteShowsInTheChecksumAndNotInTheLength)
{
    for (size_t at : {8u, 39u, 40u, 47u, 50u, 63u}) // addresses, port, checksum, payload
    {
        auto datagram = ParseDatagram(With(COAP_DATAGRAM, at, COAP_DATAGRAM[at] ^ 1));
        ASSERT_TRUE(datagram) << at;
        EXPECT_FALSE(datagram->checksumValid) << at;
    }
}

TEST(Ipv6, WhatDoesNotFitIsNotRead)
{
    EXPECT_FALSE(ParseDatagram(With(COAP_DATAGRAM, 0, 0x40))); // version 4
    EXPECT_FALSE(ParseDatagram(With(COAP_DATAGRAM, 5, 25)));   // longer than there is
    EXPECT_FALSE(ParseDatagram(With(COAP_DATAGRAM, 5, 23)));   // shorter
    EXPECT_FALSE(ParseDatagram(With(COAP_DATAGRAM, 45, 25)));  // UDP length beyond the end
    EXPECT_FALSE(ParseDatagram(With(COAP_DATAGRAM, 45, 7)));   // below its header
    EXPECT_FALSE(ParseDatagram(With(SYN, 52, 0x40)));          // data offset below five words
    EXPECT_FALSE(ParseDatagram(With(SYN, 52, 0x70)));          // beyond the end
    for (size_t size = 0; size < SYN.size(); size++)
    {
        EXPECT_FALSE(ParseDatagram(ByteView(SYN).First(size))) << size;
    }
}

TEST(Ipv6, HopByHopOptionsAreSkipped)
{
    Bytes bytes = With(With(COAP_DATAGRAM, 6, 0), 5, 32);
    const Bytes options{17, 0, 1, 4, 0, 0, 0, 0}; // next header UDP, 8 bytes, PadN
    bytes.insert(bytes.begin() + 40, options.begin(), options.end());
    auto datagram = ParseDatagram(bytes);
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->data, ByteView(COAP_GET));
    EXPECT_THAT(*CheckDatagram(bytes), HasSubstr("next header 0"));
}

TEST(Ipv6, WhatNs3CouldNotReadIsFoundOut)
{
    EXPECT_FALSE(CheckDatagram(COAP_DATAGRAM));
    EXPECT_FALSE(CheckDatagram(SYN));
    EXPECT_TRUE(CheckDatagram(With(SYN, 61, 0)));     // an option of length 0
    EXPECT_TRUE(CheckDatagram(With(SYN, 61, 5)));     // beyond the header
    EXPECT_TRUE(CheckDatagram(With(SYN, 60, 8)));     // a timestamp is 10 bytes long
    EXPECT_TRUE(CheckDatagram(With(SYN, 6, 44)));     // an IPv6 fragment
    EXPECT_TRUE(CheckDatagram(With(SYN, 6, 58)));     // ICMPv6, no echo
    EXPECT_TRUE(CheckDatagram(With(SYN, 8, 0xff)));   // a multicast source
    EXPECT_FALSE(CheckDatagram(With(SYN, 58, 0xff))); // a wrong checksum is the victim's business
}

TEST(Ipv6, AddressesAreWrittenAsInRfc5952)
{
    Flow flow = MakeFlow(1, 2, Transport::Udp);
    EXPECT_EQ(ToString(flow), "udp [fd00::1:0:ff:fe00:2]:1 > [fd00:0:0:2::2]:2");
    EXPECT_EQ(ToString(sansio::PeerAddress{}), "[::]:0");
}

} // namespace

} // namespace attacks::test
