// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/helper/coap-helper.h"
#include "coap/model/coap-client.h"
#include "coap/model/coap-server.h"
#include "crypto/protocol/certificate-authority.h"
#include "iot-attacks/helper/attack-network-helper.h"
#include "low-power-links/helper/low-power-star-helper.h"
#include "low-power-links/helper/tcp-profile.h"
#include "mqtt/helper/mqtt-helper.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"
#include "sans-io/model/ns3-random-source.h"
#include "sans-io/model/provenance-tag.h"
#include "tls/helper/tls-helper.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/global-value.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <gmock/gmock.h>

namespace ns3
{

/// What differs from test to test.
struct AttackStarOptions
{
    std::string stack{"coap"};     ///< "mqtt", "mqtts", "coap", "coaps"
    std::string credential{"psk"}; ///< "psk" or "ecdsa" (certificate of the server)
    std::string version{"1.2"};    ///< of TLS
    uint32_t sensors{1};
    uint32_t reports{5}; ///< of each sensor, every 10 s from 20 s on
    double loss{0};
    bool sleepy{true};
    bool attackers{true};
};

/// The star with one stack on it, its reports, and attackers at every vantage point, created last.
class AttackStar
{
  public:
    /// Something that was seen: when, where and which bytes.
    struct Event
    {
        int64_t time;
        std::string what;
        sansio::Bytes bytes;

        friend bool operator==(const Event& a, const Event& b)
        {
            return a.time == b.time && a.what == b.what && a.bytes == b.bytes;
        }
    };

    explicit AttackStar(const AttackStarOptions& wanted)
        : options(wanted)
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        TcpProfile::Apply("lln");
        star = CreateObject<LowPowerStarHelper>();
        star->SetAttribute("Sensors", UintegerValue(options.sensors));
        star->SetAttribute("Loss", DoubleValue(options.loss));
        star->SetAttribute("Sleepy", BooleanValue(options.sleepy));
        star->Build();
        star->AssignStreams(1000);
        InstallSecurity();
        IsMqtt() ? InstallMqtt() : InstallCoap();
        Watch();
        if (options.attackers)
        {
            CreateAttackers();
        }
    }

    ~AttackStar()
    {
        Simulator::Destroy();
    }

    bool IsMqtt() const
    {
        return options.stack.rfind("mqtt", 0) == 0;
    }

    bool IsSecure() const
    {
        return options.stack.back() == 's';
    }

    uint16_t GetPort() const
    {
        return IsMqtt() ? (IsSecure() ? 8883 : 1883) : (IsSecure() ? 5684 : 5683);
    }

    static void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    /// The path and topic of a sensor's reports.
    static std::string GetPath(uint32_t sensor)
    {
        return "s/0" + std::to_string(sensor + 1) + "/t";
    }

    static sansio::Bytes GetReading(uint32_t sensor, uint32_t report)
    {
        std::string text =
            "reading " + std::to_string(report) + " of sensor " + std::to_string(sensor);
        return sansio::Bytes(text.begin(), text.end());
    }

    static attacks::Sniffer::Settings GetSnifferSettings()
    {
        attacks::Sniffer::Settings settings;
        settings.lowPan.contexts = AttackNetworkHelper::GetStarContexts();
        return settings;
    }

    static sansio::PeerAddress ToPeer(Ipv6Address address, uint16_t port)
    {
        sansio::PeerAddress peer;
        address.GetBytes(peer.ip.data());
        peer.port = port;
        return peer;
    }

    AttackStarOptions options;
    Ptr<LowPowerStarHelper> star;
    Ptr<RadioNeighbor> neighbor;
    Ptr<WireTap> tap;
    Ptr<AttackNetworkHelper> network;
    Ptr<AttackHost> attacker;
    attacks::Sniffer radio{GetSnifferSettings()};
    attacks::Sniffer wire{GetSnifferSettings()};
    std::vector<Event> events;         ///< what the honest side told
    std::vector<sansio::Bytes> onAir;  ///< frames of the star, as they start
    std::vector<sansio::Bytes> heard;  ///< frames that the neighbour heard
    std::vector<std::string> refused;  ///< by the neighbour
    std::vector<sansio::Bytes> served; ///< payloads at the host
    std::vector<Time> servedAt;
    uint32_t duplicates{0}; ///< CoAP messages the server recognized

  private:
    TypeId GetFactory() const
    {
        return TypeId::LookupByName(
            IsSecure() ? (IsMqtt() ? "ns3::TlsSocketFactory" : "ns3::DtlsSocketFactory")
                       : (IsMqtt() ? "ns3::TcpSocketFactory" : "ns3::UdpSocketFactory"));
    }

    void InstallSecurity()
    {
        if (!IsSecure())
        {
            return;
        }
        TlsHelper client;
        TlsHelper server;
        client.Set("Version", StringValue(options.version));
        server.Set("Version", StringValue(options.version));
        if (options.credential == "psk")
        {
            client.Set("PskIdentity", StringValue("sensor-1"));
            client.Set("PskKey", StringValue("000102030405060708090a0b0c0d0e0f"));
            server.Set("PskTable", StringValue("sensor-1:000102030405060708090a0b0c0d0e0f"));
        }
        else
        {
            Ns3RandomSource random;
            random.AssignStreams(900);
            crypto::CertificateRequest self;
            self.commonName = "lab authority";
            crypto::CertificateAuthority authority(self, random);
            crypto::CertificateRequest subject;
            subject.commonName = "broker.lab";
            crypto::Credential credential = authority.Issue(subject);
            client.Set("TrustAnchors", StringValue(authority.GetCertificate()));
            server.Set("Certificate", StringValue(credential.certificate));
            server.Set("PrivateKey", StringValue(credential.privateKey));
        }
        client.Install(star->GetSensors());
        server.Install(NodeContainer(star->GetHost()));
        int64_t next = 2000 + TlsHelper::AssignStreams(star->GetSensors(), 2000);
        TlsHelper::AssignStreams(NodeContainer(star->GetHost()), next);
    }

    void InstallMqtt()
    {
        MqttBrokerHelper broker(Inet6SocketAddress(Ipv6Address::GetAny(), GetPort()));
        broker.SetAttribute("Protocol", TypeIdValue(GetFactory()));
        broker.Install(star->GetHost())
            .Get(0)
            ->TraceConnectWithoutContext("Message", MakeCallback(&AttackStar::HandleMessage, this));
        MqttClientHelper helper(Inet6SocketAddress(star->GetHostAddress(), GetPort()));
        helper.SetAttribute("Protocol", TypeIdValue(GetFactory()));
        helper.SetAttribute("UserName", StringValue("farmer"));
        helper.SetAttribute("Password", StringValue("correct horse"));
        for (uint32_t i = 0; i < options.sensors; i++)
        {
            helper.SetAttribute("ClientId", StringValue("s0" + std::to_string(i + 1)));
            auto client = DynamicCast<MqttClient>(helper.Install(star->GetSensor(i)).Get(0));
            client->AssignStreams(3000 + i);
            client->SetStartTime(Seconds(1 + i));
            for (uint32_t k = 0; k < options.reports; k++)
            {
                mqtt::Message message;
                message.topic = GetPath(i);
                message.payload = GetReading(i, k);
                message.qos = 1;
                Simulator::Schedule(Seconds(20 + 10 * k + i),
                                    [client, message] { client->Publish(message); });
            }
        }
    }

    void InstallCoap()
    {
        auto server = CreateObject<CoapServer>();
        server->SetAttribute("Protocol", TypeIdValue(GetFactory()));
        server->SetAttribute("Local",
                             AddressValue(Inet6SocketAddress(star->GetHostAddress(), GetPort())));
        star->GetHost()->AddApplication(server);
        server->TraceConnectWithoutContext("DuplicateReceived",
                                           MakeCallback(&AttackStar::HandleDuplicate, this));
        for (uint32_t i = 0; i < options.sensors; i++)
        {
            server->AddResource(GetPath(i),
                                [this](const CoapRequestContext&, const coap::Request& request) {
                                    Serve(request.payload);
                                    return coap::Response(coap::Code::Changed);
                                });
            auto client = CreateObject<CoapClient>();
            client->SetAttribute("Protocol", TypeIdValue(GetFactory()));
            client->SetAttribute(
                "Remote",
                AddressValue(Inet6SocketAddress(star->GetHostAddress(), GetPort())));
            client->SetStartTime(Seconds(1 + i));
            star->GetSensor(i)->AddApplication(client);
            CoapHelper::AssignStreams(ApplicationContainer(client), 3000 + 10 * i);
            for (uint32_t k = 0; k < options.reports; k++)
            {
                coap::Request request(coap::Code::Put, GetPath(i), GetReading(i, k));
                Simulator::Schedule(Seconds(20 + 10 * k + i),
                                    [client, request] { client->Request(request); });
            }
        }
    }

    void Watch()
    {
        NetDeviceContainer devices = star->GetLowPowerDevices();
        for (uint32_t i = 0; i < devices.GetN(); i++)
        {
            devices.Get(i)->TraceConnectWithoutContext("FrameSent",
                                                       MakeCallback(&AttackStar::HandleSent, this));
        }
        auto ip = star->GetHost()->GetObject<Ipv6L3Protocol>();
        ip->TraceConnectWithoutContext("Rx", MakeCallback(&AttackStar::HandleHostPacket, this));
        ip->TraceConnectWithoutContext("Tx", MakeCallback(&AttackStar::HandleHostPacket, this));
    }

    void CreateAttackers()
    {
        neighbor = CreateObject<RadioNeighbor>();
        neighbor->SetAttribute("Position", VectorValue(Vector(1, 1, 0)));
        neighbor->Attach(star->GetChannel());
        neighbor->AssignStreams(100000);
        neighbor->TraceConnectWithoutContext("Frame", MakeCallback(&AttackStar::HandleHeard, this));
        neighbor->TraceConnectWithoutContext("Refused",
                                             MakeCallback(&AttackStar::HandleRefused, this));
        tap = CreateObject<WireTap>();
        tap->Install(star->GetWiredDevices().Get(0), star->GetWiredDevices().Get(1));
        network = CreateObject<AttackNetworkHelper>();
        attacker = network->Build(star->GetHost());
        network->AssignStreams(100010);
        AttackNetworkHelper::Listen(neighbor, radio);
        AttackNetworkHelper::Listen(tap, wire);
    }

    void Note(const std::string& what, sansio::Bytes bytes)
    {
        events.push_back({Simulator::Now().GetNanoSeconds(), what, std::move(bytes)});
    }

    void Serve(const sansio::Bytes& payload)
    {
        served.push_back(payload);
        servedAt.push_back(Simulator::Now());
        Note("served", payload);
    }

    void HandleMessage(std::string clientId, const mqtt::Message& message)
    {
        Serve(message.payload);
    }

    void HandleDuplicate(const sansio::PeerAddress& peer, uint16_t messageId, bool answered)
    {
        duplicates++;
    }

    void HandleSent(Ptr<const Packet> frame, Time start, Time duration, uint32_t attempt)
    {
        onAir.push_back(ToBytes(frame));
        Note("frame", onAir.back());
    }

    void HandleHostPacket(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
    {
        Note("host", ToBytes(packet));
    }

    void HandleHeard(Ptr<const Packet> frame)
    {
        heard.push_back(ToBytes(frame));
    }

    void HandleRefused(std::string reason)
    {
        refused.push_back(reason);
    }
};

} // namespace ns3
