// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/sniffer.h"
#include "iot-attacks/test/frames.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace attacks::test
{

namespace
{

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const Bytes CONNECT{0x10, 24,                        // CONNECT, remaining length
                    0,    4,  'M', 'Q', 'T', 'T', 4, // protocol name and level
                    0xc2, 0,  60,             // user name, password, clean session; keep alive
                    0,    3,  's', '0', '1',  // client identifier
                    0,    2,  'm', 'e',       // user name
                    0,    3,  'k', 'e', 'y'}; // password
const Bytes CONNACK{0x20, 2, 0, 0};
const Bytes PUBLISH{0x30, 10, 0, 6, 's', '/', '0', '1', '/', 't', 'h', 'i'};
const Bytes SUBSCRIBE{0x82, 8, 0, 1, 0, 3, 's', '/', '#', 1};

/// A client and a server whose segments the sniffer hears, as datagrams or in frames.
class SnifferTest : public testing::Test
{
  protected:
    SnifferTest()
        : sniffer(GetSettings())
    {
    }

    static Sniffer::Settings GetSettings()
    {
        Sniffer::Settings settings;
        settings.lowPan.contexts = GetContexts();
        return settings;
    }

    void Open(uint16_t port)
    {
        up = MakeFlow(49153, port, Transport::Tcp);
        Send(true, TCP_SYN, {});
        next[1]++;
        Send(false, TCP_SYN | TCP_ACK, {});
        next[0]++;
        Send(true, TCP_ACK, {});
    }

    /// A segment of the client or of the server, at its place in the stream.
    Bytes Make(bool fromClient, uint8_t flags, const Bytes& data)
    {
        TcpHeader header{next[fromClient], next[!fromClient], flags, 4096, {}};
        next[fromClient] += static_cast<uint32_t>(data.size());
        return BuildTcp(fromClient ? up : up.Reversed(), header, data);
    }

    void Send(bool fromClient, uint8_t flags, const Bytes& data)
    {
        now += std::chrono::milliseconds(10);
        sniffer.HearDatagram(now, Make(fromClient, flags, data));
    }

    void SendUdp(const Bytes& data, bool fromClient = true)
    {
        now += std::chrono::milliseconds(10);
        sniffer.HearDatagram(now, BuildUdp(fromClient ? up : up.Reversed(), data));
    }

    std::vector<Bytes> GetBytes() const
    {
        std::vector<Bytes> all;
        for (const CapturedMessage& message : sniffer.GetMessages())
        {
            all.push_back(message.bytes);
        }
        return all;
    }

    FlowLeak GetLeak(bool fromClient) const
    {
        for (const FlowLeak& leak : sniffer.GetReport().flows)
        {
            if (leak.flow == (fromClient ? up : up.Reversed()))
            {
                return leak;
            }
        }
        return {};
    }

    Sniffer sniffer;
    TimePoint now;
    Flow up = MakeFlow(49153, 5683, Transport::Udp);
    uint32_t next[2] = {7000, 0xfffffffe}; ///< of server and client
};

TEST_F(SnifferTest, ReadsMqttWithItsPassword)
{
    Open(1883);
    Send(true, TCP_ACK, CONNECT);
    Send(false, TCP_ACK, CONNACK);
    Send(true, TCP_ACK, Join({PUBLISH, PUBLISH}));
    Send(true, TCP_ACK, SUBSCRIBE);
    EXPECT_THAT(GetBytes(), ElementsAre(CONNECT, CONNACK, PUBLISH, PUBLISH, SUBSCRIBE));
    FlowLeak leak = GetLeak(true);
    EXPECT_EQ(leak.protocol, "mqtt");
    EXPECT_THAT(leak.clientIds, ElementsAre("s01"));
    EXPECT_THAT(leak.userNames, ElementsAre("me"));
    EXPECT_THAT(leak.passwords, ElementsAre("key"));
    EXPECT_THAT(leak.topics, ElementsAre(Pair("s/#", 1), Pair("s/01/t", 2)));
    EXPECT_EQ(leak.payloads, 2u);
    EXPECT_THAT(leak.samples, ElementsAre(Bytes{'h', 'i'}, Bytes{'h', 'i'}));
    EXPECT_EQ(leak.direction, Direction::FromClient);
    EXPECT_EQ(GetLeak(false).protocol, "mqtt");
    EXPECT_EQ(GetLeak(false).direction, Direction::FromServer);
    EXPECT_FALSE(GetLeak(false).HasContent());
}

// MQTT 5.0: the same with properties.
const Bytes CONNECT_5{0x10,
                      16, // CONNECT, remaining length
                      0,
                      4,
                      'M',
                      'Q',
                      'T',
                      'T',
                      5, // protocol name and version
                      2,
                      0,
                      60, // clean start; keep alive
                      0,  // no properties
                      0,
                      3,
                      's',
                      '0',
                      '1'};                          // client identifier
const Bytes CONNACK_5{0x20, 6, 0, 0, 3, 0x22, 0, 1}; // Topic Alias Maximum 1
const Bytes PUBLISH_TOPIC{0x30, 14, 0, 6, 's', '/', '0', '1', '/', 't', 3, 0x23, 0, 1, 'h', 'i'};
const Bytes PUBLISH_ALIAS{0x30, 8, 0, 0, 3, 0x23, 0, 1, 'h', 'o'};

TEST_F(SnifferTest, ReadsMqtt5AndItsTopicAliases)
{
    Open(1883);
    Send(true, TCP_ACK, CONNECT_5);
    Send(false, TCP_ACK, CONNACK_5);
    Send(true, TCP_ACK, Join({PUBLISH_TOPIC, PUBLISH_ALIAS, PUBLISH_ALIAS}));
    Send(false, TCP_ACK, PUBLISH_ALIAS); // of the other direction, where it stands for nothing
    EXPECT_THAT(GetBytes(),
                ElementsAre(CONNECT_5,
                            CONNACK_5,
                            PUBLISH_TOPIC,
                            PUBLISH_ALIAS,
                            PUBLISH_ALIAS,
                            PUBLISH_ALIAS));
    FlowLeak leak = GetLeak(true);
    EXPECT_EQ(leak.protocol, "mqtt");
    EXPECT_THAT(leak.clientIds, ElementsAre("s01"));
    EXPECT_THAT(leak.topics, ElementsAre(Pair("s/01/t", 3)));
    EXPECT_THAT(leak.samples, ElementsAre(Bytes{'h', 'i'}, Bytes{'h', 'o'}, Bytes{'h', 'o'}));
    EXPECT_EQ(leak.unread, 0u);
    EXPECT_THAT(GetLeak(false).topics, ElementsAre(Pair("(topic alias 1)", 1)));
}

TEST_F(SnifferTest, AnAliasOutlivesNoConnection)
{
    Open(1883);
    Send(true, TCP_ACK, CONNECT_5);
    Send(true, TCP_ACK, PUBLISH_TOPIC);
    next[1] += 100000; // the same ports, another connection
    Open(1883);
    Send(true, TCP_ACK, CONNECT_5);
    Send(true, TCP_ACK, PUBLISH_ALIAS);
    EXPECT_THAT(GetLeak(true).topics, ElementsAre(Pair("(topic alias 1)", 1), Pair("s/01/t", 1)));
}

TEST_F(SnifferTest, AnAliasBeyondItsMemoryIsNotResolved)
{
    Open(1883);
    Bytes topic = PUBLISH_TOPIC;
    Bytes alias = PUBLISH_ALIAS;
    topic[12] = alias[6] = 0xff; // alias 65281
    Send(true, TCP_ACK, Join({CONNECT_5, topic, alias}));
    EXPECT_THAT(GetLeak(true).topics,
                ElementsAre(Pair("(topic alias 65281)", 1), Pair("s/01/t", 1)));
}

TEST_F(SnifferTest, FindsOutMqtt5WithoutItsConnect)
{
    Open(1883);
    next[1] += 18; // it missed the CONNECT
    Send(false, TCP_ACK, CONNACK_5);
    Send(true, TCP_ACK, PUBLISH_TOPIC);
    Send(true, TCP_ACK, PUBLISH_ALIAS);
    FlowLeak leak = GetLeak(true);
    EXPECT_THAT(leak.topics, ElementsAre(Pair("s/01/t", 2)));
    EXPECT_THAT(leak.samples, ElementsAre(Bytes{'h', 'i'}, Bytes{'h', 'o'}));
}

TEST_F(SnifferTest, KnowsTheVersionFromTheConnect)
{
    Open(1883);
    Send(true, TCP_ACK, CONNECT);       // of 3.1.1
    Send(true, TCP_ACK, PUBLISH_TOPIC); // whose payload begins as properties would
    EXPECT_THAT(GetLeak(true).samples, ElementsAre(Bytes{3, 0x23, 0, 1, 'h', 'i'}));
    Send(true, TCP_ACK, PUBLISH_ALIAS); // an empty topic
    EXPECT_EQ(GetLeak(true).unread, PUBLISH_ALIAS.size());
}

TEST_F(SnifferTest, KnowsTheSequenceNumbersBehindEachMessage)
{
    Open(1883);
    uint32_t start = next[1];
    Send(true, TCP_ACK, CONNECT);
    Send(false, TCP_ACK, CONNACK);
    Send(true, TCP_ACK, Join({PUBLISH, PUBLISH}));
    const std::vector<CapturedMessage>& messages = sniffer.GetMessages();
    ASSERT_EQ(messages.size(), 4u);
    EXPECT_EQ(messages[0].tcpSequence, start + 26);
    EXPECT_EQ(messages[0].tcpAcknowledgment, 7001u);
    EXPECT_EQ(messages[1].tcpSequence, 7005u);
    EXPECT_EQ(messages[1].tcpAcknowledgment, start + 26);
    EXPECT_EQ(messages[2].tcpSequence, start + 38);
    EXPECT_EQ(messages[3].tcpSequence, start + 50);
    EXPECT_EQ(messages[3].tcpAcknowledgment, 7005u);
    EXPECT_EQ(messages[3].type, 0x30);
    auto state = sniffer.GetTcpState(up);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->sequence, start + 50);
    EXPECT_EQ(state->acknowledgment, 7005u);
    EXPECT_EQ(state->window, 4096);
    EXPECT_FALSE(sniffer.GetTcpState(MakeFlow(1, 2, Transport::Tcp)));
}

TEST_F(SnifferTest, PacketsInPiecesAreWhole)
{
    Open(1883);
    for (uint8_t byte : Join({CONNECT, PUBLISH}))
    {
        Send(true, TCP_ACK, {byte});
    }
    EXPECT_THAT(GetBytes(), ElementsAre(CONNECT, PUBLISH));
}

TEST_F(SnifferTest, SegmentsOutOfOrderRepeatedOrWrong)
{
    Open(1883);
    Bytes first = Make(true, TCP_ACK, CONNECT);
    Bytes second = Make(true, TCP_ACK, PUBLISH);
    Bytes wrong = first;
    wrong[70] ^= 1; // the checksum tells
    for (const Bytes& segment : {wrong, second, first, second, first})
    {
        sniffer.HearDatagram(now, segment);
    }
    EXPECT_THAT(GetBytes(), ElementsAre(CONNECT, PUBLISH));
    EXPECT_EQ(sniffer.GetCounters().malformed, 1u);
}

TEST_F(SnifferTest, GoesOnBehindAGapWithTheNextPacketThatStartsASegment)
{
    Open(1883);
    Send(true, TCP_ACK, CONNECT);
    Bytes unheard = Make(true, TCP_ACK, ByteView(PUBLISH).First(5).ToBytes());
    Send(true, TCP_ACK, ByteView(PUBLISH).From(5).ToBytes());
    Send(true, TCP_ACK, PUBLISH);
    EXPECT_THAT(GetBytes(), ElementsAre(CONNECT));
    Send(false, TCP_ACK, {}); // all was delivered
    EXPECT_THAT(GetBytes(), ElementsAre(CONNECT, PUBLISH));
    EXPECT_EQ(GetLeak(true).unread, 7u);
}

TEST_F(SnifferTest, ASecondConnectionOfTheSamePortsStartsAnew)
{
    Open(1883);
    Send(true, TCP_ACK, ByteView(CONNECT).First(10).ToBytes());
    next[0] = 100;
    next[1] = 200;
    Open(1883);
    Send(true, TCP_ACK, CONNECT);
    EXPECT_THAT(GetBytes(), ElementsAre(CONNECT));
}

TEST_F(SnifferTest, ReadsCoapFromFramesAndFragments)
{
    sniffer.HearFrame(At(1), MakeFrame(1, COAP_IPHC));
    ASSERT_EQ(sniffer.GetMessages().size(), 1u);
    const CapturedMessage& message = sniffer.GetMessages()[0];
    EXPECT_EQ(message.bytes, COAP_GET);
    EXPECT_EQ(message.kind, Kind::CoapMessage);
    EXPECT_EQ(message.type, 1); // GET
    EXPECT_EQ(message.time, At(1));
    EXPECT_THAT(GetLeak(true).topics, ElementsAre(Pair("/temperature", 1)));

    const Bytes head = Join({ByteView(COAP_IPHC).First(16).ToBytes(), {0x88, 0xc7}, COAP_GET});
    sniffer.HearFrame(At(2),
                      MakeFrame(2, MakeFragN(64, 9, 7, ByteView(COAP_GET).From(8).ToBytes())));
    sniffer.HearFrame(
        At(3),
        MakeFrame(3, MakeFrag1(64, 9, ByteView(head).First(head.size() - 8).ToBytes())));
    ASSERT_EQ(sniffer.GetMessages().size(), 2u);
    EXPECT_EQ(sniffer.GetMessages()[1].bytes, COAP_GET);
}

TEST_F(SnifferTest, OfACoapResponseThePayloadIsRead)
{
    const Bytes content{0x60, 0x45, 0x7d, 0x34, 0xff, '2', '2', '.', '3', ' ', 'C'};
    SendUdp(COAP_GET);
    SendUdp(content, false); // figure 16 of RFC 7252
    EXPECT_THAT(GetBytes(), ElementsAre(COAP_GET, content));
    EXPECT_EQ(GetLeak(false).samples[0], (Bytes{'2', '2', '.', '3', ' ', 'C'}));
    EXPECT_EQ(GetLeak(false).direction, Direction::FromServer);
}

/// A handshake message in a TLS record of type 22.
Bytes
MakeHandshake(uint8_t type, const Bytes& body)
{
    uint8_t size = static_cast<uint8_t>(body.size());
    return Join({{22, 3, 3, 0, static_cast<uint8_t>(size + 4)}, {type, 0, 0, size}, body});
}

TEST_F(SnifferTest, UnderTlsSizesTimesAndThePskIdentityRemain)
{
    const Bytes identity{0, 3, 's', '0', '1'};
    const Bytes serverHello = Join({{3, 3}, Bytes(32), {0}, {0xc0, 0xa8}, {0}}); // 1.2
    const Bytes changeCipherSpec{20, 3, 3, 0, 1, 1};
    const Bytes finished = Join({{22, 3, 3, 0, 32}, Bytes(32, 0x5a)});
    const Bytes data = Join({{23, 3, 3, 0, 60}, Bytes(60, 0x30)});
    Open(8883);
    Send(false, TCP_ACK, MakeHandshake(2, serverHello));
    Send(true, TCP_ACK, Join({MakeHandshake(16, identity), changeCipherSpec, finished}));
    Send(true, TCP_ACK, ByteView(data).First(30).ToBytes());
    Send(true, TCP_ACK, ByteView(data).From(30).ToBytes());
    FlowLeak leak = GetLeak(true);
    EXPECT_EQ(leak.protocol, "tls");
    EXPECT_EQ(leak.version, "1.2"); // from the other direction
    EXPECT_THAT(leak.pskIdentities, ElementsAre("s01"));
    EXPECT_THAT(leak.recordSizes, ElementsAre(Pair(37, 1), Pair(65, 1)));
    EXPECT_EQ(leak.handshakeRecords, 1u);
    EXPECT_FALSE(leak.HasContent());
    EXPECT_EQ(sniffer.GetMessages().back().bytes, data);
    EXPECT_EQ(sniffer.GetMessages().back().kind, Kind::TlsRecord);
    EXPECT_EQ(sniffer.GetMessages().back().type, 23);
}

TEST_F(SnifferTest, ATls13HelloTellsServerNameAndTicket)
{
    const Bytes name{0, 0, 0, 7, 0, 5, 0, 0, 2, 'h', 'q'};
    const Bytes key{0, 41, 0, 9, 0, 7, 0, 1, 'k', 1, 2, 3, 4};
    const Bytes hello = Join({{3, 3},
                              Bytes(32),
                              {0},
                              {0, 2, 0x13, 0x01},
                              {1, 0},
                              {0, static_cast<uint8_t>(name.size() + key.size())},
                              name,
                              key});
    const Bytes serverHello =
        Join({{3, 3}, Bytes(32), {0}, {0x13, 0x01}, {0}, {0, 6, 0, 43, 0, 2, 3, 4}});
    Open(8883);
    Send(true, TCP_ACK, MakeHandshake(1, hello));
    Send(false, TCP_ACK, MakeHandshake(2, serverHello));
    FlowLeak leak = GetLeak(true);
    EXPECT_THAT(leak.serverNames, ElementsAre("hq"));
    EXPECT_THAT(leak.pskIdentities, ElementsAre("k"));
    EXPECT_EQ(leak.version, "1.3");
}

/// The least certificate that FindSubjectNames() must find its way in.
Bytes
MakeCertificate(const std::string& commonName)
{
    auto wrap = [](uint8_t tag, const Bytes& contents) {
        return Join({{tag, static_cast<uint8_t>(contents.size())}, contents});
    };
    Bytes name(commonName.begin(), commonName.end());
    Bytes subject =
        wrap(0x30, wrap(0x31, wrap(0x30, Join({{6, 3, 0x55, 4, 3}, wrap(0x0c, name)}))));
    Bytes issuer =
        wrap(0x30, wrap(0x31, wrap(0x30, Join({{6, 3, 0x55, 4, 3}, {0x0c, 2, 'c', 'a'}}))));
    return wrap(0x30,
                wrap(0x30,
                     Join({wrap(0xa0, {2, 1, 2}), // version 3
                           {2, 1, 1},             // serial number
                           {0x30, 0},             // signature algorithm
                           issuer,
                           {0x30, 0}, // validity
                           subject})));
}

TEST_F(SnifferTest, DtlsShowsCertificateNamesAcrossFragments)
{
    const Bytes certificate = MakeCertificate("broker.lab");
    const uint8_t size = static_cast<uint8_t>(certificate.size());
    const Bytes body = Join({{0, 0, static_cast<uint8_t>(size + 3), 0, 0, size}, certificate});
    auto fragment = [&](uint8_t offset, uint8_t length) {
        Bytes part = ByteView(body).From(offset).First(length).ToBytes();
        uint8_t whole = static_cast<uint8_t>(body.size());
        return Join({{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, static_cast<uint8_t>(12 + length)},
                     {11, 0, 0, whole, 0, 2, 0, 0, offset, 0, 0, length},
                     part});
    };
    up = MakeFlow(49153, 5684, Transport::Udp);
    SendUdp(fragment(20, static_cast<uint8_t>(body.size() - 20)), false);
    SendUdp(fragment(20, static_cast<uint8_t>(body.size() - 20)), false); // sent again
    SendUdp(fragment(0, 24), false);                                      // overlaps
    EXPECT_THAT(GetLeak(false).certificateNames, ElementsAre("broker.lab"));
    EXPECT_EQ(GetLeak(false).handshakeRecords, 3u);
    const Bytes record{23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 3, 1, 2, 3};
    SendUdp(record);
    EXPECT_THAT(GetLeak(true).recordSizes, ElementsAre(Pair(16, 1)));
    EXPECT_EQ(sniffer.GetMessages().back().kind, Kind::DtlsDatagram);
    EXPECT_EQ(sniffer.GetMessages().back().bytes, record);
}

TEST(Certificate, OneWrongByteNeverReadsBeyondTheEnd)
{
    const Bytes whole = MakeCertificate("s01");
    EXPECT_THAT(FindSubjectNames(whole), ElementsAre("s01"));
    for (size_t at = 0; at < whole.size(); at++)
    {
        Bytes wrong = whole;
        wrong[at] = 0xff;
        FindSubjectNames(wrong);
        EXPECT_TRUE(FindSubjectNames(ByteView(whole).First(at)).empty()) << at;
    }
}

TEST_F(SnifferTest, WhatIsNeitherIsCountedAsUnread)
{
    up = MakeFlow(40000, 9999, Transport::Udp);
    SendUdp({0xff, 0xff});
    EXPECT_EQ(GetLeak(true).protocol, "udp");
    EXPECT_EQ(GetLeak(true).unread, 2u);
    Open(9999);
    Send(true, TCP_ACK, {'H', 'E', 'L', 'O', ' ', 'x'});
    EXPECT_EQ(GetLeak(true).protocol, "tcp");
    EXPECT_EQ(GetLeak(true).unread, 6u);
    EXPECT_TRUE(sniffer.GetMessages().empty());
}

TEST_F(SnifferTest, TheBoundsHold)
{
    Sniffer::Settings settings;
    settings.flows = 2;
    settings.messages = 3;
    settings.leak.names = 1;
    settings.leak.samples = 1;
    settings.leak.sampleBytes = 1;
    Sniffer small(settings);
    for (uint16_t port = 1; port <= 4; port++)
    {
        small.HearDatagram(now, BuildUdp(MakeFlow(port, 5683, Transport::Udp), COAP_GET));
        small.HearDatagram(now, BuildUdp(MakeFlow(port, 5683, Transport::Udp), COAP_GET));
    }
    EXPECT_EQ(small.GetReport().flows.size(), 2u);
    EXPECT_EQ(small.GetCounters().flowsRefused, 4u);
    EXPECT_EQ(small.GetMessages().size(), 3u);
    EXPECT_EQ(small.GetCounters().messagesUnkept, 1u);
}

TEST_F(SnifferTest, TableAndJsonSayWhatWasRead)
{
    Open(1883);
    Send(true, TCP_ACK, CONNECT);
    Send(true, TCP_ACK, PUBLISH);
    std::string table = sniffer.GetReport().ToTable();
    for (const char* text : {"mqtt", "s/01/t", "s01", "me", "key"})
    {
        EXPECT_THAT(table, HasSubstr(text));
    }
    nlohmann::json report = sniffer.GetReport().ToJson();
    ASSERT_EQ(report["flows"].size(), 2u);
    const nlohmann::json& flow =
        report["flows"][0]["direction"] == "from-client" ? report["flows"][0] : report["flows"][1];
    EXPECT_EQ(flow["passwords"][0], "key");
    EXPECT_EQ(flow["topics"]["s/01/t"], 1);
    EXPECT_EQ(flow["samples"][0], "hi");
}

} // namespace

} // namespace attacks::test
