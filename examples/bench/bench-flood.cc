// SPDX-License-Identifier: GPL-2.0-only
// Wall time of floods from the internet through the access router to a wired victim: datagrams
// beside ns-3's UdpClient and PacketSink with as many of the same size on the same path, TLS
// handshakes beside the same bytes over TCP and the same cryptography in memory. Prints JSON lines
// for scripts/bench.

#include "apart.h"
#include "bench-flood-handshakes.h"
#include "coap/model/coap-server.h"
#include "crypto/protocol/certificate-authority.h"
#include "iot-attacks/helper/attack-network-helper.h"
#include "iot-attacks/model/coap-flood.h"
#include "iot-attacks/model/dtls-flood.h"
#include "iot-attacks/model/syn-flood.h"
#include "iot-attacks/model/tls-flood.h"
#include "iot-device/model/host-tcp-socket-factory.h"
#include "tls/helper/tls-helper.h"
#include "words.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-client.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <fstream>
#include <iostream>
#include <unistd.h>

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 5684;
constexpr double RATE = 10000; ///< datagrams a second
constexpr uint32_t HANDSHAKES = 5000;
constexpr double HANDSHAKE_RATE = 500;
const Time BEGIN = Seconds(1);
const Time END = Seconds(11);

/// The attacker's way to a wired host.
struct Path
{
    Path()
        : victim(CreateObject<Node>()),
          network(CreateObject<AttackNetworkHelper>())
    {
        InternetStackHelper stack;
        stack.SetIpv4StackInstall(false);
        stack.Install(victim);
        network->Build(victim);
    }

    ~Path()
    {
        Simulator::Destroy();
    }

    Address GetTarget() const
    {
        return Inet6SocketAddress(network->GetVictimAddress(), PORT);
    }

    template <typename Kind>
    Ptr<Kind> Attack(double rate)
    {
        auto attack = CreateObject<Kind>();
        attack->SetAttribute("Target", AddressValue(GetTarget()));
        attack->SetAttribute("Rate", DoubleValue(rate));
        attack->SetStartTime(BEGIN);
        attack->SetStopTime(END);
        network->GetAttacker()->AddApplication(attack);
        return attack;
    }

    /// Whatever comes to the port ends here.
    void Discard()
    {
        auto sink = CreateObject<PacketSink>();
        sink->SetAttribute("Protocol", TypeIdValue(UdpSocketFactory::GetTypeId()));
        sink->SetAttribute("Local", AddressValue(GetLocal()));
        victim->AddApplication(sink);
    }

    static Address GetLocal()
    {
        return Inet6SocketAddress(Ipv6Address::GetAny(), PORT);
    }

    Ptr<Node> victim;
    Ptr<AttackNetworkHelper> network;
};

/// The resident set of this process in bytes.
double
GetResident()
{
    std::ifstream statm("/proc/self/statm");
    double total = 0;
    double resident = 0;
    statm >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

struct Result
{
    double wall{0};
    uint64_t count{0};
    double growth{0}; ///< of the resident set in the second half
};

double
RunAndTime(Time end)
{
    Simulator::Stop(end);
    const auto start = std::chrono::steady_clock::now();
    Simulator::Run();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    return wall.count();
}

/// Runs to the end of the floods and somewhat beyond.
Result
Run()
{
    Result result;
    double half = 0;
    Simulator::Schedule((BEGIN + END) / 2, [&] { half = GetResident(); });
    Simulator::Schedule(END, [&] { result.growth = GetResident() - half; });
    result.wall = RunAndTime(END + Seconds(1));
    return result;
}

/// ns-3's own flood.
Ptr<UdpClient>
AddUdpClient(Ptr<Node> node, const Address& to, uint32_t size)
{
    auto client = CreateObject<UdpClient>();
    const auto target = Inet6SocketAddress::ConvertFrom(to);
    client->SetRemote(target.GetIpv6(), target.GetPort());
    client->SetAttribute("PacketSize", UintegerValue(size));
    client->SetAttribute("Interval", TimeValue(Seconds(1 / RATE)));
    client->SetAttribute("MaxPackets", UintegerValue(1000000));
    client->SetStartTime(BEGIN);
    client->SetStopTime(END);
    node->AddApplication(client);
    return client;
}

/// \param size of the datagrams to the victim
/// \param answer of as many from the victim to spoofed sources; 0: there are none
Result
RunUdpClient(uint32_t size, uint32_t answer = 0)
{
    return bench::RunApart([=] {
        Path path;
        path.Discard();
        auto client = AddUdpClient(path.network->GetAttacker(), path.GetTarget(), size);
        if (answer > 0)
        {
            const Inet6SocketAddress source(AttackNetworkHelper::GetSpoofedAddress(1), PORT);
            AddUdpClient(path.victim, source, answer);
        }
        Result result = Run();
        result.count = client->GetTotalTx() / size;
        return result;
    });
}

/// A flood of a kind at what \p prepare makes of the victim; it may keep objects alive.
template <typename Kind>
Result
RunFlood(std::function<std::shared_ptr<void>(Path&)> prepare)
{
    return bench::RunApart([&prepare] {
        Path path;
        auto kept = prepare(path);
        auto attack = path.Attack<Kind>(RATE);
        Result result = Run();
        result.count = attack->GetPackets();
        return result;
    });
}

std::shared_ptr<void>
ServeNothing(Path& path)
{
    path.Discard();
    return nullptr;
}

std::shared_ptr<void>
ServeCoap(Path& path)
{
    auto server = CreateObject<CoapServer>();
    server->SetAttribute("Local", AddressValue(Path::GetLocal()));
    path.victim->AddApplication(server);
    return nullptr;
}

std::shared_ptr<void>
ServeDtls(Path& path)
{
    auto factory = CreateObject<DtlsSocketFactory>();
    factory->SetAttribute("PskIdentity", StringValue("bench"));
    factory->SetAttribute("PskKey", StringValue("00112233445566778899aabbccddeeff"));
    path.victim->AggregateObject(factory);
    auto listener = factory->CreateSocket();
    listener->Bind(Path::GetLocal());
    return std::make_shared<Ptr<Socket>>(listener);
}

std::shared_ptr<void>
ServeTcp(Path& path)
{
    auto factory = CreateObject<HostTcpSocketFactory>();
    path.victim->AggregateObject(factory);
    auto listener = factory->CreateSocket();
    listener->Bind(Path::GetLocal());
    listener->Listen();
    return std::make_shared<Ptr<Socket>>(listener);
}

/// What both ends of the handshakes are told.
struct Credentials
{
    Credentials()
    {
        Ns3RandomSource random;
        credential = crypto::CertificateAuthority::MakeSelfSigned({"victim"}, random);
    }

    TlsHelper MakeClient() const
    {
        TlsHelper helper;
        helper.Set("TrustAnchors", StringValue(credential.certificate));
        return helper;
    }

    TlsHelper MakeServer() const
    {
        TlsHelper helper;
        helper.Set("Certificate", StringValue(credential.certificate));
        helper.Set("PrivateKey", StringValue(credential.privateKey));
        helper.Set("MaxSessions", UintegerValue(HANDSHAKES));
        return helper;
    }

    crypto::Credential credential;
};

/// Closes what its peers close; keeps nothing.
Ptr<Socket>
ListenAndClose(Ptr<Node> node, TypeId protocol)
{
    using Notice = Callback<void, Ptr<Socket>>;
    auto listener = Socket::CreateSocket(node, protocol);
    listener->Bind(Path::GetLocal());
    listener->Listen();
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([](Ptr<Socket> socket, const Address&) {
            const Notice close([](Ptr<Socket> s) { s->Close(); });
            socket->SetCloseCallbacks(close, close);
        }));
    return listener;
}

Result
RunTlsFlood(const Credentials& credentials)
{
    Path path;
    credentials.MakeServer().InstallTls(path.victim);
    credentials.MakeClient().InstallTls(path.network->GetAttacker());
    auto listener = ListenAndClose(path.victim, TlsSocketFactory::GetTypeId());
    auto attack = path.Attack<TlsFlood>(HANDSHAKE_RATE);
    attack->SetAttribute("Protocol", TypeIdValue(TlsSocketFactory::GetTypeId()));
    attack->SetStopTime(BEGIN + Seconds(HANDSHAKES / HANDSHAKE_RATE) + MilliSeconds(50));
    Result result = Run();
    result.count = attack->GetOpened();
    return result;
}

Result
RunFlights(const bench::Flights& flights)
{
    Path path;
    bench::FlightExchange exchange(path.network->GetAttacker(),
                                   path.victim,
                                   TcpSocketFactory::GetTypeId(),
                                   path.GetTarget(),
                                   Path::GetLocal(),
                                   flights);
    for (uint32_t i = 0; i < HANDSHAKES; i++)
    {
        Simulator::Schedule(BEGIN + Seconds(i / HANDSHAKE_RATE),
                            &bench::FlightExchange::Connect,
                            &exchange);
    }
    Result result = Run();
    result.count = exchange.GetEnded() / 2;
    return result;
}

void
Print(const std::string& name,
      const std::string& baseline,
      const Result& ours,
      const Result& theirs,
      double limit,
      const std::string& more = "")
{
    std::cout << "{\"name\": \"" << name << "\", \"baseline\": \"" << baseline
              << "\", \"ratio\": " << ours.wall / theirs.wall << ", \"limit\": " << limit
              << ", \"wall_s\": " << ours.wall << ", \"baseline_wall_s\": " << theirs.wall
              << ", \"count\": " << ours.count << ", \"baseline_count\": " << theirs.count
              << ", \"growth_bytes\": " << ours.growth << more << "}" << std::endl;
}

void
BenchDatagrams()
{
    const std::string baseline = "UdpClient/PacketSink, as many of the same size";
    const std::string bothWays = "UdpClient, as many of the same sizes both ways";
    constexpr double limit = 2;
    constexpr uint32_t coapSize = 4 + 2 + 12 + 5; // header, token, Uri-Path .well-known/core
    constexpr uint32_t notFoundSize = 12;         // 6, but the smallest of UdpClient
    constexpr uint32_t helloSize = 79;
    constexpr uint32_t verifySize = 44;
    constexpr uint32_t synSize = 12; // 20 bytes of TCP header instead of 8 of UDP
    const Result coap = RunUdpClient(coapSize);
    Print("CoAP flood, nobody serves", baseline, RunFlood<CoapFlood>(ServeNothing), coap, limit);
    Print("CoAP flood, CoapServer",
          bothWays,
          RunFlood<CoapFlood>(ServeCoap),
          RunUdpClient(coapSize, notFoundSize),
          limit);
    const Result hello = RunUdpClient(helloSize);
    Print("ClientHello flood, nobody serves",
          baseline,
          RunFlood<DtlsFlood>(ServeNothing),
          hello,
          limit);
    Print("ClientHello flood, cookies",
          bothWays,
          RunFlood<DtlsFlood>(ServeDtls),
          RunUdpClient(helloSize, verifySize),
          limit);
    Print("SYN flood, bounded listener",
          baseline,
          RunFlood<SynFlood>(ServeTcp),
          RunUdpClient(synSize),
          limit);
}

void
BenchHandshakes()
{
    const Credentials credentials;
    std::shared_ptr<const tls::Context> contexts[2];
    {
        Path path;
        credentials.MakeServer().InstallTls(path.victim);
        credentials.MakeClient().InstallTls(path.network->GetAttacker());
        contexts[0] = path.network->GetAttacker()->GetObject<TlsSocketFactory>()->GetContext();
        contexts[1] = path.victim->GetObject<TlsSocketFactory>()->GetContext();
    }
    Ns3RandomSource random;
    const bench::Flights flights = bench::ShakeHands(contexts[0], contexts[1], random);
    Result theirs = bench::RunApart([&flights] { return RunFlights(flights); });
    const double crypto = bench::TimeHandshakes(HANDSHAKES, contexts[0], contexts[1]);
    theirs.wall += crypto;
    Print("TLS handshake flood, ECDSA",
          "TCP with the same bytes, and the cryptography in memory",
          bench::RunApart([&credentials] { return RunTlsFlood(credentials); }),
          theirs,
          1.5,
          ", \"baseline_cryptography_s\": " + std::to_string(crypto));
}

} // namespace

int
main(int argc, char* argv[])
{
    bench::ReadWords(argc, argv);
    BenchDatagrams();
    BenchHandshakes();
    return 0;
}
