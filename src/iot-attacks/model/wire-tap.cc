// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/wire-tap.h"

#include "iot-attacks/model/tapped-channel.h"
#include "iot-attacks/protocol/ipv6.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/abort.h"
#include "ns3/node.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/simulator.h"
#include "ns3/trace-helper.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(WireTap);

TypeId
WireTap::GetTypeId()
{
    static TypeId tid = TypeId("ns3::WireTap")
                            .SetParent<Object>()
                            .SetGroupName("IotAttacks")
                            .AddConstructor<WireTap>()
                            .AddTraceSource("Datagram",
                                            "A datagram passes by, before it is judged.",
                                            MakeTraceSourceAccessor(&WireTap::m_datagramTrace),
                                            "ns3::WireTap::DatagramCallback")
                            .AddTraceSource("Dropped",
                                            "A datagram was taken off the wire.",
                                            MakeTraceSourceAccessor(&WireTap::m_droppedTrace),
                                            "ns3::WireTap::DatagramCallback")
                            .AddTraceSource("Delayed",
                                            "A datagram is held back.",
                                            MakeTraceSourceAccessor(&WireTap::m_delayedTrace),
                                            "ns3::WireTap::DatagramCallback")
                            .AddTraceSource("Injected",
                                            "A datagram was put on the wire.",
                                            MakeTraceSourceAccessor(&WireTap::m_injectedTrace),
                                            "ns3::WireTap::DatagramCallback")
                            .AddTraceSource("Refused",
                                            "A datagram was not injected, and why.",
                                            MakeTraceSourceAccessor(&WireTap::m_refusedTrace),
                                            "ns3::WireTap::RefusedCallback");
    return tid;
}

WireTap::WireTap() = default;

WireTap::~WireTap() = default;

void
WireTap::DoDispose()
{
    if (m_channel)
    {
        m_channel->SetTap(nullptr);
    }
    m_channel = nullptr;
    m_policy = nullptr;
    m_pcap = nullptr;
    Object::DoDispose();
}

void
WireTap::Install(Ptr<NetDevice> borderRouter, Ptr<NetDevice> host)
{
    auto near = DynamicCast<PointToPointNetDevice>(borderRouter);
    auto far = DynamicCast<PointToPointNetDevice>(host);
    NS_ABORT_MSG_UNLESS(near && far && near->GetChannel() &&
                            near->GetChannel() == far->GetChannel(),
                        "WireTap: these devices are not the ends of one point-to-point link");
    NS_ABORT_MSG_IF(m_channel, "WireTap::Install was called before");
    m_channel = CreateObject<TappedChannel>();
    TimeValue delay;
    near->GetChannel()->GetAttribute("Delay", delay);
    m_channel->SetAttribute("Delay", delay);
    m_channel->SetTap(this);
    near->Attach(m_channel);
    far->Attach(m_channel);
}

void
WireTap::SetPolicy(Policy policy)
{
    m_policy = std::move(policy);
}

WireTap::Verdict
WireTap::Judge(Ptr<const Packet> frame, bool towardsHost)
{
    if (!m_policy && !m_pcap && m_datagramTrace.IsEmpty())
    {
        return Verdict::Pass();
    }
    Ptr<Packet> ipv6 = frame->Copy();
    if (!TappedChannel::RemoveHeader(ipv6))
    {
        return Verdict::Pass();
    }
    Write(ipv6);
    m_datagramTrace(ipv6, towardsHost);
    if (!m_policy)
    {
        return Verdict::Pass();
    }
    Verdict verdict = m_policy(ToBytes(ipv6), towardsHost);
    if (verdict.action == Verdict::DROP)
    {
        m_droppedTrace(ipv6, towardsHost);
    }
    else if (verdict.action == Verdict::DELAY)
    {
        m_delayedTrace(ipv6, towardsHost);
    }
    return verdict;
}

bool
WireTap::Inject(sansio::ByteView ipv6, bool towardsHost)
{
    std::optional<std::string> reason = attacks::CheckDatagram(ipv6);
    if (!m_channel)
    {
        reason = "not installed";
    }
    if (reason)
    {
        m_refusedTrace(*reason);
        return false;
    }
    auto packet = Create<Packet>(ipv6.data(), ipv6.size());
    Write(packet);
    m_injectedTrace(packet->Copy(), towardsHost);
    m_channel->Inject(packet, towardsHost);
    return true;
}

void
WireTap::Write(Ptr<const Packet> ipv6)
{
    if (m_pcap)
    {
        m_pcap->Write(Simulator::Now(), ipv6);
    }
}

Ptr<PcapFileWrapper>
WireTap::EnablePcap(const std::string& file)
{
    m_pcap = PcapHelper().CreateFile(file, std::ios::out, PcapHelper::DLT_RAW);
    return m_pcap;
}

} // namespace ns3
