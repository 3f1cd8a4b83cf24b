// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/test-network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

ClientSettings
MakeSettings(uint16_t keepAlive)
{
    ClientSettings settings;
    settings.clientId = "c";
    settings.keepAlive = keepAlive;
    return settings;
}

std::vector<std::string>
GetReasons(const TestClient& client)
{
    std::vector<std::string> reasons;
    for (const auto& disconnected : client.Get<Client::Disconnected>())
    {
        reasons.push_back(disconnected.reason);
    }
    return reasons;
}

TEST(ClientTest, PingsAfterKeepAliveOfItsOwnSilence)
{
    TestNetwork network;
    TestClient& client = network.AddClient(MakeSettings(10));
    client.machine.Start(network.now);
    network.Run(6s);
    network.Publish(client, "t", "x", 0);
    size_t before = client.sent.size() + 6;
    network.Run(9999ms);
    EXPECT_EQ(client.sent.size(), before);
    network.Run(1ms);
    EXPECT_EQ(client.sent.size(), before + 2);
    EXPECT_EQ(Bytes(client.sent.end() - 2, client.sent.end()), (Bytes{0xc0, 0}));
    network.Run(1h);
    EXPECT_TRUE(client.machine.IsConnected());
    EXPECT_EQ(client.sent.size(), before + 2 * 361);
}

TEST(ClientTest, NoKeepAliveNoPing)
{
    TestNetwork network;
    TestClient& client = network.AddClient(MakeSettings(0));
    client.machine.Start(network.now);
    network.Run(1h);
    EXPECT_EQ(client.machine.GetNextTimeout(), std::nullopt);
    EXPECT_EQ(client.bytes, 15u + 4);
}

TEST(ClientTest, SilentServerIsLeft)
{
    TestNetwork network;
    ClientSettings settings = MakeSettings(10);
    settings.pingTimeout = 5s;
    TestClient& client = network.AddClient(settings);
    client.machine.Start(network.now);
    network.Run(0s);
    client.silent = true;
    network.Run(14999ms);
    EXPECT_THAT(GetReasons(client), IsEmpty());
    network.Run(1ms);
    EXPECT_THAT(GetReasons(client), ElementsAre("no PINGRESP"));
    client.silent = false;
    network.Run(1s);
    EXPECT_TRUE(client.machine.IsConnected());
}

TEST(ClientTest, MissingConnackIsNoConnection)
{
    TestNetwork network;
    TestClient& client = network.AddClient(MakeSettings(10));
    client.silent = true;
    client.machine.Start(network.now);
    network.Run(30s);
    EXPECT_THAT(GetReasons(client), ElementsAre("no CONNACK"));
    client.silent = false;
    network.Run(1s);
    EXPECT_TRUE(client.machine.IsConnected());
}

TEST(ClientTest, BackoffDoublesUpToItsBound)
{
    TestNetwork network;
    ClientSettings settings = MakeSettings(0);
    settings.reconnectMin = 1s;
    settings.reconnectMax = 5s;
    TestClient& client = network.AddClient(settings);
    client.reachable = false;
    client.machine.Start(network.now);
    std::vector<double> waits;
    TimePoint last = network.now;
    for (size_t attempts = 2; attempts <= 6; attempts++)
    {
        while (client.Get<Client::OpenConnection>().size() < attempts)
        {
            network.Run(10ms);
        }
        waits.push_back(std::chrono::duration<double>(network.now - last).count());
        last = network.now;
    }
    // Three quarters of 1, 2, 4, 5, 5 s: the fixed draw is the middle of [1/2, 1).
    const std::vector<double> expected = {0.75, 1.5, 3, 3.75, 3.75};
    for (size_t i = 0; i < expected.size(); i++)
    {
        EXPECT_NEAR(waits[i], expected[i], 0.011) << i;
    }
    client.reachable = true;
    network.Run(5s);
    EXPECT_TRUE(client.machine.IsConnected());
}

TEST(ClientTest, DisconnectSaysSoAndStaysAway)
{
    TestNetwork network;
    TestClient& client = network.AddClient(MakeSettings(10));
    client.machine.Start(network.now);
    network.Run(1s);
    client.machine.Stop(network.now);
    network.Run(1h);
    EXPECT_EQ(Bytes(client.sent.end() - 2, client.sent.end()), (Bytes{0xe0, 0}));
    EXPECT_EQ(client.streamsOpened, 1u);
    EXPECT_EQ(network.GetBrokerEvents<Broker::SessionClosed>()[0].reason, "disconnected");
    client.machine.Start(network.now);
    network.Run(1s);
    EXPECT_TRUE(client.machine.IsConnected());
}

TEST(ClientTest, SubscriptionsAreMadeAgainWhereTheSessionIsLost)
{
    TestNetwork network;
    TestClient& client = network.AddClient("c", true);
    TestClient& publisher = network.AddClient("p", true);
    EXPECT_TRUE(client.machine.Subscribe(network.now, "a/#", {1}));
    EXPECT_FALSE(client.machine.Subscribe(network.now, "a/#b", {1}));
    EXPECT_FALSE(client.machine.Subscribe(network.now, "a", {3}));
    client.machine.Start(network.now);
    publisher.machine.Start(network.now);
    network.Run(1s);
    network.Break(client);
    network.Run(5s);
    network.Publish(publisher, "a/b", "x", 1);
    network.Run(1s);
    EXPECT_EQ(client.Get<Client::Subscribed>().size(), 2u);
    EXPECT_EQ(client.Get<Client::MessageArrived>().size(), 1u);
    client.machine.Unsubscribe(network.now, "a/#");
    network.Publish(publisher, "a/b", "x", 1);
    network.Run(1s);
    EXPECT_EQ(client.Get<Client::Unsubscribed>().size(), 1u);
    network.Publish(publisher, "a/b", "x", 1);
    network.Break(client);
    network.Run(5s);
    EXPECT_EQ(client.Get<Client::Subscribed>().size(), 2u);
}

TEST(ClientTest, BadMessagesAreRefused)
{
    TestNetwork network;
    TestClient& client = network.AddClient("c");
    network.Publish(client, "", "x", 0, 1);
    network.Publish(client, "a/+", "x", 0, 2);
    network.Publish(client, "a\xff", "x", 0, 3);
    network.Publish(client, "a", "x", 3, 4);
    network.Publish(client, std::string(65536, 'a'), "x", 0, 5);
    network.Run(0s);
    std::vector<uint64_t> reports;
    for (const auto& refused : client.Get<Client::Refused>())
    {
        reports.push_back(refused.report);
    }
    EXPECT_THAT(reports, ElementsAre(1, 2, 3, 4, 5));
}

/// What a server may not say ends the connection.
TEST(ClientTest, ViolationsOfTheServerCloseTheConnection)
{
    const std::vector<std::pair<bool, Bytes>> violations = {
        {false, {0x30, 4, 0, 1, 't', 'x'}}, // before CONNACK
        {false, {0x20, 2, 0, 6}},
        {false, {0x20, 2, 1, 0}}, // session present although Clean Session
        {true, {0x20, 2, 0, 0}},  // a second CONNACK
        {true, {0xc0, 0}},
        {true, {0xe0, 0}},
        {true, {0x82, 6, 0, 1, 0, 1, 'a', 0}},
        {true, {0x90, 3, 0, 1, 3}},
        {true, {0x30, 3, 0, 1, '#'}},
        {true, {0xf0, 0}},
    };
    for (const auto& [connected, bytes] : violations)
    {
        FixedRandom random;
        ClientSettings settings = MakeSettings(10);
        settings.cleanSession = true;
        Client client(settings, random);
        TimePoint now;
        client.Start(now);
        client.HandleConnected(now);
        client.TakeTransmit();
        if (connected)
        {
            client.Receive(now, ToBytes(Connack{}));
            EXPECT_TRUE(client.IsConnected());
        }
        client.Receive(now, bytes);
        EXPECT_FALSE(client.IsConnected());
        bool closes = false;
        while (auto event = client.PollEvent())
        {
            closes |= std::holds_alternative<Client::CloseConnection>(*event);
        }
        EXPECT_TRUE(closes) << testing::PrintToString(bytes);
    }
}

TEST(ClientTest, WithoutIdentifierSetsCleanSession)
{
    FixedRandom random;
    ClientSettings settings = MakeSettings(0);
    settings.clientId = "";
    settings.cleanSession = false;
    Client client(settings, random);
    TimePoint now;
    client.Start(now);
    client.HandleConnected(now);
    Connect connect;
    connect.cleanStart = true; // [MQTT-3.1.3-7]
    EXPECT_EQ(client.TakeTransmit().GetView(), ByteView(ToBytes(connect)));
}

TEST(ClientTest, BoundsTheAnswersThatAreNotRead)
{
    FixedRandom random;
    ClientSettings settings = MakeSettings(0);
    settings.outputBytes = 8;
    Client client(settings, random);
    TimePoint now;
    client.Start(now);
    client.HandleConnected(now);
    client.TakeTransmit();
    client.Receive(now, ToBytes(Connack{}));
    client.SetWritable(now, false);
    Publish publish;
    publish.topic = "t";
    publish.qos = 1;
    for (publish.packetId = 1; publish.packetId <= 2; publish.packetId++)
    {
        client.Receive(now, ToBytes(publish));
        EXPECT_TRUE(client.TakeTransmit().empty());
        EXPECT_TRUE(client.IsConnected());
    }
    client.SetWritable(now, true);
    EXPECT_EQ(client.TakeTransmit().GetView(), ByteView(Bytes{0x40, 2, 0, 1, 0x40, 2, 0, 2}));
    client.SetWritable(now, false);
    for (publish.packetId = 3; publish.packetId <= 5; publish.packetId++)
    {
        client.Receive(now, ToBytes(publish));
    }
    EXPECT_FALSE(client.IsConnected());
}

TEST(ClientTest, PacketIdentifiersDoNotRunOut)
{
    FixedRandom random;
    ClientSettings settings = MakeSettings(0);
    settings.delivery = {65535, 0, 0};
    Client client(settings, random);
    TimePoint now;
    client.Start(now);
    client.HandleConnected(now);
    client.Receive(now, ToBytes(Connack{}));
    auto message = std::make_shared<Message>(Message{"t", {}, 1, false});
    for (int i = 0; i < 32768; i++)
    {
        client.Publish(now, message);
    }
    EXPECT_EQ(client.GetPending(), 32768u);
    client.TakeTransmit();
    EXPECT_TRUE(client.Subscribe(now, "t", {0}));
    EXPECT_EQ(client.TakeTransmit().size(), 8u); // and the last of the messages waits
}

TEST(ClientTest, CountsTheMemoryItWouldNeed)
{
    constexpr size_t ENTRY = sansio::ENTRY_MEMORY;
    FixedRandom random;
    Client client(MakeSettings(0), random);
    TimePoint now;
    client.Start(now);
    EXPECT_EQ(client.GetMemory(), 0u);
    client.HandleConnected(now);
    EXPECT_EQ(client.GetMemory(), 15u); // CONNECT of client "c"
    client.TakeTransmit();
    client.Receive(now, ToBytes(Connack{}));
    EXPECT_EQ(client.GetMemory(), 0u);
    client.Publish(now, std::make_shared<Message>(Message{"t", {'x'}, 2, false}));
    EXPECT_EQ(client.GetMemory(), ENTRY + 2 + 8); // in flight, and its packet
    client.TakeTransmit();
    EXPECT_EQ(client.GetMemory(), ENTRY + 2);
    client.Receive(now, ToBytes(Pubrec{1}));
    client.TakeTransmit();
    EXPECT_EQ(client.GetMemory(), ENTRY);
    client.Receive(now, ToBytes(Pubcomp{1}));
    EXPECT_EQ(client.GetMemory(), 0u);
    client.Subscribe(now, "a/b", {0});
    client.TakeTransmit();
    EXPECT_EQ(client.GetMemory(), 2 * ENTRY + 3); // the filter, and the identifier of SUBSCRIBE
    client.Receive(now, Bytes{0x90, 3, 0, 2, 0});
    EXPECT_EQ(client.GetMemory(), ENTRY + 3);
    EXPECT_EQ(client.GetPeakMemory(), ENTRY * 2 + 3 + 10);
}

} // namespace
