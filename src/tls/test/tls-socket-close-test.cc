// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"
#include "tls/test/tls-socket-test.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <gmock/gmock.h>

using namespace ns3;
using testing::ElementsAre;
using testing::IsEmpty;

namespace
{

TEST_F(TlsSocketTest, CloseIsTheEndOfTheStream)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        Arrange(options);
        m_client.toSend = 2000;
        m_client.closeWhenSent = true;
        Connect(m_client);
        RunUntil(20);
        ASSERT_EQ(m_server.accepted.size(), 1);
        StreamEnd& accepted = *m_server.accepted[0];
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
        EXPECT_EQ(m_client.normalClosed, 1);
        EXPECT_EQ(m_client.errorClosed + accepted.errorClosed, 0);
        EXPECT_THAT(m_client.received, IsEmpty());
        EXPECT_THAT(m_network->serverLog.rejected, IsEmpty());
        EXPECT_THAT(m_network->clientLog.rejected, IsEmpty());
        EXPECT_EQ(m_client.socket->Close(), -1);
    }
}

TEST_F(TlsSocketTest, NothingIsRetransmittedWhenBothEndsCloseAtOnce)
{
    for (const char* version : {"1.2", "1.3"})
    {
        NetworkOptions options;
        options.version = version;
        Arrange(options);
        m_client.toSend = 100;
        Connect(m_client);
        RunUntil(5);
        ASSERT_EQ(m_server.accepted.size(), 1);
        const size_t before = m_network->GetFrames().size();
        m_client.socket->Close();
        m_server.accepted[0]->socket->Close();
        RunUntil(200);
        const std::vector<SentFrame>& frames = m_network->GetFrames();
        auto withPayload = [](const SentFrame& frame) { return !frame.GetPayload().empty(); };
        EXPECT_EQ(std::count_if(frames.begin() + before, frames.end(), withPayload), 2)
            << "a close_notify of each";
        EXPECT_LT(frames.back().time, Seconds(5.1));
        EXPECT_EQ(m_client.normalClosed + m_server.accepted[0]->normalClosed, 2);
    }
}

TEST_F(TlsSocketTest, EndOfTcpWithoutCloseNotifyIsTruncation)
{
    Arrange();
    m_client.toSend = 2000;
    Connect(m_client);
    Simulator::Schedule(Seconds(10),
                        [&] { DynamicCast<TlsSocket>(m_client.socket)->GetTransport()->Close(); });
    RunUntil(20);
    ASSERT_EQ(m_server.accepted.size(), 1);
    EXPECT_EQ(m_server.accepted[0]->received.size(), 2000);
    EXPECT_EQ(m_server.accepted[0]->errorClosed, 1);
    EXPECT_EQ(m_server.accepted[0]->normalClosed, 0);
    EXPECT_THAT(m_network->serverLog.rejected, ElementsAre(tls::RejectionReason::Truncated));
}

TEST_F(TlsSocketTest, ShutdownStopsPlaintextOnly)
{
    NetworkOptions options;
    options.version = "1.3";
    Arrange(options);
    m_server.listener->ShutdownSend();
    m_client.toSend = 1000;
    Connect(m_client);
    Simulator::Schedule(Seconds(2) + TimeStep(1), [&] { m_client.socket->ShutdownRecv(); });
    Simulator::Schedule(Seconds(5), [&] {
        EXPECT_EQ(m_server.accepted.at(0)->socket->Send(MakePattern(0, 50)), 50)
            << "a listener's shutdown is not inherited";
        m_client.socket->ShutdownSend();
        EXPECT_EQ(m_client.socket->Send(MakePattern(0, 1)), -1);
        EXPECT_EQ(m_client.socket->GetErrno(), Socket::ERROR_SHUTDOWN);
    });
    RunUntil(20);
    EXPECT_EQ(m_client.succeeded, 1);
    EXPECT_EQ(m_server.accepted.at(0)->received.size(), 1000);
    EXPECT_TRUE(m_server.accepted.at(0)->endOfStream);
    EXPECT_THAT(m_client.received, IsEmpty());
}

TEST_F(TlsSocketTest, ClosedListenerTakesNobodyWhoWasOnTheWay)
{
    Arrange();
    Connect(m_client);
    Simulator::Schedule(MilliSeconds(2025), [&] { // the SYN-ACK is out, its ACK not yet here
        m_server.listener->Close();
        m_server.listener = nullptr;
    });
    RunUntil(60);
    EXPECT_EQ(m_client.succeeded, 0);
    EXPECT_EQ(m_client.failed, 1);
    EXPECT_THAT(m_server.accepted, IsEmpty());
}

TEST_F(TlsSocketTest, IsLetGoWhenItIsClosed)
{
    Arrange();
    m_client.toSend = 100;
    Connect(m_client);
    RunUntil(5);
    ASSERT_EQ(m_server.accepted.size(), 1);
    Ptr<Socket> accepted = m_server.accepted[0]->socket;
    m_server.accepted[0]->socket = nullptr;
    accepted->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    m_client.socket->Close();
    accepted->SetCloseCallbacks(
        Callback<void, Ptr<Socket>>([](Ptr<Socket> socket) { socket->Close(); }),
        MakeNullCallback<void, Ptr<Socket>>());
    m_server.listener->Close();
    RunUntil(600); // beyond TIME-WAIT
    EXPECT_EQ(m_client.socket->GetReferenceCount(), 1);
    EXPECT_EQ(accepted->GetReferenceCount(), 1);
    EXPECT_EQ(m_server.listener->GetReferenceCount(), 1);
}

} // namespace
