// SPDX-License-Identifier: GPL-2.0-only

// Any application over TLS or DTLS: security is a socket.
//
//     client ---- server
//
// ns-3's own applications know nothing of TLS. They name the factory of their sockets in the
// attribute Protocol, and here it is ours: BulkSend fills a TLS connection to one PacketSink,
// OnOff sends datagrams over DTLS to another. Real records cross the link: with --capture=tls
// Wireshark opens tls-*.pcap and decrypts them by tls.keys. A wrong key: try --clientKey=00.

#include "sans-io/model/parameter-table.h"
#include "tls/helper/tls-helper.h"

#include "ns3/bulk-send-helper.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/on-off-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <iostream>
#include <stdexcept>

using namespace ns3;

// What the factories of the client tell goes to the terminal.
void
Completed(const tls::HandshakeCompleted& completed, const Address&, Time duration)
{
    std::cout << Simulator::Now().As(Time::S) << "  " << ToString(completed.version) << " with "
              << completed.cipherSuite << ": handshake of " << completed.bytesSent << " + "
              << completed.bytesReceived << " bytes in " << duration.As(Time::MS) << "\n";
}

int
main(int argc, char* argv[])
{
    std::string clientKey = "000102030405060708090a0b0c0d0e0f";
    std::string capture;
    ParameterTable table("BulkSend over TLS and OnOff over DTLS, neither of which knows of it.");
    table.AddText("clientKey", "Pre-shared key of the client, hexadecimal", clientKey);
    table.AddOutputs("capture", "Prefix of the captures and the file of secrets", capture);
    table.ParseOrExit(argc, argv);

    NodeContainer nodes(2);
    InternetStackHelper().Install(nodes);
    PointToPointHelper link;
    auto devices = link.Install(nodes);
    auto interfaces = Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);

    // Both ends hold a key. A wrong setting is one line of text, before anything runs.
    try
    {
        TlsHelper tls;
        tls.Set("KeyLogFile", StringValue(capture.empty() ? "" : capture + ".keys"));
        tls.Set("PskTable", StringValue("s01:000102030405060708090a0b0c0d0e0f"));
        tls.Install(nodes.Get(1));
        tls.Set("PskTable", StringValue("s01:" + clientKey));
        tls.Install(nodes.Get(0));
    }
    catch (const std::runtime_error& error)
    {
        std::cerr << "tls-any-application: " << error.what() << "\n";
        return 1;
    }
    auto tlsFactory = nodes.Get(0)->GetObject<TlsSocketFactory>();
    auto dtlsFactory = nodes.Get(0)->GetObject<DtlsSocketFactory>();
    tlsFactory->TraceConnectWithoutContext("HandshakeCompleted", MakeCallback(&Completed));
    dtlsFactory->TraceConnectWithoutContext("HandshakeCompleted", MakeCallback(&Completed));

    // Four applications of ns-3: only the names of the factories are ours.
    InetSocketAddress server(interfaces.GetAddress(1), 4433);
    BulkSendHelper bulk("ns3::TlsSocketFactory", server);
    bulk.SetAttribute("MaxBytes", UintegerValue(100000));
    bulk.Install(nodes.Get(0)).Start(Seconds(1));
    OnOffHelper onOff("ns3::DtlsSocketFactory", server);
    onOff.SetConstantRate(DataRate("8kbps"), 100);
    onOff.Install(nodes.Get(0)).Start(Seconds(1));
    auto sinks = PacketSinkHelper("ns3::TlsSocketFactory", server).Install(nodes.Get(1));
    sinks.Add(PacketSinkHelper("ns3::DtlsSocketFactory", server).Install(nodes.Get(1)));

    if (!capture.empty())
    {
        link.EnablePcapAll(capture);
    }
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    std::cout << DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx() << " bytes over TLS, "
              << DynamicCast<PacketSink>(sinks.Get(1))->GetTotalRx() << " over DTLS\n";
    Simulator::Destroy();
}
