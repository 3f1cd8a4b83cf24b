// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor.h"
#include "mqtt/test/mqtt-network.h"

#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using testing::ElementsAre;

TEST(MqttBrokerModelTest, ConnectionsAreBounded)
{
    MqttNetwork network(3, false, 0);
    network.m_broker->SetAttribute("MaxConnections", UintegerValue(2));
    std::vector<Ptr<MqttClient>> clients;
    for (uint32_t i = 1; i <= 3; i++)
    {
        clients.push_back(network.AddClient(i));
    }
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    EXPECT_EQ(network.m_broker->GetConnections(), 2u);
    EXPECT_GT(network.m_broker->GetCount(mqtt::Limit::Connections), 2u);
    EXPECT_EQ(clients[0]->IsConnected() + clients[1]->IsConnected() + clients[2]->IsConnected(), 2);
}

/// Gives the broker's host a processor on which a message takes \p seconds.
Ptr<Processor>
AddProcessor(const MqttNetwork& network, double seconds)
{
    McuProfile profile;
    profile.operations.fill({seconds, 0, "test"});
    auto processor = CreateObject<Processor>();
    processor->SetProfile(profile);
    network.m_nodes.Get(0)->AggregateObject(processor);
    return processor;
}

TEST(MqttBrokerModelTest, AMessageIsAnsweredWhenTheProcessorHasDoneIt)
{
    std::vector<Time> acknowledged;
    for (double seconds : {0.0, 0.25})
    {
        MqttNetwork network(1, true, 0);
        if (seconds > 0)
        {
            AddProcessor(network, seconds);
        }
        auto client = network.AddClient(1);
        ClientRecord record(client);
        Simulator::Schedule(Seconds(10), &PublishText, client, "x", 1, 1);
        Time at = Seconds(10);
        while (record.published.empty() && at < Seconds(20))
        {
            at += MilliSeconds(1);
            Simulator::Stop(at - Simulator::Now());
            Simulator::Run();
        }
        acknowledged.push_back(at);
    }
    EXPECT_NEAR((acknowledged[1] - acknowledged[0]).GetSeconds(), 0.25, 2e-3);
}

TEST(MqttBrokerModelTest, ConnectionsTakeTurnsAndWhatWaitsLosesNothing)
{
    MqttNetwork network(3, true, 0);
    Ptr<Processor> processor = AddProcessor(network, 0.1);
    std::vector<Ptr<MqttClient>> clients;
    std::vector<std::unique_ptr<ClientRecord>> records;
    for (uint32_t i = 1; i <= 3; i++)
    {
        clients.push_back(network.AddClient(i, true));
        records.push_back(std::make_unique<ClientRecord>(clients.back()));
    }
    Simulator::Schedule(Seconds(10), [&] {
        for (uint64_t report = 1; report <= 200; report++) // 20 s of work at once
        {
            PublishText(clients[0], std::string(100, 'x'), 0, report);
        }
        clients[0]->Disconnect(); // its end is behind what it has said
    });
    Simulator::Schedule(Seconds(11), &PublishText, clients[1], "y", 1, 1);
    Simulator::Stop(Seconds(15));
    Simulator::Run();
    EXPECT_THAT(records[1]->published, ElementsAre(1)) << "not behind 200 messages of another";
    EXPECT_LT(network.m_accepted, 60u);
    Simulator::Stop(Seconds(35));
    Simulator::Run();
    EXPECT_EQ(network.m_accepted, 201u);
    ASSERT_EQ(network.m_closed.size(), 1u);
    EXPECT_EQ(network.m_closed[0].reason, "disconnected");
    EXPECT_NEAR(processor->GetTimeSpent(sansio::OperationKind::Message).GetSeconds(),
                0.1 * (3 + 200 + 1 + 1),
                1e-6)
        << "CONNECTs, PUBLISHs, DISCONNECT";
}

TEST(MqttBrokerModelTest, ARunawayPublisherIsReadAtTheRateAndOthersAreNot)
{
    MqttNetwork network(2, true, 0);
    network.m_broker->SetAttribute("MaxPublishRate", DoubleValue(5));
    network.m_broker->SetAttribute("PublishBurst", UintegerValue(10));
    auto runaway = network.AddClient(1, true);
    auto honest = network.AddClient(2, true);
    ClientRecord record(honest);
    Simulator::Schedule(Seconds(10), [&] {
        for (uint64_t report = 1; report <= 500; report++)
        {
            PublishText(runaway, std::string(100, 'x'), 0, report);
        }
    });
    Simulator::Schedule(Seconds(20), &PublishText, honest, "y", 1, 1);
    Simulator::Stop(Seconds(30));
    Simulator::Run();
    EXPECT_THAT(record.published, ElementsAre(1));
    EXPECT_GE(network.m_accepted, 10u + 5 * 20 - 5);
    EXPECT_LE(network.m_accepted, 10u + 5 * 20 + 12) << "no more than a read of 1024 bytes beyond";
    EXPECT_TRUE(runaway->IsConnected());
    EXPECT_GT(network.m_broker->GetCount(mqtt::Limit::PublishRate), 0u);
    Simulator::Stop(Seconds(100));
    Simulator::Run();
    EXPECT_EQ(network.m_accepted, 501u) << "slowed down, not lost";
}

} // namespace
