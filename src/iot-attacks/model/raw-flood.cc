// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/raw-flood.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/uinteger.h"

#include <boost/endian/conversion.hpp>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("RawFlood");
NS_OBJECT_ENSURE_REGISTERED(RawFlood);

TypeId
RawFlood::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::RawFlood")
            .SetParent<Attack>()
            .SetGroupName("IotAttacks")
            .AddAttribute("SourceNetwork",
                          "The /32 network of the spoofed source addresses. Nobody may use it: a "
                          "host that gets answers it did not ask for resets them.",
                          Ipv6AddressValue(Ipv6Address("fd00:bad::")),
                          MakeIpv6AddressAccessor(&RawFlood::m_sourceNetwork),
                          MakeIpv6AddressChecker())
            .AddAttribute("Sources",
                          "How many spoofed addresses are used, in turn; 0 = a random one each "
                          "time.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&RawFlood::m_sources),
                          MakeUintegerChecker<uint32_t>());
    return tid;
}

void
RawFlood::DoDispose()
{
    m_host = nullptr;
    Attack::DoDispose();
}

void
RawFlood::StartApplication()
{
    RequireRaw();
    Attack::StartApplication();
}

void
RawFlood::RequireRaw()
{
    m_host = GetNode()->GetObject<AttackHost>();
    if (!m_host)
    {
        NS_FATAL_ERROR("an attack with spoofed sources needs an AttackHost on its node");
    }
    if (!Inet6SocketAddress::IsMatchingType(GetTarget()))
    {
        NS_FATAL_ERROR("an attack with spoofed sources needs an IPv6 address as Target");
    }
    const auto target = Inet6SocketAddress::ConvertFrom(GetTarget());
    target.GetIpv6().Serialize(m_target.ip.data());
    m_target.port = target.GetPort();
    m_sourceNetwork.Serialize(m_source.ip.data());
}

attacks::Flow
RawFlood::MakeFlow(attacks::Transport transport)
{
    constexpr uint16_t firstPort = 1024;
    const uint64_t word = GetRandom().GetInteger();
    sansio::PeerAddress source = m_source;
    m_lastSource = m_sources > 0 ? m_lastSource % m_sources + 1 : 0;
    const uint64_t interface = m_sources > 0 ? m_lastSource : GetRandom().GetInteger();
    boost::endian::store_big_u64(&source.ip[8], interface);
    source.port = static_cast<uint16_t>(firstPort + word % (65536 - firstPort));
    return {source, m_target, transport};
}

void
RawFlood::SendRaw(const sansio::Bytes& ipv6)
{
    if (m_host->SendRaw(ipv6))
    {
        CountSent(ipv6.size());
    }
}

} // namespace ns3
