// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/peer-identity-source.h"
#include "tls/test/tls-socket-test.h"

#include "ns3/address.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-factory.h"

#include <gmock/gmock.h>

using namespace ns3;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

namespace
{

TEST_F(TlsSocketTest, WrongKeyIsAFailedConnection)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        options.client["PskKey"] = "ff0102030405060708090a0b0c0d0e0f";
        Arrange(options);
        m_client.toSend = 100;
        Connect(m_client);
        RunUntil(60);

        EXPECT_EQ(m_client.succeeded, 0);
        EXPECT_EQ(m_client.failed, 1);
        EXPECT_EQ(m_client.normalClosed + m_client.errorClosed, 0);
        EXPECT_THAT(m_server.accepted, IsEmpty());
        ASSERT_EQ(m_network->serverLog.failed.size(), 1) << version;
        ASSERT_EQ(m_network->clientLog.failed.size(), 1) << version;
        ASSERT_TRUE(m_network->serverLog.failed[0].alert);
        ASSERT_TRUE(m_network->clientLog.failed[0].alert);
        EXPECT_FALSE(m_network->serverLog.failed[0].sentByPeer);
        EXPECT_TRUE(m_network->clientLog.failed[0].sentByPeer);
        EXPECT_EQ(*m_network->clientLog.failed[0].alert, *m_network->serverLog.failed[0].alert);
        EXPECT_LT(m_network->GetFrames().back().time, Seconds(10)) << "TCP is closed as well";
    }
}

TEST_F(TlsSocketTest, UntrustedCertificateIsAFailedConnection)
{
    NetworkOptions options;
    options.credential = "ecdsa";
    options.client["PeerName"] = "other.example";
    Arrange(options);
    Connect(m_client);
    RunUntil(60);
    EXPECT_EQ(m_client.failed, 1);
    EXPECT_THAT(m_server.accepted, IsEmpty());
    ASSERT_EQ(m_network->clientLog.failed.size(), 1);
    EXPECT_FALSE(m_network->clientLog.failed[0].sentByPeer);
}

TEST_F(TlsSocketTest, NoAnswerIsAFailedConnection)
{
    Build();
    Connect(m_client);
    RunUntil(300); // ns-3's TCP gives up after 189 s
    EXPECT_EQ(m_client.succeeded, 0);
    EXPECT_EQ(m_client.failed, 1);
    EXPECT_EQ(m_network->clientLog.failed.size(), 1);
}

TEST_F(TlsSocketTest, KnowsWhoThePeerIs)
{
    {
        Arrange();
        Connect(m_client);
        RunUntil(10);
        Address from;
        ASSERT_EQ(m_server.accepted.at(0)->socket->GetPeerName(from), 0);
        auto identity = GetPeerIdentity(m_server.accepted.at(0)->socket, from);
        EXPECT_EQ(identity.pskIdentity, "s01");
        EXPECT_EQ(identity.address, ToPeerAddress(from));
    }
    NetworkOptions options;
    options.credential = "ecdsa";
    options.client["PeerName"] = "server.example";
    Arrange(options);
    Connect(m_client);
    RunUntil(10);
    auto identity = GetPeerIdentity(m_client.socket, m_network->GetServerAddress(PORT));
    EXPECT_EQ(identity.certificateSubject, "CN=server");
    EXPECT_GT(m_network->clientLog.operations[sansio::OperationKind::EcdsaP256Verify], 0);
    EXPECT_EQ(m_network->serverLog.operations[sansio::OperationKind::EcdsaP256Sign], 1);
}

TEST_F(TlsSocketTest, BoundsOpenHandshakesAndEndsThem)
{
    NetworkOptions options;
    options.clients = 3;
    options.server["MaxHalfOpen"] = "2";
    options.server["HandshakeTimeout"] = "20s";
    Arrange(options);
    std::vector<Ptr<Socket>> silent;
    for (uint32_t i = 0; i < 2; i++) // TCP without a word of TLS
    {
        silent.push_back(m_network->CreateClient(TcpSocketFactory::GetTypeId(), i));
        Simulator::Schedule(Seconds(2),
                            [&, i] { silent[i]->Connect(m_network->GetServerAddress(PORT, i)); });
    }
    Connect(m_client, 2, Seconds(5));
    RunUntil(20);
    EXPECT_EQ(m_client.succeeded, 0);
    EXPECT_THAT(m_network->serverLog.refused, Contains("half-open"));
    RunUntil(60); // TCP's SYN comes again when the silent ones are gone
    EXPECT_EQ(m_network->serverLog.failed.size(), 2);
    EXPECT_EQ(m_client.succeeded, 1);
}

TEST_F(TlsSocketTest, EvictsTheOldestHandshakeForANewOne)
{
    NetworkOptions options;
    options.clients = 3;
    options.server["MaxHalfOpen"] = "2";
    options.server["EvictOldest"] = "true";
    Arrange(options);
    std::vector<Ptr<Socket>> silent;
    for (uint32_t i = 0; i < 2; i++) // TCP without a word of TLS
    {
        silent.push_back(m_network->CreateClient(TcpSocketFactory::GetTypeId(), i));
        Simulator::Schedule(Seconds(2 + i),
                            [&, i] { silent[i]->Connect(m_network->GetServerAddress(PORT, i)); });
    }
    Connect(m_client, 2, Seconds(5));
    RunUntil(10);
    EXPECT_EQ(m_client.succeeded, 1);
    EXPECT_THAT(m_network->serverLog.refused, ElementsAre("evicted"));
    ASSERT_EQ(m_network->serverLog.failed.size(), 1);
    EXPECT_EQ(m_network->serverLog.failed[0].reason, "evicted");
}

TEST_F(TlsSocketTest, RefusesNoneOfFiftyThatComeBackTogether)
{
    NetworkOptions options;
    options.clients = 50;
    Arrange(options);
    std::vector<StreamEnd> clients(100);
    for (uint32_t i = 0; i < 100; i++) // the connections of before still stand
    {
        Connect(clients[i], i % 50, Seconds(i < 50 ? 2 : 20));
    }
    RunUntil(40);
    EXPECT_EQ(m_network->serverLog.completed.size(), 100);
    EXPECT_THAT(m_network->serverLog.refused, IsEmpty());
}

TEST_F(TlsSocketTest, BoundsSessions)
{
    NetworkOptions options;
    options.clients = 2;
    options.server["MaxSessions"] = "1";
    Arrange(options);
    StreamEnd first;
    StreamEnd second;
    Connect(first, 0);
    Connect(second, 1, Seconds(5));
    Simulator::Schedule(Seconds(9), [&] { first.socket->Close(); });
    RunUntil(8);
    EXPECT_EQ(second.succeeded, 0);
    EXPECT_THAT(m_network->serverLog.refused, Contains("sessions"));
    RunUntil(60);
    EXPECT_EQ(second.succeeded, 1);
}

TEST_F(TlsSocketTest, FailedHandshakeFreesItsPlaceThoughThePeerKeepsTcpOpen)
{
    NetworkOptions options;
    options.clients = 2;
    options.server["MaxSessions"] = "1";
    Arrange(options);
    Ptr<Socket> rude = m_network->CreateClient(TcpSocketFactory::GetTypeId(), 0);
    Simulator::Schedule(Seconds(2), [&] { rude->Connect(m_network->GetServerAddress(PORT, 0)); });
    Simulator::Schedule(Seconds(3), [&] { rude->Send(MakePattern(0, 100)); }); // and no Close()
    Connect(m_client, 1, Seconds(10));
    RunUntil(20);
    EXPECT_EQ(m_network->serverLog.failed.size(), 1);
    EXPECT_THAT(m_network->serverLog.refused, IsEmpty());
    EXPECT_EQ(m_client.succeeded, 1);
}

} // namespace
