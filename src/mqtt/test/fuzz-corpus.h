// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <random>
#include <string>
#include <vector>

namespace mqtt::test
{

using sansio::Bytes;

/// Inputs of a fuzz target (mqtt-fuzz.h) that get far: every sample of the codec tests, connections
/// with messages of every QoS, and what is worth keeping of earlier runs (corpus/TARGET.hex).
/// \param target "codec", "broker" or "client"
std::vector<Bytes> MakeCorpus(const std::string& target);

/// What clients send, with subscriptions and messages of every QoS.
std::vector<Bytes> MakeClientStreams();

/// One of the usual mutations: flip, set, insert, remove, repeat, cut.
void Mutate(Bytes& bytes, std::mt19937& random);

} // namespace mqtt::test
