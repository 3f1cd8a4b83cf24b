// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

/**
 * \file
 * What fuzzing drives. Each target takes any bytes and ends the process where something that must
 * hold does not; the sanitizers find the rest.
 */
namespace mqtt::test
{

using sansio::Bytes;
using sansio::ByteView;

/// Whatever decodes is encoded to a packet that decodes to the same, in both versions.
void FuzzCodec(ByteView data);

/**
 * A hostile client beside an honest one. The bytes are steps, each of a byte that says what is done
 * (see below), one that says how many bytes follow, and those bytes, which go to the broker.
 *
 * Bits 0 to 2: the time that passes before, from nothing to 30 days. Bits 3 and 4: in which pieces
 * the bytes come: all at once, or of 1, 2 or 7. Bit 5: the client hangs up first and comes again.
 * Bit 6: it ceases to read. Bit 7: the honest client publishes, and must hear what it said.
 */
void FuzzBroker(ByteView data);

/// The same with a client that is connected to a hostile server, and publishes by bit 7.
void FuzzClient(ByteView data);

} // namespace mqtt::test
