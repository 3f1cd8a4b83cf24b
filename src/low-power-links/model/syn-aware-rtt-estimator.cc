// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/syn-aware-rtt-estimator.h"

#include "ns3/nstime.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SynAwareRttEstimator);

namespace
{

/// As a first sample it makes a timeout of 3 s: itself and four times its half (RFC 6298
/// section 2.2).
const Time UNKNOWN = Seconds(1);

} // namespace

TypeId
SynAwareRttEstimator::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::SynAwareRttEstimator")
            .SetParent<RttMeanDeviation>()
            .SetGroupName("LowPowerLinks")
            .AddConstructor<SynAwareRttEstimator>()
            .AddAttribute("RepeatedSyn",
                          "A first sample as long as this may be of a SYN that was repeated and is "
                          "not taken; ns3::TcpSocket::ConnTimeout or less.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&SynAwareRttEstimator::m_repeatedSyn),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

TypeId
SynAwareRttEstimator::GetInstanceTypeId() const
{
    return GetTypeId();
}

void
SynAwareRttEstimator::Measurement(Time sample)
{
    const bool ambiguous = GetNSamples() == 0 && sample >= m_repeatedSyn;
    RttMeanDeviation::Measurement(ambiguous ? UNKNOWN : sample);
}

Ptr<RttEstimator>
SynAwareRttEstimator::Copy() const
{
    return CopyObject<SynAwareRttEstimator>(this);
}

} // namespace ns3
