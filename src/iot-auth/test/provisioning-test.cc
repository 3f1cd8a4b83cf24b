// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/helper/auth-helper.h"
#include "iot-auth/model/device-manager.h"
#include "iot-auth/model/provisioner.h"
#include "sans-io/model/text-file.h"

#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <filesystem>
#include <gmock/gmock.h>

namespace ns3
{

namespace
{

using testing::ElementsAre;

/// A device manager on one node, and provisioners on another.
class ProvisionerTest : public testing::TestWithParam<bool>
{
  protected:
    ProvisionerTest()
    {
        RngSeedManager::SetRun(1);
        m_nodes.Create(2);
        InternetStackHelper().Install(m_nodes);
        NetDeviceContainer devices = PointToPointHelper().Install(m_nodes);
        Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);
        Ipv6AddressHelper("fd00::", 64).Assign(devices);
        const Address any = GetParam() ? Address(Inet6SocketAddress(Ipv6Address::GetAny(), PORT))
                                       : Address(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        DeviceManagerHelper helper(any);
        m_manager = DynamicCast<DeviceManager>(helper.Install(m_nodes.Get(0)).Get(0));
        m_manager->TraceConnectWithoutContext("LimitReached",
                                              MakeCallback(&ProvisionerTest::HandleLimit, this));
    }

    ~ProvisionerTest() override
    {
        Simulator::Destroy();
    }

    Address GetRemote() const
    {
        if (GetParam())
        {
            auto ip = m_nodes.Get(0)->GetObject<Ipv6>()->GetAddress(1, 1).GetAddress();
            return Inet6SocketAddress(ip, PORT);
        }
        return InetSocketAddress(Ipv4Address("10.0.0.1"), PORT);
    }

    void Provision(const std::string& name, Time at, const std::string& apiKey = "")
    {
        auto node = m_nodes.Get(1);
        if (!node->GetObject<DeviceCredential>())
        {
            DeviceCredentialHelper().Install(node, name)->AssignStreams(1);
        }
        ProvisionerHelper helper(GetRemote());
        helper.SetAttribute("ApiKey", StringValue(apiKey));
        auto provisioner = helper.Install(NodeContainer(node)).Get(0);
        provisioner->SetStartTime(at);
        provisioner->TraceConnectWithoutContext(
            "Provisioned",
            MakeCallback(&ProvisionerTest::HandleProvisioned, this));
    }

    void Run()
    {
        Simulator::Stop(Seconds(300));
        Simulator::Run();
    }

    void HandleProvisioned(std::string name, std::string result)
    {
        m_results.push_back(name + " " + result);
        m_ended.push_back(Simulator::Now());
    }

    void HandleLimit(std::string limit)
    {
        m_limits.push_back(limit);
    }

    static constexpr uint16_t PORT = 8080;
    NodeContainer m_nodes;
    Ptr<DeviceManager> m_manager;
    std::vector<std::string> m_results;
    std::vector<Time> m_ended;
    std::vector<std::string> m_limits;
};

INSTANTIATE_TEST_SUITE_P(, ProvisionerTest, testing::Bool(), [](const auto& info) {
    return info.param ? "Ipv6" : "Ipv4";
});

TEST_P(ProvisionerTest, CreatesADeviceOnce)
{
    Provision("s01", Seconds(5));
    Provision("s01", Seconds(7));
    Run();
    EXPECT_THAT(m_results, ElementsAre("s01 created", "s01 exists"));
    auto credential = m_nodes.Get(1)->GetObject<DeviceCredential>();
    ASSERT_TRUE(m_manager->GetRegistry()->Find("s01"));
    EXPECT_NE(m_manager->GetRegistry()->Find("s01")->keys[0], credential->GetPublicKey())
        << "the second one has drawn another key, and the registry keeps the first";
}

TEST_P(ProvisionerTest, NeedsTheApiKey)
{
    m_manager->SetAttribute("ApiKey", StringValue("k"));
    Provision("s01", Seconds(5), "x");
    Provision("s01", Seconds(7), "k");
    Run();
    EXPECT_THAT(m_results, ElementsAre("s01 not authorized", "s01 created"));
}

TEST_P(ProvisionerTest, KeepsTheRegistryInItsFile)
{
    const std::string file = testing::TempDir() + "iot-auth-registry.json";
    std::filesystem::remove(file);
    m_manager->SetAttribute("RegistryFile", StringValue(file));
    Provision("s01", Seconds(5));
    Run();
    EXPECT_EQ(ReadTextFile(file), m_manager->GetRegistry()->Write());
    EXPECT_FALSE(std::filesystem::exists(file + ".part"));
    std::filesystem::remove(file);
}

TEST_P(ProvisionerTest, BoundsWhatItTakes)
{
    m_manager->SetAttribute("MaxRequestSize", UintegerValue(100));
    Provision("s01", Seconds(5));
    Run();
    EXPECT_THAT(m_results, ElementsAre("s01 bad request"));
    EXPECT_THAT(m_limits, ElementsAre("request-size"));
}

TEST_P(ProvisionerTest, TellsThatNobodyListens)
{
    m_manager->SetStartTime(Seconds(200));
    Provision("s01", Seconds(5));
    Run();
    EXPECT_THAT(m_results, ElementsAre("s01 refused"));
    EXPECT_LT(m_ended.back(), Seconds(6));
}

TEST_P(ProvisionerTest, TellsThatNobodyAnswers)
{
    auto lossy = CreateObject<RateErrorModel>();
    lossy->SetRate(1);
    m_nodes.Get(0)->GetDevice(1)->SetAttribute("ReceiveErrorModel", PointerValue(lossy));
    Provision("s01", Seconds(5));
    Run();
    EXPECT_THAT(m_results, ElementsAre("s01 no answer"));
    EXPECT_GT(m_ended.back(), Seconds(120));
}

TEST_P(ProvisionerTest, ClosesSilentConnections)
{
    m_manager->SetAttribute("RequestTimeout", TimeValue(Seconds(10)));
    auto socket =
        Socket::CreateSocket(m_nodes.Get(1), TypeId::LookupByName("ns3::TcpSocketFactory"));
    GetParam() ? socket->Bind6() : socket->Bind();
    Simulator::Schedule(Seconds(5), [&] { socket->Connect(GetRemote()); });
    Run();
    EXPECT_THAT(m_limits, ElementsAre("request-timeout"));
}

} // namespace

} // namespace ns3
