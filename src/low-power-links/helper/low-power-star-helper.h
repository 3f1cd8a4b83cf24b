// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/model/low-power-net-device.h"

#include "ns3/ipv6-address.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/object.h"
#include "ns3/pcap-file-wrapper.h"

#include <string>
#include <vector>

namespace ns3
{

/**
 * The topology of the comparison:
 *
 *     sensors - 802.15.4, 6LoWPAN - border router - wired (WiredDelay) - host - 1 ms - collectors
 *
 * Sensors sit evenly on a circle of Radius around the border router and hear each other. Addresses:
 * fd00:0:0:1::/64 on 802.15.4 (interface identifiers of the short addresses, border router 1,
 * sensors from 2), fd00:0:0:2::/64 between border router (::1) and host (::2), fd00:0:0:10+k::/64
 * (hexadecimal) between host (::1) and collector k (::2). Routes are static. 6LoWPAN has the first
 * two prefixes as contexts 0 and 1 and carries the UDP checksum. With NeighborDiscovery false there
 * are permanent neighbour entries between border router and sensors, no duplicate address detection
 * and no router solicitation, so that no frame on air is of neighbour discovery (and sensors know
 * no neighbour but the border router).
 *
 * Set the attributes, call Build() once, then use the getters. The nodes carry the internet stack
 * and nothing else.
 */
class LowPowerStarHelper : public Object
{
  public:
    static TypeId GetTypeId();

    LowPowerStarHelper();
    ~LowPowerStarHelper() override;

    /// Sets an attribute of every LowPowerNetDevice (Sleepy is the helper's own). Before Build().
    void SetDeviceAttribute(const std::string& name, const AttributeValue& value);

    /// Creates nodes, devices, addresses and routes.
    void Build();

    uint32_t GetSensorCount() const;
    uint32_t GetCollectorCount() const;
    NodeContainer GetSensors() const;
    Ptr<Node> GetSensor(uint32_t index) const;
    Ptr<Node> GetBorderRouter() const;
    Ptr<Node> GetHost() const;
    Ptr<Node> GetCollector(uint32_t index = 0) const;

    Ptr<LowPowerNetDevice> GetSensorDevice(uint32_t index) const;
    Ptr<LowPowerNetDevice> GetBorderRouterDevice() const;
    /// All 802.15.4 devices, the border router's first.
    NetDeviceContainer GetLowPowerDevices() const;
    /// The 6LoWPAN devices over them, in the same order.
    NetDeviceContainer GetSixLowPanDevices() const;
    /// The wired devices of border router and host, towards each other.
    NetDeviceContainer GetWiredDevices() const;
    /// The wired devices of host and collector, towards each other.
    NetDeviceContainer GetCollectorDevices(uint32_t index = 0) const;
    Ptr<SpectrumChannel> GetChannel() const;

    Ipv6Address GetSensorAddress(uint32_t index) const;
    Ipv6Address GetBorderRouterAddress() const; ///< on the 802.15.4 side
    Ipv6Address GetHostAddress() const;         ///< where sensors and collectors reach it
    Ipv6Address GetCollectorAddress(uint32_t index = 0) const;

    /**
     * Fixes every random stream of the links: devices, 6LoWPAN, neighbour discovery.
     * \return how many streams it uses
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * Captures the 802.15.4 side at the border router in PREFIX-lln.pcap (link type IEEE 802.15.4
     * with FCS: what it sends and what its radio receives) and the wired link in PREFIX-wired.pcap.
     * After Build(). \return both files, which tell when they could not be written
     */
    std::vector<Ptr<PcapFileWrapper>> EnablePcap(const std::string& prefix);

    /**
     * Captures the 802.15.4 side as an observer who misses nothing would: every frame that any
     * device starts to send, in order, in FILE. After Build(). \return the file
     */
    Ptr<PcapFileWrapper> EnableAirPcap(const std::string& file);

  private:
    void DoDispose() override;
    void CreateNodes();
    void CreateLowPowerSide();
    void CreateWiredSide();
    void AddNeighbors();
    void AddRoutes();
    Ptr<LowPowerNetDevice> CreateDevice(Ptr<Node> node, uint16_t address, bool sleepy);
    uint32_t AddInterface(Ptr<NetDevice> device, Ipv6Address address);
    NetDeviceContainer CreateWire(Ptr<Node> a, Ptr<Node> b, Time delay, const std::string& prefix);

    uint32_t m_sensorCount{0};
    uint32_t m_collectorCount{0};
    double m_loss{0};
    bool m_sleepy{false};
    Time m_wiredDelay;
    double m_radius{0};
    bool m_neighborDiscovery{false};
    ObjectFactory m_deviceFactory;

    NodeContainer m_sensors;
    NodeContainer m_collectors;
    Ptr<Node> m_borderRouter;
    Ptr<Node> m_host;
    Ptr<SpectrumChannel> m_channel;
    NetDeviceContainer m_lowPower; ///< border router first
    NetDeviceContainer m_sixLowPan;
    NetDeviceContainer m_wired;
    std::vector<NetDeviceContainer> m_collectorWires;
};

} // namespace ns3
