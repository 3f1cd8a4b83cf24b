// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/point-to-point-channel.h"

namespace ns3
{

class WireTap;

/**
 * The channel that a WireTap puts in the place of a point-to-point link's own. Device 0 is at the
 * tap, device 1 is the host. It delivers as PointToPointChannel does, at the same instants, in the
 * same order and with the same number of events; its trace TxRxPointToPoint (of animations) tells
 * of datagrams towards the host only.
 */
class TappedChannel : public PointToPointChannel
{
  public:
    static TypeId GetTypeId();

    TappedChannel();
    ~TappedChannel() override;

    /// Whom to ask; nobody: everything passes. The tap outlives this channel or takes itself away.
    void SetTap(WireTap* tap);

    bool TransmitStart(Ptr<const Packet> frame,
                       Ptr<PointToPointNetDevice> source,
                       Time duration) override;

    /// Delivers a datagram as if it had come along the wire.
    void Inject(Ptr<Packet> ipv6, bool towardsHost);

    /// Takes the PPP header off. \return false where it is not IPv6
    static bool RemoveHeader(Ptr<Packet> frame);

  private:
    /// A frame from the host reaches the tap.
    void Arrive(Ptr<Packet> frame);

    WireTap* m_tap{nullptr};
};

} // namespace ns3
