// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/replay-mirror.h"

#include "sans-io/protocol/byte-reader.h"

namespace tls
{

namespace
{

// RFC 5246 section 6.2.1
constexpr uint8_t CHANGE_CIPHER_SPEC = 20;
constexpr uint8_t APPLICATION_DATA = 23;
constexpr uint8_t DTLS_MAJOR = 0xfe;          // RFC 6347 section 4.1: 1's complement of 1
constexpr size_t MAX_ENCRYPTED = 16384 + 320; // RFC 5246 section 6.2.3 and room OpenSSL grants

bool
IsWellFormed(const RecordHeader& header)
{
    return header.type >= CHANGE_CIPHER_SPEC && header.type <= APPLICATION_DATA &&
           header.version >> 8 == DTLS_MAJOR && header.length <= MAX_ENCRYPTED;
}

} // namespace

bool
RecordHeader::Read(sansio::ByteView bytes, RecordHeader& header)
{
    sansio::ByteReader reader(bytes);
    header.type = reader.ReadU8();
    header.version = reader.ReadU16();
    header.epoch = reader.ReadU16();
    header.sequence = static_cast<uint64_t>(reader.ReadU16()) << 32;
    header.sequence |= reader.ReadU32();
    header.length = reader.ReadU16();
    return !reader.Failed();
}

std::optional<RejectionReason>
ReplayMirror::Explain(const RecordHeader& header,
                      uint32_t opened,
                      uint32_t failed,
                      bool handshaking)
{
    if (failed > 0)
    {
        return RejectionReason::BadMac;
    }
    if (!IsWellFormed(header))
    {
        return RejectionReason::Malformed;
    }
    if (header.epoch > 0)
    {
        return ExplainProtected(header, opened, handshaking);
    }
    if (m_epoch > 0)
    {
        return RejectionReason::Epoch;
    }
    if (IsStale(header.sequence))
    {
        return RejectionReason::Replay;
    }
    Mark(header.sequence);
    if (opened > 0) // ChangeCipherSpec: what had come too early was opened with it
    {
        EnterEpoch(1);
    }
    return {};
}

std::optional<RejectionReason>
ReplayMirror::ExplainProtected(const RecordHeader& header, uint32_t opened, bool handshaking)
{
    if (opened > 0)
    {
        EnterEpoch(header.epoch);
        Mark(header.sequence);
        return {};
    }
    if (header.epoch == m_epoch)
    {
        return IsStale(header.sequence) ? RejectionReason::Replay : RejectionReason::Malformed;
    }
    const bool kept = handshaking && header.epoch == m_epoch + 1 && header.type != APPLICATION_DATA;
    if (!kept)
    {
        return RejectionReason::Epoch;
    }
    if (m_early.size() < MAX_EARLY)
    {
        m_early.push_back(header.sequence);
    }
    return {};
}

void
ReplayMirror::EnterEpoch(uint16_t epoch)
{
    if (epoch == m_epoch)
    {
        return;
    }
    m_epoch = epoch;
    m_next = 0;
    m_window = 0;
    for (uint64_t sequence : m_early)
    {
        Mark(sequence);
    }
    m_early.clear();
}

bool
ReplayMirror::IsStale(uint64_t sequence) const
{
    if (sequence >= m_next)
    {
        return false;
    }
    const uint64_t age = m_next - 1 - sequence;
    return age >= WINDOW || (m_window >> age & 1);
}

void
ReplayMirror::Mark(uint64_t sequence)
{
    if (sequence >= m_next)
    {
        const uint64_t shift = sequence + 1 - m_next;
        m_window = shift >= WINDOW ? 0 : m_window << shift;
        m_next = sequence + 1;
    }
    const uint64_t age = m_next - 1 - sequence;
    if (age < WINDOW)
    {
        m_window |= uint64_t{1} << age;
    }
}

} // namespace tls
