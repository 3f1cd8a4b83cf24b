// SPDX-License-Identifier: GPL-2.0-only

/**
 * \file
 * A fuzz target as libFuzzer calls it (IOT_FUZZ): any bytes may come to a client, in any pieces and
 * at any times.
 */
#include "mqtt/test/mqtt-fuzz.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    mqtt::test::FuzzClient({data, size});
    return 0;
}
