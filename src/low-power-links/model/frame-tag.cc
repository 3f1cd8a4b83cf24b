// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/frame-tag.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(FrameTag);

TypeId
FrameTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::FrameTag")
                            .SetParent<Tag>()
                            .SetGroupName("LowPowerLinks")
                            .AddConstructor<FrameTag>();
    return tid;
}

FrameTag::FrameTag(uint32_t sender, uint64_t number)
    : m_sender(sender),
      m_number(number)
{
}

uint32_t
FrameTag::GetSender() const
{
    return m_sender;
}

uint64_t
FrameTag::GetNumber() const
{
    return m_number;
}

TypeId
FrameTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
FrameTag::GetSerializedSize() const
{
    return 12;
}

void
FrameTag::Serialize(TagBuffer buffer) const
{
    buffer.WriteU32(m_sender);
    buffer.WriteU64(m_number);
}

void
FrameTag::Deserialize(TagBuffer buffer)
{
    m_sender = buffer.ReadU32();
    m_number = buffer.ReadU64();
}

void
FrameTag::Print(std::ostream& os) const
{
    os << "node " << m_sender << " frame " << m_number;
}

} // namespace ns3
