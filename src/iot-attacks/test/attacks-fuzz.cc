// SPDX-License-Identifier: GPL-2.0-only

/**
 * \file
 * The fuzz target as libFuzzer calls it (IOT_FUZZ): what a sniffer hears is anybody's bytes.
 */
#include "iot-attacks/test/attacks-fuzz.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    attacks::test::FuzzSniffer({data, size});
    return 0;
}
