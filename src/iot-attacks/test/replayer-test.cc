// SPDX-License-Identifier: GPL-2.0-only
#include "coap/model/coap-client.h"
#include "coap/model/coap-server.h"
#include "iot-attacks/model/replayer.h"
#include "iot-attacks/test/attack-test-network.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"
#include "mqtt/protocol/packet.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>

namespace ns3
{

namespace
{

using testing::DoubleNear;
using testing::ElementsAre;

constexpr uint16_t MQTT_PORT = 1883;
constexpr uint16_t COAP_PORT = 5683;

/// An honest client at the other end of a tapped link of the victim.
class ReplayerTest : public AttackNetworkTest
{
  protected:
    ReplayerTest()
    {
        Config::SetGlobal("ChecksumEnabled", BooleanValue(true)); // what is sniffed must be right
        client = CreateObject<Node>();
        InternetStackHelper stack;
        stack.SetIpv4StackInstall(false);
        stack.Install(client);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        link.SetChannelAttribute("Delay", StringValue("20ms"));
        auto devices = link.Install(client, victim);
        Ipv6AddressHelper addresses(Ipv6Address("fd00:0:0:1::"), Ipv6Prefix(64));
        auto interfaces = addresses.Assign(devices);
        address = interfaces.GetAddress(1, 1);
        tap = CreateObject<WireTap>();
        tap->Install(devices.Get(0), devices.Get(1));
        AttackNetworkHelper::Listen(tap, sniffer);
    }

    ~ReplayerTest() override
    {
        Config::SetGlobal("ChecksumEnabled", BooleanValue(false));
        Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(true));
    }

    Ptr<Replayer> AddReplayer(uint16_t port, const std::string& way, const std::string& delays)
    {
        auto replayer = Add<Replayer>(port, 1, Seconds(2));
        replayer->SetAttribute("Target", AddressValue(Inet6SocketAddress(address, port)));
        replayer->SetAttribute("Way", StringValue(way));
        replayer->SetAttribute("Delays", StringValue(delays));
        replayer->SetTap(tap);
        replayer->SetSniffer(sniffer);
        replayer->TraceConnectWithoutContext("Skipped",
                                             MakeCallback(&ReplayerTest::HandleSkipped, this));
        sniffer.SetListener(
            [replayer](const attacks::CapturedMessage& message) { replayer->Hear(message); });
        return replayer;
    }

    void HandleSkipped(const attacks::CapturedMessage& message, std::string reason)
    {
        skipped.push_back(reason);
    }

    Ptr<Node> client;
    Ipv6Address address; ///< of the victim as the client knows it
    attacks::Sniffer sniffer;
    Ptr<WireTap> tap;
    std::vector<std::string> skipped;
};

/// A CoAP server that notes when it processed a request, and an honest request at 10 s.
class CoapReplayTest : public ReplayerTest
{
  protected:
    void Ask(coap::Type type)
    {
        server = CreateObject<CoapServer>();
        server->SetAttribute("Local", AddressValue(GetAny(COAP_PORT)));
        server->AddResource("s/00/t", [this](const CoapRequestContext&, const coap::Request&) {
            processedAt.push_back(Simulator::Now().GetSeconds());
            coap::Response response;
            response.code = coap::Code::Changed;
            return response;
        });
        victim->AddApplication(server);
        asker = CreateObject<CoapClient>();
        asker->SetAttribute("Remote", AddressValue(Inet6SocketAddress(address, COAP_PORT)));
        asker->SetStartTime(Seconds(1));
        client->AddApplication(asker);
        Simulator::Schedule(Seconds(10), [this, type] {
            coap::Request request(coap::Code::Post, "s/00/t");
            request.confirmable = type == coap::Type::Confirmable;
            asker->Request(request);
        });
    }

    Ptr<CoapServer> server;
    Ptr<CoapClient> asker;
    std::vector<double> processedAt;
};

TEST_F(CoapReplayTest, OfAConfirmableRequestIsNewAfterTheExchangeLifetime)
{
    Ask(coap::Type::Confirmable);
    auto replayer = AddReplayer(COAP_PORT, "same-flow", "1s,246s,248s");
    RunUntil(300);
    EXPECT_EQ(replayer->GetReplayed(), 3);
    EXPECT_EQ(replayer->GetPackets(), 3);
    EXPECT_THAT(processedAt, ElementsAre(DoubleNear(10.02, 0.01), DoubleNear(258.02, 0.05)));
}

TEST_F(CoapReplayTest, OfANonConfirmableRequestIsNewAfterTheNonLifetime)
{
    Ask(coap::Type::NonConfirmable);
    AddReplayer(COAP_PORT, "same-flow", "1s,144s,146s");
    RunUntil(300);
    EXPECT_THAT(processedAt, ElementsAre(DoubleNear(10.02, 0.01), DoubleNear(156.02, 0.05)));
}

TEST_F(CoapReplayTest, FromAnotherPortIsNewAtOnce)
{
    Ask(coap::Type::Confirmable);
    auto replayer = AddReplayer(COAP_PORT, "other-port", "1s");
    RunUntil(20);
    EXPECT_THAT(processedAt, ElementsAre(DoubleNear(10.02, 0.01), DoubleNear(11.02, 0.05)));
    EXPECT_EQ(replayer->GetReplies(), 1);
}

TEST_F(CoapReplayTest, OfABlockedRequestIsNewWhenItComesLate)
{
    Ask(coap::Type::Confirmable);
    auto replayer = AddReplayer(COAP_PORT, "late", "100s");
    replayer->SetAttribute("Block", TimeValue(Seconds(95)));
    replayer->SetAttribute("MaxMessages", UintegerValue(1));
    RunUntil(300);
    EXPECT_THAT(processedAt, ElementsAre(DoubleNear(110.02, 0.01)));
    EXPECT_EQ(replayer->GetReplayed(), 1);
}

TEST_F(CoapReplayTest, EndsWithTheAttack)
{
    Ask(coap::Type::NonConfirmable);
    auto replayer = AddReplayer(COAP_PORT, "other-port", "1s,5s");
    replayer->SetStopTime(Seconds(12));
    RunUntil(20);
    EXPECT_EQ(processedAt.size(), 2);
}

TEST_F(CoapReplayTest, TakesNoNewConnectionForDatagrams)
{
    Ask(coap::Type::NonConfirmable);
    auto replayer = AddReplayer(COAP_PORT, "new-connection", "1s");
    RunUntil(20);
    EXPECT_THAT(skipped, ElementsAre("not-a-stream"));
    EXPECT_EQ(replayer->GetReplayed(), 0);
}

/// A broker, and an honest client that publishes once at 10 s with its password.
class MqttReplayTest : public ReplayerTest, public testing::WithParamInterface<int>
{
  protected:
    void Publish(uint8_t qos)
    {
        broker = CreateObject<MqttBroker>();
        broker->SetAttribute("Local", AddressValue(GetAny(MQTT_PORT)));
        broker->TraceConnectWithoutContext("Message",
                                           MakeCallback(&MqttReplayTest::HandleMessage, this));
        victim->AddApplication(broker);
        publisher = CreateObject<MqttClient>();
        publisher->SetAttribute("Remote", AddressValue(Inet6SocketAddress(address, MQTT_PORT)));
        publisher->SetAttribute("ClientId", StringValue("s00"));
        publisher->SetStartTime(Seconds(3));
        publisher->TraceConnectWithoutContext(
            "Disconnected",
            MakeCallback(&MqttReplayTest::HandleDisconnected, this));
        client->AddApplication(publisher);
        Simulator::Schedule(Seconds(10), [this, qos] {
            mqtt::Message message;
            message.topic = "s/00/t";
            message.payload = {'2', '1'};
            message.qos = qos;
            publisher->Publish(message);
        });
    }

    static bool IsPublish(const attacks::CapturedMessage& message)
    {
        return message.bytes.front() >> 4 == static_cast<uint8_t>(mqtt::PacketType::Publish);
    }

    void HandleMessage(std::string clientId, const mqtt::Message& message)
    {
        acceptedAt.push_back(Simulator::Now().GetSeconds());
    }

    void HandleDisconnected(std::string reason)
    {
        disconnections.push_back(reason);
    }

    Ptr<MqttBroker> broker;
    Ptr<MqttClient> publisher;
    std::vector<double> acceptedAt;
    std::vector<std::string> disconnections;
};

TEST_P(MqttReplayTest, InTheConnectionIsAcceptedAgain)
{
    Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(false));
    Publish(GetParam());
    auto replayer = AddReplayer(MQTT_PORT, "same-flow", "1s");
    replayer->SetChoice(&IsPublish);
    RunUntil(20);
    EXPECT_EQ(replayer->GetReplayed(), 1);
    EXPECT_THAT(acceptedAt, ElementsAre(DoubleNear(10.02, 0.01), DoubleNear(11.04, 0.05)));
}

TEST_P(MqttReplayTest, InANewConnectionWithTheCapturedConnectIsAcceptedAgain)
{
    Publish(GetParam());
    auto replayer = AddReplayer(MQTT_PORT, "new-connection", "2s");
    replayer->SetChoice(&IsPublish);
    RunUntil(12.5);
    EXPECT_EQ(replayer->GetReplayed(), 1);
    EXPECT_GT(replayer->GetReplies(), 2u);
    EXPECT_THAT(acceptedAt, ElementsAre(DoubleNear(10.02, 0.01), DoubleNear(12.05, 0.05)));
    EXPECT_EQ(disconnections.size(), 1); // the honest client, whose identifier was taken
}

INSTANTIATE_TEST_SUITE_P(Qos, MqttReplayTest, testing::Values(0, 1, 2));

TEST_F(MqttReplayTest, NeedsAMessageOfTheFlow)
{
    Publish(1);
    auto replayer = AddReplayer(MQTT_PORT, "other-port", "1s");
    replayer->SetChoice(&IsPublish);
    RunUntil(20);
    EXPECT_THAT(skipped, ElementsAre("not-a-datagram"));
}

} // namespace

} // namespace ns3
