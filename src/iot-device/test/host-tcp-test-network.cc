// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/test/host-tcp-test-network.h"

#include "ns3/error-model.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <sstream>

namespace ns3
{

bool
IsSegment(Ptr<const Packet> packet)
{
    uint8_t start[9]; // PPP, and the IPv6 header up to the next header
    packet->CopyData(start, sizeof(start));
    return start[8] == TcpL4Protocol::PROT_NUMBER;
}

void
HostTcpTest::Build(uint32_t clients, const std::string& rate, Time delay)
{
    m_host = CreateObject<Node>();
    m_clients.Create(clients);
    InternetStackHelper stack;
    stack.Install(m_host);
    stack.Install(m_clients);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue(rate));
    link.SetChannelAttribute("Delay", TimeValue(delay));
    for (uint32_t k = 0; k < clients; k++)
    {
        NetDeviceContainer ends = link.Install(m_host, m_clients.Get(k));
        AddLink(k, ends);
        m_devices.Add(ends);
    }
    m_factory = CreateObject<HostTcpSocketFactory>();
    m_host->AggregateObject(m_factory);
    m_factory->TraceConnectWithoutContext("HalfOpen",
                                          MakeCallback(&HostTcpTest::HandleHalfOpen, this));
    m_factory->TraceConnectWithoutContext("Refused",
                                          MakeCallback(&HostTcpTest::HandleRefused, this));
    Listen(HostTcpSocketFactory::GetTypeId());
}

void
HostTcpTest::AddLink(uint32_t client, const NetDeviceContainer& ends)
{
    ends.Get(0)->TraceConnectWithoutContext("MacTx", MakeCallback(&HostTcpTest::HandleTx, this));
    for (uint32_t i = 0; i < 2; i++)
    {
        Ptr<Ipv6> ipv6 = ends.Get(i)->GetNode()->GetObject<Ipv6>();
        uint32_t interface = ipv6->AddInterface(ends.Get(i));
        ipv6->AddAddress(interface, Ipv6InterfaceAddress(GetAddress(client, i), Ipv6Prefix(64)));
        ipv6->SetUp(interface);
    }
}

void
HostTcpTest::TearDown()
{
    m_sockets.clear();
    m_accepted.clear();
    m_listener = nullptr;
    Simulator::Destroy();
    m_factory = nullptr;
    m_devices = NetDeviceContainer();
    m_clients = NodeContainer();
    m_host = nullptr;
}

Ipv6Address
HostTcpTest::GetAddress(uint32_t client, uint32_t end)
{
    std::ostringstream text;
    text << "fd00:" << std::hex << client + 1 << "::" << end + 1;
    return Ipv6Address(text.str().c_str());
}

void
HostTcpTest::Listen(TypeId factory)
{
    m_listener = Socket::CreateSocket(m_host, factory);
    m_listener->Bind(Inet6SocketAddress(Ipv6Address::GetAny(), HOST_TCP_PORT));
    m_listener->Listen();
    m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                  MakeCallback(&HostTcpTest::HandleAccepted, this));
}

void
HostTcpTest::Mute(uint32_t client)
{
    Ptr<RateErrorModel> all = CreateObject<RateErrorModel>();
    all->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
    all->SetRate(1);
    m_devices.Get(2 * client + 1)->SetAttribute("ReceiveErrorModel", PointerValue(all));
}

Ptr<Socket>
HostTcpTest::Connect(uint32_t client)
{
    Ptr<Socket> socket = Socket::CreateSocket(m_clients.Get(client), TcpSocketFactory::GetTypeId());
    socket->SetAttribute("ConnCount", UintegerValue(m_synCount));
    socket->SetConnectCallback(MakeCallback(&HostTcpTest::HandleConnected, this),
                               MakeNullCallback<void, Ptr<Socket>>());
    socket->SetCloseCallbacks(MakeCallback(&HostTcpTest::HandleBroken, this),
                              MakeCallback(&HostTcpTest::HandleBroken, this));
    socket->Connect(Inet6SocketAddress(GetAddress(client, 0), HOST_TCP_PORT));
    m_sockets.push_back(socket);
    return socket;
}

void
HostTcpTest::ConnectAt(Time time, uint32_t client)
{
    Simulator::Schedule(time - Simulator::Now(), [this, client] { Connect(client); });
}

void
HostTcpTest::Run(Time until)
{
    Simulator::Stop(until - Simulator::Now());
    Simulator::Run();
}

uint64_t
HostTcpTest::GetRefused(const std::string& reason) const
{
    auto found = m_factory->GetRefused().find(reason);
    return found == m_factory->GetRefused().end() ? 0 : found->second;
}

void
HostTcpTest::HandleAccepted(Ptr<Socket> socket, const Address& from)
{
    m_accepted.push_back(socket);
}

void
HostTcpTest::HandleConnected(Ptr<Socket> socket)
{
    m_connected++;
}

void
HostTcpTest::HandleBroken(Ptr<Socket> socket)
{
    m_broken.push_back(Simulator::Now());
}

void
HostTcpTest::HandleHalfOpen(uint32_t before, uint32_t now)
{
    m_halfOpen.emplace_back(Simulator::Now(), now);
}

void
HostTcpTest::HandleRefused(const Address& peer, std::string reason)
{
    m_refused.emplace_back(Simulator::Now(), reason);
}

void
HostTcpTest::HandleTx(Ptr<const Packet> packet)
{
    if (IsSegment(packet))
    {
        m_sent.push_back(Simulator::Now());
    }
}

} // namespace ns3
