// SPDX-License-Identifier: GPL-2.0-only
// The fuzz targets without libFuzzer: the corpus, and the same mutations of it on every machine.
#include "mqtt/test/fuzz-corpus.h"
#include "mqtt/test/mqtt-fuzz.h"

#include <gtest/gtest.h>

namespace
{

using namespace mqtt::test;

void
RunMutations(const std::string& name, void (*target)(ByteView))
{
    constexpr int ROUNDS = 10000;
    std::mt19937 random(1);
    std::vector<Bytes> corpus = MakeCorpus(name);
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
    RunMutations("codec", FuzzCodec);
}

TEST(FuzzTest, BrokerConnection)
{
    RunMutations("broker", FuzzBroker);
}

TEST(FuzzTest, ClientConnection)
{
    RunMutations("client", FuzzClient);
}

} // namespace
