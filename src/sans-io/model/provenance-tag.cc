// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/provenance-tag.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(ProvenanceTag);

TypeId
ProvenanceTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::ProvenanceTag")
                            .SetParent<Tag>()
                            .SetGroupName("SansIo")
                            .AddConstructor<ProvenanceTag>();
    return tid;
}

ProvenanceTag::ProvenanceTag(const sansio::Provenance& provenance)
    : m_provenance(provenance)
{
}

const sansio::Provenance&
ProvenanceTag::Get() const
{
    return m_provenance;
}

TypeId
ProvenanceTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
ProvenanceTag::GetSerializedSize() const
{
    return 10;
}

void
ProvenanceTag::Serialize(TagBuffer buffer) const
{
    buffer.WriteU8(static_cast<uint8_t>(m_provenance.layer));
    buffer.WriteU8(m_provenance.retransmission);
    buffer.WriteU64(m_provenance.report);
}

void
ProvenanceTag::Deserialize(TagBuffer buffer)
{
    m_provenance.layer = static_cast<sansio::Layer>(buffer.ReadU8());
    m_provenance.retransmission = buffer.ReadU8();
    m_provenance.report = buffer.ReadU64();
}

void
ProvenanceTag::Print(std::ostream& os) const
{
    static constexpr const char* LAYERS[] = {"payload", "application", "security"};
    os << "layer=" << LAYERS[static_cast<size_t>(m_provenance.layer)]
       << (m_provenance.retransmission ? " again" : "") << " report=" << m_provenance.report;
}

Ptr<Packet>
ToPacket(const sansio::SpannedBytes& bytes)
{
    auto packet = Create<Packet>(bytes.GetView().data(), bytes.size());
    for (const sansio::Span& span : bytes.GetSpans())
    {
        packet->AddByteTag(ProvenanceTag(span.provenance), span.begin, span.end);
    }
    return packet;
}

sansio::SpannedBytes
ToSpannedBytes(Ptr<const Packet> packet, const sansio::Provenance& untagged)
{
    sansio::Bytes bytes = ToBytes(packet);
    sansio::ByteView view(bytes);
    std::vector<sansio::Span> spans;
    spans.reserve(4); // header and payload, of one or two messages
    for (auto it = packet->GetByteTagIterator(); it.HasNext();)
    {
        auto item = it.Next();
        if (item.GetTypeId() == ProvenanceTag::GetTypeId())
        {
            ProvenanceTag tag;
            item.GetTag(tag);
            spans.push_back({item.GetStart(), item.GetEnd(), tag.Get()});
        }
    }
    std::sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) {
        return a.begin < b.begin;
    });
    sansio::SpannedBytes result;
    result.Reserve(bytes.size(), 2 * spans.size() + 1);
    for (const sansio::Span& span : spans)
    {
        if (span.begin > result.size())
        {
            result.Append(view.From(result.size()).First(span.begin - result.size()), untagged);
        }
        if (span.end > result.size()) // of two tags on one byte the first one counts
        {
            result.Append(view.From(result.size()).First(span.end - result.size()),
                          span.provenance);
        }
    }
    result.Append(view.From(result.size()), untagged);
    return result;
}

sansio::Bytes
ToBytes(Ptr<const Packet> packet)
{
    sansio::Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), bytes.size());
    return bytes;
}

} // namespace ns3
