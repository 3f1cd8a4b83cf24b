// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"
#include "tls/model/tls-socket.h"
#include "tls/test/tls-socket-test-network.h"

#include "ns3/address.h"
#include "ns3/application-container.h"
#include "ns3/bulk-send-helper.h"
#include "ns3/on-off-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>

using namespace ns3;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

namespace
{

const TypeId TLS = TlsSocketFactory::GetTypeId();
constexpr uint16_t PORT = 8883;

/// Starts a client at 2 s, when IPv6 has found its addresses free.
void
Connect(SocketNetwork& network, StreamEnd& end, uint32_t client = 0, Time at = Seconds(2))
{
    end.Attach(network.CreateClient(TLS, client));
    Simulator::Schedule(at, [&network, &end, client] {
        end.socket->Connect(network.GetServerAddress(PORT, client));
    });
}

void
RunUntil(double seconds)
{
    Simulator::Stop(Seconds(seconds) - Simulator::Now());
    Simulator::Run();
}

struct Combination
{
    const char* name;
    const char* version;
    const char* credential;
    bool ipv6;
};

class TlsSocketStreamTest : public testing::TestWithParam<Combination>
{
};

TEST_P(TlsSocketStreamTest, CarriesBytesBothWaysAtTenPercentLoss)
{
    NetworkOptions options;
    options.version = GetParam().version;
    options.credential = GetParam().credential;
    options.ipv6 = GetParam().ipv6;
    options.loss = 0.1;
    SocketNetwork network(options);
    StreamServer server;
    server.echo = true;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd client;
    client.toSend = 5000;
    Connect(network, client);
    RunUntil(300);

    EXPECT_EQ(client.succeeded, 1);
    EXPECT_EQ(client.failed, 0);
    ASSERT_EQ(server.accepted.size(), 1);
    EXPECT_EQ(server.accepted[0]->received, ToBytes(MakePattern(0, 5000)));
    EXPECT_EQ(client.received, ToBytes(MakePattern(0, 5000)));
    EXPECT_EQ(client.dataSent, 5000);
    ASSERT_EQ(network.clientLog.completed.size(), 1);
    const auto& completed = network.clientLog.completed[0];
    EXPECT_EQ(completed.event.version,
              options.version == "1.2" ? tls::Version::Tls12 : tls::Version::Tls13);
    EXPECT_EQ(completed.at, client.connectedAt);
    EXPECT_EQ(completed.duration, client.connectedAt - Seconds(2));
    EXPECT_EQ(network.serverLog.completed.size(), 1);
    EXPECT_THAT(network.clientLog.failed, IsEmpty());
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

TEST(TlsSocket, CarriesBulkSendToPacketSink)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        options.loss = 0.02;
        SocketNetwork network(options);
        BulkSendHelper bulk(TLS.GetName(), network.GetServerAddress(PORT));
        bulk.SetAttribute("MaxBytes", UintegerValue(200000));
        auto source = bulk.Install(network.GetClient());
        source.Start(Seconds(2));
        PacketSinkHelper sink(TLS.GetName(), network.GetAnyAddress(PORT));
        auto sinks = sink.Install(network.GetServer());
        RunUntil(300);
        EXPECT_EQ(DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx(), 200000) << version;
        EXPECT_THAT(network.serverLog.rejected, IsEmpty());
    }
}

TEST(TlsSocket, CarriesOnOffToPacketSink)
{
    SocketNetwork network({});
    OnOffHelper onOff(TLS.GetName(), network.GetServerAddress(PORT));
    onOff.SetConstantRate(DataRate("64kbps"), 400);
    onOff.SetAttribute("MaxBytes", UintegerValue(20000));
    auto source = onOff.Install(network.GetClient());
    source.Start(Seconds(2));
    PacketSinkHelper sink(TLS.GetName(), network.GetAnyAddress(PORT));
    auto sinks = sink.Install(network.GetServer());
    RunUntil(60);
    EXPECT_EQ(DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx(), 20000);
}

TEST(TlsSocket, WrongKeyIsAFailedConnection)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        options.client["PskKey"] = "ff0102030405060708090a0b0c0d0e0f";
        SocketNetwork network(options);
        StreamServer server;
        server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
        StreamEnd client;
        client.toSend = 100;
        Connect(network, client);
        RunUntil(60);

        EXPECT_EQ(client.succeeded, 0);
        EXPECT_EQ(client.failed, 1);
        EXPECT_EQ(client.normalClosed + client.errorClosed, 0);
        EXPECT_THAT(server.accepted, IsEmpty());
        ASSERT_EQ(network.serverLog.failed.size(), 1) << version;
        ASSERT_EQ(network.clientLog.failed.size(), 1) << version;
        ASSERT_TRUE(network.serverLog.failed[0].alert);
        ASSERT_TRUE(network.clientLog.failed[0].alert);
        EXPECT_FALSE(network.serverLog.failed[0].sentByPeer);
        EXPECT_TRUE(network.clientLog.failed[0].sentByPeer);
        EXPECT_EQ(*network.clientLog.failed[0].alert, *network.serverLog.failed[0].alert);
        EXPECT_LT(network.GetFrames().back().time, Seconds(10)) << "TCP is closed as well";
    }
}

TEST(TlsSocket, UntrustedCertificateIsAFailedConnection)
{
    NetworkOptions options;
    options.credential = "ecdsa";
    options.client["PeerName"] = "other.example";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd client;
    Connect(network, client);
    RunUntil(60);
    EXPECT_EQ(client.failed, 1);
    EXPECT_THAT(server.accepted, IsEmpty());
    ASSERT_EQ(network.clientLog.failed.size(), 1);
    EXPECT_FALSE(network.clientLog.failed[0].sentByPeer);
}

TEST(TlsSocket, NoAnswerIsAFailedConnection)
{
    SocketNetwork network({});
    StreamEnd client;
    Connect(network, client);
    RunUntil(300); // ns-3's TCP gives up after 189 s
    EXPECT_EQ(client.succeeded, 0);
    EXPECT_EQ(client.failed, 1);
    EXPECT_EQ(network.clientLog.failed.size(), 1);
}

TEST(TlsSocket, TakesPartOfAPacketThatExceedsTheBuffer)
{
    NetworkOptions options;
    options.client["SndBufSize"] = "1000";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd client;
    client.Attach(network.CreateClient(TLS));
    Simulator::Schedule(Seconds(2), [&] {
        client.socket->Connect(network.GetServerAddress(PORT));
        EXPECT_EQ(client.socket->GetTxAvailable(), 1000);
        EXPECT_EQ(client.socket->Send(MakePattern(0, 3000)), 1000);
        EXPECT_EQ(client.socket->GetTxAvailable(), 0);
        EXPECT_EQ(client.socket->Send(MakePattern(1000, 3000)), -1);
        EXPECT_EQ(client.socket->Send(MakePattern(1000, 1)), -1);
        EXPECT_EQ(client.socket->GetErrno(), Socket::ERROR_MSGSIZE);
        client.sent = 1000;
        client.toSend = 300000; // more than TCP's buffer holds: the send callback has to go on
        client.packetSize = 3000;
    });
    RunUntil(60);
    ASSERT_EQ(server.accepted.size(), 1);
    EXPECT_EQ(server.accepted[0]->received, ToBytes(MakePattern(0, 300000)));
    EXPECT_EQ(client.dataSent, 300000);
}

TEST(TlsSocket, RefusesAPacketWholeWhenTheBufferIsShort)
{
    NetworkOptions options;
    options.client["SndBufSize"] = "1000";
    SocketNetwork network(options);
    StreamEnd client;
    Connect(network, client);
    Simulator::Schedule(Seconds(2) + TimeStep(1), [&] {
        EXPECT_EQ(client.socket->Send(MakePattern(0, 700)), 700);
        EXPECT_EQ(client.socket->Send(MakePattern(700, 700)), -1);
        EXPECT_EQ(client.socket->GetTxAvailable(), 300);
        EXPECT_EQ(client.socket->Send(MakePattern(700, 300)), 300);
    });
    RunUntil(3);
}

TEST(TlsSocket, StopsReadingWhenTheApplicationDoes)
{
    NetworkOptions options;
    options.server["RcvBufSize"] = "2000";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    Ptr<Socket> accepted;
    server.listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>(
            [&](Ptr<Socket> socket, const Address&) { accepted = socket; }));
    StreamEnd client;
    client.toSend = 400000;
    Connect(network, client);
    RunUntil(30);
    ASSERT_TRUE(accepted);
    EXPECT_GE(accepted->GetRxAvailable(), 2000);
    EXPECT_LT(accepted->GetRxAvailable(), 140000); // one read of TCP's buffer more
    EXPECT_LT(client.sent, 400000) << "the sender is held back";

    StreamEnd reader;
    reader.Attach(accepted);
    reader.Read();
    RunUntil(60);
    EXPECT_EQ(reader.received.size(), 400000);
    EXPECT_TRUE(reader.received == ToBytes(MakePattern(0, 400000)));
}

TEST(TlsSocket, TellsLayersApartOnTheWire)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        SocketNetwork network(options);
        StreamServer server;
        server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
        StreamEnd client;
        Connect(network, client);
        Simulator::Schedule(Seconds(10), [&] {
            sansio::SpannedBytes message;
            message.Append(sansio::Bytes(7, 1), {sansio::Layer::Application, false, 42});
            message.Append(sansio::Bytes(32, 2), {sansio::Layer::Payload, false, 42});
            client.socket->Send(ToPacket(message));
            client.socket->Send(Create<Packet>(100)); // untagged: payload
        });
        RunUntil(20);
        uint64_t payload = 0;
        uint64_t application = 0;
        uint64_t security = 0;
        uint64_t total = 0;
        uint64_t handshake = 0;
        for (const SentFrame& frame : network.GetFrames())
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

std::vector<sansio::Bytes>
RecordRun(uint64_t run)
{
    NetworkOptions options;
    options.credential = "ecdsa";
    options.version = "1.3";
    options.loss = 0.05;
    options.run = run;
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd client;
    client.toSend = 3000;
    client.closeWhenSent = true;
    Connect(network, client);
    RunUntil(60);
    std::vector<sansio::Bytes> frames;
    for (const SentFrame& frame : network.GetFrames())
    {
        frames.push_back(frame.bytes);
    }
    return frames;
}

TEST(TlsSocket, SameRunGivesTheSameBytes)
{
    auto first = RecordRun(1);
    EXPECT_GT(first.size(), 10);
    EXPECT_EQ(first, RecordRun(1));
    EXPECT_NE(first, RecordRun(2));
}

TEST(TlsSocket, CloseIsTheEndOfTheStream)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        SocketNetwork network(options);
        StreamServer server;
        server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
        StreamEnd client;
        client.toSend = 2000;
        client.closeWhenSent = true;
        Connect(network, client);
        RunUntil(20);
        ASSERT_EQ(server.accepted.size(), 1);
        StreamEnd& accepted = *server.accepted[0];
        EXPECT_EQ(accepted.received.size(), 2000);
        EXPECT_EQ(accepted.normalClosed, 1);
        EXPECT_TRUE(accepted.endOfStream);
        if (options.version == "1.3") // its direction is open until it closes too
        {
            EXPECT_EQ(accepted.socket->Send(MakePattern(0, 10)), 10);
            accepted.socket->Close();
        }
        EXPECT_EQ(accepted.socket->Send(MakePattern(0, 10)), -1);
        RunUntil(30);
        EXPECT_EQ(client.normalClosed, 1);
        EXPECT_EQ(client.errorClosed + accepted.errorClosed, 0);
        EXPECT_THAT(client.received, IsEmpty());
        EXPECT_THAT(network.serverLog.rejected, IsEmpty());
        EXPECT_THAT(network.clientLog.rejected, IsEmpty());
        EXPECT_EQ(client.socket->Close(), -1);
    }
}

TEST(TlsSocket, EndOfTcpWithoutCloseNotifyIsTruncation)
{
    SocketNetwork network({});
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd client;
    client.toSend = 2000;
    Connect(network, client);
    Simulator::Schedule(Seconds(10),
                        [&] { DynamicCast<TlsSocket>(client.socket)->GetTransport()->Close(); });
    RunUntil(20);
    ASSERT_EQ(server.accepted.size(), 1);
    EXPECT_EQ(server.accepted[0]->received.size(), 2000);
    EXPECT_EQ(server.accepted[0]->errorClosed, 1);
    EXPECT_EQ(server.accepted[0]->normalClosed, 0);
    EXPECT_THAT(network.serverLog.rejected, ElementsAre(tls::RejectionReason::Truncated));
}

TEST(TlsSocket, ShutdownStopsPlaintextOnly)
{
    NetworkOptions options;
    options.version = "1.3";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    server.listener->ShutdownSend();
    StreamEnd client;
    client.toSend = 1000;
    Connect(network, client);
    Simulator::Schedule(Seconds(2) + TimeStep(1), [&] { client.socket->ShutdownRecv(); });
    Simulator::Schedule(Seconds(5), [&] {
        EXPECT_EQ(server.accepted.at(0)->socket->Send(MakePattern(0, 50)), 50)
            << "a listener's shutdown is not inherited";
        client.socket->ShutdownSend();
        EXPECT_EQ(client.socket->Send(MakePattern(0, 1)), -1);
        EXPECT_EQ(client.socket->GetErrno(), Socket::ERROR_SHUTDOWN);
    });
    RunUntil(20);
    EXPECT_EQ(client.succeeded, 1);
    EXPECT_EQ(server.accepted.at(0)->received.size(), 1000);
    EXPECT_TRUE(server.accepted.at(0)->endOfStream);
    EXPECT_THAT(client.received, IsEmpty());
}

TEST(TlsSocket, KnowsWhoThePeerIs)
{
    {
        SocketNetwork network({});
        StreamServer server;
        server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
        StreamEnd client;
        Connect(network, client);
        RunUntil(10);
        Address from;
        ASSERT_EQ(server.accepted.at(0)->socket->GetPeerName(from), 0);
        auto identity = GetPeerIdentity(server.accepted.at(0)->socket, from);
        EXPECT_EQ(identity.pskIdentity, "s01");
        EXPECT_EQ(identity.address, ToPeerAddress(from));
    }
    NetworkOptions options;
    options.credential = "ecdsa";
    options.client["PeerName"] = "server.example";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd client;
    Connect(network, client);
    RunUntil(10);
    auto identity = GetPeerIdentity(client.socket, network.GetServerAddress(PORT));
    EXPECT_EQ(identity.certificateSubject, "CN=server");
    EXPECT_GT(network.clientLog.operations[sansio::OperationKind::EcdsaP256Verify], 0);
    EXPECT_EQ(network.serverLog.operations[sansio::OperationKind::EcdsaP256Sign], 1);
}

TEST(TlsSocket, BoundsOpenHandshakesAndEndsThem)
{
    NetworkOptions options;
    options.clients = 3;
    options.server["MaxHalfOpen"] = "2";
    options.server["HandshakeTimeout"] = "20s";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    std::vector<Ptr<Socket>> silent;
    for (uint32_t i = 0; i < 2; i++) // TCP without a word of TLS
    {
        silent.push_back(network.CreateClient(TcpSocketFactory::GetTypeId(), i));
        Simulator::Schedule(Seconds(2),
                            [&, i] { silent[i]->Connect(network.GetServerAddress(PORT, i)); });
    }
    StreamEnd client;
    Connect(network, client, 2, Seconds(5));
    RunUntil(20);
    EXPECT_EQ(client.succeeded, 0);
    EXPECT_THAT(network.serverLog.refused, Contains("half-open"));
    RunUntil(60); // TCP's SYN comes again when the silent ones are gone
    EXPECT_EQ(network.serverLog.failed.size(), 2);
    EXPECT_EQ(client.succeeded, 1);
}

TEST(TlsSocket, EvictsTheOldestHandshakeForANewOne)
{
    NetworkOptions options;
    options.clients = 3;
    options.server["MaxHalfOpen"] = "2";
    options.server["EvictOldest"] = "true";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    std::vector<Ptr<Socket>> silent;
    for (uint32_t i = 0; i < 2; i++) // TCP without a word of TLS
    {
        silent.push_back(network.CreateClient(TcpSocketFactory::GetTypeId(), i));
        Simulator::Schedule(Seconds(2 + i),
                            [&, i] { silent[i]->Connect(network.GetServerAddress(PORT, i)); });
    }
    StreamEnd client;
    Connect(network, client, 2, Seconds(5));
    RunUntil(10);
    EXPECT_EQ(client.succeeded, 1);
    EXPECT_THAT(network.serverLog.refused, ElementsAre("evicted"));
    ASSERT_EQ(network.serverLog.failed.size(), 1);
    EXPECT_EQ(network.serverLog.failed[0].reason, "evicted");
}

TEST(TlsSocket, RefusesNoneOfFiftyThatComeBackTogether)
{
    NetworkOptions options;
    options.clients = 50;
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    std::vector<StreamEnd> clients(100);
    for (uint32_t i = 0; i < 100; i++) // the connections of before still stand
    {
        Connect(network, clients[i], i % 50, Seconds(i < 50 ? 2 : 20));
    }
    RunUntil(40);
    EXPECT_EQ(network.serverLog.completed.size(), 100);
    EXPECT_THAT(network.serverLog.refused, IsEmpty());
}

TEST(TlsSocket, BoundsSessions)
{
    NetworkOptions options;
    options.clients = 2;
    options.server["MaxSessions"] = "1";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd first;
    StreamEnd second;
    Connect(network, first, 0);
    Connect(network, second, 1, Seconds(5));
    Simulator::Schedule(Seconds(9), [&] { first.socket->Close(); });
    RunUntil(8);
    EXPECT_EQ(second.succeeded, 0);
    EXPECT_THAT(network.serverLog.refused, Contains("sessions"));
    RunUntil(60);
    EXPECT_EQ(second.succeeded, 1);
}

TEST(TlsSocket, FailedHandshakeFreesItsPlaceThoughThePeerKeepsTcpOpen)
{
    NetworkOptions options;
    options.clients = 2;
    options.server["MaxSessions"] = "1";
    SocketNetwork network(options);
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    Ptr<Socket> rude = network.CreateClient(TcpSocketFactory::GetTypeId(), 0);
    Simulator::Schedule(Seconds(2), [&] { rude->Connect(network.GetServerAddress(PORT, 0)); });
    Simulator::Schedule(Seconds(3), [&] { rude->Send(MakePattern(0, 100)); }); // and no Close()
    StreamEnd client;
    Connect(network, client, 1, Seconds(10));
    RunUntil(20);
    EXPECT_EQ(network.serverLog.failed.size(), 1);
    EXPECT_THAT(network.serverLog.refused, IsEmpty());
    EXPECT_EQ(client.succeeded, 1);
}

TEST(TlsSocket, ClosedListenerTakesNobodyWhoWasOnTheWay)
{
    SocketNetwork network({});
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd client;
    Connect(network, client);
    Simulator::Schedule(MilliSeconds(2025), [&] { // the SYN-ACK is out, its ACK not yet here
        server.listener->Close();
        server.listener = nullptr;
    });
    RunUntil(60);
    EXPECT_EQ(client.succeeded, 0);
    EXPECT_EQ(client.failed, 1);
    EXPECT_THAT(server.accepted, IsEmpty());
}

TEST(TlsSocket, IsLetGoWhenItIsClosed)
{
    SocketNetwork network({});
    StreamServer server;
    server.Listen(network.CreateServer(TLS), network.GetAnyAddress(PORT));
    StreamEnd client;
    client.toSend = 100;
    Connect(network, client);
    RunUntil(5);
    ASSERT_EQ(server.accepted.size(), 1);
    Ptr<Socket> accepted = server.accepted[0]->socket;
    server.accepted[0]->socket = nullptr;
    accepted->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    client.socket->Close();
    accepted->SetCloseCallbacks(
        Callback<void, Ptr<Socket>>([](Ptr<Socket> socket) { socket->Close(); }),
        MakeNullCallback<void, Ptr<Socket>>());
    server.listener->Close();
    RunUntil(600); // beyond TIME-WAIT
    EXPECT_EQ(client.socket->GetReferenceCount(), 1);
    EXPECT_EQ(accepted->GetReferenceCount(), 1);
    EXPECT_EQ(server.listener->GetReferenceCount(), 1);
}

} // namespace
