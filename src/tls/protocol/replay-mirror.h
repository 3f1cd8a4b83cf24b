// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/event.h"

namespace tls
{

/// The header of a DTLS 1.2 record (RFC 6347 section 4.1).
struct RecordHeader
{
    static constexpr size_t SIZE = 13;

    uint8_t type{0};
    uint16_t version{0};
    uint16_t epoch{0};
    uint64_t sequence{0}; ///< 48 bits
    size_t length{0};     ///< of what follows the header

    /// False where there are fewer than 13 bytes.
    static bool Read(sansio::ByteView bytes, RecordHeader& header);
};

/**
 * Follows the epoch and the replay window of OpenSSL's reading side, which OpenSSL does not show,
 * in order to tell why it dropped a record: OpenSSL decides, the mirror explains.
 */
class ReplayMirror
{
  public:
    static constexpr uint64_t WINDOW = 64;

    /**
     * \param header the record OpenSSL was just given
     * \param opened how many records OpenSSL decrypted in that call
     * \param failed how many of them did not authenticate
     * \param handshaking the handshake was not complete before the call
     * \return why the record was dropped, or nothing where it was accepted or kept for later
     */
    std::optional<RejectionReason> Explain(const RecordHeader& header,
                                           uint32_t opened,
                                           uint32_t failed,
                                           bool handshaking);

  private:
    static constexpr size_t MAX_EARLY = 100; ///< records OpenSSL keeps of the epoch to come

    std::optional<RejectionReason> ExplainProtected(const RecordHeader& header,
                                                    uint32_t opened,
                                                    bool handshaking);
    void EnterEpoch(uint16_t epoch);
    bool IsStale(uint64_t sequence) const;
    void Mark(uint64_t sequence);

    uint16_t m_epoch{0};
    uint64_t m_next{0};   ///< one past the highest sequence number accepted
    uint64_t m_window{0}; ///< bit i: m_next - 1 - i was accepted
    std::vector<uint64_t> m_early;
};

} // namespace tls
