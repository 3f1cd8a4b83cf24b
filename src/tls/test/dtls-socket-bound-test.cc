// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"
#include "tls/test/dtls-socket-test.h"

#include "ns3/inet-socket-address.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"

#include <gmock/gmock.h>

using namespace ns3;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

namespace
{

TEST_F(DtlsSocketTest, BoundsWhatWaitsForAHandshake)
{
    NetworkOptions options;
    options.client["SndBufSize"] = "250";
    Arrange(options);
    ConnectAndSend(m_client, 100);
    Simulator::Schedule(Seconds(2), [&] {
        EXPECT_EQ(m_client.socket->Send(MakePattern(1, 100)), 100);
        EXPECT_EQ(m_client.socket->GetTxAvailable(), 50);
        EXPECT_EQ(m_client.socket->Send(MakePattern(2, 100)), -1);
        EXPECT_EQ(m_client.socket->GetErrno(), Socket::ERROR_AGAIN);
    });
    Simulator::Schedule(Seconds(5), [&] {
        EXPECT_EQ(m_client.socket->Send(MakePattern(3, 1000)), 1000) << "nothing has to wait";
    });
    RunUntil(10);
    ASSERT_EQ(m_server.received.size(), 3);
    EXPECT_EQ(m_server.received[0].bytes, ToBytes(MakePattern(0, 100)));
    EXPECT_EQ(m_server.received[1].bytes, ToBytes(MakePattern(1, 100)));
    EXPECT_EQ(m_server.received[2].bytes, ToBytes(MakePattern(3, 1000)));
    EXPECT_THAT(m_network->clientLog.dropped, ElementsAre("queue-full"));
}

TEST_F(DtlsSocketTest, ClosesIdleSessions)
{
    NetworkOptions options;
    options.server["IdleTimeout"] = "30s";
    Arrange(options);
    ConnectAndSend(m_client, 40);
    Simulator::Schedule(Seconds(20), [&] { m_client.socket->Send(MakePattern(1, 40)); });
    RunUntil(49);
    EXPECT_EQ(GetSessions(m_server), 1);
    EXPECT_EQ(GetSessions(m_client), 1);
    RunUntil(51);
    EXPECT_EQ(GetSessions(m_server), 0);
    EXPECT_EQ(GetSessions(m_client), 0) << "close_notify told it";
    EXPECT_EQ(m_client.closed, 1);
    Simulator::Schedule(Seconds(9), [&] { m_client.socket->Send(MakePattern(2, 40)); });
    RunUntil(70);
    EXPECT_EQ(m_server.received.size(), 3) << "the next datagram starts a new handshake";
    EXPECT_EQ(m_client.succeeded, 2);
}

TEST_F(DtlsSocketTest, BoundsSessions)
{
    NetworkOptions options;
    options.clients = 3;
    options.server["MaxSessions"] = "2";
    Arrange(options);
    std::vector<DatagramEnd> clients(3);
    for (uint32_t i = 0; i < 3; i++)
    {
        ConnectAndSend(clients[i], 50, i);
    }
    RunUntil(10);
    EXPECT_EQ(GetSessions(m_server), 2);
    EXPECT_EQ(m_server.received.size(), 2);
    EXPECT_THAT(m_network->serverLog.refused, Contains("sessions"));
    EXPECT_THAT(m_network->serverLog.refused, Each("sessions"));
}

TEST_F(DtlsSocketTest, AnEstablishedSessionKeepsItsPlaceHoweverLongItIsUnused)
{
    NetworkOptions options;
    options.clients = 2;
    options.server["MaxSessions"] = "1";
    Arrange(options);
    std::vector<DatagramEnd> clients(2);
    ConnectAndSend(clients[0], 50, 0);
    ConnectAt(Seconds(3000), clients[1], 1);
    SendAt(Seconds(3600), clients[0], 50);
    RunUntil(3601);
    EXPECT_EQ(m_server.received.size(), 2);
    EXPECT_EQ(clients[1].failed, 1);
    EXPECT_GT(m_network->serverLog.refused.size(), 0);
    EXPECT_THAT(m_network->serverLog.refused, Each("sessions"));
    EXPECT_THAT(m_network->serverLog.evicted, IsEmpty());
}

TEST_F(DtlsSocketTest, AnAddressTakesThePlaceOfItsOwnSessionUsedLongestAgo)
{
    NetworkOptions options;
    options.clients = 2;
    options.server["MaxSessions"] = "2";
    Arrange(options);
    std::vector<DatagramEnd> own(3);
    ConnectAndSend(own[0], 50, 0);
    ConnectAndSend(own[1], 50, 0);
    SendAt(Seconds(10), own[0], 50);
    ConnectAt(Seconds(20), own[2], 0);
    DatagramEnd other;
    ConnectAt(Seconds(30), other, 1);
    RunUntil(40);
    EXPECT_EQ(GetSessions(own[0]), 1);
    EXPECT_EQ(GetSessions(own[1]), 0) << "close_notify has told it";
    EXPECT_EQ(own[2].succeeded, 1);
    ASSERT_EQ(m_network->serverLog.evicted.size(), 1);
    EXPECT_TRUE(m_network->serverLog.evicted[0].established);
    EXPECT_GT(m_network->serverLog.refused.size(), 0) << "of the other address";
    EXPECT_EQ(GetSessions(m_server), 2);
}

TEST_F(DtlsSocketTest, AnUnusedSessionGivesItsPlaceToANewPeer)
{
    NetworkOptions options;
    options.clients = 3;
    options.server["MaxSessions"] = "2";
    options.server["StaleTime"] = "30s";
    Arrange(options);
    std::vector<DatagramEnd> clients(3);
    ConnectAndSend(clients[0], 50, 0);
    ConnectAndSend(clients[1], 50, 1);
    SendAt(Seconds(20), clients[1], 50);
    ConnectAt(Seconds(40), clients[2], 2);
    SendAt(Seconds(40), clients[2], 50);
    RunUntil(45);
    EXPECT_EQ(GetSessions(m_server), 2);
    EXPECT_EQ(GetSessions(clients[0]), 0) << "close_notify has told it";
    EXPECT_EQ(GetSessions(clients[1]), 1);
    EXPECT_EQ(m_server.received.size(), 4);
    EXPECT_THAT(m_network->serverLog.refused, IsEmpty());
    ASSERT_EQ(m_network->serverLog.evicted.size(), 1);
    EXPECT_TRUE(m_network->serverLog.evicted[0].established);
    EXPECT_NEAR(m_network->serverLog.evicted[0].age.GetSeconds(), 38, 0.2);
}

TEST_F(DtlsSocketTest, AnOldHandshakeGivesItsPlaceFirst)
{
    NetworkOptions options;
    options.clients = 3;
    options.server["MaxSessions"] = "2";
    options.server["StaleTime"] = "30s";
    Arrange(options);
    std::vector<DatagramEnd> clients(3);
    ConnectAndSend(clients[0], 50, 0);
    ConnectAt(Seconds(3), clients[1], 1);
    // The cookie has been returned after three ways of 10 ms, and the handshake ends after five.
    Simulator::Schedule(Seconds(3.035), [&] { clients[1].socket->Close(); });
    SendAt(Seconds(15), clients[0], 50);
    // Its ClientHello with the cookie goes out at 20 s, 21, 23, 27 and 35.
    ConnectAt(Seconds(20), clients[2], 2);
    RunUntil(34);
    EXPECT_EQ(m_network->serverLog.refused.size(), 4) << "the handshake is young";
    EXPECT_THAT(m_network->serverLog.refused, Each("sessions"));
    RunUntil(45);
    EXPECT_EQ(GetSessions(clients[0]), 1);
    EXPECT_EQ(clients[2].succeeded, 1);
    ASSERT_EQ(m_network->serverLog.evicted.size(), 1);
    EXPECT_FALSE(m_network->serverLog.evicted[0].established);
    EXPECT_NEAR(m_network->serverLog.evicted[0].age.GetSeconds(), 32, 0.2);
}

TEST_F(DtlsSocketTest, BoundsWhatWaitsForTheApplication)
{
    NetworkOptions options;
    options.server["RcvBufSize"] = "150";
    Arrange(options);
    m_server.socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    ConnectAndSend(m_client, 100);
    Simulator::Schedule(Seconds(5), [&] { m_client.socket->Send(MakePattern(1, 100)); });
    RunUntil(10);
    EXPECT_EQ(m_server.socket->GetRxAvailable(), 100);
    EXPECT_THAT(m_network->serverLog.dropped, ElementsAre("receive-buffer-full"));
}

TEST_F(DtlsSocketTest, RejectsReplayedAndForgedRecords)
{
    Arrange();
    ConnectAndSend(m_client, 60);
    RunUntil(5);
    ASSERT_EQ(m_server.received.size(), 1);
    Ptr<Socket> transport = DynamicCast<DtlsSocket>(m_client.socket)->GetTransport();
    sansio::Bytes record = m_network->GetFrames().back().GetPayload();
    ASSERT_EQ(record.size(), 60 + 29);
    transport->SendTo(Create<Packet>(record.data(), record.size()),
                      0,
                      m_network->GetServerAddress(PORT));
    record[10] += 1; // the next sequence number, for which the ciphertext is not
    transport->SendTo(Create<Packet>(record.data(), record.size()),
                      0,
                      m_network->GetServerAddress(PORT));
    RunUntil(10);
    EXPECT_EQ(m_server.received.size(), 1);
    EXPECT_THAT(m_network->serverLog.rejected,
                ElementsAre(tls::RejectionReason::Replay, tls::RejectionReason::BadMac));
}

TEST_F(DtlsSocketTest, RejectsRecordsOfAStranger)
{
    Arrange();
    ConnectAndSend(m_client, 60);
    RunUntil(5);
    sansio::Bytes record = m_network->GetFrames().back().GetPayload();
    ASSERT_EQ(record.size(), 60 + 29);
    Ptr<Socket> stranger = m_network->CreateClient(UdpSocketFactory::GetTypeId());
    stranger->SendTo(Create<Packet>(record.data(), record.size()),
                     0,
                     m_network->GetServerAddress(PORT)); // another port
    RunUntil(6);
    EXPECT_THAT(m_network->serverLog.rejected, ElementsAre(tls::RejectionReason::NoSession));
    EXPECT_EQ(m_server.received.size(), 1);
    EXPECT_EQ(GetSessions(m_server), 1);

    Address client;
    m_client.socket->GetSockName(client);
    const Address toClient = InetSocketAddress(Ipv4Address("10.0.0.1"),
                                               InetSocketAddress::ConvertFrom(client).GetPort());
    Ptr<Socket> host = m_network->CreateServer(UdpSocketFactory::GetTypeId());
    host->SendTo(Create<Packet>(record.data(), record.size()), 0, toClient);
    RunUntil(7);
    EXPECT_THAT(m_network->clientLog.rejected, ElementsAre(tls::RejectionReason::NoSession));
}

} // namespace
