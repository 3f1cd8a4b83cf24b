// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/message.h"
#include "sans-io/protocol/spanned-bytes.h"

#include <string_view>

namespace coap
{

/// Why bytes are no message that can be processed (RFC 7252 sections 3, 4.1, 4.2 and 4.3).
enum class FormatError : uint8_t
{
    None,
    TruncatedHeader,          ///< fewer than 4 bytes
    UnknownVersion,           ///< Ver is not 1
    TokenLengthReserved,      ///< TKL 9 to 15
    TokenTruncated,           ///< the message ends within the token
    EmptyWithContent,         ///< code 0.00 and something behind the Message ID (section 4.1)
    OptionDeltaReserved,      ///< delta nibble 15 without being the payload marker
    OptionLengthReserved,     ///< length nibble 15
    OptionTruncated,          ///< the message ends within an option
    OptionNumberTooLarge,     ///< beyond 65535
    PayloadMissing,           ///< payload marker and nothing behind it
    CodeReserved,             ///< code of a reserved class (section 4.2)
    NonConfirmableEmpty,      ///< NON without request or response (section 4.3)
    AcknowledgementOfRequest, ///< ACK that carries a request (section 4.2)
    ResetNotEmpty,            ///< RST that is not empty (section 4.2)
};

/// A short name for traces and records ("token-length-reserved").
std::string_view ToString(FormatError error);

/// Whether the type and Message ID could be read, so that the message can be rejected by a Reset.
constexpr bool
IsHeaderKnown(FormatError error)
{
    return error != FormatError::TruncatedHeader && error != FormatError::UnknownVersion;
}

/**
 * Reads one datagram.
 *
 * \param bytes the datagram
 * \param message receives the message; after an error only type, code and Message ID, and these
 *        only if IsHeaderKnown()
 * \return the first rule that the bytes break
 */
FormatError Decode(sansio::ByteView bytes, Message& message);

/// The bytes of a message.
sansio::Bytes Encode(const Message& message);

/// The bytes of a message: its payload as Layer::Payload, the rest as Layer::Application.
sansio::SpannedBytes Encode(const Message& message, uint64_t report);

} // namespace coap
