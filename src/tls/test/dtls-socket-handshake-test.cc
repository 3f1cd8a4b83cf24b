// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"
#include "tls/test/dtls-socket-test.h"

#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"

#include <gmock/gmock.h>

using namespace ns3;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

namespace
{

TEST_F(DtlsSocketTest, RepeatsItsClientHelloToASilentPeer)
{
    NetworkOptions options;
    Build(options);
    Ptr<Socket> silent = m_network->CreateServer(UdpSocketFactory::GetTypeId());
    silent->Bind(m_network->GetAnyAddress(PORT)); // without it ICMP would answer
    ConnectAndSend(m_client, 100);
    RunUntil(1000);
    std::vector<double> times;
    for (const SentFrame& frame : m_network->GetFrames())
    {
        auto payload = frame.GetPayload();
        if (frame.byClient && payload.size() > 13 && payload[0] == 22 && payload[13] == 1)
        {
            times.push_back((frame.time - Seconds(2)).GetSeconds());
        }
    }
    EXPECT_THAT(times, ElementsAre(0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363, 423));
    EXPECT_EQ(m_client.failed, 1);
    EXPECT_EQ(m_client.succeeded, 0);
    EXPECT_EQ(m_network->clientLog.failed.size(), 1);
    EXPECT_THAT(m_network->clientLog.dropped, ElementsAre("handshake-failed"));
    EXPECT_EQ(m_network->clientLog.retransmitted, 12);
}

TEST_F(DtlsSocketTest, WrongKeyIsAFailedConnection)
{
    NetworkOptions options;
    options.client["PskKey"] = "ff0102030405060708090a0b0c0d0e0f";
    Arrange(options);
    ConnectAndSend(m_client, 100);
    RunUntil(1000);
    EXPECT_EQ(m_client.succeeded, 0);
    EXPECT_EQ(m_client.failed, 1);
    EXPECT_THAT(m_server.received, IsEmpty());
    EXPECT_EQ(m_network->clientLog.failed.size(), 1);
    EXPECT_EQ(GetSessions(m_client), 0);
}

TEST_F(DtlsSocketTest, UnknownIdentityIsAFailedConnectionWithItsAlert)
{
    NetworkOptions options;
    options.client["PskIdentity"] = "stranger";
    Arrange(options);
    ConnectAndSend(m_client, 100);
    RunUntil(5);
    EXPECT_EQ(m_client.failed, 1);
    EXPECT_EQ(m_client.succeeded, 0);
    EXPECT_EQ(GetSessions(m_client), 0);
    EXPECT_EQ(GetSessions(m_server), 0);
    ASSERT_EQ(m_network->clientLog.failed.size(), 1);
    ASSERT_EQ(m_network->serverLog.failed.size(), 1);
    EXPECT_EQ(m_network->clientLog.failed[0].alert,
              115); // unknown_psk_identity, RFC 4279 section 6
    EXPECT_TRUE(m_network->clientLog.failed[0].sentByPeer);
    EXPECT_FALSE(m_network->serverLog.failed[0].sentByPeer);
}

TEST_F(DtlsSocketTest, ClientThatStartsOverGetsANewSession)
{
    for (const char* cookies : {"true", "false"})
    {
        NetworkOptions options;
        options.server["CookieExchange"] = cookies;
        Arrange(options);
        std::vector<DatagramEnd> lives(2);
        for (uint32_t i = 0; i < 2; i++)
        {
            Simulator::Schedule(Seconds(2 + 10 * i), [&, i] {
                if (i == 1)
                {
                    // Its node crashed: UDP is gone without a word to the m_server.
                    DynamicCast<DtlsSocket>(lives[0].socket)->GetTransport()->Close();
                }
                lives[i].Attach(m_network->CreateClient(GetFactory()));
                lives[i].socket->Bind(m_network->GetAnyAddress(4000));
                lives[i].socket->Connect(m_network->GetServerAddress(PORT));
                lives[i].socket->Send(MakePattern(i, 30));
            });
        }
        RunUntil(30);
        ASSERT_EQ(m_server.received.size(), 2);
        EXPECT_EQ(m_server.received[0].from, m_server.received[1].from);
        EXPECT_EQ(m_server.received[1].bytes, ToBytes(MakePattern(1, 30)));
        EXPECT_EQ(m_network->serverLog.completed.size(), 2);
        EXPECT_EQ(GetSessions(m_server), 1);
    }
}

TEST_F(DtlsSocketTest, ClientMayStartOverInTheMiddleOfAHandshake)
{
    Arrange();
    std::vector<DatagramEnd> lives(2);
    auto begin = [&](uint32_t life) {
        lives[life].Attach(m_network->CreateClient(GetFactory()));
        lives[life].socket->Bind(m_network->GetAnyAddress(4000));
        lives[life].socket->Connect(m_network->GetServerAddress(PORT));
    };
    Simulator::Schedule(Seconds(2), [&] { begin(0); });
    Simulator::Schedule(MilliSeconds(2035),
                        [&] { m_network->SetLoss(1, 0); }); // the cookie is there
    Simulator::Schedule(MilliSeconds(3200), [&] {
        m_network->SetLoss(0, 0);
        DynamicCast<DtlsSocket>(lives[0].socket)->GetTransport()->Close();
        begin(1);
    });
    RunUntil(4);
    EXPECT_EQ(lives[1].succeeded, 1);
    EXPECT_EQ(m_network->serverLog.completed.size(), 1);
    EXPECT_EQ(GetSessions(m_server), 1);
}

TEST_F(DtlsSocketTest, ReplayedClientHelloLeavesTheSession)
{
    Arrange();
    ConnectAndSend(m_client, 60);
    RunUntil(5);
    ASSERT_EQ(m_server.received.size(), 1);
    sansio::Bytes hello; // the second, which carries the cookie
    for (const SentFrame& frame : m_network->GetFrames())
    {
        auto payload = frame.GetPayload();
        hello = frame.byClient && payload[0] == 22 && payload[13] == 1 ? payload : hello;
    }
    ASSERT_FALSE(hello.empty());
    DynamicCast<DtlsSocket>(m_client.socket)
        ->GetTransport()
        ->SendTo(Create<Packet>(hello.data(), hello.size()), 0, m_network->GetServerAddress(PORT));
    Simulator::Schedule(Seconds(1), [&] { m_client.socket->Send(MakePattern(1, 60)); });
    RunUntil(10);
    EXPECT_EQ(m_server.received.size(), 2);
    EXPECT_EQ(m_network->serverLog.completed.size(), 1);
    EXPECT_THAT(m_network->serverLog.rejected, ElementsAre(tls::RejectionReason::Epoch));
}

TEST_F(DtlsSocketTest, EndsAHandshakeThatTakesTooLong)
{
    NetworkOptions options;
    options.server["CookieExchange"] = "false";
    options.server["HandshakeTimeout"] = "20s";
    Arrange(options);
    ConnectAndSend(m_client, 50);
    Simulator::Schedule(Seconds(2) + MicroSeconds(1), [&] { m_client.socket->Close(); });
    RunUntil(21.9);
    EXPECT_EQ(GetSessions(m_server), 1);
    RunUntil(22.1);
    EXPECT_EQ(GetSessions(m_server), 0);
    ASSERT_EQ(m_network->serverLog.failed.size(), 1);
    EXPECT_EQ(m_network->serverLog.failed[0].reason, "handshake timed out");
}

TEST_F(DtlsSocketTest, AHandshakeGivesWayOnlyToAPeerThatHasReturnedACookie)
{
    for (bool cookies : {true, false})
    {
        NetworkOptions options;
        options.clients = 4;
        options.server["CookieExchange"] = cookies ? "true" : "false";
        options.server["MaxHalfOpen"] = "2";
        options.server["HandshakeGrace"] = "0s";
        Arrange(options);
        std::vector<DatagramEnd> clients(4);
        for (uint32_t i = 0; i < 3; i++)
        {
            ConnectAndSend(clients[i], 50, i);
            // The server has what it waits for, the cookie or the ClientHello, and gets no more.
            Simulator::Schedule(cookies ? Seconds(2.035) : Seconds(2) + MicroSeconds(1),
                                [&, i] { clients[i].socket->Close(); });
        }
        ConnectAt(Seconds(5), clients[3], 3);
        RunUntil(10);
        EXPECT_EQ(clients[3].succeeded, cookies ? 1 : 0);
        EXPECT_EQ(m_network->serverLog.evicted.size(), cookies ? 2 : 0);
        EXPECT_EQ(m_network->serverLog.refused.empty(), cookies);
        EXPECT_THAT(m_network->serverLog.refused, Each("half-open"));
        EXPECT_EQ(GetSessions(m_server), 2);
    }
}

TEST_F(DtlsSocketTest, AForgedClientHelloEndsNoSession)
{
    NetworkOptions options;
    options.server["CookieExchange"] = "false";
    Arrange(options);
    ConnectAndSend(m_client, 60);
    RunUntil(5);
    sansio::Bytes hello = m_network->GetFrames().front().GetPayload();
    ASSERT_EQ(hello[13], 1);
    hello[27] ^= 1; // its random: of another handshake
    DynamicCast<DtlsSocket>(m_client.socket)
        ->GetTransport()
        ->SendTo(Create<Packet>(hello.data(), hello.size()), 0, m_network->GetServerAddress(PORT));
    Simulator::Schedule(Seconds(1), [&] { m_client.socket->Send(MakePattern(1, 60)); });
    RunUntil(10);
    EXPECT_EQ(m_server.received.size(), 2);
    EXPECT_EQ(m_network->serverLog.completed.size(), 1);
}

TEST_F(DtlsSocketTest, AServerThatBeganAsClientGivesWayToItsPeer)
{
    NetworkOptions options;
    options.server["IdleTimeout"] = "10s";
    Arrange(options);
    ConnectAndSend(m_client, 30);
    // Its session is idle and closed when the server has something to say.
    Simulator::Schedule(Seconds(20), [&] {
        EXPECT_EQ(GetSessions(m_server), 0);
        m_server.socket->SendTo(MakePattern(1, 30), 0, m_server.received.at(0).from);
    });
    Simulator::Schedule(Seconds(21.5), [&] { m_client.socket->Send(MakePattern(2, 30)); });
    RunUntil(25);
    EXPECT_THAT(m_network->clientLog.rejected, Each(tls::RejectionReason::NoSession));
    EXPECT_THAT(m_network->serverLog.failed, IsEmpty());
    EXPECT_EQ(m_network->clientLog.retransmitted, 0);
    EXPECT_EQ(m_client.succeeded, 2);
    EXPECT_EQ(m_server.received.size(), 2);
    EXPECT_EQ(m_network->serverLog.completed.size(), 2);
}

TEST_F(DtlsSocketTest, RefusesNoneOfFiftyThatComeBackTogether)
{
    NetworkOptions options;
    options.clients = 50;
    Arrange(options);
    std::vector<DatagramEnd> clients(50);
    std::vector<DatagramEnd> again(50);
    for (uint32_t i = 0; i < 50; i++)
    {
        ConnectAndSend(clients[i], 50, i);
        ConnectAt(Seconds(20), again[i], i); // from another port
    }
    RunUntil(40);
    EXPECT_EQ(m_network->serverLog.completed.size(), 100);
    EXPECT_THAT(m_network->serverLog.refused, IsEmpty());
}

} // namespace
