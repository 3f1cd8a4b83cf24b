// SPDX-License-Identifier: GPL-2.0-only

// Two sensors and a broker: a first MQTT network.
//
//     sensor 1 ---- broker ---- sensor 2
//
// Sensor 1 publishes its temperature every ten seconds with QoS 1; sensor 2 subscribes. Neither
// knows the other's address: that is what the broker is for. From 95 to 255 s the broker hears
// nothing of sensor 1. See what MQTT makes of it, with --qos=0 too.

#include "mqtt/helper/mqtt-helper.h"
#include "mqtt/model/mqtt-client.h"
#include "sans-io/model/parameter-table.h"

#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <iostream>

using namespace ns3;

// What the trace sources tell us goes to the terminal.
void
Arrived(const mqtt::Message& message)
{
    std::cout << Simulator::Now().As(Time::S) << "  sensor 2 hears " << message.topic << " = "
              << std::string(message.payload.begin(), message.payload.end()) << "\n";
}

void
Redelivered(uint16_t packetId)
{
    std::cout << Simulator::Now().As(Time::S) << "  sensor 1 sends packet " << packetId
              << " again\n";
}

void
Disconnected(std::string reason)
{
    std::cout << Simulator::Now().As(Time::S) << "  sensor 1: " << reason << "\n";
}

int
main(int argc, char* argv[])
{
    std::string level = "1";
    ParameterTable table("Two sensors and a broker; one of them is out of reach for a while.");
    table.AddChoice("qos", "Quality of Service", level, {"0", "1", "2"});
    table.ParseOrExit(argc, argv);
    const uint8_t qos = level[0] - '0';

    // Three nodes, a link from the broker to each sensor.
    NodeContainer nodes(3);
    InternetStackHelper().Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("250kbps"));
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    NetDeviceContainer first = link.Install(nodes.Get(0), nodes.Get(1));
    Ipv4Address broker1 = addresses.Assign(first).GetAddress(0);
    addresses.NewNetwork();
    NetDeviceContainer second = link.Install(nodes.Get(0), nodes.Get(2));
    Ipv4Address broker2 = addresses.Assign(second).GetAddress(0);

    // The broker, and a client on each sensor.
    MqttBrokerHelper(InetSocketAddress(Ipv4Address::GetAny(), 1883)).Install(nodes.Get(0));
    auto sensor1 = DynamicCast<MqttClient>(
        MqttClientHelper(InetSocketAddress(broker1, 1883)).Install(nodes.Get(1)).Get(0));
    auto sensor2 = DynamicCast<MqttClient>(
        MqttClientHelper(InetSocketAddress(broker2, 1883)).Install(nodes.Get(2)).Get(0));
    sensor2->Subscribe("room/+", qos);
    sensor2->TraceConnectWithoutContext("Message", MakeCallback(&Arrived));
    sensor1->TraceConnectWithoutContext("Redelivered", MakeCallback(&Redelivered));
    sensor1->TraceConnectWithoutContext("Disconnected", MakeCallback(&Disconnected));

    for (uint32_t reading = 0; reading < 30; reading++)
    {
        std::string text = std::to_string(20 + reading % 5);
        mqtt::Message message{"room/temperature", {text.begin(), text.end()}, qos};
        Simulator::Schedule(Seconds(10 + 10 * reading), &MqttClient::Publish, sensor1, message, 0);
    }

    // The bad time: the broker's device receives nothing.
    auto deaf = CreateObject<RateErrorModel>();
    deaf->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
    deaf->SetRate(1);
    deaf->Disable();
    first.Get(0)->SetAttribute("ReceiveErrorModel", PointerValue(deaf));
    Simulator::Schedule(Seconds(95), &RateErrorModel::Enable, deaf);
    Simulator::Schedule(Seconds(255), &RateErrorModel::Disable, deaf);

    Simulator::Stop(Seconds(500));
    Simulator::Run();
    Simulator::Destroy();
}
