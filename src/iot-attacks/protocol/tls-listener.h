// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/leak-report.h"

#include <optional>

namespace attacks
{

/// The header of a TLS record, or of a DTLS record up to version 1.2.
struct RecordView
{
    uint8_t type{0};
    uint16_t version{0};
    uint16_t epoch{0};  ///< DTLS
    uint64_t number{0}; ///< DTLS: sequence number
    sansio::ByteView fragment;
    size_t size{0}; ///< with header
};

/// The record at the start of \p stream (RFC 8446 section 5.1); nothing where it is incomplete.
std::optional<RecordView> ParseTlsRecord(sansio::ByteView stream);

/// The record at the start of \p datagram (RFC 6347 section 4.1).
std::optional<RecordView> ParseDtlsRecord(sansio::ByteView datagram);

/// Whether \p stream can be the start of a TLS record: its type, version and length.
bool LooksLikeTls(sansio::ByteView stream);

/// Whether \p datagram consists of DTLS records.
bool LooksLikeDtls(sansio::ByteView datagram);

/// The common names in an X.509 certificate's subject (RFC 5280 section 4.1), as in its DER.
std::vector<std::string> FindSubjectNames(sansio::ByteView certificate);

/**
 * Reads what the handshake of one direction shows before it is protected: version, server name, PSK
 * identity, certificates. For the rest records are counted by size.
 *
 * Handshake messages over several records (and fragments of DTLS, in any order) are put together up
 * to \p limit bytes; a longer one is skipped.
 */
class TlsListener
{
  public:
    explicit TlsListener(bool datagrams, size_t limit = 16384);

    /// A record of this direction; what it shows is added to \p leak.
    void Hear(const RecordView& record, FlowLeak& leak);

  private:
    /// A handshake message of DTLS in the making.
    struct Fragments
    {
        sansio::Bytes bytes;
        std::vector<bool> present;
        size_t missing{0};
        uint8_t type{0};
    };

    void HearHandshake(sansio::ByteView fragment, FlowLeak& leak);
    void HearFragment(sansio::ByteView fragment, FlowLeak& leak);
    void HearMessage(uint8_t type, sansio::ByteView body, FlowLeak& leak);

    bool m_datagrams;
    size_t m_limit;
    bool m_protected{false}; ///< TLS: behind ChangeCipherSpec
    sansio::Bytes m_kept;    ///< TLS: the beginning of a handshake message
    std::map<uint16_t, Fragments> m_fragments;
};

} // namespace attacks
