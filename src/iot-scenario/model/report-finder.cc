// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/report-finder.h"

#include "coap/protocol/codec.h"
#include "mqtt/protocol/decoder.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/ipv6-l3-protocol.h"
#include "ns3/node.h"
#include "ns3/udp-l4-protocol.h"

namespace ns3
{

namespace
{

constexpr size_t IPV6_HEADER = 40;
constexpr size_t UDP_HEADER = 8;
constexpr size_t NEXT_HEADER_AT = 6;

} // namespace

ReportFinder::ReportFinder(const NodeContainer& sensors, const ScenarioParameters& parameters)
    : m_secure(parameters.GetStack().secure),
      m_version(parameters.mqttVersion == "5" ? mqtt::Version::V5 : mqtt::Version::V3_1_1),
      m_codec(parameters.MakePayloadCodec())
{
    for (uint32_t i = 0; m_secure && i < sensors.GetN(); i++)
    {
        sensors.Get(i)->GetObject<Ipv6L3Protocol>()->TraceConnectWithoutContext(
            "Tx",
            MakeCallback(&ReportFinder::HandleSent, this));
    }
}

void
ReportFinder::HandleSent(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface)
{
    const sansio::SpannedBytes datagram = ToSpannedBytes(packet);
    const sansio::ByteView bytes = datagram.GetView();
    if (bytes.size() <= IPV6_HEADER + UDP_HEADER ||
        bytes[NEXT_HEADER_AT] != UdpL4Protocol::PROT_NUMBER)
    {
        return;
    }
    for (const sansio::Span& span : datagram.GetSpans())
    {
        if (span.provenance.report != 0)
        {
            m_datagrams[bytes.From(IPV6_HEADER + UDP_HEADER).ToBytes()] = span.provenance.report;
            return;
        }
    }
}

sansio::Bytes
ReportFinder::GetPayload(const attacks::CapturedMessage& message) const
{
    if (message.kind == attacks::Kind::CoapMessage)
    {
        coap::Message decoded;
        const bool valid = coap::Decode(message.bytes, decoded) == coap::FormatError::None;
        return valid ? decoded.payload : sansio::Bytes();
    }
    mqtt::FrameReader reader;
    mqtt::Frame frame;
    mqtt::Packet packet;
    reader.SetVersion(m_version);
    reader.Begin(message.bytes);
    const bool valid = reader.Next(frame) == mqtt::FrameReader::Status::Frame &&
                       mqtt::Decode(frame, packet, m_version) == mqtt::DecodeError::None;
    const auto* publish = valid ? std::get_if<mqtt::Publish>(&packet) : nullptr;
    return publish ? publish->payload.ToBytes() : sansio::Bytes();
}

uint64_t
ReportFinder::Find(const attacks::CapturedMessage& message) const
{
    if (m_secure)
    {
        const auto found = m_datagrams.find(message.bytes);
        return found == m_datagrams.end() ? 0 : found->second;
    }
    const auto report = m_codec.Decode(GetPayload(message));
    return report ? report->GetId() : 0;
}

} // namespace ns3
