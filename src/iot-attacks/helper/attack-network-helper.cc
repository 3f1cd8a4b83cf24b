// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/helper/attack-network-helper.h"

#include "iot-attacks/model/null-route.h"
#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/time-conversion.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/icmpv6-l4-protocol.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/ipv6-list-routing-helper.h"
#include "ns3/ipv6-list-routing.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/ipv6-static-routing.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/queue-size.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(AttackNetworkHelper);

namespace
{

constexpr const char* ATTACKER_PREFIX = "fd00:0:0:f0::";
constexpr const char* VICTIM_LINK_PREFIX = "fd00:0:0:f1::";
constexpr const char* SPOOFED_PREFIX = "fd00:bad::";
constexpr const char* VICTIMS_PREFIX = "fd00::";
constexpr int16_t BEFORE_STATIC_ROUTES = 10; // priority in the list of routing protocols

Ptr<Ipv6StaticRouting>
GetRouting(Ptr<Node> node)
{
    return Ipv6StaticRoutingHelper().GetStaticRouting(node->GetObject<Ipv6>());
}

uint32_t
AddInterface(Ptr<NetDevice> device, Ipv6Address address, bool forwarding)
{
    auto ipv6 = device->GetNode()->GetObject<Ipv6L3Protocol>();
    uint32_t interface = ipv6->AddInterface(device);
    ipv6->SetMetric(interface, 1);
    ipv6->AddAddress(interface, Ipv6InterfaceAddress(address, Ipv6Prefix(64)));
    ipv6->SetUp(interface);
    // ns-3 decides at the start of the simulation who solicits routers: those who do not forward.
    ipv6->SetForwarding(interface, true);
    if (!forwarding)
    {
        Simulator::ScheduleNow(&Ipv6L3Protocol::SetForwarding, ipv6, interface, false);
    }
    return interface;
}

Ipv6Address
MakeAddress(const std::string& prefix, const std::string& suffix)
{
    return Ipv6Address((prefix + suffix).c_str());
}

void
HearFrame(attacks::Sniffer* sniffer, Ptr<const Packet> frame)
{
    sniffer->HearFrame(SimulatedNow(), ToBytes(frame));
}

void
HearDatagram(attacks::Sniffer* sniffer, Ptr<const Packet> ipv6, bool towardsHost)
{
    sniffer->HearDatagram(SimulatedNow(), ToBytes(ipv6));
}

} // namespace

TypeId
AttackNetworkHelper::GetTypeId()
{
    static TypeId tid = TypeId("ns3::AttackNetworkHelper")
                            .SetParent<Object>()
                            .SetGroupName("IotAttacks")
                            .AddConstructor<AttackNetworkHelper>()
                            .AddAttribute("Delay",
                                          "One-way delay of each of the two links.",
                                          TimeValue(MilliSeconds(1)),
                                          MakeTimeAccessor(&AttackNetworkHelper::m_delay),
                                          MakeTimeChecker(Time(0)))
                            .AddAttribute("DataRate",
                                          "Rate of each of the two links.",
                                          DataRateValue(DataRate("1Gb/s")),
                                          MakeDataRateAccessor(&AttackNetworkHelper::m_dataRate),
                                          MakeDataRateChecker())
                            .AddAttribute("QueueSize",
                                          "Datagrams that may wait at each end of the two links.",
                                          UintegerValue(1000),
                                          MakeUintegerAccessor(&AttackNetworkHelper::m_queueSize),
                                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

AttackNetworkHelper::AttackNetworkHelper() = default;

AttackNetworkHelper::~AttackNetworkHelper() = default;

void
AttackNetworkHelper::DoDispose()
{
    m_attacker = nullptr;
    m_accessRouter = nullptr;
    m_host = nullptr;
    m_devices = NetDeviceContainer();
    Object::DoDispose();
}

Ptr<AttackHost>
AttackNetworkHelper::Build(Ptr<Node> victim)
{
    NS_ABORT_MSG_IF(m_host, "AttackNetworkHelper::Build was called before");
    NS_ABORT_MSG_UNLESS(victim->GetObject<Ipv6L3Protocol>(), "the victim has no IPv6 stack");
    CreateNodes();
    CreateLinks(victim);
    AddRoutes(victim);
    return m_host;
}

void
AttackNetworkHelper::CreateNodes()
{
    m_attacker = CreateObject<Node>();
    m_accessRouter = CreateObject<Node>();
    InternetStackHelper internet;
    internet.SetIpv4StackInstall(false);
    internet.Install(m_attacker);
    Ipv6StaticRoutingHelper staticRoutes;
    Ipv6ListRoutingHelper routing; // with room for the null route
    routing.Add(staticRoutes, 0);
    internet.SetRoutingHelper(routing);
    internet.Install(m_accessRouter);
    for (const Ptr<Node>& node : {m_attacker, m_accessRouter})
    {
        node->GetObject<Icmpv6L4Protocol>()->SetAttribute("DAD", BooleanValue(false));
    }
}

void
AttackNetworkHelper::CreateLinks(Ptr<Node> victim)
{
    PointToPointHelper wire;
    wire.SetDeviceAttribute("DataRate", DataRateValue(m_dataRate));
    wire.SetChannelAttribute("Delay", TimeValue(m_delay));
    wire.SetQueue("ns3::DropTailQueue<Packet>",
                  "MaxSize",
                  QueueSizeValue(QueueSize(QueueSizeUnit::PACKETS, m_queueSize)));
    NetDeviceContainer own = wire.Install(m_attacker, m_accessRouter);
    NetDeviceContainer towardsVictim = wire.Install(m_accessRouter, victim);
    AddInterface(own.Get(0), MakeAddress(ATTACKER_PREFIX, "2"), false);
    AddInterface(own.Get(1), MakeAddress(ATTACKER_PREFIX, "1"), true);
    AddInterface(towardsVictim.Get(0), MakeAddress(VICTIM_LINK_PREFIX, "1"), true);
    AddInterface(towardsVictim.Get(1), GetVictimAddress(), true);
    m_devices.Add(own);
    m_devices.Add(towardsVictim);
    m_host = CreateObject<AttackHost>();
    m_host->Attach(own.Get(0), MakeAddress(ATTACKER_PREFIX, "2"));
    m_attacker->AggregateObject(m_host);
}

void
AttackNetworkHelper::AddRoutes(Ptr<Node> victim)
{
    auto interfaceOf = [this](uint32_t device) -> uint32_t {
        Ptr<NetDevice> d = m_devices.Get(device);
        return d->GetNode()->GetObject<Ipv6>()->GetInterfaceForDevice(d);
    };
    GetRouting(m_attacker)->SetDefaultRoute(MakeAddress(ATTACKER_PREFIX, "1"), interfaceOf(0));
    GetRouting(m_accessRouter)
        ->AddNetworkRouteTo(Ipv6Address(VICTIMS_PREFIX),
                            Ipv6Prefix(32),
                            GetVictimAddress(),
                            interfaceOf(2));
    Ipv6Address back = MakeAddress(VICTIM_LINK_PREFIX, "1");
    GetRouting(victim)->AddNetworkRouteTo(Ipv6Address(ATTACKER_PREFIX),
                                          Ipv6Prefix(64),
                                          back,
                                          interfaceOf(3));
    GetRouting(victim)->AddNetworkRouteTo(Ipv6Address(SPOOFED_PREFIX),
                                          Ipv6Prefix(32),
                                          back,
                                          interfaceOf(3));
    auto list =
        DynamicCast<Ipv6ListRouting>(m_accessRouter->GetObject<Ipv6>()->GetRoutingProtocol());
    m_nullRoute = CreateObject<NullRoute>();
    m_nullRoute->SetPrefix(Ipv6Address(SPOOFED_PREFIX), Ipv6Prefix(32));
    list->AddRoutingProtocol(m_nullRoute, BEFORE_STATIC_ROUTES);
}

Ptr<AttackHost>
AttackNetworkHelper::GetAttackHost() const
{
    return m_host;
}

Ptr<Node>
AttackNetworkHelper::GetAttacker() const
{
    return m_attacker;
}

Ptr<Node>
AttackNetworkHelper::GetAccessRouter() const
{
    return m_accessRouter;
}

NetDeviceContainer
AttackNetworkHelper::GetDevices() const
{
    return m_devices;
}

uint64_t
AttackNetworkHelper::GetBlackHoled() const
{
    return m_nullRoute ? m_nullRoute->GetDropped() : 0;
}

Ipv6Address
AttackNetworkHelper::GetVictimAddress() const
{
    return MakeAddress(VICTIM_LINK_PREFIX, "2");
}

Ipv6Address
AttackNetworkHelper::GetSpoofedAddress(uint64_t index)
{
    uint8_t bytes[16];
    Ipv6Address(SPOOFED_PREFIX).GetBytes(bytes);
    for (size_t i = 0; i < sizeof(index); i++)
    {
        bytes[sizeof(bytes) - 1 - i] = static_cast<uint8_t>(index >> (8 * i));
    }
    return Ipv6Address(bytes);
}

int64_t
AttackNetworkHelper::AssignStreams(int64_t stream)
{
    return InternetStackHelper().AssignStreams(NodeContainer(m_attacker, m_accessRouter), stream);
}

void
AttackNetworkHelper::Listen(Ptr<RadioNeighbor> from, attacks::Sniffer& sniffer)
{
    from->TraceConnectWithoutContext("Frame", MakeBoundCallback(&HearFrame, &sniffer));
}

void
AttackNetworkHelper::Listen(Ptr<WireTap> from, attacks::Sniffer& sniffer)
{
    from->TraceConnectWithoutContext("Datagram", MakeBoundCallback(&HearDatagram, &sniffer));
}

attacks::LowPanContexts
AttackNetworkHelper::GetStarContexts()
{
    attacks::LowPanContexts contexts;
    contexts[0] = attacks::LowPanContext{0xfd, 0, 0, 0, 0, 0, 0, 1};
    contexts[1] = attacks::LowPanContext{0xfd, 0, 0, 0, 0, 0, 0, 2};
    return contexts;
}

} // namespace ns3
