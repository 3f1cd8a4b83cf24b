// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/tcp-retransmission-counter.h"

#include "ns3/bulk-send-application.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>

using namespace ns3;

namespace
{

/// Sends \p bytes in one go over a link that loses the given received packets of the sink's device.
uint64_t
CountRetransmissions(uint32_t bytes, std::list<uint32_t> lost, std::set<Address> peers = {})
{
    NodeContainer nodes(2);
    auto devices = PointToPointHelper().Install(nodes);
    auto errors = CreateObject<ReceiveListErrorModel>();
    errors->SetList(lost);
    DynamicCast<PointToPointNetDevice>(devices.Get(1))->SetReceiveErrorModel(errors);
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    auto interfaces = addresses.Assign(devices);

    auto sink = CreateObject<PacketSink>();
    sink->SetAttribute("Local", AddressValue(InetSocketAddress(Ipv4Address::GetAny(), 9)));
    sink->SetAttribute("Protocol", StringValue("ns3::TcpSocketFactory"));
    nodes.Get(1)->AddApplication(sink);
    auto source = CreateObject<BulkSendApplication>();
    source->SetAttribute("Remote", AddressValue(InetSocketAddress(interfaces.GetAddress(1), 9)));
    source->SetAttribute("MaxBytes", UintegerValue(bytes));
    nodes.Get(0)->AddApplication(source);

    TcpRetransmissionCounter counter;
    counter.Attach(nodes.Get(0));
    counter.CountOnlyTo(std::move(peers));
    Simulator::Stop(Seconds(100));
    Simulator::Run();
    EXPECT_EQ(sink->GetTotalRx(), bytes);
    Simulator::Destroy();
    return counter.GetCount();
}

} // namespace

TEST(TcpRetransmissionCounter, CountsNoneOnACleanLink)
{
    EXPECT_EQ(CountRetransmissions(20000, {}), 0u);
}

TEST(TcpRetransmissionCounter, CountsALostSegmentOnce)
{
    EXPECT_EQ(CountRetransmissions(500, {2}), 1u) << "SYN, ACK and then the only data segment";
}

TEST(TcpRetransmissionCounter, CountsALostSyn)
{
    EXPECT_EQ(CountRetransmissions(500, {0}), 1u);
}

TEST(TcpRetransmissionCounter, LeavesOutWhatGoesToOthers)
{
    EXPECT_EQ(CountRetransmissions(500, {2}, {Ipv4Address("10.0.0.2")}), 1u);
    EXPECT_EQ(CountRetransmissions(500, {2}, {Ipv4Address("10.0.0.3")}), 0u);
}
