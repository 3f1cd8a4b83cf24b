// SPDX-License-Identifier: GPL-2.0-only
#include "coap/helper/coap-helper.h"
#include "iot-device/model/processor.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <gtest/gtest.h>
#include <map>

namespace ns3
{

namespace
{

constexpr uint16_t PORT = 5683;

sansio::Bytes
ToBytes(std::string_view text)
{
    return sansio::ByteView(text).ToBytes();
}

/// A client and a server on a point-to-point link of 1 Mbit/s and 10 ms.
class CoapModelTest : public testing::Test
{
  protected:
    void Build(bool ipv6, double loss = 0)
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        nodes.Create(2);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("1Mbps"));
        link.SetChannelAttribute("Delay", StringValue("10ms"));
        devices = link.Install(nodes);
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper ipv4("10.0.0.0", "255.255.255.0");
        auto addresses4 = ipv4.Assign(devices);
        Ipv6AddressHelper ipv6Addresses(Ipv6Address("fd00::"), Ipv6Prefix(64));
        auto addresses6 = ipv6Addresses.Assign(devices);
        local = ipv6 ? Address(Inet6SocketAddress(Ipv6Address::GetAny(), PORT))
                     : Address(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        remote = ipv6 ? Address(Inet6SocketAddress(addresses6.GetAddress(1, 1), PORT))
                      : Address(InetSocketAddress(addresses4.GetAddress(1), PORT));
        clientIp = ipv6 ? Address(Inet6SocketAddress(addresses6.GetAddress(0, 1), 1))
                        : Address(InetSocketAddress(addresses4.GetAddress(0), 1));
        if (loss > 0)
        {
            SetLoss(loss);
        }
        client = Add<CoapClient>(CoapClientHelper(remote), 0, 100);
        server = Add<CoapServer>(CoapServerHelper(local), 1, 200);
        client->TraceConnectWithoutContext("Response",
                                           MakeCallback(&CoapModelTest::HandleResponse, this));
        client->TraceConnectWithoutContext("Failed",
                                           MakeCallback(&CoapModelTest::HandleFailed, this));
        client->TraceConnectWithoutContext("Retransmitted",
                                           MakeCallback(&CoapModelTest::HandleRetransmitted, this));
    }

    template <typename Kind>
    Ptr<Kind> Add(const CoapHelper& helper, uint32_t node, int64_t stream)
    {
        auto applications = helper.Install(nodes.Get(node));
        applications.Start(Seconds(1));
        EXPECT_EQ(CoapHelper::AssignStreams(applications, stream), 1);
        return DynamicCast<Kind>(applications.Get(0));
    }

    /// Loss of whole datagrams, independent in each direction.
    void SetLoss(double loss)
    {
        for (uint32_t i = 0; i < 2; i++)
        {
            auto error = CreateObject<RateErrorModel>();
            error->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
            error->SetRate(loss);
            error->AssignStreams(300 + i);
            devices.Get(i)->SetAttribute("ReceiveErrorModel", PointerValue(error));
        }
    }

    void HandleResponse(uint64_t report, const coap::Response& response)
    {
        responses.push_back(sansio::ByteView(response.payload).ToString());
        reports.push_back(report);
    }

    void HandleFailed(uint64_t report, std::string reason)
    {
        failures.push_back(reason);
        reports.push_back(report);
    }

    void HandleRetransmitted(uint16_t messageId, uint8_t retransmission, uint64_t report)
    {
        retransmissions.push_back(Simulator::Now());
    }

    void TearDown() override
    {
        Simulator::Destroy();
    }

    NodeContainer nodes;
    NetDeviceContainer devices;
    Address local;
    Address remote;
    Address clientIp;
    Ptr<CoapClient> client;
    Ptr<CoapServer> server;
    std::vector<std::string> responses;
    std::vector<std::string> failures;
    std::vector<uint64_t> reports;
    std::vector<Time> retransmissions;
};

class CoapFamilyTest : public CoapModelTest, public testing::WithParamInterface<bool>
{
  public:
    void HandleRequest(const sansio::PeerIdentity& peer, const coap::Request& request)
    {
        requests.push_back(request.options.GetUriPath());
    }

    std::vector<std::string> requests;
};

TEST_P(CoapFamilyTest, RequestAndResponse)
{
    Build(GetParam());
    server->TraceConnectWithoutContext(
        "Request",
        MakeCallback(&CoapFamilyTest::HandleRequest, static_cast<CoapFamilyTest*>(this)));
    sansio::PeerAddress seen;
    server->AddResource("t", [&](const CoapRequestContext& context, const coap::Request& request) {
        seen = context.peer.address;
        return coap::Response(coap::Code::Content, request.payload);
    });
    int results = 0;
    Simulator::Schedule(Seconds(3), [&] {
        client->Request(
            coap::Request(coap::Code::Post, "t", ToBytes("hello")),
            [&](const CoapResult& result) {
                results++;
                EXPECT_EQ(result.response->code, coap::Code::Content);
                EXPECT_TRUE(result.last);
            },
            42);
    });
    Simulator::Stop(Seconds(300));
    Simulator::Run();
    EXPECT_EQ(requests, std::vector<std::string>{"t"});
    EXPECT_EQ(responses, std::vector<std::string>{"hello"});
    EXPECT_EQ(reports, std::vector<uint64_t>{42});
    EXPECT_EQ(results, 1);
    EXPECT_EQ(seen.ip, ToPeerAddress(clientIp).ip);
    EXPECT_EQ(client->GetCounters().sent, 1u);
    EXPECT_EQ(server->GetCounters().received, 1u);
}

INSTANTIATE_TEST_SUITE_P(AddressFamilies, CoapFamilyTest, testing::Bool(), [](const auto& tested) {
    return tested.param ? "IPv6" : "IPv4";
});

TEST_F(CoapModelTest, SilentPeerIsGivenUpAfterFiveTransmissions)
{
    Build(true);
    server->SetStopTime(Seconds(2));
    Time failedAt;
    Simulator::Schedule(Seconds(3), [&] {
        client->Request(coap::Request(coap::Code::Get, "t"), [&](const CoapResult& result) {
            EXPECT_EQ(result.failure, coap::Failure::Timeout);
            failedAt = Simulator::Now() - Seconds(3);
        });
    });
    Simulator::Stop(Seconds(300));
    Simulator::Run();
    ASSERT_EQ(retransmissions.size(), 4u);
    double timeout = (retransmissions[0] - Seconds(3)).GetSeconds();
    EXPECT_GE(timeout, 2);
    EXPECT_LE(timeout, 3);
    for (int n = 1; n <= 4; n++)
    {
        EXPECT_NEAR((retransmissions[n - 1] - Seconds(3)).GetSeconds(),
                    timeout * ((1 << n) - 1),
                    1e-6);
    }
    EXPECT_NEAR(failedAt.GetSeconds(), 31 * timeout, 1e-6);
    EXPECT_EQ(failures, std::vector<std::string>{"timeout"});
}

TEST_F(CoapModelTest, LossOf20PercentPerDirectionOver2000Exchanges)
{
    constexpr int EXCHANGES = 2000;
    Build(false, 0.2);
    server->AddResource("t", [](const auto&, const auto&) {
        return coap::Response(coap::Code::Changed);
    });
    int failed = 0;
    int left = EXCHANGES;
    std::function<void()> next = [&] {
        if (left-- > 0)
        {
            client->Request(coap::Request(coap::Code::Put, "t", ToBytes("reading")),
                            [&](const CoapResult& result) {
                                failed += result.failure.has_value();
                                next();
                            });
        }
    };
    Simulator::Schedule(Seconds(3), [&] { next(); });
    Simulator::Run();
    // q is the probability that a transmission is not acknowledged.
    double q = 1 - 0.8 * 0.8;
    double failure = std::pow(q, 5);
    double mean = 0;
    double square = 0;
    for (int n = 1; n <= 5; n++)
    {
        double probability = n < 5 ? (1 - q) * std::pow(q, n - 1) : std::pow(q, 4);
        mean += n * probability;
        square += n * n * probability;
    }
    EXPECT_NEAR(mean, 1.553, 0.0005);
    EXPECT_NEAR(failure, 0.00605, 0.00001);
    double transmissions = 1 + retransmissions.size() / double{EXCHANGES};
    double share = failed / double{EXCHANGES};
    RecordProperty("transmissions", std::to_string(transmissions));
    RecordProperty("failures", std::to_string(share));
    EXPECT_NEAR(transmissions, mean, 3 * std::sqrt((square - mean * mean) / EXCHANGES));
    EXPECT_NEAR(share, failure, 3 * std::sqrt(failure * (1 - failure) / EXCHANGES));
    EXPECT_EQ(responses.size() + failures.size(), size_t{EXCHANGES});
}

TEST_F(CoapModelTest, ObserveAndNotify)
{
    Build(true);
    int reading = 20;
    server->AddResource("t", [&](const auto&, const auto&) {
        return coap::Response(coap::Code::Content, ToBytes(std::to_string(reading)));
    });
    coap::RequestId id = 0;
    Simulator::Schedule(Seconds(3), [&] { id = client->Observe("t", {}); });
    for (int i = 1; i <= 2; i++)
    {
        Simulator::Schedule(Seconds(3 + i), [&, i] {
            reading = 20 + i;
            server->Notify("t");
        });
    }
    Simulator::Schedule(Seconds(6), [&] {
        EXPECT_EQ(server->GetObserverCount(), 1u);
        client->Deregister(id);
    });
    Simulator::Stop(Seconds(300));
    Simulator::Run();
    EXPECT_EQ(responses, (std::vector<std::string>{"20", "21", "22", "22"}));
    EXPECT_EQ(server->GetObserverCount(), 0u);
}

TEST_F(CoapModelTest, AnswerThatTakesItsTimeIsSeparate)
{
    Build(true);
    server->AddResource("t", [&](const CoapRequestContext& context, const coap::Request&) {
        Simulator::Schedule(Seconds(5), [this, id = context.id] {
            EXPECT_TRUE(server->Respond(id, coap::Response(coap::Code::Content, ToBytes("late"))));
            EXPECT_FALSE(server->Respond(id, coap::Response(coap::Code::Content)));
        });
        return std::nullopt;
    });
    Simulator::Schedule(Seconds(3), [&] { client->Request(coap::Request(coap::Code::Get, "t")); });
    Simulator::Stop(Seconds(300));
    Simulator::Run();
    EXPECT_EQ(responses, std::vector<std::string>{"late"});
    EXPECT_TRUE(retransmissions.empty());
    EXPECT_EQ(server->GetCounters().sent, 2u);
}

TEST_F(CoapModelTest, RequestOutsideOfTheRunIsReported)
{
    Build(true);
    int results = 0;
    EXPECT_EQ(client->Request(coap::Request(coap::Code::Get, "t"),
                              [&](const CoapResult& result) {
                                  results++;
                                  EXPECT_EQ(result.failure, coap::Failure::NotStarted);
                              }),
              0u);
    EXPECT_EQ(results, 0);
    Simulator::Stop(Seconds(1));
    Simulator::Run();
    EXPECT_EQ(results, 1);
    EXPECT_EQ(failures, std::vector<std::string>{"not-started"});
}

/// The server's node has a processor on which a message takes 100 ms.
class CoapProcessorTest : public CoapModelTest
{
  public:
    void AddProcessor()
    {
        McuProfile profile;
        profile.operations.fill({0.1, 0, "test"});
        processor = CreateObject<Processor>();
        processor->SetProfile(profile);
        nodes.Get(1)->AggregateObject(processor);
    }

    void HandleRefused(const sansio::PeerIdentity& peer, std::string reason)
    {
        refused.push_back(reason);
    }

    Ptr<Processor> processor;
    std::vector<std::string> refused;
};

TEST_F(CoapProcessorTest, AnswersOneAfterTheOther)
{
    Build(true);
    AddProcessor();
    client->SetAttribute("NStart", UintegerValue(10));
    server->AddResource("t", [](const CoapRequestContext&, const coap::Request&) {
        return coap::Response(coap::Code::Content);
    });
    std::vector<Time> answered;
    Simulator::Schedule(Seconds(3), [&] {
        for (int i = 0; i < 5; i++)
        {
            client->Request(coap::Request(coap::Code::Get, "t"),
                            [&](const CoapResult&) { answered.push_back(Simulator::Now()); });
        }
    });
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    ASSERT_EQ(answered.size(), 5u);
    EXPECT_NEAR(answered[0].GetSeconds(), 3.12, 5e-3) << "10 ms there, 100 ms of work, 10 ms back";
    for (int i = 1; i < 5; i++)
    {
        EXPECT_EQ(answered[i] - answered[i - 1], MilliSeconds(100));
    }
    EXPECT_EQ(processor->GetTimeSpent(sansio::OperationKind::Message), MilliSeconds(500));
}

TEST_F(CoapProcessorTest, WhatFindsTheReceiveBufferFullIsDroppedAndCounted)
{
    Config::SetDefault("ns3::UdpSocket::RcvBufSize", UintegerValue(200));
    Build(true);
    AddProcessor();
    client->SetAttribute("NStart", UintegerValue(100));
    server->AddResource("t", [](const CoapRequestContext&, const coap::Request&) {
        return std::optional<coap::Response>();
    });
    constexpr uint32_t COUNT = 50;
    Simulator::Schedule(Seconds(3), [&] {
        coap::Request request(coap::Code::Post, "t", sansio::Bytes(11)); // 20 bytes a message
        request.confirmable = false;
        for (uint32_t i = 0; i < COUNT; i++)
        {
            client->Request(request, {});
        }
    });
    Simulator::Stop(Seconds(30));
    Simulator::Run();
    Config::SetDefault("ns3::UdpSocket::RcvBufSize", UintegerValue(131072));
    EXPECT_EQ(server->GetCounters().received, 1u + 200 / 20);
    EXPECT_EQ(server->GetDropped(), COUNT - 11);
}

TEST_F(CoapProcessorTest, ARunawayClientIsToldToWait)
{
    Build(true);
    server->SetAttribute("MaxRequestRate", DoubleValue(2));
    server->SetAttribute("RequestBurst", UintegerValue(5));
    server->TraceConnectWithoutContext(
        "Refused",
        MakeCallback(&CoapProcessorTest::HandleRefused, static_cast<CoapProcessorTest*>(this)));
    server->AddResource("t", [](const CoapRequestContext&, const coap::Request&) {
        return coap::Response(coap::Code::Changed);
    });
    std::map<coap::Code, int> codes;
    for (int i = 0; i < 100; i++)
    {
        Simulator::Schedule(Seconds(3) + i * MilliSeconds(100), [&] {
            client->Request(coap::Request(coap::Code::Post, "t"),
                            [&](const CoapResult& result) { codes[result.response->code]++; });
        });
    }
    Simulator::Stop(Seconds(30));
    Simulator::Run();
    EXPECT_EQ(codes[coap::Code::Changed], 5 + 19) << "the burst, and 2 per second for 9.9 s";
    EXPECT_EQ(codes[coap::Code::TooManyRequests], 100 - 24);
    EXPECT_EQ(refused, std::vector<std::string>(76, "request-rate"));
}

class ProvenanceTest : public CoapModelTest
{
  public:
    void HandleFrame(Ptr<const Packet> packet)
    {
        auto frame = ToSpannedBytes(packet, {sansio::Layer::Security});
        for (const auto& span : frame.GetSpans())
        {
            bytes[span.provenance.layer] += span.end - span.begin;
            labelled += span.provenance.report == 42 ? span.end - span.begin : 0;
        }
    }

    std::map<sansio::Layer, size_t> bytes;
    size_t labelled{0};
};

TEST_F(ProvenanceTest, EveryByteInTheFrameKnowsItsLayer)
{
    Build(true);
    devices.Get(1)->TraceConnectWithoutContext(
        "MacRx",
        MakeCallback(&ProvenanceTest::HandleFrame, static_cast<ProvenanceTest*>(this)));
    Simulator::Schedule(Seconds(3), [&] {
        client->Request(coap::Request(coap::Code::Put, "t", ToBytes("reading")), {}, 42);
    });
    Simulator::Stop(Seconds(4));
    Simulator::Run();
    EXPECT_EQ(bytes[sansio::Layer::Payload], 7u);
    EXPECT_EQ(bytes[sansio::Layer::Application], 4u + 2 + 2 + 1); // header, token, Uri-Path, marker
    EXPECT_EQ(labelled, 16u);
}

} // namespace

} // namespace ns3
