// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/tag.h"

namespace ns3
{

/**
 * Which frame this is: the node that put it on air and the number it gave it. A packet tag of the
 * model, not a byte on air; it lets an observer match a reception or a loss with the transmission,
 * acknowledgements included. Numbers count every transmission of a node from 1.
 */
class FrameTag : public Tag
{
  public:
    static TypeId GetTypeId();

    FrameTag() = default;
    FrameTag(uint32_t sender, uint64_t number);

    uint32_t GetSender() const; ///< id of the node that transmitted
    uint64_t GetNumber() const; ///< 1 for its first frame on air

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

  private:
    uint32_t m_sender{0};
    uint64_t m_number{0};
};

} // namespace ns3
