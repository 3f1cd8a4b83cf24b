// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/encoder.h"
#include "mqtt/test/mqtt-network.h"
#include "sans-io/model/provenance-tag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

struct Case
{
    bool ipv6;
    uint8_t qos;
    double loss;
};

class MqttDeliveryTest : public testing::TestWithParam<Case>
{
};

TEST_P(MqttDeliveryTest, EverythingArrivesOnceAndInOrder)
{
    constexpr uint64_t COUNT = 20;
    MqttNetwork network(2, GetParam().ipv6, GetParam().loss);
    auto subscriber = network.AddClient(1);
    auto publisher = network.AddClient(2);
    ClientRecord received(subscriber);
    ClientRecord sent(publisher);
    subscriber->Subscribe("t", 2);
    std::vector<std::string> texts;
    std::vector<uint64_t> reports;
    for (uint64_t report = 1; report <= COUNT; report++)
    {
        texts.push_back(std::to_string(report));
        reports.push_back(report);
        Simulator::Schedule(Seconds(60 + report),
                            &PublishText,
                            publisher,
                            texts.back(),
                            GetParam().qos,
                            report);
    }
    Simulator::Stop(Seconds(400));
    Simulator::Run();
    EXPECT_EQ(received.payloads, texts);
    EXPECT_EQ(sent.published, reports);
    EXPECT_EQ(network.m_accepted, COUNT);
    EXPECT_THAT(sent.refused, IsEmpty());
    EXPECT_THAT(sent.sessionsPresent, ElementsAre(false));
}

std::vector<Case>
MakeCases()
{
    std::vector<Case> cases;
    for (bool ipv6 : {false, true})
    {
        for (uint8_t qos : {0, 1, 2})
        {
            cases.push_back({ipv6, qos, 0});
            cases.push_back({ipv6, qos, 0.1});
        }
    }
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Mqtt,
                         MqttDeliveryTest,
                         testing::ValuesIn(MakeCases()),
                         [](const auto& info) {
                             return std::string(info.param.ipv6 ? "Ipv6" : "Ipv4") + "Qos" +
                                    std::to_string(info.param.qos) +
                                    (info.param.loss > 0 ? "Loss10" : "NoLoss");
                         });

TEST(MqttModelTest, PingsKeepAnIdleConnection)
{
    MqttNetwork network(1, true, 0);
    auto client = network.AddClient(1, false, Seconds(10));
    ClientRecord record(client);
    Simulator::Stop(Seconds(600));
    Simulator::Run();
    EXPECT_TRUE(client->IsConnected());
    EXPECT_THAT(network.m_closed, IsEmpty());
    EXPECT_THAT(record.reasons, IsEmpty());
}

/// CONNECT over a bare socket, and then nothing: the slow attack of figures 5.1.
void
SendConnect(Ptr<Socket> socket)
{
    mqtt::Connect connect;
    connect.clientId = "slow";
    connect.keepAlive = 10;
    sansio::Bytes bytes = mqtt::ToBytes(connect);
    socket->Send(Create<Packet>(bytes.data(), bytes.size()));
}

TEST(MqttModelTest, SilentClientIsClosedAfterOneAndAHalfKeepAlive)
{
    MqttNetwork network(1, false, 0);
    auto socket =
        Socket::CreateSocket(network.m_nodes.Get(1), TypeId::LookupByName("ns3::TcpSocketFactory"));
    socket->Bind();
    socket->SetConnectCallback(MakeCallback(&SendConnect), MakeNullCallback<void, Ptr<Socket>>());
    Simulator::Schedule(Seconds(5), &Socket::Connect, socket, network.m_addresses[0]);
    Simulator::Stop(Seconds(100));
    Simulator::Run();
    ASSERT_EQ(network.m_closed.size(), 1u);
    EXPECT_EQ(network.m_closed[0].reason, "keep alive expired");
    EXPECT_NEAR(network.m_closed[0].at.GetSeconds(), 5 + 15, 0.2);
    EXPECT_EQ(network.m_broker->GetConnections(), 0u);
}

TEST(MqttModelTest, LinkDownReconnectsAndRedelivers)
{
    MqttNetwork network(2, false, 0);
    auto subscriber = network.AddClient(1, false, Seconds(20));
    auto publisher = network.AddClient(2, false, Seconds(20));
    ClientRecord received(subscriber);
    ClientRecord sent(publisher);
    subscriber->Subscribe("t", 2);
    Simulator::Schedule(Seconds(30), &MqttNetwork::SetLoss, &network, 1.0);
    Simulator::Schedule(Seconds(31), &PublishText, publisher, "during", 2, 1);
    Simulator::Schedule(Seconds(400), &PublishText, publisher, "later", 1, 2);
    Simulator::Schedule(Seconds(500), &MqttNetwork::SetLoss, &network, 0.0);
    Simulator::Stop(Seconds(1000));
    Simulator::Run();
    EXPECT_THAT(received.payloads, ElementsAre("during", "later"));
    EXPECT_EQ(sent.published.size(), 2u);
    EXPECT_GE(sent.redelivered, 1u);
    EXPECT_THAT(sent.sessionsPresent, ElementsAre(false, true));
    EXPECT_THAT(sent.reasons, Contains("no PINGRESP"));
    EXPECT_TRUE(subscriber->IsConnected());
    EXPECT_EQ(network.m_broker->GetConnections(), 2u);
}

TEST(MqttModelTest, AClientThatLeavesInATraceSaysSo)
{
    MqttNetwork network(1, false, 0);
    auto client = network.AddClient(1);
    ClientRecord record(client);
    client->TraceConnectWithoutContext("Published", Callback<void, uint64_t>([client](uint64_t) {
                                           client->Disconnect();
                                       }));
    Simulator::Schedule(Seconds(10), &PublishText, client, "last", 1, 1);
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    ASSERT_EQ(network.m_closed.size(), 1u);
    EXPECT_EQ(network.m_closed[0].reason, "disconnected"); // and not without a word
    EXPECT_THAT(record.reasons, ElementsAre("stopped"));
}

TEST(MqttModelTest, BrokerThatStartsLateIsFound)
{
    MqttNetwork network(1, false, 0);
    network.m_broker->SetStartTime(Seconds(250)); // TCP gives up before
    auto client = network.AddClient(1);
    ClientRecord record(client);
    PublishText(client, "early", 1, 5);
    Simulator::Stop(Seconds(600));
    Simulator::Run();
    EXPECT_THAT(record.reasons, Contains("connection failed"));
    EXPECT_THAT(record.published, ElementsAre(5));
}

TEST(MqttModelTest, BrokerRestartKeepsSessions)
{
    MqttNetwork network(1, false, 0);
    network.m_broker->SetStopTime(Seconds(20));
    auto client = network.AddClient(1);
    ClientRecord record(client);
    Simulator::Schedule(Seconds(15), &MqttClient::Disconnect, client);
    Simulator::Stop(Seconds(100));
    Simulator::Run();
    ASSERT_EQ(network.m_closed.size(), 1u);
    EXPECT_EQ(network.m_closed[0].reason, "disconnected");
    EXPECT_FALSE(client->IsConnected());
    EXPECT_EQ(network.m_broker->GetSessions(), 1u);
}

/// Sums the bytes that a device receives, by layer, of one report.
struct LayerCount
{
    void Count(Ptr<const Packet> packet)
    {
        for (auto it = packet->GetByteTagIterator(); it.HasNext();)
        {
            auto item = it.Next();
            if (item.GetTypeId() == ProvenanceTag::GetTypeId())
            {
                ProvenanceTag tag;
                item.GetTag(tag);
                uint32_t size = item.GetEnd() - item.GetStart();
                (tag.Get().layer == sansio::Layer::Payload ? payload : application) +=
                    tag.Get().report == 77 ? size : 0;
            }
        }
    }

    uint32_t payload{0};
    uint32_t application{0};
};

TEST(MqttModelTest, BytesOnTheWireKeepTheirProvenance)
{
    MqttNetwork network(1, false, 0);
    auto publisher = network.AddClient(1);
    LayerCount count;
    network.m_devices.Get(0)->TraceConnectWithoutContext("MacRx",
                                                         MakeCallback(&LayerCount::Count, &count));
    Simulator::Schedule(Seconds(10), &PublishText, publisher, std::string(32, 'x'), 2, 77);
    Simulator::Stop(Seconds(20));
    Simulator::Run();
    EXPECT_EQ(count.payload, 32u);
    EXPECT_EQ(count.application, 2u + 2 + 1 + 2 + 4); // PUBLISH header and PUBREL
}

TEST(MqttModelTest, LargeMessagesPassASmallSocketBuffer)
{
    MqttNetwork network(2, false, 0);
    auto subscriber = network.AddClient(1);
    auto publisher = network.AddClient(2);
    ClientRecord received(subscriber);
    ClientRecord sent(publisher);
    subscriber->Subscribe("t", 1);
    const std::string large(300000, 'x'); // more than the send buffer of a socket
    Simulator::Schedule(Seconds(10), &PublishText, publisher, large, 1, 1);
    Simulator::Schedule(Seconds(10), &PublishText, publisher, "small", 0, 2);
    Simulator::Stop(Seconds(200));
    Simulator::Run();
    EXPECT_EQ(received.payloads, (std::vector<std::string>{large, "small"}));
    EXPECT_THAT(sent.published, ElementsAre(2, 1));
}

} // namespace
