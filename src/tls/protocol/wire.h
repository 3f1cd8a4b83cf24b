// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

struct bio_st;

namespace tls
{

/// What is at the other end of the BIO through which an SSL reads and writes.
class Wire
{
  public:
    virtual ~Wire() = default;

    /// OpenSSL wrote these bytes in one piece (DTLS: a datagram).
    virtual void OnWrite(sansio::ByteView bytes) = 0;

    /// OpenSSL reads: copies what waits, at most \p size bytes. 0: nothing waits.
    virtual size_t OnRead(uint8_t* data, size_t size) = 0;

    /// Bytes that the layers below add to a datagram: what OpenSSL derives its smallest MTU from.
    virtual size_t GetMtuOverhead() const = 0;
};

/// A new BIO with \p wire at its end. Memory BIOs will not do: they lose the limits of datagrams.
bio_st* MakeBio(Wire& wire);

/// Puts another wire at the end of a BIO.
void SetWire(bio_st* bio, Wire& wire);

/// The wire at the end of a BIO.
Wire& GetWire(bio_st* bio);

} // namespace tls
