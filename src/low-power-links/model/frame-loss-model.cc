// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/frame-loss-model.h"

#include "low-power-links/model/frame-tag.h"

#include "ns3/double.h"
#include "ns3/packet.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(FrameLossModel);

TypeId
FrameLossModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::FrameLossModel")
            .SetParent<ErrorModel>()
            .SetGroupName("LowPowerLinks")
            .AddConstructor<FrameLossModel>()
            .AddAttribute("Loss",
                          "Probability that a received frame, data or acknowledgement, is dropped.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&FrameLossModel::m_loss),
                          MakeDoubleChecker<double>(0, 1))
            .AddTraceSource("Dropped",
                            "A frame that the radio would have received was dropped.",
                            MakeTraceSourceAccessor(&FrameLossModel::m_dropped),
                            "ns3::FrameLossModel::DroppedCallback");
    return tid;
}

FrameLossModel::FrameLossModel()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

void
FrameLossModel::Drop(uint32_t sender, uint64_t number)
{
    m_chosen.emplace(sender, number);
}

int64_t
FrameLossModel::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

bool
FrameLossModel::DoCorrupt(Ptr<Packet> frame)
{
    return Drops(frame);
}

bool
FrameLossModel::Drops(Ptr<const Packet> frame)
{
    bool lost = m_uniform->GetValue() < m_loss;
    FrameTag tag;
    if (!m_chosen.empty() && frame->PeekPacketTag(tag) &&
        m_chosen.erase({tag.GetSender(), tag.GetNumber()}) > 0)
    {
        lost = true;
    }
    if (lost)
    {
        m_dropped(frame);
    }
    return lost;
}

void
FrameLossModel::DoReset()
{
    m_chosen.clear();
}

} // namespace ns3
