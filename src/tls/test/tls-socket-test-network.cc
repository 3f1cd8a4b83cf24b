// SPDX-License-Identifier: GPL-2.0-only
#include "tls/test/tls-socket-test-network.h"

#include "sans-io/model/provenance-tag.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/ipv6-header.h"
#include "ns3/node.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/pointer.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-header.h"
#include "ns3/udp-header.h"

namespace ns3
{

namespace
{

constexpr uint32_t PPP_HEADER = 2;

crypto::Credential
MakeServerCredential(std::string* anchor)
{
    Ns3RandomSource random;
    random.AssignStreams(900);
    crypto::CertificateRequest self;
    self.commonName = "test authority";
    crypto::CertificateAuthority authority(self, random);
    *anchor = authority.GetCertificate();
    crypto::CertificateRequest subject;
    subject.commonName = "server";
    subject.dnsNames = {"server.example"};
    return authority.Issue(subject);
}

void
SetAll(TlsHelper& helper, const std::map<std::string, std::string>& attributes)
{
    for (const auto& [name, value] : attributes)
    {
        helper.Set(name, StringValue(value));
    }
}

} // namespace

uint64_t
SentFrame::CountTagged(sansio::Layer layer) const
{
    uint64_t count = 0;
    for (auto it = packet->GetByteTagIterator(); it.HasNext();)
    {
        auto item = it.Next();
        if (item.GetTypeId() == ProvenanceTag::GetTypeId())
        {
            ProvenanceTag tag;
            item.GetTag(tag);
            count += tag.Get().layer == layer ? item.GetEnd() - item.GetStart() : 0;
        }
    }
    return count;
}

sansio::Bytes
SentFrame::GetPayload() const
{
    return FindPayload().value_or(sansio::Bytes{});
}

std::optional<sansio::Bytes>
SentFrame::FindPayload() const
{
    Ptr<Packet> copy = packet->Copy();
    copy->RemoveAtStart(PPP_HEADER);
    uint8_t version;
    copy->CopyData(&version, 1);
    uint8_t protocol;
    if (version >> 4 == 4)
    {
        Ipv4Header header;
        copy->RemoveHeader(header);
        protocol = header.GetProtocol();
    }
    else
    {
        Ipv6Header header;
        copy->RemoveHeader(header);
        protocol = header.GetNextHeader();
    }
    if (protocol == 6)
    {
        TcpHeader header;
        copy->RemoveHeader(header);
    }
    else if (protocol == 17)
    {
        UdpHeader header;
        copy->RemoveHeader(header);
    }
    else
    {
        return std::nullopt;
    }
    return ToBytes(copy);
}

SocketNetwork::SocketNetwork(const NetworkOptions& options)
    : m_ipv6(options.ipv6)
{
    RngSeedManager::SetSeed(1);
    RngSeedManager::SetRun(options.run);
    m_clients.Create(options.clients);
    m_server.Create(1);
    NodeContainer all(m_clients, m_server);
    InternetStackHelper stack;
    stack.Install(all);
    stack.AssignStreams(all, 100);

    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Mbps"));
    link.SetChannelAttribute("Delay", StringValue("10ms"));
    Ipv4AddressHelper ipv4("10.0.0.0", "255.255.255.0");
    Ipv6AddressHelper ipv6(Ipv6Address("fd00:1::"), Ipv6Prefix(64));
    for (uint32_t i = 0; i < options.clients; i++)
    {
        auto pair = link.Install(m_clients.Get(i), m_server.Get(0));
        m_devices.Add(pair);
        auto interfaces4 = ipv4.Assign(pair);
        auto interfaces6 = ipv6.Assign(pair);
        ipv4.NewNetwork();
        ipv6.NewNetwork();
        if (m_ipv6)
        {
            m_serverAddresses.push_back(Inet6SocketAddress(interfaces6.GetAddress(1, 1), 0));
        }
        else
        {
            m_serverAddresses.push_back(InetSocketAddress(interfaces4.GetAddress(1), 0));
        }
    }
    SetLoss(options.loss, options.loss);
    InstallSecurity(options);
    for (bool byClient : {true, false})
    {
        m_devices.Get(byClient ? 0 : 1)
            ->TraceConnectWithoutContext(
                "PhyTxBegin",
                Callback<void, Ptr<const Packet>>([this, byClient](Ptr<const Packet> packet) {
                    SentFrame frame{Simulator::Now(), byClient, packet->Copy(), ToBytes(packet)};
                    if (frame.FindPayload())
                    {
                        m_frames.push_back(std::move(frame));
                    }
                }));
    }
}

SocketNetwork::~SocketNetwork()
{
    Simulator::Destroy();
}

void
SocketNetwork::InstallSecurity(const NetworkOptions& options)
{
    TlsHelper client;
    TlsHelper server;
    client.Set("Version", StringValue(options.version));
    server.Set("Version", StringValue(options.version));
    if (options.credential == "psk")
    {
        client.Set("PskIdentity", StringValue("s01"));
        client.Set("PskKey", StringValue("000102030405060708090a0b0c0d0e0f"));
        server.Set("PskTable", StringValue("s01:000102030405060708090a0b0c0d0e0f"));
    }
    else
    {
        std::string anchor;
        crypto::Credential credential = MakeServerCredential(&anchor);
        client.Set("TrustAnchors", StringValue(anchor));
        server.Set("Certificate", StringValue(credential.certificate));
        server.Set("PrivateKey", StringValue(credential.privateKey));
    }
    SetAll(client, options.client);
    SetAll(server, options.server);
    client.Install(m_clients);
    server.Install(m_server);
    int64_t stream = 1000 + TlsHelper::AssignStreams(m_clients, 1000);
    TlsHelper::AssignStreams(m_server, stream);
    for (uint32_t i = 0; i < m_clients.GetN(); i++)
    {
        Observe(m_clients.Get(i), clientLog);
    }
    Observe(m_server.Get(0), serverLog);
}

void
SocketNetwork::Observe(Ptr<Node> node, FactoryLog& log)
{
    ObserveFactory(node->GetObject<TlsSocketFactory>(), log);
    Ptr<DtlsSocketFactory> dtls = node->GetObject<DtlsSocketFactory>();
    ObserveFactory(dtls, log);
    dtls->TraceConnectWithoutContext(
        "Dropped",
        Callback<void, Ptr<const Packet>, const Address&, const std::string&>(
            [&log](Ptr<const Packet>, const Address&, const std::string& reason) {
                log.dropped.push_back(reason);
            }));
    dtls->TraceConnectWithoutContext("SessionEvicted",
                                     Callback<void, const Address&, bool, Time>(
                                         [&log](const Address&, bool established, Time age) {
                                             log.evicted.push_back({established, age});
                                         }));
}

void
SocketNetwork::ObserveFactory(Ptr<SecureSocketFactory> factory, FactoryLog& log)
{
    factory->TraceConnectWithoutContext(
        "HandshakeCompleted",
        Callback<void, const tls::HandshakeCompleted&, const Address&, Time>(
            [&log](const tls::HandshakeCompleted& event, const Address& peer, Time duration) {
                log.completed.push_back({event, peer, duration, Simulator::Now()});
            }));
    factory->TraceConnectWithoutContext(
        "HandshakeFailed",
        Callback<void, const tls::HandshakeFailed&, const Address&>(
            [&log](const tls::HandshakeFailed& failed, const Address&) {
                log.failed.push_back(failed);
            }));
    factory->TraceConnectWithoutContext("RecordRejected",
                                        Callback<void, tls::RejectionReason, const Address&>(
                                            [&log](tls::RejectionReason reason, const Address&) {
                                                log.rejected.push_back(reason);
                                            }));
    factory->TraceConnectWithoutContext(
        "PeerRefused",
        Callback<void, const std::string&, const Address&>(
            [&log](const std::string& reason, const Address&) { log.refused.push_back(reason); }));
    factory->TraceConnectWithoutContext(
        "FlightRetransmitted",
        Callback<void, uint32_t, const Address&>(
            [&log](uint32_t datagrams, const Address&) { log.retransmitted += datagrams; }));
    factory->TraceConnectWithoutContext(
        "Operation",
        Callback<void, const sansio::Operation&>([&log](const sansio::Operation& operation) {
            log.operations[operation.kind] += operation.count;
        }));
}

void
SocketNetwork::SetLoss(double atClient, double atServer)
{
    for (uint32_t i = 0; i < m_devices.GetN(); i++)
    {
        auto model = CreateObject<RateErrorModel>();
        model->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        model->SetRate(i % 2 == 0 ? atClient : atServer);
        model->AssignStreams(10 + i);
        m_devices.Get(i)->SetAttribute("ReceiveErrorModel", PointerValue(model));
    }
}

Ptr<Socket>
SocketNetwork::CreateClient(TypeId factory, uint32_t client) const
{
    return Socket::CreateSocket(m_clients.Get(client), factory);
}

Ptr<Socket>
SocketNetwork::CreateServer(TypeId factory) const
{
    return Socket::CreateSocket(m_server.Get(0), factory);
}

Address
SocketNetwork::GetServerAddress(uint16_t port, uint32_t client) const
{
    if (m_ipv6)
    {
        auto address = Inet6SocketAddress::ConvertFrom(m_serverAddresses[client]);
        return Inet6SocketAddress(address.GetIpv6(), port);
    }
    auto address = InetSocketAddress::ConvertFrom(m_serverAddresses[client]);
    return InetSocketAddress(address.GetIpv4(), port);
}

Address
SocketNetwork::GetAnyAddress(uint16_t port) const
{
    if (m_ipv6)
    {
        return Inet6SocketAddress(Ipv6Address::GetAny(), port);
    }
    return InetSocketAddress(Ipv4Address::GetAny(), port);
}

Ptr<Node>
SocketNetwork::GetClient(uint32_t client) const
{
    return m_clients.Get(client);
}

Ptr<Node>
SocketNetwork::GetServer() const
{
    return m_server.Get(0);
}

const std::vector<SentFrame>&
SocketNetwork::GetFrames() const
{
    return m_frames;
}

Ptr<Packet>
MakePattern(uint32_t begin, uint32_t size)
{
    sansio::Bytes bytes(size);
    for (uint32_t i = 0; i < size; i++)
    {
        bytes[i] = static_cast<uint8_t>((begin + i) * 7 + (begin + i) / 256);
    }
    return Create<Packet>(bytes.data(), size);
}

void
StreamEnd::Attach(Ptr<Socket> newSocket)
{
    socket = newSocket;
    socket->SetConnectCallback(Callback<void, Ptr<Socket>>([this](Ptr<Socket>) {
                                   succeeded++;
                                   connectedAt = Simulator::Now();
                                   SendMore();
                               }),
                               Callback<void, Ptr<Socket>>([this](Ptr<Socket>) { failed++; }));
    socket->SetCloseCallbacks(Callback<void, Ptr<Socket>>([this](Ptr<Socket>) {
                                  normalClosed++;
                                  Read();
                              }),
                              Callback<void, Ptr<Socket>>([this](Ptr<Socket>) { errorClosed++; }));
    socket->SetRecvCallback(Callback<void, Ptr<Socket>>([this](Ptr<Socket>) { Read(); }));
    socket->SetSendCallback(
        Callback<void, Ptr<Socket>, uint32_t>([this](Ptr<Socket>, uint32_t) { SendMore(); }));
    socket->SetDataSentCallback(Callback<void, Ptr<Socket>, uint32_t>(
        [this](Ptr<Socket>, uint32_t count) { dataSent += count; }));
}

void
StreamEnd::SendMore()
{
    while (sent < toSend)
    {
        uint32_t size = std::min(packetSize, toSend - sent);
        int taken = socket->Send(MakePattern(sent, size));
        if (taken <= 0)
        {
            return;
        }
        sent += taken;
    }
    if (closeWhenSent && toSend > 0)
    {
        closeWhenSent = false;
        socket->Close();
    }
}

void
StreamEnd::Read()
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        if (packet->GetSize() == 0)
        {
            endOfStream = true;
            return;
        }
        auto bytes = ToBytes(packet);
        received.insert(received.end(), bytes.begin(), bytes.end());
        if (echo)
        {
            socket->Send(packet);
        }
    }
}

void
StreamServer::Listen(Ptr<Socket> socket, const Address& local)
{
    listener = socket;
    ASSERT_EQ(listener->Bind(local), 0);
    ASSERT_EQ(listener->Listen(), 0);
    listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>([this](Ptr<Socket> socket, const Address&) {
            accepted.push_back(std::make_unique<StreamEnd>());
            accepted.back()->echo = echo;
            accepted.back()->Attach(socket);
        }));
}

void
DatagramEnd::Attach(Ptr<Socket> newSocket)
{
    socket = newSocket;
    socket->SetConnectCallback(Callback<void, Ptr<Socket>>([this](Ptr<Socket>) { succeeded++; }),
                               Callback<void, Ptr<Socket>>([this](Ptr<Socket>) { failed++; }));
    socket->SetCloseCallbacks(Callback<void, Ptr<Socket>>([this](Ptr<Socket>) { closed++; }),
                              Callback<void, Ptr<Socket>>([](Ptr<Socket>) {}));
    socket->SetRecvCallback(Callback<void, Ptr<Socket>>([this](Ptr<Socket>) { Read(); }));
}

void
DatagramEnd::Read()
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        received.push_back({ToBytes(packet), from, Simulator::Now()});
        if (echo)
        {
            socket->SendTo(packet, 0, from);
        }
    }
}

} // namespace ns3
