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
        bool tcpAgain = dissection.nextHeader == TCP && IsTcpResent(node, transport, upper.size());
        if (tcpAgain && again.empty())
        {
            again = "tcp";
        }
    }
    return {label, again, report};
}

bool
FrameLabeler::IsTcpResent(const std::string& node, sansio::ByteView header, size_t length)
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

} // namespace ns3
