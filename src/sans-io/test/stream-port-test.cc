// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/stream-port.h"

#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>
#include <memory>

using namespace ns3;

namespace
{

/// Two nodes, a connected pair of TCP sockets between them, and what the server side got.
class StreamPortTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        NodeContainer nodes(2);
        auto devices = PointToPointHelper().Install(nodes);
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
        auto interfaces = addresses.Assign(devices);
        m_listener = Socket::CreateSocket(nodes.Get(1), TcpSocketFactory::GetTypeId());
        m_listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), 7));
        m_listener->Listen();
        m_listener->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>([this](Ptr<Socket> socket, const Address&) {
                m_server = std::make_unique<StreamPort>(
                    socket,
                    [this](sansio::ByteView bytes) {
                        m_received.insert(m_received.end(), bytes.begin(), bytes.end());
                    },
                    [this] {
                        m_closed++;
                        m_server->Close();
                    });
            }));
        m_socket = Socket::CreateSocket(nodes.Get(0), TcpSocketFactory::GetTypeId());
        m_socket->SetAttribute("SndBufSize", UintegerValue(4096));
        m_client = std::make_unique<StreamPort>(
            m_socket,
            [](sansio::ByteView) {},
            [] {});
        Simulator::ScheduleNow(&Socket::Connect,
                               m_socket,
                               InetSocketAddress(interfaces.GetAddress(1), 7));
    }

    void TearDown() override
    {
        m_client.reset();
        m_server.reset();
        Simulator::Destroy();
    }

    Ptr<Socket> m_listener;
    Ptr<Socket> m_socket;
    std::unique_ptr<StreamPort> m_client;
    std::unique_ptr<StreamPort> m_server;
    sansio::Bytes m_received;
    int m_closed{0};
};

} // namespace

TEST_F(StreamPortTest, WhatTheSocketHasNoRoomForFollowsInOrder)
{
    sansio::Bytes sent(50000);
    for (size_t i = 0; i < sent.size(); i++)
    {
        sent[i] = i * i >> 3;
    }
    Simulator::Schedule(Seconds(1), [&] {
        m_client->Send(sansio::SpannedBytes(sent, {}));
        EXPECT_GT(m_client->GetWaiting(), 40000u) << "the buffer of the socket holds 4096";
    });
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    EXPECT_EQ(m_received, sent);
    EXPECT_EQ(m_client->GetWaiting(), 0u);
}

TEST_F(StreamPortTest, CloseWaitsForWhatWasSentBefore)
{
    Simulator::Schedule(Seconds(1), [&] {
        m_client->Send(sansio::SpannedBytes(sansio::Bytes(20000), {}));
        m_client->Close();
        m_client->Send(sansio::SpannedBytes(sansio::Bytes(1), {}));
    });
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    EXPECT_EQ(m_received.size(), 20000u) << "all that was sent before Close, nothing after it";
    EXPECT_EQ(m_closed, 1);
}

TEST_F(StreamPortTest, WhatMayNotBeReadWaitsInTheSocketAndTheEndBehindIt)
{
    uint32_t pieces = 0;
    Simulator::Schedule(MilliSeconds(900), [&] {
        m_server->SetReadGate([&] { return pieces > 0 && pieces-- > 0; }, 100);
    });
    Simulator::Schedule(Seconds(1), [&] {
        m_client->Send(sansio::SpannedBytes(sansio::Bytes(3000), {}));
        m_client->Close();
    });
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    EXPECT_EQ(m_received.size(), 0u);
    pieces = 29;
    m_server->ReadAvailable();
    EXPECT_EQ(m_received.size(), 2900u);
    EXPECT_EQ(m_closed, 0) << "there is something to read before the end";
    pieces = 1;
    m_server->ReadAvailable();
    EXPECT_EQ(m_received.size(), 3000u);
    EXPECT_EQ(m_closed, 1);
}
