// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/mqtt-fuzz.h"

#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace mqtt;

/// Streams that get far: a connection with subscriptions and messages of every QoS.
std::vector<Bytes>
MakeCorpus()
{
    const Bytes payload = {'x', 'y'};
    auto join = [](const std::vector<Packet>& packets) {
        Bytes stream = {200}; // the size of the chunks
        for (const Packet& packet : packets)
        {
            Bytes bytes = ToBytes(packet);
            stream.insert(stream.end(), bytes.begin(), bytes.end());
        }
        return stream;
    };
    Connect connect;
    connect.clientId = "fuzz";
    connect.keepAlive = 2;
    Connect full = connect;
    full.cleanStart = false;
    full.will = Will{"a/will", payload, 2, true};
    full.userName = "user";
    full.password = ByteView(payload);
    auto publish = [&](uint8_t qos, bool retain) {
        Publish packet;
        packet.topic = "a/b";
        packet.payload = payload;
        packet.qos = qos;
        packet.retain = retain;
        packet.packetId = qos;
        return packet;
    };
    Subscribe subscribe{1, {{"a/#", 2}, {"+/b", 1}, {"#", 0}}};
    return {
        join({connect, subscribe, publish(0, false), publish(1, true), Puback{1}, Disconnect{}}),
        join({full, subscribe, publish(2, true), Pubrel{2}, Pubrec{1}, Pubcomp{1}, Pingreq{}}),
        join({connect, subscribe, Unsubscribe{2, {"a/#", "+/b"}}, publish(2, false), full}),
        join({Connack{}, Suback{1, {ReasonCode::GrantedQos1}}, Unsuback{1}, Pingresp{}}),
        {},
    };
}

/// One of the usual mutations: flip, set, insert, remove, repeat, cut.
void
Mutate(Bytes& bytes, std::mt19937& random)
{
    auto below = [&](size_t bound) { return bound == 0 ? 0 : random() % bound; };
    size_t at = below(bytes.size());
    switch (bytes.empty() ? 2 : random() % 6)
    {
    case 0:
        bytes[at] ^= 1 << below(8);
        break;
    case 1:
        bytes[at] = random();
        break;
    case 2:
        bytes.insert(bytes.begin() + at, random());
        break;
    case 3:
        bytes.erase(bytes.begin() + at);
        break;
    case 4: {
        Bytes part(bytes.begin() + at, bytes.begin() + at + below(bytes.size() - at));
        bytes.insert(bytes.begin() + below(bytes.size()), part.begin(), part.end());
        break;
    }
    case 5:
        bytes.resize(at);
        break;
    }
}

template <typename Target>
void
RunMutations(Target target)
{
    constexpr int ROUNDS = 10000;
    std::mt19937 random(1); // the same inputs on every machine
    std::vector<Bytes> corpus = MakeCorpus();
    for (const Bytes& input : corpus)
    {
        target(input);
    }
    for (int round = 0; round < ROUNDS; round++)
    {
        Bytes input = corpus[random() % corpus.size()];
        for (uint32_t mutations = 1 + random() % 4; mutations > 0; mutations--)
        {
            Mutate(input, random);
        }
        target(input);
    }
}

TEST(FuzzTest, Codec)
{
    RunMutations(test::FuzzCodec);
}

TEST(FuzzTest, BrokerConnection)
{
    RunMutations(test::FuzzBroker);
}

} // namespace
