// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"
#include "tls/test/dtls-socket-test.h"

#include "ns3/application-container.h"
#include "ns3/inet-socket-address.h"
#include "ns3/on-off-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>

using namespace ns3;

namespace
{

struct Combination
{
    const char* name;
    const char* credential;
    bool ipv6;
};

class DtlsSocketDatagramTest : public DtlsSocketTest,
                               public testing::WithParamInterface<Combination>
{
};

TEST_P(DtlsSocketDatagramTest, CompletesTheHandshakeAtTenPercentLoss)
{
    uint32_t retransmitted = 0;
    for (uint64_t run = 1; run <= 5; run++)
    {
        NetworkOptions options;
        options.credential = GetParam().credential;
        options.ipv6 = GetParam().ipv6;
        options.loss = 0.1;
        options.run = run;
        Arrange(options);
        m_server.echo = true;
        ConnectAndSend(m_client, 100);
        Simulator::Schedule(Seconds(100), [&] { m_network->SetLoss(0, 0); });
        Simulator::Schedule(Seconds(101), [&] { m_client.socket->Send(MakePattern(7, 50)); });
        RunUntil(120);

        EXPECT_EQ(m_client.succeeded, 1) << run;
        EXPECT_EQ(m_client.failed, 0);
        ASSERT_FALSE(m_server.received.empty());
        EXPECT_EQ(m_server.received.back().bytes, ToBytes(MakePattern(7, 50)));
        EXPECT_EQ(m_client.received.back().bytes, ToBytes(MakePattern(7, 50)));
        EXPECT_EQ(m_client.received.back().from, m_network->GetServerAddress(PORT));
        EXPECT_EQ(m_network->clientLog.completed.size(), 1);
        EXPECT_EQ(m_network->serverLog.completed.size(), 1);
        retransmitted += m_network->clientLog.retransmitted + m_network->serverLog.retransmitted;
    }
    EXPECT_GT(retransmitted, 0);
}

INSTANTIATE_TEST_SUITE_P(All,
                         DtlsSocketDatagramTest,
                         testing::Values(Combination{"PskIpv4", "psk", false},
                                         Combination{"PskIpv6", "psk", true},
                                         Combination{"EcdsaIpv4", "ecdsa", false},
                                         Combination{"EcdsaIpv6", "ecdsa", true}),
                         [](const auto& info) { return info.param.name; });

TEST_F(DtlsSocketTest, CarriesOnOffToPacketSink)
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

TEST_F(DtlsSocketTest, ServesFiveClientsOnOnePort)
{
    NetworkOptions options;
    options.clients = 5;
    Arrange(options);
    m_server.echo = true;
    std::vector<DatagramEnd> clients(5);
    for (uint32_t i = 0; i < 5; i++)
    {
        ConnectAndSend(clients[i], 50 + i, i);
    }
    RunUntil(10);
    EXPECT_EQ(GetSessions(m_server), 5);
    EXPECT_EQ(m_server.received.size(), 5);
    for (uint32_t i = 0; i < 5; i++)
    {
        ASSERT_EQ(clients[i].received.size(), 1);
        EXPECT_EQ(clients[i].received[0].bytes, ToBytes(MakePattern(i, 50 + i)));
        EXPECT_EQ(clients[i].received[0].from, m_network->GetServerAddress(PORT, i));
        clients[i].socket->Close();
    }
    for (const auto& datagram : m_server.received)
    {
        EXPECT_EQ(GetPeerIdentity(m_server.socket, datagram.from).pskIdentity, "s01");
    }
    RunUntil(20);
    EXPECT_EQ(GetSessions(m_server), 0) << "close_notify ends a session";
}

TEST_F(DtlsSocketTest, TellsLayersApartOnTheWire)
{
    Arrange();
    ConnectAndSend(m_client, 100);
    Simulator::Schedule(Seconds(10), [&] {
        sansio::SpannedBytes message;
        message.Append(sansio::Bytes(7, 1), {sansio::Layer::Application, false, 42});
        message.Append(sansio::Bytes(32, 2), {sansio::Layer::Payload, false, 42});
        m_client.socket->Send(ToPacket(message));
    });
    RunUntil(20);
    const SentFrame& frame = m_network->GetFrames().back();
    EXPECT_EQ(frame.time, Seconds(10));
    EXPECT_EQ(frame.GetPayload().size(), 39 + 29); // figures 1.3
    EXPECT_EQ(frame.CountTagged(sansio::Layer::Payload), 32);
    EXPECT_EQ(frame.CountTagged(sansio::Layer::Application), 7);
    EXPECT_EQ(frame.CountTagged(sansio::Layer::Security), 29);
    uint64_t handshake = 0;
    for (const SentFrame& sent : m_network->GetFrames())
    {
        handshake += sent.time < Seconds(10) ? sent.GetPayload().size() : 0;
    }
    // figures 1.4: 475 with an identity of 1 byte; here it has 3, and a record of 100 + 29 follows
    EXPECT_EQ(handshake, 475 + 2 + 129);
}

/// All frames of a handshake and a datagram.
class DtlsSocketBytesTest : public DtlsSocketTest
{
  protected:
    std::vector<sansio::Bytes> RecordRun(uint64_t run)
    {
        NetworkOptions options;
        options.credential = "ecdsa";
        options.run = run;
        Arrange(options);
        ConnectAndSend(m_client, 100);
        RunUntil(20);
        std::vector<sansio::Bytes> frames;
        for (const SentFrame& frame : m_network->GetFrames())
        {
            frames.push_back(frame.bytes);
        }
        return frames;
    }
};

TEST_F(DtlsSocketBytesTest, SameRunGivesTheSameBytes)
{
    auto first = RecordRun(1);
    EXPECT_EQ(first, RecordRun(1));
    EXPECT_NE(first, RecordRun(2));
}

TEST_F(DtlsSocketTest, FirstSendToIsTheClient)
{
    Arrange();
    m_server.echo = true;
    m_client.Attach(m_network->CreateClient(GetFactory()));
    m_client.socket->Bind();
    EXPECT_EQ(m_client.socket->Send(MakePattern(0, 10)), -1);
    EXPECT_EQ(m_client.socket->GetErrno(), Socket::ERROR_NOTCONN);
    Simulator::Schedule(Seconds(2), [&] {
        EXPECT_EQ(m_client.socket->SendTo(MakePattern(0, 10), 0, m_network->GetServerAddress(PORT)),
                  10);
        EXPECT_EQ(
            m_client.socket->SendTo(MakePattern(0, 20000), 0, m_network->GetServerAddress(PORT)),
            -1);
        EXPECT_EQ(m_client.socket->GetErrno(), Socket::ERROR_MSGSIZE);
        EXPECT_EQ(m_client.socket->SendTo(MakePattern(0, 10),
                                          0,
                                          InetSocketAddress(Ipv4Address("224.0.0.1"), PORT)),
                  -1);
    });
    RunUntil(10);
    ASSERT_EQ(m_client.received.size(), 1);
    EXPECT_EQ(m_client.received[0].bytes, ToBytes(MakePattern(0, 10)));
    EXPECT_EQ(m_client.succeeded, 1);
    Address local;
    EXPECT_EQ(m_client.socket->GetSockName(local), 0);
    EXPECT_EQ(InetSocketAddress::ConvertFrom(local).GetPort(),
              InetSocketAddress::ConvertFrom(m_server.received[0].from).GetPort());
}

TEST_F(DtlsSocketTest, HandsTheTypeOfServiceOfAServerToUdp)
{
    Arrange();
    m_server.echo = true;
    m_server.socket->SetIpTos(0x10);
    ConnectAndSend(m_client, 60);
    RunUntil(5);
    ASSERT_EQ(m_client.received.size(), 1);
    for (const SentFrame& frame : m_network->GetFrames())
    {
        EXPECT_EQ(frame.bytes[3], frame.byClient ? 0 : 0x10); // PPP 2, IPv4 version and length 1
    }
}

TEST_F(DtlsSocketTest, IsLetGoWhenItIsClosed)
{
    Arrange();
    ConnectAndSend(m_client, 100);
    RunUntil(5);
    EXPECT_EQ(GetSessions(m_server), 1);
    m_server.socket->Close();
    RunUntil(6);
    EXPECT_EQ(GetSessions(m_client), 0) << "close_notify told it";
    m_client.socket->Close();
    RunUntil(7);
    EXPECT_EQ(m_client.socket->GetReferenceCount(), 1);
    EXPECT_EQ(m_server.socket->GetReferenceCount(), 1);
}

} // namespace
