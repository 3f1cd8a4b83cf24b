// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/attack-host.h"

#include "iot-attacks/protocol/ipv6.h"

#include "ns3/abort.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/trace-helper.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(AttackHost);

TypeId
AttackHost::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::AttackHost")
            .SetParent<Object>()
            .SetGroupName("IotAttacks")
            .AddConstructor<AttackHost>()
            .AddTraceSource("Sent",
                            "SendRaw() sent a datagram.",
                            MakeTraceSourceAccessor(&AttackHost::m_sentTrace),
                            "ns3::AttackHost::DatagramCallback")
            .AddTraceSource("Received",
                            "A datagram arrived, for sockets of the node or for nobody.",
                            MakeTraceSourceAccessor(&AttackHost::m_receivedTrace),
                            "ns3::AttackHost::DatagramCallback")
            .AddTraceSource("Refused",
                            "SendRaw() did not send a datagram, and why.",
                            MakeTraceSourceAccessor(&AttackHost::m_refusedTrace),
                            "ns3::AttackHost::RefusedCallback");
    return tid;
}

AttackHost::AttackHost() = default;

AttackHost::~AttackHost() = default;

void
AttackHost::DoDispose()
{
    m_device = nullptr;
    Object::DoDispose();
}

void
AttackHost::Attach(Ptr<NetDevice> device, Ipv6Address address)
{
    NS_ABORT_MSG_IF(m_device, "AttackHost::Attach was called before");
    m_device = device;
    m_address = address;
    auto ipv6 = device->GetNode()->GetObject<Ipv6L3Protocol>();
    ipv6->TraceConnectWithoutContext("Rx", MakeCallback(&AttackHost::HandleReceived, this));
}

bool
AttackHost::SendRaw(sansio::ByteView ipv6)
{
    NS_ABORT_MSG_UNLESS(m_device, "AttackHost::SendRaw before Attach");
    std::optional<std::string> reason = attacks::CheckDatagram(ipv6);
    if (!reason)
    {
        auto packet = Create<Packet>(ipv6.data(), ipv6.size());
        Ptr<const Packet> sent = m_sentTrace.IsEmpty() ? nullptr : packet->Copy();
        if (m_device->Send(packet, m_device->GetBroadcast(), Ipv6L3Protocol::PROT_NUMBER))
        {
            m_sentTrace(sent);
            return true;
        }
        reason = "queue-full";
    }
    m_refusedTrace(*reason);
    return false;
}

Ptr<NetDevice>
AttackHost::GetDevice() const
{
    return m_device;
}

Ipv6Address
AttackHost::GetAddress() const
{
    return m_address;
}

Ptr<PcapFileWrapper>
AttackHost::EnablePcap(const std::string& file)
{
    // As PointToPointHelper::EnablePcap(), which does not give the file away.
    PcapHelper helper;
    auto pcap = helper.CreateFile(file, std::ios::out, PcapHelper::DLT_PPP);
    helper.HookDefaultSink<NetDevice>(m_device, "PromiscSniffer", pcap);
    return pcap;
}

void
AttackHost::HandleReceived(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
{
    if (ipv6->GetNetDevice(interface) == m_device)
    {
        m_receivedTrace(packet);
    }
}

} // namespace ns3
