// SPDX-License-Identifier: GPL-2.0-only

/**
 * \file
 * A fuzz target as libFuzzer calls it (IOT_FUZZ): any bytes may come to the codec.
 */
#include "mqtt/test/mqtt-fuzz.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    mqtt::test::FuzzCodec({data, size});
    return 0;
}
