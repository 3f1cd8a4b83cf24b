// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/record-mapper.h"

#include <algorithm>

namespace tls
{

namespace
{
constexpr uint8_t APPLICATION_DATA = 23; // RFC 8446 section 5.1
} // namespace

void
RecordMapper::SetProtection(size_t explicitNonce, size_t trailer)
{
    m_explicitNonce = explicitNonce;
    m_trailer = trailer;
}

void
RecordMapper::Begin(const sansio::SpannedBytes& plaintext)
{
    m_plaintext = &plaintext;
    m_mapped = 0;
    m_span = 0;
}

void
RecordMapper::Finish()
{
    m_plaintext = nullptr;
    m_records.Clear();
    m_position = 0;
}

void
RecordMapper::ExpectRecord(uint8_t contentType, size_t size)
{
    m_records.Push({contentType, size});
}

void
RecordMapper::SetInnerType(uint8_t contentType)
{
    if (!m_records.empty())
    {
        m_records.Back().contentType = contentType;
    }
}

void
RecordMapper::Map(sansio::ByteView wire, bool retransmission, sansio::SpannedBytes& mapped)
{
    const sansio::Provenance handshake{sansio::Layer::Security, retransmission, 0};
    while (!wire.empty() && !m_records.empty())
    {
        const Record record = m_records.Front();
        const size_t here = std::min(wire.size(), record.size - m_position);
        if (!MapApplicationData(mapped, record, wire.First(here)))
        {
            mapped.Append(wire.First(here), handshake);
        }
        wire = wire.From(here);
        m_position += here;
        if (m_position == record.size)
        {
            m_records.Pop();
            m_position = 0;
        }
    }
    mapped.Append(wire, handshake);
}

bool
RecordMapper::MapApplicationData(sansio::SpannedBytes& mapped,
                                 const Record& record,
                                 sansio::ByteView wire)
{
    const size_t before = m_header + m_explicitNonce;
    if (!m_plaintext || record.contentType != APPLICATION_DATA || wire.size() != record.size ||
        record.size < before + m_trailer ||
        record.size - before - m_trailer > m_plaintext->size() - m_mapped)
    {
        return false;
    }
    const size_t data = record.size - before - m_trailer;
    sansio::Provenance around{sansio::Layer::Security, false, 0};
    if (data > 0)
    {
        around = GetSpan().provenance;
        around.layer = sansio::Layer::Security;
    }
    mapped.Append(wire.First(before), around);
    AppendPlaintext(mapped, wire.From(before).First(data));
    mapped.Append(wire.From(before + data), around);
    return true;
}

const sansio::Span&
RecordMapper::GetSpan()
{
    const auto& spans = m_plaintext->GetSpans();
    while (spans[m_span].end <= m_mapped)
    {
        m_span++;
    }
    return spans[m_span];
}

void
RecordMapper::AppendPlaintext(sansio::SpannedBytes& mapped, sansio::ByteView wire)
{
    while (!wire.empty())
    {
        const sansio::Span& span = GetSpan();
        const size_t here = std::min(wire.size(), span.end - m_mapped);
        mapped.Append(wire.First(here), span.provenance);
        wire = wire.From(here);
        m_mapped += here;
    }
}

} // namespace tls
