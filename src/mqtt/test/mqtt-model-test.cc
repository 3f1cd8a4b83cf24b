// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor.h"
#include "mqtt/helper/mqtt-helper.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"
#include "mqtt/protocol/encoder.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// What the traces of one client said.
struct ClientRecord
{
    explicit ClientRecord(Ptr<MqttClient> client)
    {
        client->TraceConnectWithoutContext("Connected",
                                           MakeCallback(&ClientRecord::HandleConnected, this));
        client->TraceConnectWithoutContext("Disconnected",
                                           MakeCallback(&ClientRecord::HandleDisconnected, this));
        client->TraceConnectWithoutContext("Message",
                                           MakeCallback(&ClientRecord::HandleMessage, this));
        client->TraceConnectWithoutContext("Published",
                                           MakeCallback(&ClientRecord::HandlePublished, this));
        client->TraceConnectWithoutContext("Refused",
                                           MakeCallback(&ClientRecord::HandleRefused, this));
        client->TraceConnectWithoutContext("Redelivered",
                                           MakeCallback(&ClientRecord::HandleRedelivered, this));
    }

    void HandleConnected(bool sessionPresent)
    {
        sessionsPresent.push_back(sessionPresent);
    }

    void HandleDisconnected(std::string reason)
    {
        reasons.push_back(reason);
    }

    void HandleMessage(const mqtt::Message& message)
    {
        payloads.emplace_back(message.payload.begin(), message.payload.end());
    }

    void HandlePublished(uint64_t report)
    {
        published.push_back(report);
    }

    void HandleRefused(uint64_t report, std::string reason)
    {
        refused.push_back(report);
    }

    void HandleRedelivered(uint16_t packetId)
    {
        redelivered++;
    }

    std::vector<bool> sessionsPresent;
    std::vector<std::string> reasons;
    std::vector<std::string> payloads;
    std::vector<uint64_t> published;
    std::vector<uint64_t> refused;
    uint32_t redelivered{0};
};

/// A broker and clients, each on a link of its own.
class MqttNetwork
{
  public:
    MqttNetwork(uint32_t clients, bool ipv6, double loss)
    {
        RngSeedManager::SetRun(1);
        m_nodes.Create(clients + 1);
        InternetStackHelper internet;
        internet.Install(m_nodes);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("250kbps"));
        link.SetChannelAttribute("Delay", StringValue("10ms"));
        for (uint32_t i = 1; i <= clients; i++)
        {
            NetDeviceContainer devices = link.Install(m_nodes.Get(0), m_nodes.Get(i));
            Address(devices, ipv6);
            for (uint32_t end : {0, 1})
            {
                auto errors = CreateObject<RateErrorModel>();
                errors->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
                errors->SetRate(loss);
                errors->AssignStreams(10 * i + end);
                devices.Get(end)->SetAttribute("ReceiveErrorModel", PointerValue(errors));
                m_errors.push_back(errors);
            }
            m_devices.Add(devices);
        }
        MqttBrokerHelper helper(GetAnyAddress(ipv6));
        m_broker = DynamicCast<MqttBroker>(helper.Install(m_nodes.Get(0)).Get(0));
        m_broker->TraceConnectWithoutContext("Message",
                                             MakeCallback(&MqttNetwork::HandleAccepted, this));
        m_broker->TraceConnectWithoutContext("SessionClosed",
                                             MakeCallback(&MqttNetwork::HandleSessionClosed, this));
    }

    ~MqttNetwork()
    {
        Simulator::Destroy();
    }

    /// The client on the link \p number, from 1 on, starting after duplicate address detection.
    Ptr<MqttClient> AddClient(uint32_t number,
                              bool cleanSession = false,
                              Time keepAlive = Seconds(60))
    {
        MqttClientHelper helper(m_addresses[number - 1]);
        helper.SetAttribute("ClientId", StringValue("c" + std::to_string(number)));
        helper.SetAttribute("CleanSession", BooleanValue(cleanSession));
        helper.SetAttribute("KeepAlive", TimeValue(keepAlive));
        ApplicationContainer clients = helper.Install(m_nodes.Get(number));
        clients.Start(Seconds(3));
        MqttClientHelper::AssignStreams(clients, 1000 + number);
        return DynamicCast<MqttClient>(clients.Get(0));
    }

    void SetLoss(double loss)
    {
        for (const Ptr<RateErrorModel>& errors : m_errors)
        {
            errors->SetRate(loss);
        }
    }

    void HandleAccepted(std::string clientId, const mqtt::Message& message)
    {
        m_accepted++;
    }

    void HandleSessionClosed(std::string clientId, std::string reason)
    {
        m_closed.push_back({Simulator::Now(), clientId, reason});
    }

    struct Closed
    {
        Time at;
        std::string clientId;
        std::string reason;
    };

    NodeContainer m_nodes;
    NetDeviceContainer m_devices;
    std::vector<Ptr<RateErrorModel>> m_errors;
    std::vector<ns3::Address> m_addresses; ///< the broker's, by link
    Ptr<MqttBroker> m_broker;
    uint32_t m_accepted{0};
    std::vector<Closed> m_closed;

  private:
    void Address(const NetDeviceContainer& devices, bool ipv6)
    {
        std::string number = std::to_string(m_addresses.size() + 1);
        if (ipv6)
        {
            Ipv6AddressHelper addresses;
            addresses.SetBase(Ipv6Address(("fd00:" + number + "::").c_str()), Ipv6Prefix(64));
            auto interfaces = addresses.Assign(devices);
            m_addresses.push_back(Inet6SocketAddress(interfaces.GetAddress(0, 1), 1883));
        }
        else
        {
            Ipv4AddressHelper addresses(("10.0." + number + ".0").c_str(), "255.255.255.0");
            auto interfaces = addresses.Assign(devices);
            m_addresses.push_back(InetSocketAddress(interfaces.GetAddress(0), 1883));
        }
    }

    static ns3::Address GetAnyAddress(bool ipv6)
    {
        return ipv6 ? ns3::Address(Inet6SocketAddress(Ipv6Address::GetAny(), 1883))
                    : ns3::Address(InetSocketAddress(Ipv4Address::GetAny(), 1883));
    }
};

void
PublishText(Ptr<MqttClient> client, std::string text, uint8_t qos, uint64_t report)
{
    client->Publish({"t", sansio::Bytes(text.begin(), text.end()), qos}, report);
}

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

TEST(MqttModelTest, ConnectionsAreBounded)
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

TEST(MqttProcessorTest, AMessageIsAnsweredWhenTheProcessorHasDoneIt)
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

TEST(MqttProcessorTest, ConnectionsTakeTurnsAndWhatWaitsLosesNothing)
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

TEST(MqttModelTest, ARunawayPublisherIsReadAtTheRateAndOthersAreNot)
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
