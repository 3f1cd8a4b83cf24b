// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <array>
#include <optional>

namespace attacks
{

/// By what the handshake that a ClientHello asks for would be authenticated.
enum class HelloCredential : uint8_t
{
    Psk,   ///< TLS_PSK_WITH_AES_128_CCM_8: 79 bytes without a cookie
    Ecdsa, ///< TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 on P-256: 95 bytes without a cookie
};

/**
 * A ClientHello of DTLS 1.2 (RFC 6347 section 4.2.2, RFC 5246 section 7.4.1.2) as the bytes of one
 * datagram, with nothing in it that a constrained client leaves out: what an honest client with
 * the lean profile of the project sends, written without any key and without OpenSSL.
 */
struct ClientHello
{
    HelloCredential credential{HelloCredential::Psk};
    std::array<uint8_t, 32> random{};

    /// What a HelloVerifyRequest asked to have returned; empty in the first ClientHello. It is of
    /// at most 255 bytes; more are left out.
    sansio::ByteView cookie{};

    /// Of the handshake message and of its record: 0 for the first ClientHello, 1 for the one that
    /// returns the cookie.
    uint16_t sequence{0};
};

sansio::Bytes Encode(const ClientHello& hello);

/// The cookie of a datagram that begins with a HelloVerifyRequest (RFC 6347 section 4.2.1).
std::optional<sansio::ByteView> FindCookie(sansio::ByteView datagram);

} // namespace attacks
