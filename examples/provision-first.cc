// SPDX-License-Identifier: GPL-2.0-only

// A device gets into the registry and then, with tokens, into the broker.
//
//     device ---- host: device manager, broker
//
// The device makes its key pair, the device manager keeps the public key, and the broker lets the
// device in by the tokens that it signs. Each lasts for a minute; the broker closes the connection
// when it has ended, and the device comes back with another. At 200 s somebody blocks the device.

#include "iot-auth/helper/auth-helper.h"
#include "iot-auth/model/device-manager.h"
#include "iot-auth/model/provisioner.h"
#include "iot-scenario/model/auth-access-control.h"
#include "mqtt/helper/mqtt-helper.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"
#include "sans-io/model/parameter-table.h"

#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <iostream>

using namespace ns3;

void
Tell(const std::string& what)
{
    std::cout << Simulator::Now().As(Time::S) << "  " << what << "\n";
}

int
main(int argc, char* argv[])
{
    ParameterTable table("A device gets into the registry and, with tokens, into the broker.");
    table.ParseOrExit(argc, argv);
    NodeContainer nodes(2);
    Ptr<Node> host = nodes.Get(0);
    Ptr<Node> device = nodes.Get(1);
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    Ipv4Address server = addresses.Assign(PointToPointHelper().Install(nodes)).GetAddress(0);

    // The device has a name, and from 5 s on a key that the device manager knows.
    DeviceCredentialHelper credentials;
    credentials.SetAttribute("Lifetime", TimeValue(Seconds(60)));
    Ptr<DeviceCredential> credential = credentials.Install(device, "s01");
    auto provisioner = ProvisionerHelper(InetSocketAddress(server, 8080)).Install(device).Get(0);
    provisioner->SetStartTime(Seconds(5));
    provisioner->TraceConnectWithoutContext(
        "Provisioned",
        Callback<void, std::string, std::string>([](std::string name, std::string result) {
            Tell("device manager: " + name + " " + result);
        }));

    // Device manager and broker share the registry.
    Ns3RandomSource random;
    auto registry = std::make_shared<auth::DeviceRegistry>();
    DeviceManagerHelper managers(InetSocketAddress(Ipv4Address::GetAny(), 8080));
    DynamicCast<DeviceManager>(managers.Install(host).Get(0))->SetRegistry(registry);
    AuthAccessControl::Settings settings;
    settings.registry = registry;
    settings.policy = {"iot", 5};
    settings.startDate = 1767225600; // as DeviceCredential::StartDate
    MqttBrokerHelper brokers(InetSocketAddress(Ipv4Address::GetAny(), 1883));
    auto broker = DynamicCast<MqttBroker>(brokers.Install(host).Get(0));
    broker->SetAccessControl(std::make_shared<AuthAccessControl>(settings, random));
    broker->TraceConnectWithoutContext(
        "SessionClosed",
        Callback<void, std::string, std::string>(
            [](std::string, std::string reason) { Tell("broker: " + reason); }));

    // Each CONNECT has a fresh token as password.
    MqttClientHelper clients(InetSocketAddress(server, 1883));
    clients.SetAttribute("ClientId", StringValue("s01"));
    auto client = DynamicCast<MqttClient>(clients.Install(device).Get(0));
    client->SetStartTime(Seconds(10));
    client->SetCredentialsSource([credential](MqttClient::CredentialsTaker take) {
        credential->MakeToken([take](const DeviceCredential::MadeToken& made) {
            take("unused", sansio::Bytes(made.token.begin(), made.token.end()));
        });
    });
    client->TraceConnectWithoutContext("Connected", Callback<void, bool>([](bool) {
                                           Tell("device: connected");
                                       }));
    client->TraceConnectWithoutContext(
        "Disconnected",
        Callback<void, std::string>([](std::string reason) { Tell("device: " + reason); }));
    Simulator::Schedule(Seconds(200), [registry] { registry->SetBlocked("s01", true); });

    Simulator::Stop(Seconds(300));
    Simulator::Run();
    Simulator::Destroy();
}
