// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/certificate-authority.h"
#include "iot-attacks/model/connect-flood.h"
#include "iot-attacks/model/slow-ite.h"
#include "iot-attacks/model/tls-flood.h"
#include "iot-attacks/test/attack-test-network.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"
#include "tls/helper/tls-helper.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <set>

namespace ns3
{

namespace
{

constexpr uint16_t MQTT_PORT = 1883;
constexpr uint32_t DESCRIPTORS = 1024;
constexpr uint32_t DESCRIPTORS_IN_USE = 9; ///< by Mosquitto itself

/// A broker as victim, and how long it kept each session.
class BrokerTest : public AttackNetworkTest
{
  protected:
    BrokerTest()
    {
        broker = CreateObject<MqttBroker>();
        broker->SetAttribute("Local", AddressValue(GetAny(MQTT_PORT)));
        broker->SetAttribute("MaxConnections", UintegerValue(DESCRIPTORS - DESCRIPTORS_IN_USE));
        broker->TraceConnectWithoutContext("SessionOpened",
                                           MakeCallback(&BrokerTest::HandleOpened, this));
        broker->TraceConnectWithoutContext("SessionClosed",
                                           MakeCallback(&BrokerTest::HandleClosed, this));
        victim->AddApplication(broker);
    }

    void HandleOpened(std::string clientId, sansio::PeerIdentity peer, mqtt::Version version)
    {
        clientIds.insert(clientId);
        openedAt[clientId] = Simulator::Now();
    }

    void HandleClosed(std::string clientId, std::string reason)
    {
        held.push_back((Simulator::Now() - openedAt[clientId]).GetSeconds());
        reasons.insert(reason);
    }

    Ptr<MqttClient> AddHonestClient(Time start)
    {
        auto honest = CreateObject<MqttClient>();
        honest->SetAttribute("Remote", AddressValue(GetVictim(MQTT_PORT)));
        honest->SetAttribute("ClientId", StringValue("honest"));
        honest->SetStartTime(start);
        honest->TraceConnectWithoutContext("Connected",
                                           MakeCallback(&BrokerTest::HandleHonestConnected, this));
        network->GetAccessRouter()->AddApplication(honest);
        return honest;
    }

    void HandleHonestConnected(bool sessionPresent)
    {
        honestAt = Simulator::Now().GetSeconds();
    }

    Ptr<MqttBroker> broker;
    std::set<std::string> clientIds;
    std::map<std::string, Time> openedAt;
    std::vector<double> held; ///< seconds
    std::set<std::string> reasons;
    double honestAt{0};
};

/// SlowITe with a Keep Alive, until the broker lets its connections go.
class SlowIteTest : public BrokerTest, public testing::WithParamInterface<std::pair<int, double>>
{
};

TEST_P(SlowIteTest, HoldsOneAndAHalfTimesTheKeepAlive)
{
    const auto [keepAlive, expected] = GetParam();
    auto attack = Add<SlowIte>(MQTT_PORT, 279);
    attack->SetAttribute("KeepAlive", TimeValue(Seconds(keepAlive)));
    RunUntil(6);
    EXPECT_EQ(attack->GetOpened(), 1024);
    EXPECT_EQ(attack->GetAccepted(), 1015);
    EXPECT_EQ(attack->GetConnections(), 1015);
    EXPECT_EQ(broker->GetConnections(), 1015);
    EXPECT_EQ(clientIds.size(), 1015);
    const uint64_t packets = attack->GetPackets();
    RunUntil(1 + expected);
    EXPECT_EQ(attack->GetConnections(), 1015);
    EXPECT_EQ(attack->GetPackets(), packets); // it costs nothing to stay
    RunUntil(expected + 10);
    EXPECT_EQ(attack->GetConnections(), 0);
    EXPECT_EQ(broker->GetConnections(), 0);
    ASSERT_EQ(held.size(), 1015);
    const auto [least, most] = std::minmax_element(held.begin(), held.end());
    EXPECT_NEAR(*least, expected, 0.01);
    EXPECT_NEAR(*most, expected, 0.01);
    EXPECT_EQ(reasons.size(), 1);
}

INSTANTIATE_TEST_SUITE_P(KeepAlive,
                         SlowIteTest,
                         testing::Values(std::pair(60, 90.0), std::pair(65535, 98302.5)),
                         [](const auto& info) { return std::to_string(info.param.first); });

TEST_F(BrokerTest, RefusesSlowIteUnderABoundOfTheKeepAlive)
{
    broker->SetAttribute("MaxKeepAlive", TimeValue(Seconds(120)));
    auto attack = Add<SlowIte>(MQTT_PORT, 279);
    attack->SetAttribute("Connections", UintegerValue(200));
    RunUntil(10);
    EXPECT_EQ(attack->GetOpened(), 200);
    EXPECT_EQ(attack->GetRefused(), 200);
    EXPECT_EQ(attack->GetAccepted(), 0);
    EXPECT_EQ(broker->GetConnections(), 0);
    EXPECT_TRUE(clientIds.empty());
}

TEST_F(BrokerTest, ServesNoHonestClientWhileSlowIteHoldsItsConnections)
{
    broker->SetAttribute("MaxConnections", UintegerValue(100));
    auto attack = Add<SlowIte>(MQTT_PORT, 279);
    attack->SetAttribute("KeepAlive", TimeValue(Seconds(60)));
    attack->SetAttribute("Connections", UintegerValue(100));
    AddHonestClient(Seconds(10));
    RunUntil(200);
    EXPECT_GT(honestAt, 91);
    EXPECT_LT(honestAt, 180);
}

TEST_F(BrokerTest, IsTakenAgainBySlowIteThatReopens)
{
    auto attack = Add<SlowIte>(MQTT_PORT, 279);
    attack->SetAttribute("KeepAlive", TimeValue(Seconds(60)));
    attack->SetAttribute("Reopen", BooleanValue(true));
    attack->SetAttribute("Connections", UintegerValue(100));
    RunUntil(100);
    EXPECT_EQ(attack->GetAccepted(), 200);
    EXPECT_EQ(broker->GetConnections(), 100);
}

TEST_F(BrokerTest, KeepsOneSessionForEachConnectOfAFlood)
{
    auto attack = Add<ConnectFlood>(MQTT_PORT, 100);
    RunUntil(2.999);
    EXPECT_EQ(clientIds.size(), 200); // at 1.00, 1.01 ... 2.99 s
    EXPECT_EQ(broker->GetConnections(), 200);
    EXPECT_EQ(attack->GetOpened(), 200);
    EXPECT_EQ(attack->GetAccepted(), 200);
    EXPECT_GE(attack->GetPackets(), 600u); // SYN, ACK, CONNECT; the CONNACK is acknowledged later
    EXPECT_GE(attack->GetReplies(), 400u); // SYN-ACK, CONNACK
    EXPECT_EQ(clientIds.begin()->size(), 18);
}

TEST_F(BrokerTest, IsFreeWhenAFloodHasStopped)
{
    auto attack = Add<ConnectFlood>(MQTT_PORT, 100);
    attack->SetStopTime(Seconds(4));
    RunUntil(3.5);
    EXPECT_GT(broker->GetConnections(), 240);
    RunUntil(10);
    EXPECT_EQ(attack->GetConnections(), 0);
    EXPECT_EQ(broker->GetConnections(), 0);
}

/// A TLS server as victim: a broker that listens through TlsSocketFactory.
class TlsFloodTest : public BrokerTest
{
  protected:
    TlsFloodTest()
    {
        Ns3RandomSource random;
        random.AssignStreams(900);
        const auto credential = crypto::CertificateAuthority::MakeSelfSigned({"server"}, random);
        TlsHelper server;
        server.Set("Certificate", StringValue(credential.certificate));
        server.Set("PrivateKey", StringValue(credential.privateKey));
        server.InstallTls(victim);
        TlsHelper client;
        client.Set("VerifyPeer", BooleanValue(false));
        client.InstallTls(network->GetAttacker());
        TlsHelper::AssignStreams(NodeContainer(victim, network->GetAttacker()), 910);
        broker->SetAttribute("Protocol", TypeIdValue(TlsSocketFactory::GetTypeId()));
        auto factory = victim->GetObject<TlsSocketFactory>();
        factory->TraceConnectWithoutContext("HandshakeCompleted",
                                            MakeCallback(&TlsFloodTest::HandleCompleted, this));
        factory->TraceConnectWithoutContext("Operation",
                                            MakeCallback(&TlsFloodTest::HandleOperation, this));
    }

    void HandleCompleted(const tls::HandshakeCompleted& completed, const Address& peer, Time time)
    {
        completions++;
    }

    void HandleOperation(const sansio::Operation& operation)
    {
        signatures += operation.kind == sansio::OperationKind::EcdsaP256Sign;
    }

    uint32_t completions{0};
    uint32_t signatures{0};
};

TEST_F(TlsFloodTest, CostsTheVictimASignatureForEachHandshake)
{
    auto attack = Add<TlsFlood>(MQTT_PORT, 20);
    attack->SetAttribute("Protocol", TypeIdValue(TlsSocketFactory::GetTypeId()));
    attack->SetStopTime(Seconds(2.99));
    RunUntil(10);
    EXPECT_EQ(attack->GetOpened(), 40);
    EXPECT_EQ(attack->GetFailed(), 0);
    EXPECT_EQ(completions, 40);
    EXPECT_EQ(signatures, 40);
    EXPECT_EQ(broker->GetConnections(), 0);
    EXPECT_EQ(attack->GetConnections(), 0);
}

TEST_F(TlsFloodTest, HoldsAsManyConnectionsAsItIsTold)
{
    auto attack = Add<TlsFlood>(MQTT_PORT, 20);
    attack->SetAttribute("Protocol", TypeIdValue(TlsSocketFactory::GetTypeId()));
    attack->SetAttribute("Hold", TimeValue(Seconds(1)));
    attack->SetAttribute("Connections", UintegerValue(5));
    RunUntil(11);
    EXPECT_EQ(broker->GetConnections(), 5);
    EXPECT_NEAR(attack->GetOpened(), 50, 5); // five a second
}

} // namespace

} // namespace ns3
