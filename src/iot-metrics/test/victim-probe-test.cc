// SPDX-License-Identifier: GPL-2.0-only
#include "coap/helper/coap-helper.h"
#include "iot-metrics/model/victim-meter.h"
#include "tls/helper/tls-helper.h"

#include "ns3/config.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>

namespace ns3
{

namespace
{

constexpr uint16_t PORT = 5683;
constexpr double OPERATION = 0.01; ///< seconds of the host's processor, whatever it is

struct Variant
{
    const char* name;
    bool ipv6;
    bool secure;
};

/// A CoAP server whose processor works, and two clients on a link that takes no time.
class VictimProbeTest : public testing::TestWithParam<Variant>
{
  protected:
    VictimProbeTest()
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        Config::SetDefault("ns3::UdpSocket::RcvBufSize",
                           UintegerValue(GetParam().secure ? 1500 : 500));
        m_nodes.Create(3);
        Connect();
        InstallProcessor();
        if (GetParam().secure)
        {
            TlsHelper security;
            security.Set("PskIdentity", StringValue("c"));
            security.Set("PskKey", StringValue("000102030405060708090a0b0c0d0e0f"));
            security.InstallDtls(m_nodes);
            TlsHelper::AssignStreams(m_nodes, 10);
        }
        InstallServer();
        for (uint32_t i = 0; i < 2; i++)
        {
            m_clients[i] = InstallClient(1 + i);
            Simulator::Schedule(Seconds(3 + i), &VictimProbeTest::Send, this, i, 1); // the session
        }
        m_probe.Attach(m_nodes.Get(0));
    }

    ~VictimProbeTest() override
    {
        Simulator::Destroy();
        Config::SetDefault("ns3::UdpSocket::RcvBufSize", UintegerValue(131072));
    }

    void Connect()
    {
        const auto devices = SimpleNetDeviceHelper().Install(m_nodes);
        InternetStackHelper().Install(m_nodes);
        const auto ipv4 = Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);
        const auto ipv6 = Ipv6AddressHelper(Ipv6Address("fd00::"), Ipv6Prefix(64)).Assign(devices);
        for (uint32_t i = 0; i < 3; i++)
        {
            m_addresses.push_back(GetParam().ipv6
                                      ? Address(Inet6SocketAddress(ipv6.GetAddress(i, 1), PORT))
                                      : Address(InetSocketAddress(ipv4.GetAddress(i), PORT)));
        }
    }

    void InstallProcessor()
    {
        McuProfile profile;
        profile.mains = true;
        profile.operations.fill({OPERATION, 0, "test"});
        auto processor = CreateObject<Processor>();
        processor->SetProfile(profile);
        processor->TraceConnectWithoutContext(
            "Operation",
            Callback<void, const sansio::Operation&, Time, Time, double>(
                [this](const sansio::Operation&, Time, Time, double) { m_operations++; }));
        m_nodes.Get(0)->AggregateObject(processor);
    }

    std::string GetProtocol() const
    {
        return GetParam().secure ? "ns3::DtlsSocketFactory" : "ns3::UdpSocketFactory";
    }

    void InstallServer()
    {
        CoapServerHelper helper(GetParam().ipv6
                                    ? Address(Inet6SocketAddress(Ipv6Address::GetAny(), PORT))
                                    : Address(InetSocketAddress(Ipv4Address::GetAny(), PORT)));
        helper.SetAttribute("Protocol", StringValue(GetProtocol()));
        auto applications = helper.Install(m_nodes.Get(0));
        CoapHelper::AssignStreams(applications, 20);
        DynamicCast<CoapServer>(applications.Get(0))
            ->AddResource("t", [this](const CoapRequestContext&, const coap::Request& request) {
                m_served[request.payload.at(0)]++;
                return coap::Response(coap::Code::Changed);
            });
    }

    Ptr<CoapClient> InstallClient(uint32_t node)
    {
        CoapClientHelper helper(m_addresses[0]);
        helper.SetAttribute("Protocol", StringValue(GetProtocol()));
        helper.SetAttribute("NStart", UintegerValue(100));
        auto applications = helper.Install(m_nodes.Get(node));
        CoapHelper::AssignStreams(applications, 20 + node);
        return DynamicCast<CoapClient>(applications.Get(0));
    }

    /// A client sends NON requests at once.
    void Send(uint32_t client, uint32_t requests)
    {
        coap::Request request(coap::Code::Post, "t", {static_cast<uint8_t>(client)});
        request.confirmable = false;
        for (uint32_t i = 0; i < requests; i++)
        {
            m_clients[client]->Request(request, {});
        }
    }

    void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    NodeContainer m_nodes; ///< the host, and the clients
    std::vector<Address> m_addresses;
    Ptr<CoapClient> m_clients[2];
    VictimProbe m_probe;
    VictimMeter m_meter{m_probe, [this](const VictimEvent& event) {
                            return event.peer.ip == ToPeerAddress(m_addresses[1]).ip;
                        }};
    uint64_t m_operations{0};
    std::map<uint32_t, uint32_t> m_served; ///< requests by client
};

TEST_P(VictimProbeTest, WhatWaitsInTheReceiveBufferWaitsForAllBeforeIt)
{
    RunUntil(10);
    m_operations = 0;
    Send(0, 1);
    RunUntil(20);
    const uint64_t ofOne = m_operations;
    ASSERT_EQ(ofOne, GetParam().secure ? 3u : 1u) << "decrypted, read, protected";
    for (uint32_t datagrams : {10, 25})
    {
        Send(0, datagrams);
        RunUntil(Simulator::Now().GetSeconds() + 10);
        EXPECT_NEAR(m_probe.GetLongestWait().GetSeconds(),
                    (datagrams - 1) * ofOne * OPERATION,
                    1e-9);
    }
}

TEST_P(VictimProbeTest, KnowsWhoseDatagramFoundTheReceiveBufferFull)
{
    constexpr uint32_t REQUESTS = 40;
    RunUntil(10);
    m_served.clear();
    for (uint32_t i = 0; i < REQUESTS; i++)
    {
        Send(0, 1);
        Send(1, 2);
    }
    RunUntil(20);
    const VictimResult result = m_meter.GetResult();
    const std::string text = "udp receive-buffer";
    ASSERT_GT(m_served[0], 0u);
    ASSERT_LT(m_served[0], REQUESTS);
    EXPECT_EQ(result.honest.at(text), REQUESTS - m_served[0]);
    EXPECT_EQ(result.refused.at(text), 3 * REQUESTS - m_served[0] - m_served[1]);
}

INSTANTIATE_TEST_SUITE_P(Stacks,
                         VictimProbeTest,
                         testing::Values(Variant{"CoapOverIpv6", true, false},
                                         Variant{"CoapOverIpv4", false, false},
                                         Variant{"CoapsOverIpv6", true, true},
                                         Variant{"CoapsOverIpv4", false, true}),
                         [](const auto& info) { return info.param.name; });

} // namespace

} // namespace ns3
