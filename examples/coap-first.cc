// SPDX-License-Identifier: GPL-2.0-only
// A first program with CoAP: two clients and a server, one PUT, one GET, one observation.
//
//     client 1 --- server --- client 2        point-to-point links of 1 Mbit/s and 10 ms
//
// Client 1 observes /light. Client 2 reads /temperature and then writes /light, of which client 1
// hears by a notification. Look at the captures it leaves in Wireshark.
#include "coap/helper/coap-helper.h"
#include "sans-io/model/parameter-table.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <iostream>

using namespace ns3;

sansio::Bytes
ToBytes(std::string_view text)
{
    return sansio::ByteView(text).ToBytes();
}

/// Prints what became of a request of the client \p who.
CoapClient::ResultHandler
Print(const std::string& who)
{
    return [who](const CoapResult& result) {
        std::string what(result.failure ? ToString(*result.failure) : "");
        if (result.response)
        {
            sansio::ByteView payload(result.response->payload);
            what = ToString(result.response->code) + " " + payload.ToString();
        }
        std::cout << Simulator::Now().As(Time::S) << "  " << who << ": " << what << "\n";
    };
}

int
main(int argc, char* argv[])
{
    std::string pcap("coap-first");
    ParameterTable table("Two clients and a server: one PUT, one GET, one observation.");
    table.AddOutputs("pcap", "Prefix of the capture files", pcap);
    table.ParseOrExit(argc, argv);
    NodeContainer nodes(3); // 0 is the server
    InternetStackHelper().Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Mbps"));
    link.SetChannelAttribute("Delay", StringValue("10ms"));
    Ipv6AddressHelper addresses("fd00:0:0:1::", Ipv6Prefix(64));
    ApplicationContainer clients;
    for (uint32_t i : {1, 2})
    {
        auto interfaces = addresses.Assign(link.Install(nodes.Get(0), nodes.Get(i)));
        addresses.NewNetwork();
        Inet6SocketAddress server(interfaces.GetAddress(0, 1), 5683);
        clients.Add(CoapClientHelper(server).Install(nodes.Get(i)));
    }
    CoapServerHelper serverHelper(Inet6SocketAddress(Ipv6Address::GetAny(), 5683));
    auto server = DynamicCast<CoapServer>(serverHelper.Install(nodes.Get(0)).Get(0));
    auto client1 = DynamicCast<CoapClient>(clients.Get(0));
    auto client2 = DynamicCast<CoapClient>(clients.Get(1));

    // A resource is a path and a function from request to response.
    server->AddResource("temperature", [](const auto&, const coap::Request&) {
        return coap::Response(coap::Code::Content, ToBytes("22.3 C"));
    });
    sansio::Bytes light = ToBytes("off");
    server->AddResource("light", [&](const auto&, const coap::Request& request) {
        if (request.method == coap::Code::Get)
        {
            return coap::Response(coap::Code::Content, light);
        }
        light = request.payload;
        Simulator::ScheduleNow(&CoapServer::Notify, server, "light");
        return coap::Response(coap::Code::Changed);
    });

    auto request = &CoapClient::Request;
    coap::Request getTemperature(coap::Code::Get, "temperature");
    coap::Request putLight(coap::Code::Put, "light", ToBytes("on"));
    Simulator::Schedule(Seconds(3), &CoapClient::Observe, client1, "light", Print("client 1"));
    Simulator::Schedule(Seconds(4), request, client2, getTemperature, Print("client 2"), 0);
    Simulator::Schedule(Seconds(5), request, client2, putLight, Print("client 2"), 0);
    link.EnablePcapAll(pcap);
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
