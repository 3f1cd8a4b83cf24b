// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/frame-reader.h"

namespace mqtt
{

/**
 * Parses a frame strictly: what the standard forbids is an error, not a guess.
 * \param version of the connection; CONNECT says its own
 * \param packet receives the packet; unspecified after an error
 */
DecodeError Decode(const Frame& frame, Packet& packet, Version version = Version::V3_1_1);

/// The Protocol Level that a CONNECT says, whatever else is wrong with it; 0 where it says none.
uint8_t GetProtocolLevel(const Frame& connect);

} // namespace mqtt
