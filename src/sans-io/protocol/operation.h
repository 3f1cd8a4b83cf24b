// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sansio
{

/**
 * Work that a protocol gives to the processor of its node. A machine counts what was really done;
 * what it costs in time and charge is the business of a device profile (module iot-device).
 */
enum class OperationKind : uint8_t
{
    EcP256KeyGeneration, ///< ephemeral key pair on P-256
    EcP256Derive,        ///< ECDH shared secret on P-256
    X25519KeyGeneration,
    X25519Derive,
    EcdsaP256Sign,
    EcdsaP256Verify,
    Rsa2048KeyGeneration,
    Rsa2048Sign,
    Rsa2048Verify,
    Aes128Ccm,        ///< by bytes of plaintext or ciphertext
    Aes128Gcm,        ///< by bytes
    ChaCha20Poly1305, ///< by bytes
    Sha256,           ///< by bytes hashed outside the key derivations below
    HmacSha256,       ///< by bytes
    Tls12Prf,         ///< one derivation of the TLS 1.2 PRF, by bytes of output
    Hkdf,             ///< one HKDF-Extract or HKDF-Expand, by bytes of output
    Pbkdf2Sha256,     ///< one iteration of PBKDF2 with HMAC-SHA256
    Pbkdf2Sha512,     ///< one iteration of PBKDF2 with HMAC-SHA512
    Message,          ///< one message of a protocol taken in and acted on, by bytes of message
    Count,            ///< how many kinds there are; not a kind
};

/// The name of a kind in profiles, traces and records ("ecdsa-p256-sign").
constexpr std::string_view
ToString(OperationKind kind)
{
    constexpr std::string_view names[] = {"ec-p256-key-generation",
                                          "ec-p256-derive",
                                          "x25519-key-generation",
                                          "x25519-derive",
                                          "ecdsa-p256-sign",
                                          "ecdsa-p256-verify",
                                          "rsa-2048-key-generation",
                                          "rsa-2048-sign",
                                          "rsa-2048-verify",
                                          "aes-128-ccm",
                                          "aes-128-gcm",
                                          "chacha20-poly1305",
                                          "sha-256",
                                          "hmac-sha-256",
                                          "tls12-prf",
                                          "hkdf",
                                          "pbkdf2-sha-256",
                                          "pbkdf2-sha-512",
                                          "message"};
    static_assert(sizeof(names) / sizeof(names[0]) == static_cast<size_t>(OperationKind::Count));
    return names[static_cast<size_t>(kind)];
}

/// One or more operations of a kind, and the bytes they worked on together.
struct Operation
{
    OperationKind kind{};
    uint32_t count{0};
    uint64_t bytes{0};

    friend bool operator==(const Operation& a, const Operation& b)
    {
        return a.kind == b.kind && a.count == b.count && a.bytes == b.bytes;
    }
};

/// Operations in the order in which they were done.
using Operations = std::vector<Operation>;

} // namespace sansio
