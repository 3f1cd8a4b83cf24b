// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/tapped-channel.h"

#include "iot-attacks/model/wire-tap.h"

#include "ns3/node.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TappedChannel);

namespace
{

/// All of the header of a PointToPointNetDevice: the protocol IPv6 (RFC 5072 section 2).
constexpr uint8_t PPP_IPV6[] = {0x00, 0x57};

} // namespace

TypeId
TappedChannel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::TappedChannel")
                            .SetParent<PointToPointChannel>()
                            .SetGroupName("IotAttacks")
                            .AddConstructor<TappedChannel>();
    return tid;
}

TappedChannel::TappedChannel() = default;

TappedChannel::~TappedChannel() = default;

void
TappedChannel::SetTap(WireTap* tap)
{
    m_tap = tap;
}

bool
TappedChannel::RemoveHeader(Ptr<Packet> frame)
{
    uint8_t header[sizeof(PPP_IPV6)];
    if (frame->CopyData(header, sizeof(header)) < sizeof(header) ||
        !std::equal(std::begin(header), std::end(header), PPP_IPV6))
    {
        return false;
    }
    frame->RemoveAtStart(sizeof(header));
    return true;
}

bool
TappedChannel::TransmitStart(Ptr<const Packet> frame,
                             Ptr<PointToPointNetDevice> source,
                             Time duration)
{
    if (source != GetSource(0))
    {
        // Judged when it reaches the tap: the one event of its delivery serves for both.
        Simulator::ScheduleWithContext(GetSource(0)->GetNode()->GetId(),
                                       duration + GetDelay(),
                                       &TappedChannel::Arrive,
                                       Ptr<TappedChannel>(this),
                                       frame->Copy());
        return true;
    }
    WireTap::Verdict verdict = m_tap ? m_tap->Judge(frame, true) : WireTap::Verdict::Pass();
    if (verdict.action == WireTap::Verdict::DROP)
    {
        return true; // the sender cannot know
    }
    Time later = verdict.action == WireTap::Verdict::DELAY ? verdict.delay : Time(0);
    return PointToPointChannel::TransmitStart(frame, source, duration + later);
}

void
TappedChannel::Arrive(Ptr<Packet> frame)
{
    WireTap::Verdict verdict = m_tap ? m_tap->Judge(frame, false) : WireTap::Verdict::Pass();
    if (verdict.action == WireTap::Verdict::PASS)
    {
        GetSource(0)->Receive(frame);
    }
    else if (verdict.action == WireTap::Verdict::DELAY)
    {
        Simulator::Schedule(verdict.delay, &PointToPointNetDevice::Receive, GetSource(0), frame);
    }
}

void
TappedChannel::Inject(Ptr<Packet> ipv6, bool towardsHost)
{
    auto frame = Create<Packet>(PPP_IPV6, sizeof(PPP_IPV6));
    frame->AddAtEnd(ipv6);
    Ptr<PointToPointNetDevice> to = GetSource(towardsHost ? 1 : 0);
    Simulator::ScheduleWithContext(to->GetNode()->GetId(),
                                   towardsHost ? GetDelay() : Time(0),
                                   &PointToPointNetDevice::Receive,
                                   to,
                                   frame);
}

} // namespace ns3
