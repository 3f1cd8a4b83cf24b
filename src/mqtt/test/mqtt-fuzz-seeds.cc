// SPDX-License-Identifier: GPL-2.0-only

/**
 * \file
 * Writes the corpus of a fuzz target as files for libFuzzer: mqtt-fuzz-seeds TARGET FOLDER
 */
#include "mqtt/test/fuzz-corpus.h"

#include <fstream>
#include <iostream>

int
main(int argc, char** argv)
{
    if (argc != 3)
    {
        std::cerr << "mqtt-fuzz-seeds: expected TARGET (codec, broker or client) and FOLDER\n";
        return 1;
    }
    int number = 0;
    for (const auto& input : mqtt::test::MakeCorpus(argv[1]))
    {
        std::ofstream file(std::string(argv[2]) + "/seed-" + std::to_string(number++),
                           std::ios::binary);
        file.write(reinterpret_cast<const char*>(input.data()), input.size());
        if (!file.flush())
        {
            std::cerr << "mqtt-fuzz-seeds: cannot write to the folder " << argv[2] << "\n";
            return 1;
        }
    }
    return 0;
}
