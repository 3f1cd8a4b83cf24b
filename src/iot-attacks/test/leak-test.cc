// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/test/attack-star.h"

#include <nlohmann/json.hpp>

namespace ns3
{

namespace
{

using attacks::CapturedMessage;
using attacks::FlowLeak;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

/// What one vantage point read of the first sensor, and of the host towards it.
FlowLeak
FindLeak(const AttackStar& star, const attacks::Sniffer& sniffer, bool fromSensor = true)
{
    sansio::PeerAddress host = AttackStar::ToPeer(star.star->GetHostAddress(), star.GetPort());
    for (const FlowLeak& leak : sniffer.GetReport().flows)
    {
        if ((fromSensor ? leak.flow.destination : leak.flow.source) == host)
        {
            return leak;
        }
    }
    return {};
}

std::vector<sansio::Bytes>
GetBytes(const attacks::Sniffer& sniffer, attacks::Direction direction)
{
    std::vector<sansio::Bytes> all;
    for (const CapturedMessage& message : sniffer.GetMessages())
    {
        if (message.direction == direction)
        {
            all.push_back(message.bytes);
        }
    }
    return all;
}

/// Both vantage points put the same messages together, one from frames, one from datagrams.
void
ExpectSameMessages(const AttackStar& star)
{
    for (auto direction : {attacks::Direction::FromClient, attacks::Direction::FromServer})
    {
        EXPECT_FALSE(GetBytes(star.radio, direction).empty());
        EXPECT_EQ(GetBytes(star.radio, direction), GetBytes(star.wire, direction));
    }
}

TEST(Leak, MqttTellsEverything)
{
    AttackStarOptions options;
    options.stack = "mqtt";
    AttackStar star(options);
    star.neighbor->EnablePcap(testing::TempDir() + "attacks-mqtt-radio.pcap");
    star.tap->EnablePcap(testing::TempDir() + "attacks-mqtt-wire.pcap");
    AttackStar::RunUntil(80);
    EXPECT_EQ(star.served.size(), 5u);
    FlowLeak leak = FindLeak(star, star.radio);
    EXPECT_EQ(leak.protocol, "mqtt");
    EXPECT_THAT(leak.clientIds, ElementsAre("s01"));
    EXPECT_THAT(leak.userNames, ElementsAre("farmer"));
    EXPECT_THAT(leak.passwords, ElementsAre("correct horse"));
    EXPECT_THAT(leak.topics, ElementsAre(Pair("s/01/t", 5)));
    EXPECT_EQ(leak.payloads, 5u);
    EXPECT_EQ(leak.samples.front(), AttackStar::GetReading(0, 0));
    EXPECT_EQ(leak.unread, 0u);
    EXPECT_GT(leak.last, leak.first);
    ExpectSameMessages(star);
}

TEST(Leak, CoapTellsUriAndPayload)
{
    AttackStarOptions options;
    options.stack = "coap";
    AttackStar star(options);
    star.neighbor->EnablePcap(testing::TempDir() + "attacks-coap-radio.pcap");
    star.tap->EnablePcap(testing::TempDir() + "attacks-coap-wire.pcap");
    AttackStar::RunUntil(80);
    EXPECT_EQ(star.served.size(), 5u);
    FlowLeak leak = FindLeak(star, star.radio);
    EXPECT_EQ(leak.protocol, "coap");
    EXPECT_THAT(leak.topics, ElementsAre(Pair("/s/01/t", 5)));
    EXPECT_EQ(leak.samples.front(), AttackStar::GetReading(0, 0));
    EXPECT_EQ(FindLeak(star, star.radio, false).messages, 5u);
    ExpectSameMessages(star);
}

struct SecureCase
{
    std::string stack;
    std::string credential;
    std::string version;
};

std::string
GetName(const testing::TestParamInfo<SecureCase>& info)
{
    std::string version = info.param.version == "1.2" ? "12" : "13";
    return info.param.stack + "_" + info.param.credential + "_" + version;
}

class SecureLeakTest : public testing::TestWithParam<SecureCase>
{
};

TEST_P(SecureLeakTest, SizesAndTimesRemain)
{
    AttackStarOptions options;
    options.stack = GetParam().stack;
    options.credential = GetParam().credential;
    options.version = GetParam().version;
    AttackStar star(options);
    star.neighbor->EnablePcap(testing::TempDir() + "attacks-" + options.stack + "-" +
                              options.credential + "-radio.pcap");
    AttackStar::RunUntil(80);
    EXPECT_EQ(star.served.size(), 5u);
    bool datagrams = options.stack == "coaps";
    FlowLeak up = FindLeak(star, star.radio);
    FlowLeak down = FindLeak(star, star.radio, false);
    EXPECT_EQ(up.protocol, datagrams ? "dtls" : "tls");
    EXPECT_EQ(up.version, options.version);
    EXPECT_EQ(down.version, options.version);
    EXPECT_FALSE(up.HasContent());
    EXPECT_FALSE(down.HasContent());
    EXPECT_GE(up.protectedRecords, 5u);
    EXPECT_EQ(up.unread + down.unread, 0u);
    // The plaintext of a report and its overhead, figures.md 1.3: five records of one size.
    size_t plain =
        AttackStar::GetReading(0, 0).size() + (datagrams ? 4 + 2 + 7 + 1 : 2 + 2 + 6 + 2);
    size_t overhead = datagrams ? 29 : options.version == "1.2" ? 21 : 14;
    if (options.stack == "mqtts")
    {
        EXPECT_THAT(up.recordSizes, Contains(Pair(plain + overhead, 5u)));
    }
    bool shown = options.credential == "ecdsa" && options.version == "1.2";
    EXPECT_EQ(down.certificateNames.count("broker.lab"), shown ? 1u : 0u);
    bool named = options.credential == "psk";
    EXPECT_EQ(up.pskIdentities.count("sensor-1"), named ? 1u : 0u);
    for (const sansio::Bytes& sample : star.served)
    {
        std::string text = sansio::ByteView(sample).ToString();
        for (const sansio::Bytes& frame : star.heard)
        {
            EXPECT_THAT(sansio::ByteView(frame).ToString(), Not(testing::HasSubstr(text)));
        }
    }
    ExpectSameMessages(star);
}

INSTANTIATE_TEST_SUITE_P(Stacks,
                         SecureLeakTest,
                         testing::Values(SecureCase{"mqtts", "psk", "1.2"},
                                         SecureCase{"mqtts", "ecdsa", "1.2"},
                                         SecureCase{"mqtts", "psk", "1.3"},
                                         SecureCase{"mqtts", "ecdsa", "1.3"},
                                         SecureCase{"coaps", "psk", "1.2"},
                                         SecureCase{"coaps", "ecdsa", "1.2"}),
                         GetName);

TEST(Leak, UnderLossTheNeighbourStillReadsTheStream)
{
    AttackStarOptions options;
    options.stack = "mqtt";
    options.loss = 0.3; // of the honest radios; the neighbour hears repetitions and leaves them out
    options.sensors = 3;
    AttackStar star(options);
    AttackStar::RunUntil(200);
    uint64_t payloads = 0;
    uint64_t unread = 0;
    for (const FlowLeak& leak : star.radio.GetReport().flows)
    {
        payloads += leak.topics.empty() ? 0 : leak.payloads;
        unread += leak.unread;
    }
    EXPECT_GE(payloads, 15u);
    EXPECT_LE(unread, 200u);
    EXPECT_GT(star.radio.GetFrameCounters().repetitions, 0u);
    EXPECT_EQ(star.radio.GetFrameCounters().malformed, 0u);
}

TEST(Leak, TheReportIsAFileOfItsOwn)
{
    AttackStarOptions options;
    options.stack = "mqtt";
    AttackStar star(options);
    AttackStar::RunUntil(80);
    std::string table = star.radio.GetReport().ToTable();
    EXPECT_THAT(table, testing::HasSubstr("correct horse"));
    EXPECT_EQ(star.radio.GetReport().ToJson()["flows"].size(), 2u);
    std::cout << table;
}

} // namespace

} // namespace ns3
