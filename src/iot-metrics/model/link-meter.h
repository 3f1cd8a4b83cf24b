// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-metrics/model/frame-account.h"
#include "low-power-links/model/low-power-net-device.h"

#include "ns3/net-device-container.h"

#include <string>

namespace ns3
{

/// What the 802.15.4 devices did up to an instant; the difference of two is an interval.
struct LinkCounters
{
    LayerBytes bytes;
    uint64_t frames{0};    ///< put on air, repetitions, acknowledgements and polls included
    uint64_t bytesSent{0}; ///< of these frames; equals bytes.GetTotal() where all was accounted
    uint64_t unknownFrames{
        0}; ///< of these, frames that could not be split by layer: a defect or a forgery
    uint64_t retransmissions{0};   ///< frames that the MAC repeated
    uint64_t duplicatesDropped{0}; ///< frames whose acknowledgement was lost
    uint64_t polls{0};
    uint64_t lost{0};        ///< receptions that the loss model took
    uint64_t collisions{0};  ///< receptions that another signal spoiled
    uint64_t queueDrops{0};  ///< packets that found a queue full
    uint64_t noAck{0};       ///< frames whose sender believes they did not arrive
    uint64_t channelBusy{0}; ///< frames given up because the channel was never idle

    friend LinkCounters operator-(const LinkCounters& a, const LinkCounters& b);
};

/// Listens to 802.15.4 devices and counts.
class LinkMeter
{
  public:
    /// Listens to these LowPowerNetDevices from now on.
    void Attach(const NetDeviceContainer& devices);

    LinkCounters GetCounters() const;

  private:
    void HandleSent(Ptr<const Packet> frame, Time start, Time duration, uint32_t attempt);
    void HandleLost(Ptr<const Packet> frame, std::string reason);
    void HandleDuplicate(Ptr<const Packet> frame);
    void HandlePoll(bool fast);
    void HandleQueueDrop(Ptr<const Packet> payload, std::string queue);
    void HandleOutcome(Ptr<const Packet> payload, std::string outcome, uint32_t attempts);

    FrameAccount m_account;
    LinkCounters m_counters; ///< all but the bytes
};

} // namespace ns3
