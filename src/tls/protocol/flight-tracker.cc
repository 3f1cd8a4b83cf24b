// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/flight-tracker.h"

#include "sans-io/protocol/byte-reader.h"
#include "tls/protocol/replay-mirror.h"

namespace tls
{

namespace
{

constexpr uint8_t HANDSHAKE = 22; // RFC 5246 section 6.2.1

uint64_t
ReadU24(sansio::ByteReader& reader)
{
    const uint64_t high = reader.ReadU8();
    return high << 16 | reader.ReadU16();
}

} // namespace

bool
FlightTracker::IsRepetition(sansio::ByteView datagram)
{
    bool repetition = false;
    RecordHeader header;
    while (RecordHeader::Read(datagram, header))
    {
        const sansio::ByteView body = datagram.From(RecordHeader::SIZE).First(header.length);
        if (header.type == HANDSHAKE && header.epoch == 0)
        {
            repetition |= IsKnownFragment(body);
        }
        else if (header.type == HANDSHAKE)
        {
            repetition |= m_finishedSent;
            m_finishedSent = true;
        }
        datagram = datagram.From(RecordHeader::SIZE + header.length);
    }
    return repetition;
}

bool
FlightTracker::IsKnownFragment(sansio::ByteView handshake)
{
    sansio::ByteReader reader(handshake);
    reader.ReadU8(); // msg_type
    const uint64_t length = ReadU24(reader);
    const uint64_t sequence = reader.ReadU16();
    const uint64_t offset = ReadU24(reader);
    const uint64_t size = ReadU24(reader);
    const uint64_t begin = sequence << 24 | offset;
    if (begin < m_next)
    {
        return true;
    }
    const bool last = offset + size >= length;
    m_next = last ? (sequence + 1) << 24 : begin + size;
    return false;
}

} // namespace tls
