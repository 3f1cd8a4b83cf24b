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

std::vector<std::string>
GetPayloads(const TestClient& client)
{
    std::vector<std::string> payloads;
    for (const auto& arrived : client.Get<Client::MessageArrived>())
    {
        payloads.emplace_back(arrived.message.payload.begin(), arrived.message.payload.end());
    }
    return payloads;
}

std::vector<uint64_t>
GetPublished(const TestClient& client)
{
    std::vector<uint64_t> reports;
    for (const auto& published : client.Get<Client::Published>())
    {
        reports.push_back(published.report);
    }
    return reports;
}

/// A publisher and a subscriber of "t", both with stored sessions and connected by and by.
struct Line
{
    explicit Line(Version version = Version::V3_1_1)
        : network(version),
          publisher(network.AddClient("p")),
          subscriber(network.AddClient("s"))
    {
        subscriber.machine.Subscribe(network.now, "t", {2});
        subscriber.machine.Start(network.now);
        network.Run(1s);
    }

    /// Three messages, published before the publisher is connected, and time to recover.
    void Exchange(uint8_t qos)
    {
        for (uint64_t report : {1, 2, 3})
        {
            network.Publish(publisher, "t", std::to_string(report), qos, report);
        }
        publisher.machine.Start(network.now);
        network.Run(30s);
    }

    TestNetwork network;
    TestClient& publisher;
    TestClient& subscriber;
};

class DeliveryTest : public testing::TestWithParam<std::tuple<uint8_t, Version>>
{
};

TEST_P(DeliveryTest, WholeConnectionSendsNothingTwice)
{
    auto [qos, version] = GetParam();
    Line line(version);
    line.Exchange(qos);
    EXPECT_THAT(GetPayloads(line.subscriber), ElementsAre("1", "2", "3"));
    EXPECT_THAT(GetPublished(line.publisher), ElementsAre(1, 2, 3));
    EXPECT_EQ(line.publisher.againOnFirstStream + line.subscriber.againOnFirstStream, 0u);
    EXPECT_THAT(line.publisher.Get<Client::Redelivered>(), IsEmpty());
    EXPECT_EQ(line.network.GetBrokerEvents<Broker::MessageAccepted>().size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(QosAndVersion,
                         DeliveryTest,
                         testing::Combine(testing::Values(0, 1, 2),
                                          testing::Values(Version::V3_1_1, Version::V5)));

struct CutCase
{
    bool atPublisher;
    uint8_t qos;
    Version version;
};

class CutTest : public testing::TestWithParam<CutCase>
{
  protected:
    /// How many bytes pass over the connection that will be cut when it is not.
    static size_t CountBytes(const CutCase& param)
    {
        Line line(param.version);
        TestClient& victim = param.atPublisher ? line.publisher : line.subscriber;
        size_t before = victim.bytes;
        line.Exchange(param.qos);
        return victim.bytes - before;
    }

    static void Check(const Line& line, uint8_t qos, const std::string& where)
    {
        auto payloads = GetPayloads(line.subscriber);
        EXPECT_THAT(GetPublished(line.publisher), ElementsAre(1, 2, 3)) << where;
        if (qos == 2)
        {
            EXPECT_THAT(payloads, ElementsAre("1", "2", "3")) << where;
        }
        // At least once; what comes again comes in order too [MQTT-4.6.0-1].
        std::vector<std::string> firsts;
        for (const std::string& payload : payloads)
        {
            if (std::find(firsts.begin(), firsts.end(), payload) == firsts.end())
            {
                firsts.push_back(payload);
            }
        }
        EXPECT_THAT(firsts, ElementsAre("1", "2", "3")) << where;
    }
};

TEST_P(CutTest, AfterEveryByte)
{
    size_t total = CountBytes(GetParam());
    ASSERT_GT(total, 20u);
    size_t redelivered = 0;
    for (size_t cut = 1; cut < total; cut++)
    {
        Line line(GetParam().version);
        TestClient& victim = GetParam().atPublisher ? line.publisher : line.subscriber;
        victim.cutAfter = victim.bytes + cut;
        line.Exchange(GetParam().qos);
        EXPECT_EQ(victim.streamsOpened, 2u);
        Check(line, GetParam().qos, "cut after byte " + std::to_string(cut));
        redelivered += line.publisher.Get<Client::Redelivered>().size();
        redelivered += line.network.GetBrokerEvents<Broker::Redelivered>().size();
        EXPECT_EQ(line.publisher.againOnFirstStream + line.subscriber.againOnFirstStream, 0u);
    }
    EXPECT_GT(redelivered, 10u); // the cuts did hit messages in flight
}

TEST_P(CutTest, Twice)
{
    size_t total = CountBytes(GetParam());
    for (size_t first = 1; first < total; first += 3)
    {
        for (size_t second = 1; second < total; second += 5)
        {
            Line line(GetParam().version);
            TestClient& victim = GetParam().atPublisher ? line.publisher : line.subscriber;
            victim.cutAfter = victim.bytes + first;
            for (uint64_t report : {1, 2, 3})
            {
                line.network.Publish(line.publisher,
                                     "t",
                                     std::to_string(report),
                                     GetParam().qos,
                                     report);
            }
            line.publisher.machine.Start(line.network.now);
            line.network.Run(0s);
            victim.cutAfter = victim.bytes + second;
            line.network.Run(60s);
            Check(line,
                  GetParam().qos,
                  "cuts after " + std::to_string(first) + " and " + std::to_string(second));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(,
                         CutTest,
                         testing::Values(CutCase{true, 1, Version::V3_1_1},
                                         CutCase{true, 2, Version::V3_1_1},
                                         CutCase{false, 1, Version::V3_1_1},
                                         CutCase{false, 2, Version::V3_1_1},
                                         CutCase{true, 1, Version::V5},
                                         CutCase{true, 2, Version::V5},
                                         CutCase{false, 1, Version::V5},
                                         CutCase{false, 2, Version::V5}),
                         [](const auto& info) {
                             return std::string(info.param.atPublisher ? "Publisher"
                                                                       : "Subscriber") +
                                    "Qos" + std::to_string(info.param.qos) +
                                    (info.param.version == Version::V5 ? "Mqtt5" : "Mqtt311");
                         });

TEST(DeliveryTest, RedeliveredPublishHasDupAndItsIdentifier)
{
    Line line;
    line.publisher.machine.Start(line.network.now);
    line.network.Run(1s);
    line.publisher.sent.clear();
    line.publisher.cutAfter = line.publisher.bytes + 8; // the PUBLISH passes, its PUBACK does not
    line.network.Publish(line.publisher, "t", "x", 1, 9);
    line.network.Run(5s);
    const Bytes publish = {0x32, 6, 0, 1, 't', 0, 1, 'x'};
    const Bytes again = {0x3a, 6, 0, 1, 't', 0, 1, 'x'};
    ASSERT_GE(line.publisher.sent.size(), 16u);
    EXPECT_EQ(Bytes(line.publisher.sent.begin(), line.publisher.sent.begin() + 8), publish);
    EXPECT_EQ(Bytes(line.publisher.sent.end() - 8, line.publisher.sent.end()), again);
    ASSERT_EQ(line.publisher.Get<Client::Redelivered>().size(), 1u);
    EXPECT_EQ(line.publisher.Get<Client::Redelivered>()[0].packetId, 1u);
    EXPECT_THAT(GetPublished(line.publisher), ElementsAre(9));
}

TEST(DeliveryTest, InFlightAndQueueAreBounded)
{
    TestNetwork network;
    ClientSettings settings;
    settings.clientId = "p";
    settings.delivery = {2, 3, 0};
    TestClient& client = network.AddClient(settings);
    for (uint64_t report : {1, 2, 3, 4})
    {
        network.Publish(client, "t", "x", 1, report);
    }
    network.Run(0s);
    ASSERT_EQ(client.Get<Client::Refused>().size(), 1u);
    EXPECT_EQ(client.Get<Client::Refused>()[0].report, 4u);
    EXPECT_EQ(client.Get<Client::Refused>()[0].reason, "queue full");
    client.machine.Start(network.now);
    network.Run(1s);
    EXPECT_THAT(GetPublished(client), ElementsAre(1, 2, 3));

    // Without acknowledgements no more than two are sent.
    client.silent = true;
    size_t before = client.sent.size();
    for (uint64_t report : {5, 6, 7, 8, 9})
    {
        network.Publish(client, "t", "x", 1, report);
    }
    network.Run(1s);
    EXPECT_EQ(client.machine.GetPending(), 5u);
    EXPECT_EQ(client.sent.size(), before);
}

bool
Add(Outbox& outbox, const MessagePtr& message, uint64_t report)
{
    Outbox::Entry entry;
    entry.message = message;
    entry.report = report;
    entry.qos = message->qos;
    return outbox.Add(TimePoint(), std::move(entry), [](uint64_t dropped, Outbox::Drop) {
        ADD_FAILURE() << "dropped " << dropped;
    });
}

void
FlushAll(Outbox& outbox, PacketWriter& writer)
{
    outbox.Flush(
        TimePoint(),
        writer,
        1000,
        [](uint64_t) {},
        [](uint16_t id) { ADD_FAILURE() << "sent again " << id; },
        [](uint64_t report, Outbox::Drop) { ADD_FAILURE() << "dropped " << report; });
}

TEST(DeliveryTest, BytesBoundTheQueue)
{
    Outbox outbox(DeliveryLimits{20, 0, 10});
    auto message = std::make_shared<Message>(Message{"abc", {1, 2}, 1});
    EXPECT_TRUE(Add(outbox, message, 1));
    EXPECT_TRUE(Add(outbox, message, 2));
    EXPECT_FALSE(Add(outbox, message, 3));
    PacketWriter writer;
    FlushAll(outbox, writer);
    EXPECT_EQ(outbox.GetQueuedBytes(), 0u);
    EXPECT_TRUE(Add(outbox, message, 3));
}

TEST(DeliveryTest, BytesBoundWhatIsInFlight)
{
    DeliveryLimits limits;
    limits.inFlightBytes = 10;
    Outbox outbox(limits);
    auto five = std::make_shared<Message>(Message{"abc", {1, 2}, 1});
    auto eleven = std::make_shared<Message>(Message{"abc", Bytes(8), 2});
    PacketWriter writer;
    for (const auto& message : {five, five, five, eleven, five})
    {
        Add(outbox, message, 0);
    }
    FlushAll(outbox, writer);
    EXPECT_EQ(outbox.GetInFlight(), 2u); // ten bytes
    outbox.HandlePuback(1);
    FlushAll(outbox, writer);
    EXPECT_EQ(outbox.GetInFlight(), 2u);
    outbox.HandlePuback(2);
    FlushAll(outbox, writer);
    EXPECT_EQ(outbox.GetInFlight(), 1u);
    outbox.HandlePuback(3); // what is larger alone goes alone
    FlushAll(outbox, writer);
    EXPECT_EQ(outbox.GetInFlight(), 1u);
    outbox.HandlePubrec(Pubrec{4}, writer); // its bytes are the receiver's
    FlushAll(outbox, writer);
    EXPECT_EQ(outbox.GetInFlight(), 2u);
    EXPECT_EQ(outbox.GetQueued(), 0u);
}

TEST(DeliveryTest, WhatMayNotBeHadIsWithheldFromAnother)
{
    for (bool isNew : {false, true})
    {
        DeliveryLimits limits;
        limits.inFlight = 2;
        Outbox outbox(limits);
        PacketWriter writer;
        uint64_t report = 0;
        for (const char* topic : {"no", "yes", "yes", "no"})
        {
            Add(outbox, std::make_shared<Message>(Message{topic, {}, 1}), ++report);
        }
        FlushAll(outbox, writer);
        Add(outbox, std::make_shared<Message>(Message{"no", {}, 0}), ++report);
        std::vector<uint64_t> dropped;
        outbox.Withhold(
            isNew,
            [](const Message& message) { return message.topic == "yes"; },
            [&](uint64_t one, Outbox::Drop drop) {
                EXPECT_EQ(drop, Outbox::Drop::NotAuthorized);
                dropped.push_back(one);
            });
        // What was sent on this connection is out of hand.
        EXPECT_EQ(outbox.GetInFlight(), isNew ? 1u : 2u);
        EXPECT_EQ(outbox.GetQueuedBytes(), 3u);
        EXPECT_EQ(dropped,
                  isNew ? (std::vector<uint64_t>{5, 4, 1}) : (std::vector<uint64_t>{5, 4}));
    }
}

TEST(DeliveryTest, IdentifiersAreReusedOnlyWhenFree)
{
    Outbox outbox(DeliveryLimits{2, 0, 0});
    PacketWriter writer;
    auto message = std::make_shared<Message>(Message{"t", {}, 1});
    Add(outbox, message, 1);
    FlushAll(outbox, writer); // takes 1 and keeps it
    for (uint32_t i = 2; i <= 0xffff; i++)
    {
        uint16_t id = outbox.ReservePacketId();
        ASSERT_EQ(id, i);
        outbox.ReleasePacketId(id);
    }
    EXPECT_EQ(outbox.ReservePacketId(), 2u); // neither 0 nor 1
    EXPECT_EQ(outbox.HandlePuback(1), std::optional<uint64_t>(1));
    EXPECT_EQ(outbox.HandlePuback(1), std::nullopt);
}

TEST(DeliveryTest, LostSessionPublishesQos1AnewAndRefusesQos2)
{
    TestNetwork network;
    TestClient& client = network.AddClient("p", true);
    client.machine.Start(network.now);
    network.Run(1s);
    client.cutAfter = client.bytes + 1;
    network.Publish(client, "t", "one", 1, 1);
    network.Publish(client, "t", "two", 2, 2);
    network.Run(10s);
    EXPECT_THAT(GetPublished(client), ElementsAre(1));
    ASSERT_EQ(client.Get<Client::Refused>().size(), 1u);
    EXPECT_EQ(client.Get<Client::Refused>()[0].reason, "session lost");
    EXPECT_THAT(client.Get<Client::Redelivered>(), IsEmpty());
    ASSERT_EQ(network.GetBrokerEvents<Broker::MessageAccepted>().size(), 1u);
    EXPECT_FALSE(network.GetBrokerEvents<Broker::MessageAccepted>()[0].message->dup);
}

TEST(DeliveryTest, FullStreamHoldsMessagesInTheQueue)
{
    TestNetwork network;
    ClientSettings settings;
    settings.clientId = "p";
    settings.delivery.queuedMessages = 2;
    TestClient& client = network.AddClient(settings);
    client.machine.Start(network.now);
    network.Run(1s);
    client.machine.SetWritable(network.now, false);
    for (uint64_t report : {1, 2, 3})
    {
        network.Publish(client, "t", "x", 0, report);
    }
    network.Run(1s);
    EXPECT_THAT(GetPublished(client), IsEmpty());
    EXPECT_EQ(client.Get<Client::Refused>().size(), 1u);
    client.machine.SetWritable(network.now, true);
    network.Run(1s);
    EXPECT_THAT(GetPublished(client), ElementsAre(1, 2));
}

} // namespace
