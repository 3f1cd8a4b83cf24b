// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/error-model.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <set>

namespace ns3
{

/**
 * Loss of whole frames at a receiver, data and acknowledgement alike: each frame that the radio
 * would have received is dropped with the probability Loss, independently, from a stream of its
 * own, and frames that were chosen by Drop() always. LowPowerNetDevice gives one to its
 * LowPowerPhy; as an ErrorModel it serves LrWpanPhy's PostReceptionErrorModel too.
 *
 * Every frame draws once, whatever becomes of it, so that choosing frames does not shift the draws.
 */
class FrameLossModel : public ErrorModel
{
  public:
    static TypeId GetTypeId();

    FrameLossModel();

    /**
     * Chooses a frame by its transmission.
     * \param sender id of the node that transmits it
     * \param number how many frames this node will have put on air with it: 1 is its first,
     *        acknowledgements, polls and repetitions count (FrameTag)
     */
    void Drop(uint32_t sender, uint64_t number);

    /// Whether a received frame is dropped; asked once for each.
    bool Drops(Ptr<const Packet> frame);

    /// Fixes the stream; \return how many streams it uses (1).
    int64_t AssignStreams(int64_t stream);

    /// Signature of Dropped. \param frame the frame with MHR and FCS, and its FrameTag
    typedef void (*DroppedCallback)(Ptr<const Packet> frame);

  private:
    bool DoCorrupt(Ptr<Packet> frame) override;
    void DoReset() override;

    double m_loss{0};
    Ptr<UniformRandomVariable> m_uniform;
    std::set<std::pair<uint32_t, uint64_t>> m_chosen;
    TracedCallback<Ptr<const Packet>> m_dropped;
};

} // namespace ns3
