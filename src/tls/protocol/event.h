// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"
#include "tls/protocol/settings.h"

#include <optional>
#include <string>
#include <variant>

namespace tls
{

/// Both ends have proved that they hold the keys; Send() may be called from now on.
struct HandshakeCompleted
{
    Version version{};
    std::string cipherSuite; ///< IANA name
    bool resumed{false};     ///< by a ticket; a handshake by external PSK is not a resumption
    uint64_t bytesSent{0};   ///< as given to the transport, retransmissions included
    uint64_t bytesReceived{0};
    uint32_t flights{0}; ///< runs of messages in one direction, as this end saw them
};

/// Why a channel ended in failure.
struct Failure
{
    std::optional<uint8_t>
        alert;              ///< RFC 8446 section 6 (20 = bad_record_mac); none: no alert was sent
    std::string reason;     ///< one line for people
    bool sentByPeer{false}; ///< the alert came from the peer
};

/// The handshake failed; the channel is dead.
struct HandshakeFailed : Failure
{
};

/// A channel whose handshake had completed was ended by a fatal alert; the channel is dead.
struct ConnectionFailed : Failure
{
};

/// Bytes the peer sent. DTLS: those of one record.
struct Plaintext
{
    sansio::Bytes bytes;
};

/// The peer sent close_notify: it sends no more.
struct Closed
{
};

enum class RejectionReason : uint8_t
{
    Replay, ///< sequence number already accepted, or left of the window (RFC 6347 section 4.1.2.6)
    BadMac, ///< did not authenticate (RFC 6347 section 4.1.2.7)
    Epoch,  ///< of another epoch than the one in use
    Malformed, ///< no record of this protocol
    Truncated, ///< the datagram ends before the record does
    NoSession, ///< from an address and port with which there is no session
};

/// "replay", "bad-mac", "epoch", "malformed", "truncated", "no-session".
const char* ToString(RejectionReason reason);

/// A record that was not accepted. DTLS drops it silently; in TLS it ends the connection.
struct RecordRejected
{
    RejectionReason reason{};
};

/// DTLS: a flight of the handshake was sent again, in so many datagrams.
struct FlightRetransmitted
{
    uint32_t datagrams{0};
};

using Event = std::variant<HandshakeCompleted,
                           HandshakeFailed,
                           Plaintext,
                           Closed,
                           ConnectionFailed,
                           RecordRejected,
                           FlightRetransmitted>;

/// The name of an alert as RFC 8446 section 6 writes it ("bad_record_mac"), or "unknown".
const char* GetAlertName(uint8_t alert);

} // namespace tls
