// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/protocol/device-registry.h"

#include <cstdint>
#include <optional>

/**
 * \file
 * JSON Web Tokens (RFC 7519) that a device signs with its private key and a broker takes as its
 * password: `iss` names the device, `aud` whom the token is for, `iat` and `exp` when it holds, in
 * whole seconds of unix time. Signed in compact form (RFC 7515 section 7.1) with ES256 or RS256.
 */
namespace auth
{

/// What a token says.
struct TokenClaims
{
    std::string issuer;                 ///< `iss`: the device that signs
    std::string audience;               ///< `aud`: the service that is meant
    int64_t issuedAt{0};                ///< `iat`
    int64_t expires{0};                 ///< `exp`
    std::optional<int64_t> notBefore{}; ///< `nbf`: not sent where there is none
};

/// In an open crypto::Scope; empty where the private key (PEM) does not suit the algorithm.
std::string SignToken(const TokenClaims& claims,
                      crypto::SignatureAlgorithm algorithm,
                      const std::string& privateKey);

/// Why a token is refused, in the order in which it is asked.
enum class TokenFault : uint8_t
{
    None,
    TooLong,       ///< more bytes than a verifier takes
    Malformed,     ///< no JWS in compact form, or a claim is missing or of another type
    UnknownDevice, ///< nobody of that name is registered
    BlockedDevice,
    Unsigned,       ///< `alg` is none (RFC 7518 section 3.6)
    WrongAlgorithm, ///< not that of the device: what the token says of itself does not count
    WrongSignature, ///< by none of the device's keys
    WrongIssuer,    ///< signed by the device in the name of another
    WrongAudience,
    NotYetValid, ///< issued, or not to be used, before a time that is still to come
    Expired,
    TooLongLived, ///< from `iat` to `exp`
    Count,        ///< how many there are; not a fault
};

/// "wrong signature" and so on.
std::string_view ToString(TokenFault fault);

/// What a verifier asks of tokens.
struct TokenPolicy
{
    std::string audience;
    int64_t clockDrift{600};    ///< seconds by which the clocks of devices may be wrong
    int64_t longestLife{86400}; ///< seconds between `iat` and `exp`
    size_t largestSize{2048};   ///< bytes
};

/// What became of a token.
struct TokenVerdict
{
    TokenFault fault{TokenFault::None};
    int64_t validUntil{0}; ///< unix time at which it ends to hold, the drift included
};

/**
 * Judges the token that \p device has sent at \p now (unix time in seconds). In an open
 * crypto::Scope: each key that is tried is a verification for the processor. A token that holds
 * does so until `exp` and the drift.
 */
TokenVerdict VerifyToken(const std::string& token,
                         const std::string& device,
                         const DeviceRegistry& registry,
                         const TokenPolicy& policy,
                         int64_t now);

} // namespace auth
