// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/helper/low-power-star-helper.h"

#include "low-power-links/model/low-power-channel.h"

#include "ns3/boolean.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/icmpv6-l4-protocol.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6-interface.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/ipv6-static-routing.h"
#include "ns3/ndisc-cache.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/sixlowpan-helper.h"
#include "ns3/string.h"
#include "ns3/trace-helper.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <sstream>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(LowPowerStarHelper);

namespace
{

constexpr const char* LLN_PREFIX = "fd00:0:0:1::";
constexpr const char* WIRED_PREFIX = "fd00:0:0:2::";
constexpr uint16_t BORDER_ROUTER = 1; ///< short address; sensor i has i + 2

Mac16Address
ToMac16(uint16_t address)
{
    uint8_t bytes[] = {static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
    Mac16Address mac;
    mac.CopyFrom(bytes);
    return mac;
}

Ipv6Address
GetLlnAddress(Ptr<LowPowerNetDevice> device)
{
    return Ipv6Address::MakeAutoconfiguredAddress(
        LowPowerNetDevice::ToPseudoAddress(device->GetShortAddress()),
        Ipv6Address(LLN_PREFIX));
}

std::string
GetCollectorPrefix(uint32_t index)
{
    std::ostringstream prefix;
    prefix << "fd00:0:0:" << std::hex << 0x10 + index << "::";
    return prefix.str();
}

Ptr<Ipv6L3Protocol>
GetIpv6(Ptr<Node> node)
{
    return node->GetObject<Ipv6L3Protocol>();
}

Ptr<Ipv6StaticRouting>
GetRouting(Ptr<Node> node)
{
    return Ipv6StaticRoutingHelper().GetStaticRouting(GetIpv6(node));
}

Ptr<Ipv6Interface>
GetInterface(Ptr<NetDevice> device)
{
    Ptr<Ipv6L3Protocol> ipv6 = GetIpv6(device->GetNode());
    return ipv6->GetInterface(ipv6->GetInterfaceForDevice(device));
}

void
AddNeighbor(Ptr<NetDevice> device, Ipv6Address address, Address link)
{
    NdiscCache::Entry* entry = GetInterface(device)->GetNdiscCache()->Add(address);
    entry->SetMacAddress(link);
    entry->MarkPermanent();
}

void
WriteFrame(Ptr<PcapFileWrapper> file, Ptr<const Packet> frame)
{
    file->Write(Simulator::Now(), frame);
}

void
WriteSentFrame(Ptr<PcapFileWrapper> file,
               Ptr<const Packet> frame,
               Time start,
               Time duration,
               uint32_t attempt)
{
    file->Write(start, frame);
}

} // namespace

TypeId
LowPowerStarHelper::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::LowPowerStarHelper")
            .SetParent<Object>()
            .SetGroupName("LowPowerLinks")
            .AddConstructor<LowPowerStarHelper>()
            .AddAttribute("Sensors",
                          "How many sensors there are.",
                          UintegerValue(10),
                          MakeUintegerAccessor(&LowPowerStarHelper::m_sensorCount),
                          MakeUintegerChecker<uint32_t>(1, 60000))
            .AddAttribute("Collectors",
                          "How many collectors sit behind the host.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&LowPowerStarHelper::m_collectorCount),
                          MakeUintegerChecker<uint32_t>(0, 60000))
            .AddAttribute("Loss",
                          "Probability that a received 802.15.4 frame, data or acknowledgement, is "
                          "dropped, in each direction.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&LowPowerStarHelper::m_loss),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Sleepy",
                          "Sensors sleep and poll the border router, which holds their frames.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&LowPowerStarHelper::m_sleepy),
                          MakeBooleanChecker())
            .AddAttribute("WiredDelay",
                          "One-way delay between border router and host.",
                          TimeValue(MilliSeconds(20)),
                          MakeTimeAccessor(&LowPowerStarHelper::m_wiredDelay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Radius",
                          "Distance of the sensors from the border router, in metres.",
                          DoubleValue(5),
                          MakeDoubleAccessor(&LowPowerStarHelper::m_radius),
                          MakeDoubleChecker<double>(0.1))
            .AddAttribute("NeighborDiscovery",
                          "Neighbour discovery, duplicate address detection and router "
                          "solicitation instead of permanent neighbour entries.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&LowPowerStarHelper::m_neighborDiscovery),
                          MakeBooleanChecker());
    return tid;
}

LowPowerStarHelper::LowPowerStarHelper()
{
    m_deviceFactory.SetTypeId(LowPowerNetDevice::GetTypeId());
}

LowPowerStarHelper::~LowPowerStarHelper() = default;

void
LowPowerStarHelper::DoDispose()
{
    m_sensors = NodeContainer();
    m_collectors = NodeContainer();
    m_lowPower = NetDeviceContainer();
    m_sixLowPan = NetDeviceContainer();
    m_wired = NetDeviceContainer();
    m_borderRouter = nullptr;
    m_host = nullptr;
    m_channel = nullptr;
    Object::DoDispose();
}

void
LowPowerStarHelper::SetDeviceAttribute(const std::string& name, const AttributeValue& value)
{
    m_deviceFactory.Set(name, value);
}

void
LowPowerStarHelper::Build()
{
    NS_ABORT_MSG_IF(m_host, "LowPowerStarHelper::Build was called before");
    CreateNodes();
    CreateLowPowerSide();
    CreateWiredSide();
    if (!m_neighborDiscovery)
    {
        AddNeighbors();
    }
    AddRoutes();
}

void
LowPowerStarHelper::CreateNodes()
{
    m_borderRouter = CreateObject<Node>();
    m_sensors.Create(m_sensorCount);
    m_host = CreateObject<Node>();
    m_collectors.Create(m_collectorCount);
    InternetStackHelper internet;
    internet.SetIpv4StackInstall(false);
    internet.Install(NodeContainer(m_borderRouter, m_sensors, m_host, m_collectors));
    if (m_neighborDiscovery)
    {
        return;
    }
    for (const NodeContainer& nodes :
         {NodeContainer(m_borderRouter, m_host), m_sensors, m_collectors})
    {
        for (uint32_t i = 0; i < nodes.GetN(); i++)
        {
            nodes.Get(i)->GetObject<Icmpv6L4Protocol>()->SetAttribute("DAD", BooleanValue(false));
        }
    }
}

Ptr<LowPowerNetDevice>
LowPowerStarHelper::CreateDevice(Ptr<Node> node, uint16_t address, bool sleepy)
{
    auto device = m_deviceFactory.Create<LowPowerNetDevice>();
    device->SetAttribute("Sleepy", BooleanValue(sleepy));
    device->GetLossModel()->SetAttribute("Loss", DoubleValue(m_loss));
    device->SetAddress(ToMac16(address));
    device->SetChannel(m_channel);
    node->AddDevice(device);
    m_lowPower.Add(device);
    return device;
}

void
LowPowerStarHelper::CreateLowPowerSide()
{
    auto channel = CreateObject<LowPowerChannel>();
    channel->SetAttribute("StaticPropagation", BooleanValue(true));
    channel->AddPropagationLossModel(CreateObject<LogDistancePropagationLossModel>());
    m_channel = channel;

    m_borderRouter->AggregateObject(CreateObject<ConstantPositionMobilityModel>());
    Ptr<LowPowerNetDevice> parent = CreateDevice(m_borderRouter, BORDER_ROUTER, false);
    for (uint32_t i = 0; i < m_sensorCount; i++)
    {
        auto position = CreateObject<ConstantPositionMobilityModel>();
        double angle = 2 * M_PI * i / m_sensorCount;
        position->SetPosition(Vector(m_radius * std::cos(angle), m_radius * std::sin(angle), 0));
        m_sensors.Get(i)->AggregateObject(position);
        Ptr<LowPowerNetDevice> device = CreateDevice(m_sensors.Get(i), i + 2, m_sleepy);
        device->SetParent(parent->GetShortAddress());
        if (m_sleepy)
        {
            parent->AddSleepyChild(device->GetShortAddress());
        }
    }

    SixLowPanHelper sixLowPan;
    sixLowPan.SetDeviceAttribute("OmitUdpChecksum", BooleanValue(false));
    m_sixLowPan = sixLowPan.Install(m_lowPower);
    Time validity = Days(36500);
    sixLowPan.AddContext(m_sixLowPan, 0, Ipv6Prefix(LLN_PREFIX, 64), validity);
    sixLowPan.AddContext(m_sixLowPan, 1, Ipv6Prefix(WIRED_PREFIX, 64), validity);
    for (uint32_t i = 0; i < m_sixLowPan.GetN(); i++)
    {
        AddInterface(m_sixLowPan.Get(i),
                     GetLlnAddress(m_lowPower.Get(i)->GetObject<LowPowerNetDevice>()));
    }
}

uint32_t
LowPowerStarHelper::AddInterface(Ptr<NetDevice> device, Ipv6Address address)
{
    Ptr<Ipv6L3Protocol> ipv6 = GetIpv6(device->GetNode());
    uint32_t interface = ipv6->AddInterface(device);
    ipv6->SetMetric(interface, 1);
    ipv6->AddAddress(interface, Ipv6InterfaceAddress(address, Ipv6Prefix(64)));
    ipv6->SetUp(interface);
    bool router = device->GetNode() == m_borderRouter || device->GetNode() == m_host;
    ipv6->SetForwarding(interface, router || !m_neighborDiscovery);
    if (!router && !m_neighborDiscovery)
    {
        // ns-3 decides at the start of the simulation who solicits routers: those who do not
        // forward.
        Simulator::ScheduleNow(&Ipv6L3Protocol::SetForwarding, ipv6, interface, false);
    }
    return interface;
}

NetDeviceContainer
LowPowerStarHelper::CreateWire(Ptr<Node> a, Ptr<Node> b, Time delay, const std::string& prefix)
{
    PointToPointHelper wire;
    wire.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    wire.SetChannelAttribute("Delay", TimeValue(delay));
    NetDeviceContainer devices = wire.Install(a, b);
    AddInterface(devices.Get(0), Ipv6Address((prefix + "1").c_str()));
    AddInterface(devices.Get(1), Ipv6Address((prefix + "2").c_str()));
    return devices;
}

void
LowPowerStarHelper::CreateWiredSide()
{
    m_wired = CreateWire(m_borderRouter, m_host, m_wiredDelay, WIRED_PREFIX);
    for (uint32_t i = 0; i < m_collectorCount; i++)
    {
        m_collectorWires.push_back(
            CreateWire(m_host, m_collectors.Get(i), MilliSeconds(1), GetCollectorPrefix(i)));
    }
}

void
LowPowerStarHelper::AddNeighbors()
{
    Ptr<NetDevice> router = m_sixLowPan.Get(0);
    Address routerLink = router->GetAddress();
    Ipv6Address routerLocal = GetInterface(router)->GetLinkLocalAddress().GetAddress();
    for (uint32_t i = 1; i < m_sixLowPan.GetN(); i++)
    {
        Ptr<NetDevice> sensor = m_sixLowPan.Get(i);
        AddNeighbor(sensor, GetBorderRouterAddress(), routerLink);
        AddNeighbor(sensor, routerLocal, routerLink);
        AddNeighbor(router, GetSensorAddress(i - 1), sensor->GetAddress());
        AddNeighbor(router,
                    GetInterface(sensor)->GetLinkLocalAddress().GetAddress(),
                    sensor->GetAddress());
    }
}

void
LowPowerStarHelper::AddRoutes()
{
    for (uint32_t i = 1; i < m_sixLowPan.GetN(); i++)
    {
        Ptr<Node> sensor = m_sixLowPan.Get(i)->GetNode();
        uint32_t interface = GetIpv6(sensor)->GetInterfaceForDevice(m_sixLowPan.Get(i));
        GetRouting(sensor)->SetDefaultRoute(GetBorderRouterAddress(), interface);
    }
    uint32_t towardsHost = GetIpv6(m_borderRouter)->GetInterfaceForDevice(m_wired.Get(0));
    uint32_t towardsRouter = GetIpv6(m_host)->GetInterfaceForDevice(m_wired.Get(1));
    GetRouting(m_borderRouter)->SetDefaultRoute(GetHostAddress(), towardsHost);
    GetRouting(m_host)->AddNetworkRouteTo(Ipv6Address(LLN_PREFIX),
                                          Ipv6Prefix(64),
                                          Ipv6Address((std::string(WIRED_PREFIX) + "1").c_str()),
                                          towardsRouter);
    for (uint32_t i = 0; i < m_collectorCount; i++)
    {
        Ipv6Address host((GetCollectorPrefix(i) + "1").c_str());
        GetRouting(m_collectors.Get(i))->SetDefaultRoute(host, 1);
    }
}

uint32_t
LowPowerStarHelper::GetSensorCount() const
{
    return m_sensorCount;
}

uint32_t
LowPowerStarHelper::GetCollectorCount() const
{
    return m_collectorCount;
}

NodeContainer
LowPowerStarHelper::GetSensors() const
{
    return m_sensors;
}

Ptr<Node>
LowPowerStarHelper::GetSensor(uint32_t index) const
{
    return m_sensors.Get(index);
}

Ptr<Node>
LowPowerStarHelper::GetBorderRouter() const
{
    return m_borderRouter;
}

Ptr<Node>
LowPowerStarHelper::GetHost() const
{
    return m_host;
}

Ptr<Node>
LowPowerStarHelper::GetCollector(uint32_t index) const
{
    return m_collectors.Get(index);
}

Ptr<LowPowerNetDevice>
LowPowerStarHelper::GetSensorDevice(uint32_t index) const
{
    return m_lowPower.Get(index + 1)->GetObject<LowPowerNetDevice>();
}

Ptr<LowPowerNetDevice>
LowPowerStarHelper::GetBorderRouterDevice() const
{
    return m_lowPower.Get(0)->GetObject<LowPowerNetDevice>();
}

NetDeviceContainer
LowPowerStarHelper::GetLowPowerDevices() const
{
    return m_lowPower;
}

NetDeviceContainer
LowPowerStarHelper::GetSixLowPanDevices() const
{
    return m_sixLowPan;
}

NetDeviceContainer
LowPowerStarHelper::GetWiredDevices() const
{
    return m_wired;
}

NetDeviceContainer
LowPowerStarHelper::GetCollectorDevices(uint32_t index) const
{
    return m_collectorWires.at(index);
}

Ptr<SpectrumChannel>
LowPowerStarHelper::GetChannel() const
{
    return m_channel;
}

Ipv6Address
LowPowerStarHelper::GetSensorAddress(uint32_t index) const
{
    return GetLlnAddress(GetSensorDevice(index));
}

Ipv6Address
LowPowerStarHelper::GetBorderRouterAddress() const
{
    return GetLlnAddress(GetBorderRouterDevice());
}

Ipv6Address
LowPowerStarHelper::GetHostAddress() const
{
    return Ipv6Address((std::string(WIRED_PREFIX) + "2").c_str());
}

Ipv6Address
LowPowerStarHelper::GetCollectorAddress(uint32_t index) const
{
    return Ipv6Address((GetCollectorPrefix(index) + "2").c_str());
}

int64_t
LowPowerStarHelper::AssignStreams(int64_t stream)
{
    int64_t next = stream;
    for (uint32_t i = 0; i < m_lowPower.GetN(); i++)
    {
        next += m_lowPower.Get(i)->GetObject<LowPowerNetDevice>()->AssignStreams(next);
    }
    next += SixLowPanHelper().AssignStreams(m_sixLowPan, next);
    next += InternetStackHelper().AssignStreams(
        NodeContainer(m_borderRouter, m_sensors, m_host, m_collectors),
        next);
    return next - stream;
}

std::vector<Ptr<PcapFileWrapper>>
LowPowerStarHelper::EnablePcap(const std::string& prefix)
{
    PcapHelper pcap;
    Ptr<PcapFileWrapper> air =
        pcap.CreateFile(prefix + "-lln.pcap", std::ios::out, PcapHelper::DLT_IEEE802_15_4);
    GetBorderRouterDevice()->TraceConnectWithoutContext("Sniffer",
                                                        MakeBoundCallback(&WriteFrame, air));
    // As PointToPointHelper::EnablePcap(), which does not give the file away.
    Ptr<PcapFileWrapper> wire =
        pcap.CreateFile(prefix + "-wired.pcap", std::ios::out, PcapHelper::DLT_PPP);
    pcap.HookDefaultSink<NetDevice>(m_wired.Get(1), "PromiscSniffer", wire);
    return {air, wire};
}

Ptr<PcapFileWrapper>
LowPowerStarHelper::EnableAirPcap(const std::string& file)
{
    Ptr<PcapFileWrapper> pcap =
        PcapHelper().CreateFile(file, std::ios::out, PcapHelper::DLT_IEEE802_15_4);
    for (uint32_t i = 0; i < m_lowPower.GetN(); i++)
    {
        m_lowPower.Get(i)->TraceConnectWithoutContext("FrameSent",
                                                      MakeBoundCallback(&WriteSentFrame, pcap));
    }
    return pcap;
}

} // namespace ns3
