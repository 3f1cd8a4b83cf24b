// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/link-meter.h"

namespace ns3
{

LinkCounters
operator-(const LinkCounters& a, const LinkCounters& b)
{
    LinkCounters difference;
    difference.bytes = a.bytes - b.bytes;
    difference.frames = a.frames - b.frames;
    difference.bytesSent = a.bytesSent - b.bytesSent;
    difference.unknownFrames = a.unknownFrames - b.unknownFrames;
    difference.retransmissions = a.retransmissions - b.retransmissions;
    difference.duplicatesDropped = a.duplicatesDropped - b.duplicatesDropped;
    difference.polls = a.polls - b.polls;
    difference.lost = a.lost - b.lost;
    difference.collisions = a.collisions - b.collisions;
    difference.queueDrops = a.queueDrops - b.queueDrops;
    difference.noAck = a.noAck - b.noAck;
    difference.channelBusy = a.channelBusy - b.channelBusy;
    return difference;
}

void
LinkMeter::Attach(const NetDeviceContainer& devices)
{
    for (uint32_t i = 0; i < devices.GetN(); i++)
    {
        Ptr<NetDevice> device = devices.Get(i);
        device->TraceConnectWithoutContext("FrameSent", MakeCallback(&LinkMeter::HandleSent, this));
        device->TraceConnectWithoutContext("FrameLost", MakeCallback(&LinkMeter::HandleLost, this));
        device->TraceConnectWithoutContext("DuplicateDropped",
                                           MakeCallback(&LinkMeter::HandleDuplicate, this));
        device->TraceConnectWithoutContext("PollSent", MakeCallback(&LinkMeter::HandlePoll, this));
        device->TraceConnectWithoutContext("QueueDrop",
                                           MakeCallback(&LinkMeter::HandleQueueDrop, this));
        device->TraceConnectWithoutContext("SendOutcome",
                                           MakeCallback(&LinkMeter::HandleOutcome, this));
    }
}

LinkCounters
LinkMeter::GetCounters() const
{
    LinkCounters counters = m_counters;
    counters.bytes = m_account.GetBytes();
    counters.frames = m_account.GetFrames();
    counters.bytesSent = m_account.GetBytesSent();
    counters.unknownFrames = m_account.GetUnknownFrames();
    return counters;
}

void
LinkMeter::HandleSent(Ptr<const Packet> frame, Time start, Time duration, uint32_t attempt)
{
    m_account.Add(frame);
    m_counters.retransmissions += attempt > 1;
}

void
LinkMeter::HandleLost(Ptr<const Packet> frame, std::string reason)
{
    m_counters.lost += reason == "loss";
    m_counters.collisions += reason == "collision";
}

void
LinkMeter::HandleDuplicate(Ptr<const Packet> frame)
{
    m_counters.duplicatesDropped++;
}

void
LinkMeter::HandlePoll(bool fast)
{
    m_counters.polls++;
}

void
LinkMeter::HandleQueueDrop(Ptr<const Packet> payload, std::string queue)
{
    m_counters.queueDrops++;
}

void
LinkMeter::HandleOutcome(Ptr<const Packet> payload, std::string outcome, uint32_t attempts)
{
    m_counters.noAck += outcome == "no-ack";
    m_counters.channelBusy += outcome == "channel-access-failure";
}

} // namespace ns3
