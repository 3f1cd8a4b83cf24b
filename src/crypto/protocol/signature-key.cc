// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/signature-key.h"

#include "crypto/protocol/library-context.h"
#include "crypto/protocol/owned.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdexcept>

namespace crypto
{

namespace
{

constexpr int RSA_BITS = 2048;
constexpr int LARGEST_RSA_BITS = 4096; ///< a bound of ours: the work grows with the key

/// Stands for a passphrase: without it OpenSSL would ask the terminal.
int
RefusePassphrase(char*, int, int, void*)
{
    return -1;
}

std::string
WritePublicKey(EVP_PKEY* key)
{
    Owned<BIO> bio(BIO_new(BIO_s_mem()));
    return bio && PEM_write_bio_PUBKEY(bio.get(), key) ? GetText(bio.get()) : std::string();
}

bool
IsOnP256(EVP_PKEY* key)
{
    char group[32];
    size_t size = 0;
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, &size) &&
           std::string_view(group, size) == SN_X9_62_prime256v1;
}

bool
Suits(EVP_PKEY* key, SignatureAlgorithm algorithm)
{
    if (!key)
    {
        return false;
    }
    if (algorithm == SignatureAlgorithm::Es256)
    {
        return IsOnP256(key);
    }
    const int bits = EVP_PKEY_get_bits(key);
    return EVP_PKEY_is_a(key, "RSA") && bits >= RSA_BITS && bits <= LARGEST_RSA_BITS;
}

/// The key of a text, public or private as \p read has it; null where it does not suit. Reading a
/// point that is not on the curve fails.
template <typename Function>
Owned<EVP_PKEY>
ReadKey(const std::string& pem, Function read, SignatureAlgorithm algorithm)
{
    Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Owned<EVP_PKEY> key(
        read(bio.get(), nullptr, &RefusePassphrase, nullptr, GetLibraryContext(), nullptr));
    const bool suits = Suits(key.get(), algorithm);
    ERR_clear_error(); // what others send is nobody's error
    return suits ? std::move(key) : nullptr;
}

} // namespace

std::string
WritePrivateKey(EVP_PKEY* key)
{
    Owned<BIO> bio(BIO_new(BIO_s_mem()));
    const bool written =
        bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return written ? GetText(bio.get()) : std::string();
}

std::string_view
ToString(SignatureAlgorithm algorithm)
{
    return algorithm == SignatureAlgorithm::Es256 ? "ES256" : "RS256";
}

std::optional<SignatureAlgorithm>
ReadSignatureAlgorithm(std::string_view name)
{
    for (auto algorithm : {SignatureAlgorithm::Es256, SignatureAlgorithm::Rs256})
    {
        if (name == ToString(algorithm))
        {
            return algorithm;
        }
    }
    return std::nullopt;
}

KeyPair
MakeKeyPair(SignatureAlgorithm algorithm)
{
    Owned<EVP_PKEY> key(algorithm == SignatureAlgorithm::Es256
                            ? EVP_PKEY_Q_keygen(GetLibraryContext(), nullptr, "EC", "P-256")
                            : EVP_PKEY_Q_keygen(GetLibraryContext(),
                                                nullptr,
                                                "RSA",
                                                static_cast<size_t>(RSA_BITS)));
    if (!key)
    {
        throw std::runtime_error("cannot make a key for " + std::string(ToString(algorithm)));
    }
    return {WritePublicKey(key.get()), WritePrivateKey(key.get())};
}

bool
IsPublicKey(const std::string& pem, SignatureAlgorithm algorithm)
{
    return ReadKey(pem, &PEM_read_bio_PUBKEY_ex, algorithm) != nullptr;
}

std::optional<std::string>
FindPublicKey(const std::string& privateKey, SignatureAlgorithm algorithm)
{
    Owned<EVP_PKEY> key = ReadKey(privateKey, &PEM_read_bio_PrivateKey_ex, algorithm);
    return key ? std::optional<std::string>(WritePublicKey(key.get())) : std::nullopt;
}

} // namespace crypto
