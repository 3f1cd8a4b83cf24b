// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/model/low-power-mac.h"

#include <functional>
#include <map>

namespace ns3
{

/**
 * Indirect transmission at the parent (IEEE 802.15.4-2006 section 7.5.6.3): a queue of frames for
 * each sleepy child, of which a poll lets the first one go. It stays first, with its sequence
 * number, until the child acknowledges it.
 */
class HeldFrames
{
  public:
    /// \param send gives a frame to the MAC, in front of others
    explicit HeldFrames(std::function<void(Ptr<MacFrame>)> send);

    void AddChild(uint16_t child);
    bool IsChild(uint16_t address) const;
    std::vector<uint16_t> GetChildren() const;

    /// \return false where \p limit frames wait for the child already
    bool Hold(Ptr<MacFrame> frame, uint32_t limit);

    /// Whether frames wait for \p address.
    bool IsPending(uint16_t address) const;

    /// The child polled and listens now.
    void Release(uint16_t child);

    /// The MAC is done with a frame of a child; \return whether it was delivered and is gone.
    bool Done(Ptr<const MacFrame> frame, MacOutcome outcome);

    void Clear();

  private:
    struct Queue
    {
        std::deque<Ptr<MacFrame>> frames;
        bool sending{false}; ///< the first one is with the MAC
    };

    std::function<void(Ptr<MacFrame>)> m_send;
    std::map<uint16_t, Queue> m_children;
};

} // namespace ns3
