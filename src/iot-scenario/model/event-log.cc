// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/event-log.h"

#include "iot-device/model/energy-ledger.h"
#include "iot-scenario/model/stack.h"
#include "low-power-links/model/frame-tag.h"
#include "low-power-links/protocol/frame-dissector.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/ipv6-header.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/ppp-header.h"
#include "ns3/simulator.h"

#include <limits>

namespace ns3
{

namespace
{

constexpr uint8_t TCP = 6;

const char*
RadioName(RadioState state)
{
    switch (state)
    {
    case RadioState::Transmit:
        return "tx";
    case RadioState::Receive:
        return "rx";
    case RadioState::Listen:
        return "listen";
    default:
        return "sleep";
    }
}

/// How long the header of a TCP segment is (RFC 9293 section 3.1: data offset, in words).
size_t
TcpHeaderSize(sansio::ByteView segment)
{
    constexpr size_t DATA_OFFSET = 12;
    return segment.size() > DATA_OFFSET ? (segment[DATA_OFFSET] >> 4) * 4 : 0;
}

} // namespace

EventLog::EventLog(const std::string& path, const StackInfo& stack)
    : m_file(path),
      m_stack(stack),
      m_labeler(stack)
{
}

EventLog::~EventLog() = default;

nlohmann::ordered_json&
EventLog::AddLine(const std::string& type, Time time)
{
    WriteUpTo(Simulator::Now().GetSeconds() - SETTLED);
    const Place place{time.GetSeconds(), m_lineCount++};
    return m_lines[place] = {{"t", place.first}, {"type", type}};
}

nlohmann::ordered_json&
EventLog::AddLine(const std::string& type)
{
    return AddLine(type, Simulator::Now());
}

void
EventLog::WriteUpTo(double end)
{
    for (auto line = m_lines.begin(); line != m_lines.end() && line->first.first < end;)
    {
        m_file.GetStream() << line->second.dump() << "\n";
        line = m_lines.erase(line);
    }
    while (!m_sent.empty() && m_sent.front().second.first < end)
    {
        m_onAir.erase(m_sent.front().first);
        m_sent.pop_front();
    }
}

void
EventLog::Attach(const LowPowerStarHelper& network)
{
    AttachDevice(network.GetBorderRouterDevice(), "router");
    for (uint32_t i = 0; i < network.GetSensorCount(); i++)
    {
        const std::string name = GetSensorName(i);
        AttachDevice(network.GetSensorDevice(i), name);
        auto radio = network.GetSensor(i)->GetObject<EnergyLedger>()->GetRadio();
        radio->TraceConnect("State", name, MakeCallback(&EventLog::HandleRadio, this));
    }
    const NetDeviceContainer wire = network.GetWiredDevices();
    AttachWire(wire.Get(0), wire.Get(1), "router", "host");
    for (uint32_t i = 0; i < network.GetCollectorCount(); i++)
    {
        const NetDeviceContainer last = network.GetCollectorDevices(i);
        AttachWire(last.Get(0), last.Get(1), "host", GetCollectorName(i));
    }
}

void
EventLog::AttachWire(Ptr<NetDevice> a,
                     Ptr<NetDevice> b,
                     const std::string& from,
                     const std::string& to)
{
    a->TraceConnect("PhyTxBegin", from + " " + to, MakeCallback(&EventLog::HandleWire, this));
    b->TraceConnect("PhyTxBegin", to + " " + from, MakeCallback(&EventLog::HandleWire, this));
}

void
EventLog::AttachDevice(Ptr<LowPowerNetDevice> device, const std::string& name)
{
    uint8_t address[2];
    device->GetShortAddress().CopyTo(address);
    m_names[address[0] << 8 | address[1]] = name;
    device->TraceConnect("FrameSent", name, MakeCallback(&EventLog::HandleSent, this));
    device->TraceConnect("FrameReceived", name, MakeCallback(&EventLog::HandleReceived, this));
    device->TraceConnect("DuplicateDropped", name, MakeCallback(&EventLog::HandleReceived, this));
    device->TraceConnect("FrameLost", name, MakeCallback(&EventLog::HandleLost, this));
}

void
EventLog::HandleSent(std::string node,
                     Ptr<const Packet> frame,
                     Time start,
                     Time duration,
                     uint32_t attempt)
{
    auto dissection = lowpower::DissectFrame(ToBytes(frame));
    if (!dissection)
    {
        return;
    }
    std::string to;
    if (dissection->mac.type == lowpower::FrameType::Acknowledgement)
    {
        to = m_ackTo[node];
    }
    else if (auto name = m_names.find(dissection->mac.destination.value); name != m_names.end())
    {
        to = name->second;
        m_ackTo[to] = node;
    }
    auto& line = AddLine("frame", start);
    line["from"] = node;
    line["to"] = to;
    line["duration"] = duration.GetSeconds();
    line["bytes"] = frame->GetSize();
    line["outcome"] = "dropped";
    const FrameLabel label = m_labeler.Read(node, frame, attempt);
    line["protocol"] = label.segment.protocol;
    line["label"] = label.segment.text;
    line["retransmission"] = label.again;
    line["report"] = label.report;

    FrameTag tag;
    frame->PeekPacketTag(tag);
    const FrameName name{tag.GetSender(), tag.GetNumber()};
    const Place place{start.GetSeconds(), m_lineCount - 1};
    m_onAir[name] = place;
    m_sent.emplace_back(name, place);
}

void
EventLog::SetOutcome(const std::string& node, Ptr<const Packet> frame, const std::string& outcome)
{
    FrameTag tag;
    if (!frame->PeekPacketTag(tag))
    {
        return;
    }
    auto found = m_onAir.find({tag.GetSender(), tag.GetNumber()});
    if (found == m_onAir.end())
    {
        return;
    }
    auto line = m_lines.find(found->second);
    if (line != m_lines.end() && line->second["to"] == node)
    {
        line->second["outcome"] = outcome;
        m_onAir.erase(found);
    }
}

void
EventLog::HandleReceived(std::string node, Ptr<const Packet> frame)
{
    SetOutcome(node, frame, "received");
}

void
EventLog::HandleLost(std::string node, Ptr<const Packet> frame, std::string reason)
{
    SetOutcome(node, frame, "lost");
}

void
EventLog::HandleWire(std::string hop, Ptr<const Packet> packet)
{
    Ptr<Packet> copy = packet->Copy();
    PppHeader ppp;
    copy->RemoveHeader(ppp);
    Ipv6Header ip;
    copy->RemoveHeader(ip);
    const sansio::Bytes bytes = ToBytes(copy);
    const sansio::ByteView segment(bytes);
    constexpr size_t UDP_HEADER = 8;
    const bool stream = ip.GetNextHeader() == TCP;
    const size_t header = stream ? TcpHeaderSize(segment) : UDP_HEADER;
    auto label = LabelSegment(ip.GetNextHeader(),
                              stream ? segment.First(header) : sansio::ByteView(),
                              segment.From(header),
                              m_stack.protocol,
                              m_stack.secure);
    auto& line = AddLine("message");
    line["from"] = hop.substr(0, hop.find(' '));
    line["to"] = hop.substr(hop.find(' ') + 1);
    line["protocol"] = label.protocol;
    line["label"] = label.text;
}

void
EventLog::HandleRadio(std::string node, RadioState oldState, RadioState newState)
{
    auto& line = AddLine("radio");
    line["node"] = node;
    line["state"] = RadioName(newState);
}

void
EventLog::LogReport(const std::string& what, uint64_t report, const std::string& node)
{
    auto& line = AddLine("report");
    line["what"] = what;
    line["node"] = node;
    line["report"] = report;
}

void
EventLog::LogEnergy(uint32_t sensor, const EnergyAccount& energy)
{
    auto& line = AddLine("energy");
    line["node"] = GetSensorName(sensor);
    line["radio_j"] = energy.GetRadio();
    line["mcu_j"] = energy.GetMcu();
}

void
EventLog::Commit()
{
    WriteUpTo(std::numeric_limits<double>::infinity());
    m_file.Commit();
}

} // namespace ns3
