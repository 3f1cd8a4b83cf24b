// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/frame-labeler.h"

#include "iot-scenario/model/scenario-parameters.h"
#include "low-power-links/protocol/frame-dissector.h"
#include "sans-io/model/provenance-tag.h"
#include "sans-io/protocol/byte-reader.h"

#include <algorithm>

namespace ns3
{

namespace
{

constexpr uint8_t TCP = 6;

} // namespace

FrameLabeler::FrameLabeler(const StackInfo& stack)
    : m_stack(stack)
{
}

FrameLabel
FrameLabeler::Read(const std::string& node, Ptr<const Packet> frame, uint32_t attempt)
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
        bool tcpAgain = dissection.nextHeader == TCP &&
                        IsTcpResent(node, dissection.mac.destination, transport, upper.size());
        if (tcpAgain && again.empty())
        {
            again = "tcp";
        }
    }
    return {label, again, report};
}

bool
FrameLabeler::IsTcpResent(const std::string& node,
                          const lowpower::MacAddress& to,
                          sansio::ByteView header,
                          size_t length)
{
    sansio::ByteReader reader(header);
    const uint32_t ports = reader.ReadU32();
    const uint32_t sequence = reader.ReadU32();
    constexpr size_t FLAGS = 13; // RFC 9293 section 3.1
    return m_sent.IsRepeated({node, to, ports},
                             {sequence, static_cast<uint32_t>(length), header[FLAGS]});
}

} // namespace ns3
