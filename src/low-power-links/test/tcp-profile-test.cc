// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/helper/tcp-profile.h"

#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"

#include <gtest/gtest.h>
#include <vector>

namespace ns3
{

namespace
{

constexpr uint16_t PORT = 7;
constexpr uint32_t DATA = 100;

/// When a client sends its one segment of data, where the host misses these frames of it.
std::vector<Time>
SendOneSegment(const std::string& profile, const std::list<uint32_t>& lost)
{
    TcpProfile::Apply(profile);
    NodeContainer nodes(2);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Mbps"));
    NetDeviceContainer devices = link.Install(nodes);
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    const Ipv4Address host = addresses.Assign(devices).GetAddress(1);
    auto losses = CreateObject<ReceiveListErrorModel>();
    losses->SetList(lost);
    devices.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(losses));

    std::vector<Time> sent;
    std::function<void(Ptr<const Packet>)> note = [&](Ptr<const Packet> packet) {
        if (packet->GetSize() >= DATA)
        {
            sent.push_back(Simulator::Now());
        }
    };
    devices.Get(0)->TraceConnectWithoutContext("MacTx", Callback<void, Ptr<const Packet>>(note));

    auto listener = Socket::CreateSocket(nodes.Get(1), TcpSocketFactory::GetTypeId());
    listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    listener->Listen();
    auto client = Socket::CreateSocket(nodes.Get(0), TcpSocketFactory::GetTypeId());
    std::function<void(Ptr<Socket>)> send = [](Ptr<Socket> socket) {
        socket->Send(Create<Packet>(DATA));
    };
    client->SetConnectCallback(Callback<void, Ptr<Socket>>(send),
                               MakeNullCallback<void, Ptr<Socket>>());
    Simulator::Schedule(Seconds(1), [=] { client->Connect(InetSocketAddress(host, PORT)); });
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    Simulator::Destroy();
    return sent;
}

// RFC 6298 section 5.7: SYNs at 1 s and 4 s are lost, that at 10 s is answered. Frame 3 is the ACK,
// frame 4 the data.
TEST(TcpProfileTest, ARepeatedSynIsNoRoundTrip)
{
    for (const std::string profile : {"lln", "linux", "ns3"})
    {
        const std::vector<Time> sent = SendOneSegment(profile, {0, 1, 4});
        ASSERT_EQ(sent.size(), 2u) << profile;
        EXPECT_NEAR(sent[0].GetSeconds(), 10, 0.1) << profile;
        EXPECT_LE((sent[1] - sent[0]).GetSeconds(), 3.1) << profile;
    }
}

TEST(TcpProfileTest, AnAnsweredSynIsOne)
{
    const std::vector<Time> sent = SendOneSegment("lln", {2});
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_NEAR((sent[1] - sent[0]).GetSeconds(), 1, 0.1) << "the profile's shortest timeout";
}

} // namespace

} // namespace ns3
