// SPDX-License-Identifier: GPL-2.0-only
// Wall time of MQTT QoS 0 beside ns-3's OnOff and PacketSink over TCP with the same bytes on the
// same topology, and of MQTT over TLS beside plain MQTT. Prints JSON lines for scripts/bench.

#include "apart.h"
#include "bench-star.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"
#include "tls/model/tls-socket-factory.h"
#include "words.h"

#include "ns3/data-rate.h"
#include "ns3/inet-socket-address.h"
#include "ns3/onoff-application.h"
#include "ns3/packet-sink.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <iostream>

using namespace ns3;

namespace
{

constexpr uint32_t CLIENTS = 20;
constexpr uint32_t PAYLOAD = 64;
constexpr uint32_t PUBLISH_OVERHEAD = 2 + 2 + 6; // fixed header, topic length, "s/00/t"
const Time PERIOD = MilliSeconds(10);
const Time BEGIN = Seconds(2);
const Time END = Seconds(32);
const std::string KEY = "00112233445566778899aabbccddeeff";

struct Result
{
    double wall;
    uint64_t received;
};

Result
RunMqtt(TypeId factory)
{
    bench::Star star(CLIENTS);
    const bool secure = factory == TlsSocketFactory::GetTypeId();
    auto secureNode = [&](Ptr<Node> node, bool server) {
        if (secure)
        {
            auto tls = CreateObject<TlsSocketFactory>();
            tls->SetAttribute("CipherSuites", StringValue("PSK-AES128-CCM8"));
            tls->SetAttribute("PskIdentity", StringValue("bench"));
            tls->SetAttribute("PskKey", StringValue(KEY));
            node->AggregateObject(tls);
            tls->GetContext();
        }
    };
    secureNode(star.server, true);
    auto broker = CreateObject<MqttBroker>();
    broker->SetAttribute("Protocol", TypeIdValue(factory));
    broker->SetAttribute("Local", AddressValue(InetSocketAddress(Ipv4Address::GetAny(), 1883)));
    uint64_t received = 0;
    broker->TraceConnectWithoutContext("Message",
                                       Callback<void, std::string, const mqtt::Message&>(
                                           [&](std::string, const mqtt::Message&) { received++; }));
    star.server->AddApplication(broker);
    std::vector<Ptr<MqttClient>> clients;
    for (uint32_t i = 0; i < CLIENTS; i++)
    {
        secureNode(star.clients.Get(i), false);
        auto client = CreateObject<MqttClient>();
        client->SetAttribute("Protocol", TypeIdValue(factory));
        client->SetAttribute("Remote",
                             AddressValue(InetSocketAddress(star.serverAddresses[i], 1883)));
        client->SetAttribute("ClientId", StringValue("c" + std::to_string(i)));
        star.clients.Get(i)->AddApplication(client);
        clients.push_back(client);
        mqtt::Message message;
        message.topic = "s/00/t";
        message.payload.resize(PAYLOAD);
        bench::Repeat(BEGIN, PERIOD, END, [client, message] { client->Publish(message); });
    }
    double wall = bench::RunAndTime(END + Seconds(1));
    Simulator::Destroy();
    return {wall, received};
}

Result
RunOnOff()
{
    bench::Star star(CLIENTS);
    auto sink = CreateObject<PacketSink>();
    sink->SetAttribute("Protocol", TypeIdValue(TcpSocketFactory::GetTypeId()));
    sink->SetAttribute("Local", AddressValue(InetSocketAddress(Ipv4Address::GetAny(), 1883)));
    star.server->AddApplication(sink);
    const uint32_t size = PAYLOAD + PUBLISH_OVERHEAD;
    for (uint32_t i = 0; i < CLIENTS; i++)
    {
        auto source = CreateObject<OnOffApplication>();
        source->SetAttribute("Protocol", TypeIdValue(TcpSocketFactory::GetTypeId()));
        source->SetAttribute("Remote",
                             AddressValue(InetSocketAddress(star.serverAddresses[i], 1883)));
        source->SetAttribute("OnTime", StringValue("ns3::ConstantRandomVariable[Constant=1000]"));
        source->SetAttribute("OffTime", StringValue("ns3::ConstantRandomVariable[Constant=0]"));
        source->SetAttribute("PacketSize", UintegerValue(size));
        source->SetAttribute("DataRate", DataRateValue(DataRate(size * 8 / PERIOD.GetSeconds())));
        source->SetStartTime(BEGIN);
        source->SetStopTime(END);
        star.clients.Get(i)->AddApplication(source);
    }
    double wall = bench::RunAndTime(END + Seconds(1));
    uint64_t received = sink->GetTotalRx() / size;
    Simulator::Destroy();
    return {wall, received};
}

void
Print(const std::string& name,
      const std::string& baseline,
      Result ours,
      Result theirs,
      double limit)
{
    std::cout << "{\"name\": \"" << name << "\", \"baseline\": \"" << baseline
              << "\", \"ratio\": " << ours.wall / theirs.wall << ", \"limit\": " << limit
              << ", \"wall_s\": " << ours.wall << ", \"baseline_wall_s\": " << theirs.wall
              << ", \"messages\": " << ours.received
              << ", \"baseline_messages\": " << theirs.received << "}" << std::endl;
}

} // namespace

int
main(int argc, char* argv[])
{
    bench::ReadWords(argc, argv);
    Result onOff = bench::RunApart(RunOnOff);
    Result plain = bench::RunApart([] { return RunMqtt(TcpSocketFactory::GetTypeId()); });
    Result secured = bench::RunApart([] { return RunMqtt(TlsSocketFactory::GetTypeId()); });
    Print("MQTT QoS 0", "OnOff/PacketSink over TCP, same bytes", plain, onOff, 1.3);
    Print("MQTT QoS 0 over TLS (PSK, CCM-8)", "MQTT QoS 0 over TCP", secured, plain, 1.5);
    return 0;
}
