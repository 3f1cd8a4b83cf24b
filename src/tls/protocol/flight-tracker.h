// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

namespace tls
{

/**
 * Tells whether a datagram of a DTLS 1.2 handshake is sent again, from its bytes: message_seq and
 * fragment_offset (RFC 6347 section 4.2.2) grow with each fragment that is new; of the encrypted
 * handshake messages there is one, Finished.
 */
class FlightTracker
{
  public:
    /// \return true where \p datagram holds a part of the handshake that was sent before
    bool IsRepetition(sansio::ByteView datagram);

  private:
    bool IsKnownFragment(sansio::ByteView handshake);

    uint64_t m_next{0}; ///< message_seq and offset behind the last fragment sent
    bool m_finishedSent{false};
};

} // namespace tls
