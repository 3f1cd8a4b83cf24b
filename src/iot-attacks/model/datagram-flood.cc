// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/datagram-flood.h"

#include "iot-attacks/protocol/ipv6.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("DatagramFlood");
NS_OBJECT_ENSURE_REGISTERED(DatagramFlood);

TypeId
DatagramFlood::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::DatagramFlood")
            .SetParent<RawFlood>()
            .SetGroupName("IotAttacks")
            .AddAttribute("Spoofed",
                          "Whether the source addresses are spoofed; else they are the attacker's "
                          "own, and answers come back.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&DatagramFlood::m_spoofed),
                          MakeBooleanChecker())
            .AddAttribute("Ports",
                          "How many ports of its own the attacker uses, in turn, where it does not "
                          "spoof.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&DatagramFlood::m_ports),
                          MakeUintegerChecker<uint32_t>(1, 16384));
    return tid;
}

void
DatagramFlood::DoDispose()
{
    m_sockets.clear();
    RawFlood::DoDispose();
}

void
DatagramFlood::StartApplication()
{
    if (m_spoofed)
    {
        RawFlood::StartApplication();
        return;
    }
    CountFlow();
    m_sockets.resize(m_ports);
    m_nextPort = 0;
    Attack::StartApplication();
}

void
DatagramFlood::StopApplication()
{
    Attack::StopApplication();
    for (Ptr<Socket>& socket : m_sockets)
    {
        if (socket)
        {
            socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
            socket->Close();
            socket = nullptr;
        }
    }
}

bool
DatagramFlood::IsSpoofed() const
{
    return m_spoofed;
}

uint32_t
DatagramFlood::GetPorts() const
{
    return m_ports;
}

bool
DatagramFlood::Strike()
{
    if (m_spoofed)
    {
        const sansio::Bytes datagram = MakeDatagram({});
        SendRaw(attacks::BuildUdp(MakeFlow(attacks::Transport::Udp), datagram));
        return true;
    }
    const uint32_t port = m_nextPort;
    m_nextPort = (m_nextPort + 1) % m_ports;
    Open(port);
    Send(port, MakeDatagram(port));
    return true;
}

void
DatagramFlood::Open(uint32_t port)
{
    Ptr<Socket>& socket = m_sockets[port];
    if (!socket)
    {
        socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
        if (socket->Connect(GetTarget()) != 0)
        {
            NS_FATAL_ERROR("an attack cannot send to its Target");
        }
        socket->SetRecvCallback(
            Callback<void, Ptr<Socket>>([=](Ptr<Socket>) { HandleReadable(port); }));
    }
}

void
DatagramFlood::Send(uint32_t port, const sansio::Bytes& datagram)
{
    m_sockets[port]->Send(Create<Packet>(datagram.data(), datagram.size()));
}

void
DatagramFlood::HandleReadable(uint32_t port)
{
    while (Ptr<Packet> packet = m_sockets[port]->Recv())
    {
        HandleReply(port, ToBytes(packet));
    }
}

void
DatagramFlood::HandleReply(uint32_t port, sansio::ByteView datagram)
{
}

} // namespace ns3
