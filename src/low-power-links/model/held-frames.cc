// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/held-frames.h"

namespace ns3
{

HeldFrames::HeldFrames(std::function<void(Ptr<MacFrame>)> send)
    : m_send(std::move(send))
{
}

void
HeldFrames::AddChild(uint16_t child)
{
    m_children[child];
}

bool
HeldFrames::IsChild(uint16_t address) const
{
    return m_children.count(address) > 0;
}

std::vector<uint16_t>
HeldFrames::GetChildren() const
{
    std::vector<uint16_t> children;
    for (const auto& [child, queue] : m_children)
    {
        children.push_back(child);
    }
    return children;
}

bool
HeldFrames::Hold(Ptr<MacFrame> frame, uint32_t limit)
{
    Queue& queue = m_children.at(frame->header.destination.value);
    if (queue.frames.size() >= limit)
    {
        return false;
    }
    queue.frames.push_back(frame);
    return true;
}

bool
HeldFrames::IsPending(uint16_t address) const
{
    auto found = m_children.find(address);
    return found != m_children.end() && !found->second.frames.empty();
}

void
HeldFrames::Release(uint16_t child)
{
    if (!IsPending(child) || m_children[child].sending)
    {
        return;
    }
    Queue& queue = m_children[child];
    queue.sending = true;
    queue.frames.front()->header.framePending = queue.frames.size() > 1;
    m_send(queue.frames.front());
}

bool
HeldFrames::Done(Ptr<const MacFrame> frame, MacOutcome outcome)
{
    Queue& queue = m_children.at(frame->header.destination.value);
    queue.sending = false;
    if (outcome != MacOutcome::Success)
    {
        return false;
    }
    queue.frames.pop_front();
    return true;
}

void
HeldFrames::Clear()
{
    m_children.clear();
}

} // namespace ns3
