// SPDX-License-Identifier: GPL-2.0-only
// What the codec, a subscription and an idle connection take of the heap of this program, counted
// at operator new. (Broker::GetMemory() is another figure: what a device would need.)
#include "mqtt/protocol/broker.h"
#include "mqtt/protocol/encoder.h"
#include "mqtt/test/allocation-count.h"

#include <gtest/gtest.h>

namespace mqtt
{

namespace
{

using test::GetAllocationCount;

Publish
MakePublish(const Bytes& payload)
{
    Publish publish;
    publish.topic = "s/00/t";
    publish.payload = payload;
    publish.qos = 1;
    publish.packetId = 7;
    return publish;
}

TEST(MemoryTest, DecodingAllocatesNothing)
{
    const Bytes payload(64, 'x');
    const Bytes wire = ToBytes(MakePublish(payload));
    FrameReader reader;
    Frame frame;
    Packet packet;
    size_t before = GetAllocationCount().allocations;
    reader.Begin(wire);
    ASSERT_EQ(reader.Next(frame), FrameReader::Status::Frame);
    ASSERT_EQ(Decode(frame, packet), DecodeError::None);
    reader.End();
    EXPECT_EQ(GetAllocationCount().allocations, before);
    const auto& publish = std::get<Publish>(packet);
    EXPECT_EQ(publish.payload.data(), wire.data() + wire.size() - payload.size()); // a view
}

TEST(MemoryTest, EncodingAllocatesNothingWhereThereIsRoom)
{
    const Bytes payload(64, 'x');
    const Publish publish = MakePublish(payload);
    sansio::ByteWriter writer;
    EncodePublishHeader(publish, Version::V3_1_1, writer);
    writer.Clear();
    size_t before = GetAllocationCount().allocations;
    EncodePublishHeader(publish, Version::V3_1_1, writer); // the payload stays where it is
    EXPECT_EQ(GetAllocationCount().allocations, before);
    EXPECT_EQ(writer.GetSize() + payload.size(), GetSize(publish, Version::V3_1_1));
}

/// Bytes of the heap for each of so many connections, clients or subscriptions.
template <typename Step>
double
MeasureEach(size_t count, Step step)
{
    size_t before = GetAllocationCount().bytes;
    for (size_t i = 0; i < count; i++)
    {
        step(i);
    }
    return static_cast<double>(GetAllocationCount().bytes - before) / count;
}

/// Takes what waits, as the owner of a broker does.
void
Drain(Broker& broker)
{
    while (broker.TakeTransmit())
    {
    }
    while (broker.PollEvent())
    {
    }
}

ConnectionId
Enter(Broker& broker, size_t number)
{
    const std::string clientId = "sensor-" + std::to_string(number) + "-of-a-large-hall";
    Connect connect;
    connect.clientId = clientId;
    connect.keepAlive = 60;
    connect.cleanStart = false;
    ConnectionId id = *broker.HandleConnection({}, {});
    broker.Receive({}, id, ToBytes(connect));
    Drain(broker);
    return id;
}

TEST(MemoryTest, IdleConnectionBelow4kB)
{
    constexpr size_t CLIENTS = 1000;
    Broker broker;
    double each = MeasureEach(CLIENTS, [&](size_t i) {
        ConnectionId id = Enter(broker, i);
        const std::string filter = "hall/12/command/" + std::to_string(i);
        broker.Receive({}, id, ToBytes(Subscribe{1, {{filter, 1}}}));
        Publish publish = MakePublish({});
        broker.Receive({}, id, ToBytes(publish)); // idle is one that has worked before
        Drain(broker);
    });
    EXPECT_EQ(broker.GetConnections(), CLIENTS);
    RecordProperty("bytes_per_connection", static_cast<int>(each));
    EXPECT_LT(each, 4000);
}

TEST(MemoryTest, SubscriptionBelow200Bytes)
{
    constexpr size_t CLIENTS = 100;
    constexpr size_t EACH = 1000;
    Broker broker;
    std::vector<ConnectionId> clients;
    for (size_t i = 0; i < CLIENTS; i++)
    {
        clients.push_back(Enter(broker, i));
    }
    double each = MeasureEach(CLIENTS * EACH, [&](size_t i) {
        // Four in five name one sensor, the others use a wildcard; no two filters are the same.
        const std::string filter = "plant/" + std::to_string(i % 50) + "/line/sensor-" +
                                   std::to_string(i) + (i % 5 > 0 ? "/temperature" : "/+");
        broker.Receive({}, clients[i % CLIENTS], ToBytes(Subscribe{1, {{filter, 1}}}));
        Drain(broker);
    });
    RecordProperty("bytes_per_subscription", static_cast<int>(each));
    EXPECT_LT(each, 200);
}

} // namespace

} // namespace mqtt
