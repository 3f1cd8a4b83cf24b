// SPDX-License-Identifier: GPL-2.0-only
// The MQTT codec and the broker's subscriptions by themselves, without ns-3: nanoseconds of one
// PUBLISH beside the copying of its bytes, and of finding subscribers among many beside a matcher
// that asks every filter. Prints JSON lines for scripts/bench.

#include "mqtt/protocol/decoder.h"
#include "mqtt/protocol/encoder.h"
#include "mqtt/protocol/subscription-tree.h"
#include "words.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <vector>

using namespace mqtt;

namespace
{

/// Keeps the compiler from leaving out what nobody reads.
template <typename T>
void
Use(const T& value)
{
    asm volatile("" : : "r"(&value) : "memory");
}

/// Nanoseconds that one call takes, the best of many short rounds: what disturbs only adds.
template <typename Step>
double
TimeOf(uint32_t count, Step step)
{
    double best = 1e18;
    for (int round = 0; round < 200; round++)
    {
        const auto start = std::chrono::steady_clock::now();
        for (uint32_t i = 0; i < count; i++)
        {
            step(i);
        }
        const std::chrono::duration<double, std::nano> wall =
            std::chrono::steady_clock::now() - start;
        best = std::min(best, wall.count() / count);
    }
    return best;
}

/// A line for a figure with a bound of its own; \p more are further numbers.
void
Print(const std::string& name, double nanoseconds, double bound, const std::string& more)
{
    std::cout << "{\"name\": \"" << name << "\", \"baseline\": \"" << bound
              << " ns\", \"ratio\": " << nanoseconds / bound
              << ", \"limit\": 1, \"ns\": " << nanoseconds << more << "}" << std::endl;
}

void
BenchCodec()
{
    constexpr uint32_t COUNT = 10000;
    constexpr double BOUND = 60;
    const Bytes payload(64, 'x');
    Publish publish;
    publish.topic = "s/00/t";
    publish.payload = payload;
    publish.qos = 1;
    publish.packetId = 1;
    const Bytes wire = ToBytes(publish);
    uint8_t copy[128];
    const double copying = TimeOf(COUNT, [&](uint32_t) {
        Use(wire);
        std::memcpy(copy, wire.data(), wire.size());
        Use(copy);
    });
    auto more = [&](double nanoseconds) {
        return ", \"bytes_per_s\": " + std::to_string(wire.size() / nanoseconds * 1e9) +
               ", \"memcpy_ns\": " + std::to_string(copying);
    };

    FrameReader reader;
    Packet packet;
    const double decoding = TimeOf(COUNT, [&](uint32_t) {
        Frame frame;
        reader.Begin(wire);
        reader.Next(frame);
        Decode(frame, packet);
        reader.End();
        Use(packet);
    });
    Print("MQTT decode, PUBLISH QoS 1 with 64 bytes", decoding, BOUND, more(decoding));

    sansio::ByteWriter writer;
    const double encoding = TimeOf(COUNT, [&](uint32_t i) {
        publish.packetId = static_cast<uint16_t>(i | 1);
        writer.Clear();
        EncodePublishHeader(publish, Version::V3_1_1, writer);
        writer.WriteBytes(publish.payload);
        Use(writer);
    });
    Print("MQTT encode, PUBLISH QoS 1 with 64 bytes", encoding, BOUND, more(encoding));

    PacketWriter packets;
    const double sending = TimeOf(COUNT, [&](uint32_t i) {
        publish.packetId = static_cast<uint16_t>(i | 1);
        packets.Write(publish, i);
        Use(packets.Take());
    });
    std::cout << "{\"name\": \"MQTT encode into a buffer of its own, with provenance\", \"ns\": "
              << sending << more(sending) << "}" << std::endl;
}

/// So many subscriptions of which ten match TOPIC: four in five name a topic, the others use a
/// wildcard, and all but the ten are of other sensors.
std::vector<std::string>
MakeFilters(size_t count)
{
    std::vector<std::string> filters = {"plant/7/line/sensor-x/temperature",
                                        "plant/7/line/sensor-x/temperature",
                                        "plant/7/line/sensor-x/temperature",
                                        "plant/7/line/sensor-x/+",
                                        "plant/7/line/sensor-x/#",
                                        "plant/7/line/+/temperature",
                                        "plant/+/line/sensor-x/temperature",
                                        "plant/7/#",
                                        "+/7/line/#",
                                        "#"};
    for (size_t i = filters.size(); i < count; i++)
    {
        filters.push_back("plant/" + std::to_string(i % 50) + "/line/sensor-" + std::to_string(i) +
                          (i % 5 > 0   ? "/temperature"
                           : i % 2 > 0 ? "/+"
                                       : "/#"));
    }
    return filters;
}

const std::string TOPIC = "plant/7/line/sensor-x/temperature";

void
BenchTopics(size_t subscriptions)
{
    constexpr double BOUND = 3000;
    const std::vector<std::string> filters = MakeFilters(subscriptions);
    SubscriptionTree<size_t, uint8_t> tree;
    for (size_t i = 0; i < filters.size(); i++)
    {
        tree.Add(filters[i], i, 0);
    }
    size_t found = 0;
    const double matching = TimeOf(1000, [&](uint32_t) {
        found = 0;
        tree.Match(TOPIC, [&](size_t, uint8_t) { found++; });
        Use(found);
    });
    size_t foundByAll = 0;
    const double askingAll = TimeOf(1, [&](uint32_t) {
        foundByAll = 0;
        for (const std::string& filter : filters)
        {
            foundByAll += TopicMatches(filter, TOPIC);
        }
        Use(foundByAll);
    });
    if (found != foundByAll)
    {
        std::cerr << "the tree finds " << found << " subscriptions, not " << foundByAll
                  << std::endl;
        std::exit(1);
    }
    Print("MQTT topic, 10 matches among " + std::to_string(subscriptions),
          matching,
          BOUND,
          ", \"matches\": " + std::to_string(found) +
              ", \"asking_all_ns\": " + std::to_string(askingAll));
}

} // namespace

int
main(int argc, char* argv[])
{
    bench::ReadWords(argc, argv);
    BenchCodec();
    for (size_t subscriptions : {1000, 10000, 100000})
    {
        BenchTopics(subscriptions);
    }
    return 0;
}
