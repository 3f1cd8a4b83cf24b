// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/fuzz-corpus.h"
#include "mqtt/test/mqtt-fuzz.h"

#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace mqtt;
using namespace mqtt::test;

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
    RunMutations(FuzzCodec);
}

TEST(FuzzTest, BrokerConnection)
{
    RunMutations(FuzzBroker);
}

} // namespace
