// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/packet.h"

#include <random>

namespace mqtt::test
{

/// Streams that get far: a connection with subscriptions and messages of every QoS. The first byte
/// is the size of the chunks.
std::vector<Bytes> MakeCorpus();

/// One of the usual mutations: flip, set, insert, remove, repeat, cut.
void Mutate(Bytes& bytes, std::mt19937& random);

} // namespace mqtt::test
