// SPDX-License-Identifier: GPL-2.0-only
// Wall time of CoAP NON beside ns-3's UdpClient and UdpServer with the same datagrams on the same
// topology: one of the size of the request up, one of the size of the response down. Prints JSON
// lines for scripts/bench. With the argument "udp" or "coap" it runs that half alone and prints
// nothing.

#include "apart.h"
#include "bench-star.h"
#include "coap/model/coap-client.h"
#include "coap/model/coap-server.h"
#include "words.h"

#include "ns3/inet-socket-address.h"
#include "ns3/udp-client.h"
#include "ns3/udp-server.h"
#include "ns3/uinteger.h"

#include <iostream>

using namespace ns3;

namespace
{

constexpr uint32_t CLIENTS = 20;
constexpr uint32_t PAYLOAD = 64;
constexpr uint32_t REQUEST_SIZE =
    4 + 2 + 2 + 3 + 2 + 1 + PAYLOAD; // header, token, Uri-Path s/00/t, marker
constexpr uint32_t RESPONSE_SIZE = 4 + 2;
constexpr uint16_t PORT = 5683;
const Time PERIOD = MilliSeconds(10);
const Time BEGIN = Seconds(2);
const Time ONE_WAY = MicroSeconds(1010); // delay of the link and transmission of a request
const Time END = Seconds(32);

/// The clients take turns within a period, as devices that know nothing of each other do. Both
/// halves keep to it: a frame of one meets the same state of the network as that of the other.
Time
GetStart(uint32_t client)
{
    return BEGIN + PERIOD * client / CLIENTS;
}

struct Result
{
    double wall;
    uint64_t up;
    uint64_t down;
};

Result
RunCoap()
{
    bench::Star star(CLIENTS);
    Result result{};
    auto server = CreateObject<CoapServer>();
    server->SetAttribute("Local", AddressValue(InetSocketAddress(Ipv4Address::GetAny(), PORT)));
    server->AddResource("s/00/t", [&result](const CoapRequestContext&, const coap::Request&) {
        result.up++;
        return coap::Response(coap::Code::Changed);
    });
    star.server->AddApplication(server);
    for (uint32_t i = 0; i < CLIENTS; i++)
    {
        auto client = CreateObject<CoapClient>();
        client->SetAttribute("Remote",
                             AddressValue(InetSocketAddress(star.serverAddresses[i], PORT)));
        star.clients.Get(i)->AddApplication(client);
        coap::Request request(coap::Code::Put, "s/00/t", sansio::Bytes(PAYLOAD));
        request.confirmable = false;
        bench::Repeat(GetStart(i), PERIOD, END, [client, request, &result] {
            client->Request(request, [&result](const CoapResult& answer) {
                result.down += answer.response.has_value();
            });
        });
    }
    result.wall = bench::RunAndTime(END + Seconds(1));
    Simulator::Destroy();
    return result;
}

void
InstallFlow(Ptr<Node> from, Ipv4Address address, uint32_t size, Time start)
{
    auto client = CreateObject<UdpClient>();
    client->SetAttribute("RemoteAddress", AddressValue(address));
    client->SetAttribute("RemotePort", UintegerValue(PORT));
    client->SetAttribute("PacketSize", UintegerValue(size));
    client->SetAttribute("Interval", TimeValue(PERIOD));
    client->SetAttribute("MaxPackets",
                         UintegerValue((END - BEGIN).GetNanoSeconds() / PERIOD.GetNanoSeconds()));
    client->SetStartTime(start);
    from->AddApplication(client);
}

Ptr<UdpServer>
InstallServer(Ptr<Node> node)
{
    auto server = CreateObject<UdpServer>();
    server->SetAttribute("Port", UintegerValue(PORT));
    node->AddApplication(server);
    return server;
}

Result
RunUdp()
{
    constexpr uint32_t SEQUENCE_HEADER = 12; // the smallest datagram of UdpClient
    bench::Star star(CLIENTS);
    auto up = InstallServer(star.server);
    std::vector<Ptr<UdpServer>> down;
    for (uint32_t i = 0; i < CLIENTS; i++)
    {
        Ptr<Node> node = star.clients.Get(i);
        InstallFlow(node, star.serverAddresses[i], REQUEST_SIZE, GetStart(i));
        down.push_back(InstallServer(node));
        InstallFlow(star.server,
                    star.clientAddresses[i],
                    std::max(RESPONSE_SIZE, SEQUENCE_HEADER),
                    GetStart(i) + ONE_WAY);
    }
    Result result{};
    result.wall = bench::RunAndTime(END + Seconds(1));
    result.up = up->GetReceived();
    for (const auto& server : down)
    {
        result.down += server->GetReceived();
    }
    Simulator::Destroy();
    return result;
}

} // namespace

int
main(int argc, char* argv[])
{
    const std::string half = bench::ReadWords(argc, argv, {"udp", "coap"}); // to be profiled alone
    if (!half.empty())
    {
        half == "udp" ? RunUdp() : RunCoap();
        return 0;
    }
    const Result udp = bench::RunApart(RunUdp);
    const Result coap = bench::RunApart(RunCoap);
    std::cout << "{\"name\": \"CoAP NON\", \"baseline\": \"UdpClient/UdpServer, same datagrams\", "
                 "\"ratio\": "
              << coap.wall / udp.wall << ", \"limit\": 1.3, \"wall_s\": " << coap.wall
              << ", \"baseline_wall_s\": " << udp.wall << ", \"requests\": " << coap.up
              << ", \"responses\": " << coap.down << ", \"baseline_up\": " << udp.up
              << ", \"baseline_down\": " << udp.down << "}" << std::endl;
    return 0;
}
