// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/test/attacks-fuzz.h"

#include <gtest/gtest.h>
#include <random>

namespace attacks::test
{

namespace
{

/// Pieces that lead deep into the parsers.
const std::vector<Bytes> SEEDS{
    COAP_IPHC,
    COAP_DATAGRAM,
    MakeFrag1(64, 9, COAP_IPHC),
    MakeFragN(64, 9, 6, Bytes(16)),
    {0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 3, 's', '0', '1'},
    {0x30, 10, 0, 6, 's', '/', '0', '1', '/', 't', 'h', 'i'},
    {22, 3, 3, 0, 9, 16, 0, 0, 5, 0, 3, 's', '0', '1'},
    {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 17,  16,  0,
     0,  5,    0,    2, 0, 0, 0, 0, 0, 5, 0, 3, 's', '0', '1'},
    {0x30, 8, 0x30, 6, 2, 1, 1, 0x30, 0, 0x30},
};

TEST(Fuzz, MutatedSeedsNeitherCrashNorBreakABound)
{
    std::mt19937 random(1);
    for (int run = 0; run < 20000; run++)
    {
        Bytes input;
        for (unsigned pieces = 1 + random() % 6; pieces > 0; pieces--)
        {
            Bytes piece = SEEDS[random() % SEEDS.size()];
            for (unsigned changes = random() % 4; changes > 0; changes--)
            {
                piece[random() % piece.size()] = static_cast<uint8_t>(random());
            }
            piece.resize(random() % 4 ? piece.size() : random() % piece.size());
            input.push_back(static_cast<uint8_t>(piece.size()));
            input.push_back(static_cast<uint8_t>(random()));
            input.insert(input.end(), piece.begin(), piece.end());
        }
        FuzzSniffer(input);
    }
}

TEST(Fuzz, RandomBytes)
{
    std::mt19937 random(2);
    for (int run = 0; run < 5000; run++)
    {
        Bytes input(random() % 300);
        for (uint8_t& byte : input)
        {
            byte = static_cast<uint8_t>(random());
        }
        FuzzSniffer(input);
    }
}

} // namespace

} // namespace attacks::test
