// SPDX-License-Identifier: GPL-2.0-only
#include "coap/test/endpoint-pair.h"

#include <gtest/gtest.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace coap
{

namespace
{

/// Well-formed messages of every kind, and what breaks the rules of section 3.
std::vector<Bytes>
GetSeeds()
{
    return {
        {},
        {0x40, 0x00, 0x00, 0x01},
        {0x70, 0x00, 0x00, 0x01},
        {0x40, 0x01, 0x7d, 0x34, 0xb1, 't'},
        {0x41, 0x01, 0x7d, 0x34, 0x20, 0x60, 0x51, 't'},
        {0x41, 0x01, 0x7d, 0x35, 0x20, 0x61, 0x01, 0x51, 't'},
        {0x52, 0x03, 0x12, 0x34, 0xaa, 0xbb, 0xb1, 't', 0x10, 0xff, 1, 2, 3},
        {0x61, 0x45, 0x7d, 0x34, 0x20, 0x61, 0x05, 0xff, '2', '2', '.', '3', ' ', 'C'},
        {0x40, 0x01, 0x12, 0x34, 0xdd, 0x10, 0x02, 1,  2,  3,  4,
         5,    6,    7,    8,    9,    10,   11,   12, 13, 14, 15},
        {0x40, 0x01, 0x12, 0x34, 0xe0, 0xfe, 0xf2, 0x10},
        {6, 0x08, 0x40, 0x01, 0,    1,   0xb1, 't',  8,    0x39, 0x41, 0x01,
         0, 2,    5,    0x60, 0x51, 't', 4,    0x19, 0x70, 0,    0,    3},
    };
}

/// One of the usual mutations.
void
Mutate(Bytes& bytes, TestRandom& random, const std::vector<Bytes>& seeds)
{
    uint64_t draw = random.GetInteger();
    size_t at = bytes.empty() ? 0 : (draw >> 8) % bytes.size();
    auto value = static_cast<uint8_t>(draw >> 40);
    switch (draw % 6)
    {
    case 0:
        bytes.insert(bytes.begin() + at, value);
        break;
    case 1:
        bytes.resize(at);
        break;
    case 2: {
        const Bytes& other = seeds[value % seeds.size()];
        bytes.insert(bytes.end(), other.begin(), other.end());
        break;
    }
    case 3:
        bytes.insert(bytes.begin() + at, value % 64, value);
        break;
    default:
        if (!bytes.empty())
        {
            bytes[at] = draw % 6 == 4 ? value : bytes[at] ^ 1 << (value & 7);
        }
    }
}

TEST(FuzzTest, SeedsAndTheirMutationsDoNoHarm)
{
    auto seeds = GetSeeds();
    for (const Bytes& seed : seeds)
    {
        LLVMFuzzerTestOneInput(seed.data(), seed.size());
    }
    TestRandom random(2026);
    for (int round = 0; round < 20000; round++)
    {
        Bytes bytes = seeds[round % seeds.size()];
        for (uint64_t n = random.GetInteger() % 6 + 1; n > 0; n--)
        {
            Mutate(bytes, random, seeds);
        }
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
}

} // namespace

} // namespace coap
