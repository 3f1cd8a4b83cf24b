// SPDX-License-Identifier: GPL-2.0-only
// Wall time of a broker with a thousand clients, each of which gets back what it publishes, beside
// the same bytes each way on the same topology by ns-3's applications and by bare sockets: few
// messages, where the connections are what there is, and many. Prints JSON lines for scripts/bench.
//
// OnOff and PacketSink carry bytes one way, so that each client has two connections, and the server
// twice as many end points, which TCP looks through for every segment. Bare TCP sockets that send
// back what they get have one connection each, as MQTT has: what is beyond them is MQTT's.
//
// With the arguments "mqtt", "onoff" or "sockets" and "few" or "many" it runs that part alone and
// prints nothing.

#include "apart.h"
#include "bench-star.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"
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

constexpr uint32_t CLIENTS = 1000;
constexpr uint32_t PAYLOAD = 64;
constexpr uint32_t PUBLISH_SIZE = 2 + 2 + 8 + PAYLOAD; // fixed header, topic length, "c/1000/t"
constexpr uint16_t PORT = 1883;
const Time BEGIN = Seconds(12); // all are connected, and the longest period fits in

/// How much is published each way.
struct Load
{
    std::string name;
    Time period; ///< of each client
    Time length;

    Time GetStart(uint32_t client) const
    {
        return BEGIN + period * client / CLIENTS;
    }

    Time GetEnd() const
    {
        return BEGIN + length;
    }
};

const Load FEW{"100 publishes/s each way", Seconds(10), Seconds(60)};
const Load MANY{"10,000 publishes/s each way", MilliSeconds(100), Seconds(4)};

struct Result
{
    double wall;
    uint64_t up;
    uint64_t down;
};

Result
RunMqtt(const Load& load)
{
    bench::Star star(CLIENTS);
    Result result{};
    auto broker = CreateObject<MqttBroker>();
    broker->SetAttribute("Local", AddressValue(InetSocketAddress(Ipv4Address::GetAny(), PORT)));
    broker->TraceConnectWithoutContext(
        "Message",
        Callback<void, std::string, const mqtt::Message&>(
            [&result](std::string, const mqtt::Message&) { result.up++; }));
    star.server->AddApplication(broker);
    for (uint32_t i = 0; i < CLIENTS; i++)
    {
        auto client = CreateObject<MqttClient>();
        client->SetAttribute("Remote",
                             AddressValue(InetSocketAddress(star.serverAddresses[i], PORT)));
        client->SetAttribute("ClientId", StringValue("c" + std::to_string(i)));
        client->TraceConnectWithoutContext("Message",
                                           Callback<void, const mqtt::Message&>(
                                               [&result](const mqtt::Message&) { result.down++; }));
        star.clients.Get(i)->AddApplication(client);
        mqtt::Message message;
        message.topic = "c/" + std::to_string(CLIENTS + i) + "/t";
        message.payload.resize(PAYLOAD);
        client->Subscribe(message.topic, 0);
        bench::Repeat(load.GetStart(i), load.period, load.GetEnd(), [client, message] {
            client->Publish(message);
        });
    }
    result.wall = bench::RunAndTime(load.GetEnd() + Seconds(1));
    Simulator::Destroy();
    return result;
}

void
InstallSource(Ptr<Node> from, Ipv4Address to, const Load& load, uint32_t client)
{
    auto source = CreateObject<OnOffApplication>();
    source->SetAttribute("Protocol", TypeIdValue(TcpSocketFactory::GetTypeId()));
    source->SetAttribute("Remote", AddressValue(InetSocketAddress(to, PORT)));
    source->SetAttribute("OnTime", StringValue("ns3::ConstantRandomVariable[Constant=1000]"));
    source->SetAttribute("OffTime", StringValue("ns3::ConstantRandomVariable[Constant=0]"));
    source->SetAttribute("PacketSize", UintegerValue(PUBLISH_SIZE));
    source->SetAttribute("DataRate",
                         DataRateValue(DataRate(PUBLISH_SIZE * 8 / load.period.GetSeconds())));
    source->SetStartTime(load.GetStart(client) - load.period); // the first packet comes a period on
    source->SetStopTime(load.GetEnd());
    from->AddApplication(source);
}

Ptr<PacketSink>
InstallSink(Ptr<Node> node)
{
    auto sink = CreateObject<PacketSink>();
    sink->SetAttribute("Protocol", TypeIdValue(TcpSocketFactory::GetTypeId()));
    sink->SetAttribute("Local", AddressValue(InetSocketAddress(Ipv4Address::GetAny(), PORT)));
    node->AddApplication(sink);
    return sink;
}

Result
RunOnOff(const Load& load)
{
    bench::Star star(CLIENTS);
    auto up = InstallSink(star.server);
    std::vector<Ptr<PacketSink>> down;
    for (uint32_t i = 0; i < CLIENTS; i++)
    {
        InstallSource(star.clients.Get(i), star.serverAddresses[i], load, i);
        down.push_back(InstallSink(star.clients.Get(i)));
        InstallSource(star.server, star.clientAddresses[i], load, i);
    }
    Result result{};
    result.wall = bench::RunAndTime(load.GetEnd() + Seconds(1));
    result.up = up->GetTotalRx() / PUBLISH_SIZE;
    for (const auto& sink : down)
    {
        result.down += sink->GetTotalRx() / PUBLISH_SIZE;
    }
    Simulator::Destroy();
    return result;
}

/// Sends back what comes.
void
Echo(uint64_t* bytes, Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        if (packet->GetSize() == 0)
        {
            return;
        }
        *bytes += packet->GetSize();
        socket->Send(packet);
    }
}

/// Takes what comes.
void
Swallow(uint64_t* bytes, Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        if (packet->GetSize() == 0)
        {
            return;
        }
        *bytes += packet->GetSize();
    }
}

Result
RunSockets(const Load& load)
{
    bench::Star star(CLIENTS);
    uint64_t up = 0;
    uint64_t down = 0;
    Ptr<Socket> listener = Socket::CreateSocket(star.server, TcpSocketFactory::GetTypeId());
    listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    listener->Listen();
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([&up](Ptr<Socket> socket, const Address&) {
            socket->SetRecvCallback(MakeBoundCallback(&Echo, &up));
        }));
    for (uint32_t i = 0; i < CLIENTS; i++)
    {
        Ptr<Socket> socket =
            Socket::CreateSocket(star.clients.Get(i), TcpSocketFactory::GetTypeId());
        socket->SetRecvCallback(MakeBoundCallback(&Swallow, &down));
        socket->Bind();
        const Address server = InetSocketAddress(star.serverAddresses[i], PORT);
        Simulator::ScheduleNow([socket, server] { socket->Connect(server); });
        bench::Repeat(load.GetStart(i), load.period, load.GetEnd(), [socket] {
            socket->Send(Create<Packet>(PUBLISH_SIZE));
        });
    }
    Result result{bench::RunAndTime(load.GetEnd() + Seconds(1)),
                  up / PUBLISH_SIZE,
                  down / PUBLISH_SIZE};
    Simulator::Destroy();
    return result;
}

void
Print(const Load& load, const Result& ours, const std::string& baseline, const Result& theirs)
{
    std::cout << "{\"name\": \"MQTT broker, " << CLIENTS << " clients, " << load.name
              << "\", \"baseline\": \"" << baseline << "\", \"ratio\": " << ours.wall / theirs.wall
              << ", \"limit\": 1.3, \"wall_s\": " << ours.wall
              << ", \"baseline_wall_s\": " << theirs.wall << ", \"up\": " << ours.up
              << ", \"down\": " << ours.down << ", \"baseline_up\": " << theirs.up
              << ", \"baseline_down\": " << theirs.down << "}" << std::endl;
}

void
Compare(const Load& load)
{
    const Result applications = bench::RunApart([&load] { return RunOnOff(load); });
    const Result ours = bench::RunApart([&load] { return RunMqtt(load); });
    const Result sockets = bench::RunApart([&load] { return RunSockets(load); });
    Print(load, ours, "OnOff/PacketSink over TCP, same bytes, two connections", applications);
    Print(load, ours, "bare TCP sockets, same bytes, one connection", sockets);
}

} // namespace

int
main(int argc, char* argv[])
{
    const std::string words = bench::ReadWords(
        argc,
        argv,
        {"mqtt few", "mqtt many", "onoff few", "onoff many", "sockets few", "sockets many"});
    if (!words.empty())
    {
        const Load& load = argv[2] == std::string("few") ? FEW : MANY;
        const std::string part = argv[1];
        part == "mqtt" ? RunMqtt(load) : part == "onoff" ? RunOnOff(load) : RunSockets(load);
        return 0;
    }
    Compare(FEW);
    Compare(MANY);
    return 0;
}
