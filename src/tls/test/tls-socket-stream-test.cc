// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"
#include "tls/test/tls-socket-test.h"

#include "ns3/application-container.h"
#include "ns3/bulk-send-helper.h"
#include "ns3/on-off-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>

using namespace ns3;
using testing::IsEmpty;

namespace
{

struct Combination
{
    const char* name;
    const char* version;
    const char* credential;
    bool ipv6;
};

class TlsSocketStreamTest : public TlsSocketTest, public testing::WithParamInterface<Combination>
{
};

TEST_P(TlsSocketStreamTest, CarriesBytesBothWaysAtTenPercentLoss)
{
    NetworkOptions options;
    options.version = GetParam().version;
    options.credential = GetParam().credential;
    options.ipv6 = GetParam().ipv6;
    options.loss = 0.1;
    Arrange(options);
    m_server.echo = true;
    m_client.toSend = 5000;
    Connect(m_client);
    RunUntil(300);

    EXPECT_EQ(m_client.succeeded, 1);
    EXPECT_EQ(m_client.failed, 0);
    ASSERT_EQ(m_server.accepted.size(), 1);
    EXPECT_EQ(m_server.accepted[0]->received, ToBytes(MakePattern(0, 5000)));
    EXPECT_EQ(m_client.received, ToBytes(MakePattern(0, 5000)));
    EXPECT_EQ(m_client.dataSent, 5000);
    ASSERT_EQ(m_network->clientLog.completed.size(), 1);
    const auto& completed = m_network->clientLog.completed[0];
    EXPECT_EQ(completed.event.version,
              options.version == "1.2" ? tls::Version::Tls12 : tls::Version::Tls13);
    EXPECT_EQ(completed.at, m_client.connectedAt);
    EXPECT_EQ(completed.duration, m_client.connectedAt - Seconds(2));
    EXPECT_EQ(m_network->serverLog.completed.size(), 1);
    EXPECT_THAT(m_network->clientLog.failed, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All,
                         TlsSocketStreamTest,
                         testing::Values(Combination{"Tls12PskIpv4", "1.2", "psk", false},
                                         Combination{"Tls12PskIpv6", "1.2", "psk", true},
                                         Combination{"Tls12EcdsaIpv4", "1.2", "ecdsa", false},
                                         Combination{"Tls12EcdsaIpv6", "1.2", "ecdsa", true},
                                         Combination{"Tls13PskIpv4", "1.3", "psk", false},
                                         Combination{"Tls13PskIpv6", "1.3", "psk", true},
                                         Combination{"Tls13EcdsaIpv4", "1.3", "ecdsa", false},
                                         Combination{"Tls13EcdsaIpv6", "1.3", "ecdsa", true}),
                         [](const auto& info) { return info.param.name; });

TEST_F(TlsSocketTest, CarriesBulkSendToPacketSink)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        options.loss = 0.02;
        Build(options);
        BulkSendHelper bulk(GetFactory().GetName(), m_network->GetServerAddress(PORT));
        bulk.SetAttribute("MaxBytes", UintegerValue(200000));
        auto source = bulk.Install(m_network->GetClient());
        source.Start(Seconds(2));
        PacketSinkHelper sink(GetFactory().GetName(), m_network->GetAnyAddress(PORT));
        auto sinks = sink.Install(m_network->GetServer());
        RunUntil(300);
        EXPECT_EQ(DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx(), 200000) << version;
        EXPECT_THAT(m_network->serverLog.rejected, IsEmpty());
    }
}

TEST_F(TlsSocketTest, CarriesOnOffToPacketSink)
{
    Build();
    OnOffHelper onOff(GetFactory().GetName(), m_network->GetServerAddress(PORT));
    onOff.SetConstantRate(DataRate("64kbps"), 400);
    onOff.SetAttribute("MaxBytes", UintegerValue(20000));
    auto source = onOff.Install(m_network->GetClient());
    source.Start(Seconds(2));
    PacketSinkHelper sink(GetFactory().GetName(), m_network->GetAnyAddress(PORT));
    auto sinks = sink.Install(m_network->GetServer());
    RunUntil(60);
    EXPECT_EQ(DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx(), 20000);
}

TEST_F(TlsSocketTest, TakesPartOfAPacketThatExceedsTheBuffer)
{
    NetworkOptions options;
    options.client["SndBufSize"] = "1000";
    Arrange(options);
    m_client.Attach(m_network->CreateClient(GetFactory()));
    Simulator::Schedule(Seconds(2), [&] {
        m_client.socket->Connect(m_network->GetServerAddress(PORT));
        EXPECT_EQ(m_client.socket->GetTxAvailable(), 1000);
        EXPECT_EQ(m_client.socket->Send(MakePattern(0, 3000)), 1000);
        EXPECT_EQ(m_client.socket->GetTxAvailable(), 0);
        EXPECT_EQ(m_client.socket->Send(MakePattern(1000, 3000)), -1);
        EXPECT_EQ(m_client.socket->Send(MakePattern(1000, 1)), -1);
        EXPECT_EQ(m_client.socket->GetErrno(), Socket::ERROR_MSGSIZE);
        m_client.sent = 1000;
        m_client.toSend = 300000; // more than TCP's buffer holds: the send callback has to go on
        m_client.packetSize = 3000;
    });
    RunUntil(60);
    ASSERT_EQ(m_server.accepted.size(), 1);
    EXPECT_EQ(m_server.accepted[0]->received, ToBytes(MakePattern(0, 300000)));
    EXPECT_EQ(m_client.dataSent, 300000);
}

TEST_F(TlsSocketTest, RefusesAPacketWholeWhenTheBufferIsShort)
{
    NetworkOptions options;
    options.client["SndBufSize"] = "1000";
    Build(options);
    Connect(m_client);
    Simulator::Schedule(Seconds(2) + TimeStep(1), [&] {
        EXPECT_EQ(m_client.socket->Send(MakePattern(0, 700)), 700);
        EXPECT_EQ(m_client.socket->Send(MakePattern(700, 700)), -1);
        EXPECT_EQ(m_client.socket->GetTxAvailable(), 300);
        EXPECT_EQ(m_client.socket->Send(MakePattern(700, 300)), 300);
    });
    RunUntil(3);
}

TEST_F(TlsSocketTest, StopsReadingWhenTheApplicationDoes)
{
    NetworkOptions options;
    options.server["RcvBufSize"] = "2000";
    Arrange(options);
    Ptr<Socket> accepted;
    m_server.listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>(
            [&](Ptr<Socket> socket, const Address&) { accepted = socket; }));
    m_client.toSend = 400000;
    Connect(m_client);
    RunUntil(30);
    ASSERT_TRUE(accepted);
    EXPECT_GE(accepted->GetRxAvailable(), 2000);
    EXPECT_LT(accepted->GetRxAvailable(), 140000); // one read of TCP's buffer more
    EXPECT_LT(m_client.sent, 400000) << "the sender is held back";

    StreamEnd reader;
    reader.Attach(accepted);
    reader.Read();
    RunUntil(60);
    EXPECT_EQ(reader.received.size(), 400000);
    EXPECT_TRUE(reader.received == ToBytes(MakePattern(0, 400000)));
}

TEST_F(TlsSocketTest, TellsLayersApartOnTheWire)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        Arrange(options);
        Connect(m_client);
        Simulator::Schedule(Seconds(10), [&] {
            sansio::SpannedBytes message;
            message.Append(sansio::Bytes(7, 1), {sansio::Layer::Application, false, 42});
            message.Append(sansio::Bytes(32, 2), {sansio::Layer::Payload, false, 42});
            m_client.socket->Send(ToPacket(message));
            m_client.socket->Send(Create<Packet>(100)); // untagged: payload
        });
        RunUntil(20);
        uint64_t payload = 0;
        uint64_t application = 0;
        uint64_t security = 0;
        uint64_t total = 0;
        uint64_t handshake = 0;
        for (const SentFrame& frame : m_network->GetFrames())
        {
            payload += frame.CountTagged(sansio::Layer::Payload);
            application += frame.CountTagged(sansio::Layer::Application);
            security += frame.CountTagged(sansio::Layer::Security);
            total += frame.GetPayload().size();
            handshake += frame.time < Seconds(10) ? frame.GetPayload().size() : 0;
        }
        EXPECT_EQ(payload, 132);
        EXPECT_EQ(application, 7);
        uint64_t overhead = options.version == "1.2" ? 21 : 14; // figures 1.3, 8-byte tag
        EXPECT_EQ(security, handshake + 2 * overhead) << version;
        EXPECT_EQ(total, payload + application + security);
    }
}

/// All frames of a connection.
class TlsSocketBytesTest : public TlsSocketTest
{
  protected:
    std::vector<sansio::Bytes> RecordRun(uint64_t run)
    {
        NetworkOptions options;
        options.credential = "ecdsa";
        options.version = "1.3";
        options.loss = 0.05;
        options.run = run;
        Arrange(options);
        m_client.toSend = 3000;
        m_client.closeWhenSent = true;
        Connect(m_client);
        RunUntil(60);
        std::vector<sansio::Bytes> frames;
        for (const SentFrame& frame : m_network->GetFrames())
        {
            frames.push_back(frame.bytes);
        }
        return frames;
    }
};

TEST_F(TlsSocketBytesTest, SameRunGivesTheSameBytes)
{
    auto first = RecordRun(1);
    EXPECT_GT(first.size(), 10);
    EXPECT_EQ(first, RecordRun(1));
    EXPECT_NE(first, RecordRun(2));
}

} // namespace
