// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/decoder.h"
#include "mqtt/protocol/encoder.h"

#include <ostream>
#include <string>

namespace mqtt::test
{

/// A byte of a packet changed, and what that makes of it.
struct Damage
{
    size_t position;
    uint8_t value;
    DecodeError error;
};

struct Sample
{
    std::string name;
    Bytes bytes;
    Packet packet;
    std::vector<Damage> damages;
    Version version{Version::V3_1_1};
};

inline void
PrintTo(const Sample& sample, std::ostream* os)
{
    *os << sample.name;
}

/// A PUBLISH of topic a/b with two bytes, at each QoS another mix of flags.
Publish MakePublish(uint8_t qos);

Connect MakeConnect(std::string_view clientId, uint16_t keepAlive);

/// Every packet of MQTT 3.1.1.
std::vector<Sample> MakeSamples311();

/// What MQTT 5.0 adds to them.
std::vector<Sample> MakeSamples5();

} // namespace mqtt::test
