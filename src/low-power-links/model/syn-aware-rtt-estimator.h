// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/rtt-estimator.h"

namespace ns3
{

/**
 * The estimator of RFC 6298 that ns-3 has, with what the RFC demands of a connection whose SYN was
 * repeated.
 *
 * ns-3's TCP does not note that a SYN is sent again, and without timestamps takes the time from the
 * first SYN to the answer for a round trip: Karn's rule (section 3) forbids that, and a connection
 * that came about after 45 s would wait 135 s for its first lost segment. A first sample that is as
 * long as the time after which a SYN is repeated is therefore none, and the retransmission timeout
 * begins at 3 s (section 5.7).
 *
 * Left out: a round trip that really takes longer than RepeatedSyn before the first sample is
 * known; its connection begins with a timeout of 3 s too.
 */
class SynAwareRttEstimator : public RttMeanDeviation
{
  public:
    static TypeId GetTypeId();

    TypeId GetInstanceTypeId() const override;
    void Measurement(Time sample) override;
    Ptr<RttEstimator> Copy() const override;

  private:
    Time m_repeatedSyn;
};

} // namespace ns3
