// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/spanned-bytes.h"
#include "tls/protocol/fifo.h"

namespace tls
{

/**
 * Carries the provenance of plaintext over to the records that protect it: an AEAD leaves each byte
 * at its place, so behind the record header and the explicit nonce the spans of the plaintext
 * follow unchanged. All else on the wire is Layer::Security.
 */
class RecordMapper
{
  public:
    /// \param header bytes of a record header (TLS 5, DTLS 13)
    explicit RecordMapper(size_t header)
        : m_header(header)
    {
    }

    /// The shape of protected records, known once the suite is.
    void SetProtection(size_t explicitNonce, size_t trailer);

    /// Plaintext that is about to be protected; the bytes stay with the caller until Finish().
    void Begin(const sansio::SpannedBytes& plaintext);
    void Finish();

    /// A record comes next, of this content type, of \p size bytes in all.
    void ExpectRecord(uint8_t contentType, size_t size);

    /// What the record announced last carries in truth (RFC 8446 section 5.2).
    void SetInnerType(uint8_t contentType);

    /// Appends the next bytes on the wire with their provenance.
    void Map(sansio::ByteView wire, bool retransmission, sansio::SpannedBytes& mapped);

  private:
    struct Record
    {
        uint8_t contentType;
        size_t size;
    };

    bool MapApplicationData(sansio::SpannedBytes& mapped,
                            const Record& record,
                            sansio::ByteView wire);
    void AppendPlaintext(sansio::SpannedBytes& mapped, sansio::ByteView wire);

    /// The span in which the next byte of plaintext lies.
    const sansio::Span& GetSpan();

    size_t m_header;
    size_t m_explicitNonce{0};
    size_t m_trailer{0};
    const sansio::SpannedBytes* m_plaintext{nullptr};
    size_t m_mapped{0}; ///< bytes of plaintext that left
    size_t m_span{0};   ///< span the next of them lies in
    Fifo<Record> m_records;
    size_t m_position{0}; ///< within the first record
};

} // namespace tls
