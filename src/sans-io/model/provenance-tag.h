// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/spanned-bytes.h"

#include "ns3/packet.h"
#include "ns3/tag.h"

namespace ns3
{

/**
 * The provenance of bytes as a packet byte tag: it survives TCP segmentation and retransmission
 * and 6LoWPAN fragmentation, so that every frame on air can be split by layer and cause.
 */
class ProvenanceTag : public Tag
{
  public:
    static TypeId GetTypeId();

    ProvenanceTag() = default;
    explicit ProvenanceTag(const sansio::Provenance& provenance);

    const sansio::Provenance& Get() const;

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

  private:
    sansio::Provenance m_provenance;
};

/// A packet with these bytes, each tagged with its provenance.
Ptr<Packet> ToPacket(const sansio::SpannedBytes& bytes);

/// The bytes of a packet with the provenance its tags tell; untagged bytes are \p untagged.
sansio::SpannedBytes ToSpannedBytes(Ptr<const Packet> packet,
                                    const sansio::Provenance& untagged = {});

/// The bytes of a packet without their tags.
sansio::Bytes ToBytes(Ptr<const Packet> packet);

} // namespace ns3
