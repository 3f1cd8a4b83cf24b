// SPDX-License-Identifier: GPL-2.0-only

/**
 * \file
 * Fuzz targets as libFuzzer calls them (IOT_FUZZ): any bytes, in any chunks, may come from the
 * network. Built once per target; MQTT_FUZZ_BROKER chooses the broker connection, else the codec.
 */
#include "mqtt/test/mqtt-fuzz.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
#ifdef MQTT_FUZZ_BROKER
    mqtt::test::FuzzBroker({data, size});
#else
    mqtt::test::FuzzCodec({data, size});
#endif
    return 0;
}
