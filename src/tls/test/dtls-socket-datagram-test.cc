// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"
#include "tls/model/dtls-socket.h"
#include "tls/test/tls-socket-test-network.h"

#include "ns3/application-container.h"
#include "ns3/inet-socket-address.h"
#include "ns3/on-off-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>

using namespace ns3;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

namespace
{

const TypeId DTLS = DtlsSocketFactory::GetTypeId();
constexpr uint16_t PORT = 5684;

void
RunUntil(double seconds)
{
    Simulator::Stop(Seconds(seconds) - Simulator::Now());
    Simulator::Run();
}

void
Serve(SocketNetwork& network, DatagramEnd& server)
{
    server.Attach(network.CreateServer(DTLS));
    ASSERT_EQ(server.socket->Bind(network.GetAnyAddress(PORT)), 0);
}

/// Connects at 2 s and sends a datagram of this size.
void
ConnectAndSend(SocketNetwork& network, DatagramEnd& end, uint32_t size, uint32_t client = 0)
{
    end.Attach(network.CreateClient(DTLS, client));
    Simulator::Schedule(Seconds(2), [&network, &end, size, client] {
        EXPECT_EQ(end.socket->Connect(network.GetServerAddress(PORT, client)), 0);
        EXPECT_EQ(end.socket->Send(MakePattern(client, size)), static_cast<int>(size));
    });
}

uint32_t
GetSessions(const DatagramEnd& end)
{
    return DynamicCast<DtlsSocket>(end.socket)->GetSessionCount();
}

struct Combination
{
    const char* name;
    const char* credential;
    bool ipv6;
};

class DtlsSocketDatagramTest : public testing::TestWithParam<Combination>
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
        SocketNetwork network(options);
        DatagramEnd server;
        server.echo = true;
        Serve(network, server);
        DatagramEnd client;
        ConnectAndSend(network, client, 100);
        Simulator::Schedule(Seconds(100), [&] { network.SetLoss(0, 0); });
        Simulator::Schedule(Seconds(101), [&] { client.socket->Send(MakePattern(7, 50)); });
        RunUntil(120);

        EXPECT_EQ(client.succeeded, 1) << run;
        EXPECT_EQ(client.failed, 0);
        ASSERT_FALSE(server.received.empty());
        EXPECT_EQ(server.received.back().bytes, ToBytes(MakePattern(7, 50)));
        EXPECT_EQ(client.received.back().bytes, ToBytes(MakePattern(7, 50)));
        EXPECT_EQ(client.received.back().from, network.GetServerAddress(PORT));
        EXPECT_EQ(network.clientLog.completed.size(), 1);
        EXPECT_EQ(network.serverLog.completed.size(), 1);
        retransmitted += network.clientLog.retransmitted + network.serverLog.retransmitted;
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

TEST(DtlsSocket, CarriesOnOffToPacketSink)
{
    SocketNetwork network({});
    OnOffHelper onOff(DTLS.GetName(), network.GetServerAddress(PORT));
    onOff.SetConstantRate(DataRate("64kbps"), 400);
    onOff.SetAttribute("MaxBytes", UintegerValue(20000));
    auto source = onOff.Install(network.GetClient());
    source.Start(Seconds(2));
    PacketSinkHelper sink(DTLS.GetName(), network.GetAnyAddress(PORT));
    auto sinks = sink.Install(network.GetServer());
    RunUntil(60);
    EXPECT_EQ(DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx(), 20000);
}

TEST(DtlsSocket, ServesFiveClientsOnOnePort)
{
    NetworkOptions options;
    options.clients = 5;
    SocketNetwork network(options);
    DatagramEnd server;
    server.echo = true;
    Serve(network, server);
    std::vector<DatagramEnd> clients(5);
    for (uint32_t i = 0; i < 5; i++)
    {
        ConnectAndSend(network, clients[i], 50 + i, i);
    }
    RunUntil(10);
    EXPECT_EQ(GetSessions(server), 5);
    EXPECT_EQ(server.received.size(), 5);
    for (uint32_t i = 0; i < 5; i++)
    {
        ASSERT_EQ(clients[i].received.size(), 1);
        EXPECT_EQ(clients[i].received[0].bytes, ToBytes(MakePattern(i, 50 + i)));
        EXPECT_EQ(clients[i].received[0].from, network.GetServerAddress(PORT, i));
        clients[i].socket->Close();
    }
    for (const auto& datagram : server.received)
    {
        EXPECT_EQ(GetPeerIdentity(server.socket, datagram.from).pskIdentity, "s01");
    }
    RunUntil(20);
    EXPECT_EQ(GetSessions(server), 0) << "close_notify ends a session";
}

TEST(DtlsSocket, RepeatsItsClientHelloToASilentPeer)
{
    NetworkOptions options;
    SocketNetwork network(options);
    Ptr<Socket> silent = network.CreateServer(UdpSocketFactory::GetTypeId());
    silent->Bind(network.GetAnyAddress(PORT)); // without it ICMP would answer
    DatagramEnd client;
    ConnectAndSend(network, client, 100);
    RunUntil(1000);
    std::vector<double> times;
    for (const SentFrame& frame : network.GetFrames())
    {
        auto payload = frame.GetPayload();
        if (frame.byClient && payload.size() > 13 && payload[0] == 22 && payload[13] == 1)
        {
            times.push_back((frame.time - Seconds(2)).GetSeconds());
        }
    }
    EXPECT_THAT(times, ElementsAre(0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363, 423));
    EXPECT_EQ(client.failed, 1);
    EXPECT_EQ(client.succeeded, 0);
    EXPECT_EQ(network.clientLog.failed.size(), 1);
    EXPECT_THAT(network.clientLog.dropped, ElementsAre("handshake-failed"));
    EXPECT_EQ(network.clientLog.retransmitted, 12);
}

TEST(DtlsSocket, WrongKeyIsAFailedConnection)
{
    NetworkOptions options;
    options.client["PskKey"] = "ff0102030405060708090a0b0c0d0e0f";
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 100);
    RunUntil(1000);
    EXPECT_EQ(client.succeeded, 0);
    EXPECT_EQ(client.failed, 1);
    EXPECT_THAT(server.received, IsEmpty());
    EXPECT_EQ(network.clientLog.failed.size(), 1);
    EXPECT_EQ(GetSessions(client), 0);
}

TEST(DtlsSocket, TellsLayersApartOnTheWire)
{
    SocketNetwork network({});
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 100);
    Simulator::Schedule(Seconds(10), [&] {
        sansio::SpannedBytes message;
        message.Append(sansio::Bytes(7, 1), {sansio::Layer::Application, false, 42});
        message.Append(sansio::Bytes(32, 2), {sansio::Layer::Payload, false, 42});
        client.socket->Send(ToPacket(message));
    });
    RunUntil(20);
    const SentFrame& frame = network.GetFrames().back();
    EXPECT_EQ(frame.time, Seconds(10));
    EXPECT_EQ(frame.GetPayload().size(), 39 + 29); // figures 1.3
    EXPECT_EQ(frame.CountTagged(sansio::Layer::Payload), 32);
    EXPECT_EQ(frame.CountTagged(sansio::Layer::Application), 7);
    EXPECT_EQ(frame.CountTagged(sansio::Layer::Security), 29);
    uint64_t handshake = 0;
    for (const SentFrame& sent : network.GetFrames())
    {
        handshake += sent.time < Seconds(10) ? sent.GetPayload().size() : 0;
    }
    // figures 1.4: 475 with an identity of 1 byte; here it has 3, and a record of 100 + 29 follows
    EXPECT_EQ(handshake, 475 + 2 + 129);
}

std::vector<sansio::Bytes>
RecordRun(uint64_t run)
{
    NetworkOptions options;
    options.credential = "ecdsa";
    options.run = run;
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 100);
    RunUntil(20);
    std::vector<sansio::Bytes> frames;
    for (const SentFrame& frame : network.GetFrames())
    {
        frames.push_back(frame.bytes);
    }
    return frames;
}

TEST(DtlsSocket, SameRunGivesTheSameBytes)
{
    auto first = RecordRun(1);
    EXPECT_EQ(first, RecordRun(1));
    EXPECT_NE(first, RecordRun(2));
}

TEST(DtlsSocket, BoundsWhatWaitsForAHandshake)
{
    NetworkOptions options;
    options.client["SndBufSize"] = "250";
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 100);
    Simulator::Schedule(Seconds(2), [&] {
        EXPECT_EQ(client.socket->Send(MakePattern(1, 100)), 100);
        EXPECT_EQ(client.socket->GetTxAvailable(), 50);
        EXPECT_EQ(client.socket->Send(MakePattern(2, 100)), -1);
        EXPECT_EQ(client.socket->GetErrno(), Socket::ERROR_AGAIN);
    });
    Simulator::Schedule(Seconds(5), [&] {
        EXPECT_EQ(client.socket->Send(MakePattern(3, 1000)), 1000) << "nothing has to wait";
    });
    RunUntil(10);
    ASSERT_EQ(server.received.size(), 3);
    EXPECT_EQ(server.received[0].bytes, ToBytes(MakePattern(0, 100)));
    EXPECT_EQ(server.received[1].bytes, ToBytes(MakePattern(1, 100)));
    EXPECT_EQ(server.received[2].bytes, ToBytes(MakePattern(3, 1000)));
    EXPECT_THAT(network.clientLog.dropped, ElementsAre("queue-full"));
}

TEST(DtlsSocket, FirstSendToIsTheClient)
{
    SocketNetwork network({});
    DatagramEnd server;
    server.echo = true;
    Serve(network, server);
    DatagramEnd client;
    client.Attach(network.CreateClient(DTLS));
    client.socket->Bind();
    EXPECT_EQ(client.socket->Send(MakePattern(0, 10)), -1);
    EXPECT_EQ(client.socket->GetErrno(), Socket::ERROR_NOTCONN);
    Simulator::Schedule(Seconds(2), [&] {
        EXPECT_EQ(client.socket->SendTo(MakePattern(0, 10), 0, network.GetServerAddress(PORT)), 10);
        EXPECT_EQ(client.socket->SendTo(MakePattern(0, 20000), 0, network.GetServerAddress(PORT)),
                  -1);
        EXPECT_EQ(client.socket->GetErrno(), Socket::ERROR_MSGSIZE);
        EXPECT_EQ(client.socket->SendTo(MakePattern(0, 10),
                                        0,
                                        InetSocketAddress(Ipv4Address("224.0.0.1"), PORT)),
                  -1);
    });
    RunUntil(10);
    ASSERT_EQ(client.received.size(), 1);
    EXPECT_EQ(client.received[0].bytes, ToBytes(MakePattern(0, 10)));
    EXPECT_EQ(client.succeeded, 1);
    Address local;
    EXPECT_EQ(client.socket->GetSockName(local), 0);
    EXPECT_EQ(InetSocketAddress::ConvertFrom(local).GetPort(),
              InetSocketAddress::ConvertFrom(server.received[0].from).GetPort());
}

TEST(DtlsSocket, ClientThatStartsOverGetsANewSession)
{
    SocketNetwork network({});
    DatagramEnd server;
    Serve(network, server);
    std::vector<DatagramEnd> lives(2);
    for (uint32_t i = 0; i < 2; i++)
    {
        Simulator::Schedule(Seconds(2 + 10 * i), [&, i] {
            if (i == 1)
            {
                // Its node crashed: UDP is gone without a word to the server.
                DynamicCast<DtlsSocket>(lives[0].socket)->GetTransport()->Close();
            }
            lives[i].Attach(network.CreateClient(DTLS));
            lives[i].socket->Bind(network.GetAnyAddress(4000));
            lives[i].socket->Connect(network.GetServerAddress(PORT));
            lives[i].socket->Send(MakePattern(i, 30));
        });
    }
    RunUntil(30);
    ASSERT_EQ(server.received.size(), 2);
    EXPECT_EQ(server.received[0].from, server.received[1].from);
    EXPECT_EQ(server.received[1].bytes, ToBytes(MakePattern(1, 30)));
    EXPECT_EQ(network.serverLog.completed.size(), 2);
    EXPECT_EQ(GetSessions(server), 1);
}

TEST(DtlsSocket, ClosesIdleSessions)
{
    NetworkOptions options;
    options.server["IdleTimeout"] = "30s";
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 40);
    Simulator::Schedule(Seconds(20), [&] { client.socket->Send(MakePattern(1, 40)); });
    RunUntil(49);
    EXPECT_EQ(GetSessions(server), 1);
    EXPECT_EQ(GetSessions(client), 1);
    RunUntil(51);
    EXPECT_EQ(GetSessions(server), 0);
    EXPECT_EQ(GetSessions(client), 0) << "close_notify told it";
    Simulator::Schedule(Seconds(9), [&] { client.socket->Send(MakePattern(2, 40)); });
    RunUntil(70);
    EXPECT_EQ(server.received.size(), 3) << "the next datagram starts a new handshake";
    EXPECT_EQ(client.succeeded, 2);
}

TEST(DtlsSocket, BoundsSessions)
{
    NetworkOptions options;
    options.clients = 3;
    options.server["MaxSessions"] = "2";
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    std::vector<DatagramEnd> clients(3);
    for (uint32_t i = 0; i < 3; i++)
    {
        ConnectAndSend(network, clients[i], 50, i);
    }
    RunUntil(10);
    EXPECT_EQ(GetSessions(server), 2);
    EXPECT_EQ(server.received.size(), 2);
    EXPECT_THAT(network.serverLog.refused, Contains("sessions"));
    EXPECT_THAT(network.serverLog.refused, Each("sessions"));
}

TEST(DtlsSocket, EndsAHandshakeThatTakesTooLong)
{
    NetworkOptions options;
    options.server["CookieExchange"] = "false";
    options.server["HandshakeTimeout"] = "20s";
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 50);
    Simulator::Schedule(Seconds(2) + MicroSeconds(1), [&] { client.socket->Close(); });
    RunUntil(21.9);
    EXPECT_EQ(GetSessions(server), 1);
    RunUntil(22.1);
    EXPECT_EQ(GetSessions(server), 0);
    ASSERT_EQ(network.serverLog.failed.size(), 1);
    EXPECT_EQ(network.serverLog.failed[0].reason, "handshake timed out");
}

TEST(DtlsSocket, EvictsTheOldestHandshakeForANewPeer)
{
    for (bool evicts : {false, true})
    {
        NetworkOptions options;
        options.clients = 4;
        options.server["CookieExchange"] = "false";
        options.server["MaxHalfOpen"] = "2";
        options.server["EvictOldest"] = evicts ? "true" : "false";
        SocketNetwork network(options);
        DatagramEnd server;
        Serve(network, server);
        std::vector<DatagramEnd> clients(4);
        for (uint32_t i = 0; i < 3; i++)
        {
            ConnectAndSend(network, clients[i], 50, i);
            Simulator::Schedule(Seconds(2) + MicroSeconds(1),
                                [&, i] { clients[i].socket->Close(); });
        }
        clients[3].Attach(network.CreateClient(DTLS, 3));
        Simulator::Schedule(Seconds(5),
                            [&] { clients[3].socket->Connect(network.GetServerAddress(PORT, 3)); });
        RunUntil(10);
        EXPECT_EQ(clients[3].succeeded, evicts ? 1 : 0);
        EXPECT_THAT(network.serverLog.refused, Each(evicts ? "evicted" : "half-open"));
        EXPECT_GE(network.serverLog.refused.size(), 2);
        EXPECT_EQ(GetSessions(server), evicts ? 2 : 2);
    }
}

TEST(DtlsSocket, RefusesNoneOfFiftyThatComeBackTogether)
{
    NetworkOptions options;
    options.clients = 50;
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    std::vector<DatagramEnd> clients(50);
    std::vector<DatagramEnd> again(50);
    for (uint32_t i = 0; i < 50; i++)
    {
        ConnectAndSend(network, clients[i], 50, i);
        again[i].Attach(network.CreateClient(DTLS, i)); // from another port
        Simulator::Schedule(Seconds(20), [&, i] {
            again[i].socket->Connect(network.GetServerAddress(PORT, i));
        });
    }
    RunUntil(40);
    EXPECT_EQ(network.serverLog.completed.size(), 100);
    EXPECT_THAT(network.serverLog.refused, IsEmpty());
}

TEST(DtlsSocket, BoundsWhatWaitsForTheApplication)
{
    NetworkOptions options;
    options.server["RcvBufSize"] = "150";
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    server.socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    DatagramEnd client;
    ConnectAndSend(network, client, 100);
    Simulator::Schedule(Seconds(5), [&] { client.socket->Send(MakePattern(1, 100)); });
    RunUntil(10);
    EXPECT_EQ(server.socket->GetRxAvailable(), 100);
    EXPECT_THAT(network.serverLog.dropped, ElementsAre("receive-buffer-full"));
}

TEST(DtlsSocket, RejectsReplayedAndForgedRecords)
{
    SocketNetwork network({});
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 60);
    RunUntil(5);
    ASSERT_EQ(server.received.size(), 1);
    Ptr<Socket> transport = DynamicCast<DtlsSocket>(client.socket)->GetTransport();
    sansio::Bytes record = network.GetFrames().back().GetPayload();
    ASSERT_EQ(record.size(), 60 + 29);
    transport->SendTo(Create<Packet>(record.data(), record.size()),
                      0,
                      network.GetServerAddress(PORT));
    record[10] += 1; // the next sequence number, for which the ciphertext is not
    transport->SendTo(Create<Packet>(record.data(), record.size()),
                      0,
                      network.GetServerAddress(PORT));
    RunUntil(10);
    EXPECT_EQ(server.received.size(), 1);
    EXPECT_THAT(network.serverLog.rejected,
                ElementsAre(tls::RejectionReason::Replay, tls::RejectionReason::BadMac));
}

TEST(DtlsSocket, ReplayedClientHelloLeavesTheSession)
{
    SocketNetwork network({});
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 60);
    RunUntil(5);
    ASSERT_EQ(server.received.size(), 1);
    sansio::Bytes hello; // the second, which carries the cookie
    for (const SentFrame& frame : network.GetFrames())
    {
        auto payload = frame.GetPayload();
        hello = frame.byClient && payload[0] == 22 && payload[13] == 1 ? payload : hello;
    }
    ASSERT_FALSE(hello.empty());
    DynamicCast<DtlsSocket>(client.socket)
        ->GetTransport()
        ->SendTo(Create<Packet>(hello.data(), hello.size()), 0, network.GetServerAddress(PORT));
    Simulator::Schedule(Seconds(1), [&] { client.socket->Send(MakePattern(1, 60)); });
    RunUntil(10);
    EXPECT_EQ(server.received.size(), 2);
    EXPECT_EQ(network.serverLog.completed.size(), 1);
    EXPECT_THAT(network.serverLog.rejected, ElementsAre(tls::RejectionReason::Epoch));
}

TEST(DtlsSocket, ClientMayStartOverInTheMiddleOfAHandshake)
{
    SocketNetwork network({});
    DatagramEnd server;
    Serve(network, server);
    std::vector<DatagramEnd> lives(2);
    auto begin = [&](uint32_t life) {
        lives[life].Attach(network.CreateClient(DTLS));
        lives[life].socket->Bind(network.GetAnyAddress(4000));
        lives[life].socket->Connect(network.GetServerAddress(PORT));
    };
    Simulator::Schedule(Seconds(2), [&] { begin(0); });
    Simulator::Schedule(MilliSeconds(2035), [&] { network.SetLoss(1, 0); }); // the cookie is there
    Simulator::Schedule(MilliSeconds(3200), [&] {
        network.SetLoss(0, 0);
        DynamicCast<DtlsSocket>(lives[0].socket)->GetTransport()->Close();
        begin(1);
    });
    RunUntil(4);
    EXPECT_EQ(lives[1].succeeded, 1);
    EXPECT_EQ(network.serverLog.completed.size(), 1);
    EXPECT_EQ(GetSessions(server), 1);
}

TEST(DtlsSocket, HandsTheTypeOfServiceOfAServerToUdp)
{
    SocketNetwork network({});
    DatagramEnd server;
    server.echo = true;
    Serve(network, server);
    server.socket->SetIpTos(0x10);
    DatagramEnd client;
    ConnectAndSend(network, client, 60);
    RunUntil(5);
    ASSERT_EQ(client.received.size(), 1);
    for (const SentFrame& frame : network.GetFrames())
    {
        EXPECT_EQ(frame.bytes[3], frame.byClient ? 0 : 0x10); // PPP 2, IPv4 version and length 1
    }
}

TEST(DtlsSocket, UnknownIdentityIsAFailedConnectionWithItsAlert)
{
    NetworkOptions options;
    options.client["PskIdentity"] = "stranger";
    SocketNetwork network(options);
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 100);
    RunUntil(5);
    EXPECT_EQ(client.failed, 1);
    EXPECT_EQ(client.succeeded, 0);
    EXPECT_EQ(GetSessions(client), 0);
    EXPECT_EQ(GetSessions(server), 0);
    ASSERT_EQ(network.clientLog.failed.size(), 1);
    ASSERT_EQ(network.serverLog.failed.size(), 1);
    EXPECT_EQ(network.clientLog.failed[0].alert, 115); // unknown_psk_identity, RFC 4279 section 6
    EXPECT_TRUE(network.clientLog.failed[0].sentByPeer);
    EXPECT_FALSE(network.serverLog.failed[0].sentByPeer);
}

TEST(DtlsSocket, IsLetGoWhenItIsClosed)
{
    SocketNetwork network({});
    DatagramEnd server;
    Serve(network, server);
    DatagramEnd client;
    ConnectAndSend(network, client, 100);
    RunUntil(5);
    EXPECT_EQ(GetSessions(server), 1);
    server.socket->Close();
    RunUntil(6);
    EXPECT_EQ(GetSessions(client), 0) << "close_notify told it";
    client.socket->Close();
    RunUntil(7);
    EXPECT_EQ(client.socket->GetReferenceCount(), 1);
    EXPECT_EQ(server.socket->GetReferenceCount(), 1);
}

} // namespace
