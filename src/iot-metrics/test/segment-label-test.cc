// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/segment-label.h"

#include <gtest/gtest.h>

using namespace ns3;
using sansio::Bytes;

namespace
{

std::string
Tcp(Bytes upper, bool secure, uint8_t flags = 0x10)
{
    Bytes header(20);
    header[13] = flags;
    auto label = LabelSegment(6, header, upper, "mqtt", secure);
    return label.protocol + ": " + label.text;
}

std::string
Udp(Bytes upper, bool secure)
{
    auto label = LabelSegment(17, {}, upper, "coap", secure);
    return label.protocol + ": " + label.text;
}

} // namespace

TEST(SegmentLabel, NamesTcpByItsFlags)
{
    EXPECT_EQ(Tcp({}, false), "tcp: ACK");
    EXPECT_EQ(Tcp({}, false, 0x02), "tcp: SYN");
    EXPECT_EQ(Tcp({}, false, 0x12), "tcp: SYN, ACK");
    EXPECT_EQ(Tcp({}, false, 0x11), "tcp: FIN, ACK");
    EXPECT_EQ(Tcp({}, false, 0x04), "tcp: RST");
}

TEST(SegmentLabel, NamesMqttPackets)
{
    EXPECT_EQ(Tcp({0x32, 0x28}, false), "mqtt: PUBLISH QoS 1");
    EXPECT_EQ(Tcp({0x40, 0x02, 0, 1}, false), "mqtt: PUBACK");
    EXPECT_EQ(Tcp({0xf0, 0x00}, false), "mqtt: AUTH");
    EXPECT_EQ(Tcp({0x00}, false), "mqtt: continuation");
    EXPECT_EQ(Tcp({0x41, 0x02}, false), "mqtt: continuation"); // flags of no PUBACK
}

TEST(SegmentLabel, NamesAllMqttPacketsThatBeginInASegment)
{
    const Bytes connack{0x20, 0x02, 0, 0};
    const Bytes publish{0x32, 0x06, 0, 1, 't', 0, 1, '!'};
    Bytes segment(connack);
    segment.insert(segment.end(), publish.begin(), publish.end());
    EXPECT_EQ(Tcp(segment, false), "mqtt: CONNACK, PUBLISH QoS 1");
    segment.insert(segment.end(), publish.begin(), publish.end());
    EXPECT_EQ(Tcp(segment, false), "mqtt: CONNACK, 2 x PUBLISH QoS 1");
    segment.push_back(0x32); // the third goes on in the next segment
    EXPECT_EQ(Tcp(segment, false), "mqtt: CONNACK, 3 x PUBLISH QoS 1");
    segment.back() = 0x41; // nothing begins so
    EXPECT_EQ(Tcp(segment, false), "mqtt: CONNACK, 2 x PUBLISH QoS 1");
}

TEST(SegmentLabel, NamesRecordsAndHidesWhatIsEncrypted)
{
    EXPECT_EQ(Tcp({22, 3, 3, 0, 4, 1}, true), "tls: ClientHello");
    EXPECT_EQ(Tcp({23, 3, 3, 0, 4, 1}, true), "tls: application data");
    EXPECT_EQ(Udp({22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 3}, true),
              "dtls: HelloVerifyRequest");
    EXPECT_EQ(Udp({22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4, 3}, true), "dtls: handshake");
}

TEST(SegmentLabel, NamesCoapMessages)
{
    EXPECT_EQ(Udp({0x40, 0x03, 0x12, 0x34}, false), "coap: CON 0.03");
    EXPECT_EQ(Udp({0x60, 0x44, 0x12, 0x34}, false), "coap: ACK 2.04");
    EXPECT_EQ(Udp({0x70, 0x00, 0x12, 0x34}, false), "coap: RST");
}
