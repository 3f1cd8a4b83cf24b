// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulation-network.h"

#include "iot-scenario/model/tap-device.h"
#include "low-power-links/helper/low-power-star-helper.h"
#include "low-power-links/helper/tcp-profile.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/icmpv6-l4-protocol.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/mac48-address.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/sixlowpan-helper.h"
#include "ns3/string.h"
#include "ns3/trace-helper.h"
#include "ns3/uinteger.h"

namespace ns3
{

namespace
{

/// A node with IPv4 and IPv6 that looks for no duplicates of its addresses: it is there at once.
Ptr<Node>
CreateNode()
{
    auto node = CreateObject<Node>();
    InternetStackHelper().Install(node);
    node->GetObject<Icmpv6L4Protocol>()->SetAttribute("DAD", BooleanValue(false));
    return node;
}

/// Gives the device an address on an interface that forwards; \return its number.
uint32_t
AddInterface(Ptr<NetDevice> device, const EmulationAddress& address)
{
    Ptr<Node> node = device->GetNode();
    if (address.IsIpv6())
    {
        auto ipv6 = node->GetObject<Ipv6L3Protocol>();
        const uint32_t interface = ipv6->AddInterface(device);
        ipv6->AddAddress(interface, Ipv6InterfaceAddress(address.GetIpv6(), address.GetPrefix()));
        ipv6->SetUp(interface);
        ipv6->SetForwarding(interface, true);
        return interface;
    }
    auto ipv4 = node->GetObject<Ipv4L3Protocol>();
    const uint32_t interface = ipv4->AddInterface(device);
    ipv4->AddAddress(interface, Ipv4InterfaceAddress(address.GetIpv4(), address.GetMask()));
    ipv4->SetUp(interface);
    return interface;
}

void
SetDefaultRoute(Ptr<Node> node, const EmulationAddress& router, uint32_t interface)
{
    if (router.IsIpv6())
    {
        Ipv6StaticRoutingHelper()
            .GetStaticRouting(node->GetObject<Ipv6>())
            ->SetDefaultRoute(router.GetIpv6(), interface);
    }
    else
    {
        Ipv4StaticRoutingHelper()
            .GetStaticRouting(node->GetObject<Ipv4>())
            ->SetDefaultRoute(router.GetIpv4(), interface);
    }
}

std::string
ToString(Ipv6Address address)
{
    std::ostringstream text;
    text << address;
    return text.str();
}

} // namespace

EmulationNetwork::EmulationNetwork(const EmulationParameters& parameters)
    : m_parameters(parameters),
      m_address(parameters.GetAddress())
{
    TcpProfile::Apply(parameters.GetTcpProfile());
    if (parameters.behind == "radio")
    {
        BuildStar();
    }
    else if (parameters.behind == "wired")
    {
        BuildWire();
    }
    else
    {
        m_edge = CreateNode();
        m_nodes.Add(m_edge);
    }
    if (m_behind && m_behind->Overlaps(m_address))
    {
        throw ParameterError("--address=" + m_address.ToString() +
                             ": expected another network than " + m_behind->GetNetwork() +
                             ", which lies behind the router");
    }
}

EmulationNetwork::~EmulationNetwork() = default;

void
EmulationNetwork::OpenTap()
{
    const int descriptor = ns3::OpenTap(m_parameters.tap);
    m_tap = CreateObject<FdNetDevice>();
    m_tap->SetEncapsulationMode(FdNetDevice::DIX);
    m_tap->SetAddress(Mac48Address::Allocate()); // another than the kernel's
    m_tap->SetIsMulticast(true);                 // neighbour discovery asks by it
    m_edge->AddDevice(m_tap);
    m_tap->SetFileDescriptor(descriptor);
    AddInterface(m_tap, m_address);
}

void
EmulationNetwork::BuildWire()
{
    const EmulationAddress router =
        EmulationAddress::Parse("address",
                                m_address.IsIpv6() ? "fd00:0:0:2::1/64" : "10.254.2.1/24");
    m_behind = router.GetNeighbor();
    m_edge = CreateNode();
    m_nodes.Add(CreateNode());
    PointToPointHelper wire;
    wire.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    wire.SetChannelAttribute("Delay", TimeValue(m_parameters.wiredDelay));
    NetDeviceContainer devices = wire.Install(m_edge, m_nodes.Get(0));
    m_wire = devices.Get(1);
    AddInterface(devices.Get(0), router);
    SetDefaultRoute(m_nodes.Get(0), router, AddInterface(m_wire, *m_behind));
}

void
EmulationNetwork::BuildStar()
{
    m_star = CreateObject<LowPowerStarHelper>();
    const uint32_t nodes = m_parameters.IsBroker() ? 1 : m_parameters.nodes;
    m_star->SetAttribute("Sensors", UintegerValue(nodes));
    m_star->SetAttribute("Collectors", UintegerValue(0));
    m_star->SetAttribute("Loss", DoubleValue(m_parameters.loss));
    m_star->SetAttribute("Sleepy", BooleanValue(m_parameters.radio == "sleepy"));
    m_star->SetAttribute("WiredDelay", TimeValue(m_parameters.wiredDelay));
    m_star->Build();
    m_edge = m_star->GetHost();
    m_nodes = m_star->GetSensors();
    m_behind = EmulationAddress::Parse("address", ToString(m_star->GetSensorAddress(0)));
    AddContexts();
}

void
EmulationNetwork::AddContexts() const
{
    const auto makePrefix = [](const EmulationAddress& address) {
        const Ipv6Prefix length = address.GetPrefix();
        return Ipv6Prefix(ToString(address.GetIpv6().CombinePrefix(length)).c_str(),
                          length.GetPrefixLength());
    };
    const Ipv6Prefix machine = makePrefix(m_address);
    const Ipv6Prefix nodes = makePrefix(*m_behind);
    // Ipv6Address::HasPrefix() takes every address for one of a network that has all bits of the
    // prefix set, and the first context that it finds compresses.
    const bool nodesFirst = m_behind->GetIpv6().HasPrefix(machine);
    const NetDeviceContainer devices = m_star->GetSixLowPanDevices();
    SixLowPanHelper sixLowPan;
    sixLowPan.AddContext(devices, 0, nodesFirst ? nodes : machine, Days(36500));
    sixLowPan.AddContext(devices, 1, nodesFirst ? machine : nodes, Days(36500));
}

NodeContainer
EmulationNetwork::GetNodes() const
{
    return m_nodes;
}

Address
EmulationNetwork::GetServiceAddress(uint16_t port) const
{
    return m_behind.value_or(m_address).GetSocketAddress(port);
}

Ptr<FdNetDevice>
EmulationNetwork::GetTapDevice() const
{
    return m_tap;
}

std::vector<std::string>
EmulationNetwork::GetCommands() const
{
    // The kernel would look for duplicates of an IPv6 address for a second.
    const std::string atOnce = m_address.IsIpv6() ? " nodad" : "";
    std::vector<std::string> commands{"ip address add " + m_address.GetNeighbor().ToString() +
                                          " dev " + m_parameters.tap + atOnce,
                                      "ip link set " + m_parameters.tap + " up"};
    if (m_behind)
    {
        commands.push_back("ip route replace " + m_behind->GetNetwork() + " via " +
                           m_address.GetHost());
    }
    return commands;
}

Time
EmulationNetwork::GetGrace() const
{
    Time wire = m_behind ? 4 * m_parameters.wiredDelay : Time(0);
    Time radio = m_star ? Seconds(2) : Time(0);
    return MilliSeconds(100) + wire + radio;
}

void
EmulationNetwork::EnablePcap(const std::string& prefix, PendingFiles& files) const
{
    const std::string part = prefix + ".part";
    const auto add = [&](const std::string& suffix, Ptr<PcapFileWrapper> capture) {
        files.AddCapture(part + suffix, prefix + suffix, capture);
    };
    PcapHelper pcap;
    const auto hook = [&](const std::string& suffix, Ptr<NetDevice> device, auto type) {
        auto file = pcap.CreateFile(part + suffix, std::ios::out, type);
        pcap.HookDefaultSink<NetDevice>(device, "PromiscSniffer", file);
        add(suffix, file);
    };
    hook("-tap.pcap", m_tap, PcapHelper::DLT_EN10MB);
    if (m_wire)
    {
        hook("-wired.pcap", m_wire, PcapHelper::DLT_PPP);
    }
    if (m_star)
    {
        const auto captures = m_star->EnablePcap(part);
        add("-lln.pcap", captures[0]);
        add("-wired.pcap", captures[1]);
    }
}

} // namespace ns3
