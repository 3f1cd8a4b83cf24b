// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/event-log.h"

#include "iot-device/model/energy-ledger.h"
#include "iot-scenario/model/stack.h"
#include "low-power-links/model/frame-tag.h"
#include "sans-io/model/provenance-tag.h"
#include "sans-io/protocol/byte-reader.h"

#include "ns3/ipv6-header.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/ppp-header.h"
#include "ns3/simulator.h"

#include <nlohmann/json.hpp>

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
      m_stack(stack)
{
}

EventLog::~EventLog() = default;

nlohmann::ordered_json&
EventLog::AddLine(const std::string& type)
{
    m_lines.push_back({{"t", Simulator::Now().GetSeconds()}, {"type", type}});
    return m_lines.back();
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
    wire.Get(0)->TraceConnect("PhyTxBegin",
                              "router host",
                              MakeCallback(&EventLog::HandleWire, this));
    wire.Get(1)->TraceConnect("PhyTxBegin",
                              "host router",
                              MakeCallback(&EventLog::HandleWire, this));
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
    auto& line = AddLine("frame");
    line["t"] = start.GetSeconds();
    line["from"] = node;
    line["to"] = to;
    line["duration"] = duration.GetSeconds();
    line["bytes"] = frame->GetSize();
    line["outcome"] = "dropped";
    Label(line, node, frame, attempt);

    FrameTag tag;
    frame->PeekPacketTag(tag);
    m_onAir[{tag.GetSender(), tag.GetNumber()}] = m_lines.size() - 1;
}

void
EventLog::Label(nlohmann::ordered_json& line,
                const std::string& node,
                Ptr<const Packet> frame,
                uint32_t attempt)
{
    const sansio::Bytes bytes = ToBytes(frame);
    const sansio::ByteView view(bytes);
    const auto dissection = *lowpower::DissectFrame(view);
    SegmentLabel label{"mac", "frame"};
    std::string again = attempt > 1 ? "mac" : "";
    uint64_t report = 0;
    if (dissection.mac.type == lowpower::FrameType::Acknowledgement)
    {
        label = {"mac-ack", "MAC ACK"};
    }
    else if (dissection.mac.type == lowpower::FrameType::Command)
    {
        label = {"mac-poll", "poll"};
    }
    else if (dissection.nextHeader == 0)
    {
        label = {m_stack.stream ? "tcp" : "udp", "later fragment"};
    }
    else
    {
        auto transport =
            view.From(dissection.upperBegin - dissection.transport).First(dissection.transport);
        auto upper = view.From(dissection.upperBegin).First(dissection.upper);
        label =
            LabelSegment(dissection.nextHeader, transport, upper, m_stack.protocol, m_stack.secure);
        auto spanned =
            ToSpannedBytes(frame->CreateFragment(dissection.upperBegin, dissection.upper));
        // A record that carries a message sent again is new to DTLS: the innermost layer that
        // repeats counts.
        bool recordsAgain = false;
        for (const auto& span : spanned.GetSpans())
        {
            report = std::max(report, span.provenance.report);
            const bool inRecord = span.provenance.layer == sansio::Layer::Security;
            if (span.provenance.retransmission && again.empty() && !inRecord)
            {
                again = m_stack.protocol;
            }
            recordsAgain = recordsAgain || (span.provenance.retransmission && inRecord);
        }
        if (recordsAgain && again.empty())
        {
            again = "dtls";
        }
        bool tcpAgain = dissection.nextHeader == TCP && IsTcpResent(node, transport, upper.size());
        if (tcpAgain && again.empty())
        {
            again = "tcp";
        }
    }
    line["protocol"] = label.protocol;
    line["label"] = label.text;
    line["retransmission"] = again;
    line["report"] = report;
}

bool
EventLog::IsTcpResent(const std::string& node, sansio::ByteView header, size_t length)
{
    sansio::ByteReader reader(header);
    const uint32_t ports = reader.ReadU32();
    const uint32_t end = reader.ReadU32() + static_cast<uint32_t>(length);
    auto [highest, isNew] = m_highest.try_emplace({node, ports}, end);
    if (length == 0 || isNew)
    {
        return false;
    }
    if (static_cast<int32_t>(end - highest->second) >
        0) // sequence numbers wrap (RFC 9293 section 3.4)
    {
        highest->second = end;
        return false;
    }
    return true;
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
    if (found != m_onAir.end() && m_lines[found->second]["to"] == node)
    {
        m_lines[found->second]["outcome"] = outcome;
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
EventLog::LogReport(const std::string& what, uint64_t report)
{
    auto& line = AddLine("report");
    line["what"] = what;
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
    std::stable_sort(m_lines.begin(), m_lines.end(), [](const auto& a, const auto& b) {
        return a["t"].template get<double>() < b["t"].template get<double>();
    });
    for (const auto& line : m_lines)
    {
        m_file.GetStream() << line.dump() << "\n";
    }
    m_file.Commit();
}

} // namespace ns3
