// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crypto
{

/// Digital signatures of JSON Web Algorithms (RFC 7518 section 3.1).
enum class SignatureAlgorithm : uint8_t
{
    Es256, ///< ECDSA on P-256 with SHA-256: 64 bytes
    Rs256, ///< RSASSA-PKCS1-v1_5 with SHA-256: 256 bytes with a key of 2048 bits
};

/// "ES256", "RS256".
std::string_view ToString(SignatureAlgorithm algorithm);

/// The reverse; nothing for any other name.
std::optional<SignatureAlgorithm> ReadSignatureAlgorithm(std::string_view name);

/// Both halves of a key in PEM.
struct KeyPair
{
    std::string publicKey;  ///< SubjectPublicKeyInfo (RFC 7468 section 13)
    std::string privateKey; ///< PKCS 8, not encrypted (RFC 7468 section 10)
};

/// Draws a key from the open Scope: on P-256, or of 2048 bits with exponent 65537.
KeyPair MakeKeyPair(SignatureAlgorithm algorithm);

/// Whether the text is one public key that suits the algorithm: a point of P-256, or an RSA key of
/// 2048 to 4096 bits (RFC 7518 section 3.3).
bool IsPublicKey(const std::string& pem, SignatureAlgorithm algorithm);

/// The public half of a private key in PEM that suits the algorithm; nothing for any other text, or
/// where the key is encrypted.
std::optional<std::string> FindPublicKey(const std::string& privateKey,
                                         SignatureAlgorithm algorithm);

} // namespace crypto
