// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/helper/tcp-profile.h"

#include "low-power-links/model/syn-aware-rtt-estimator.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/nstime.h"
#include "ns3/tcp-socket-base.h"
#include "ns3/type-id.h"
#include "ns3/uinteger.h"

namespace ns3
{

namespace
{

struct Profile
{
    uint32_t segmentSize;
    bool options; ///< timestamps, selective acknowledgements, window scaling
    uint32_t delAckCount;
    Time delAckTimeout;
    Time minRto;
};

void
SetDefaults(const Profile& profile)
{
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(profile.segmentSize));
    Config::SetDefault("ns3::TcpSocket::DelAckCount", UintegerValue(profile.delAckCount));
    Config::SetDefault("ns3::TcpSocket::DelAckTimeout", TimeValue(profile.delAckTimeout));
    Config::SetDefault("ns3::TcpSocketBase::MinRto", TimeValue(profile.minRto));
    Config::SetDefault("ns3::TcpL4Protocol::RttEstimatorType",
                       TypeIdValue(SynAwareRttEstimator::GetTypeId()));
    for (const char* option : {"Timestamp", "Sack", "WindowScaling"})
    {
        Config::SetDefault(std::string("ns3::TcpSocketBase::") + option,
                           BooleanValue(profile.options));
    }
}

} // namespace

const std::vector<std::string>&
TcpProfile::GetNames()
{
    static const std::vector<std::string> names{"lln", "linux", "ns3"};
    return names;
}

bool
TcpProfile::Apply(const std::string& name)
{
    if (name == "lln")
    {
        SetDefaults({LLN_SEGMENT_SIZE, false, 1, MilliSeconds(200), Seconds(1)});
    }
    else if (name == "linux")
    {
        SetDefaults({1220, true, 2, MilliSeconds(40), MilliSeconds(200)});
    }
    else if (name == "ns3")
    {
        SetDefaults({536, true, 2, MilliSeconds(200), Seconds(1)});
    }
    else
    {
        return false;
    }
    return true;
}

} // namespace ns3
