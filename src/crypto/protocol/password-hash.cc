// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/password-hash.h"

#include "crypto/protocol/library-context.h"
#include "crypto/protocol/owned.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdexcept>

namespace crypto
{

sansio::Bytes
HashPassword(std::string_view password,
             sansio::ByteView salt,
             uint32_t iterations,
             PasswordHash kind)
{
    bool isLong = kind == PasswordHash::Sha512;
    sansio::Bytes hash(isLong ? 64 : 32);
    Owned<EVP_KDF> derivation(EVP_KDF_fetch(GetLibraryContext(), "PBKDF2", nullptr));
    Owned<EVP_KDF_CTX> context(derivation ? EVP_KDF_CTX_new(derivation.get()) : nullptr);
    int plain = 1; // salts of less than 16 bytes are fine (SP 800-132 would refuse those of files)
    unsigned int count = iterations;
    char digests[][7] = {"SHA256", "SHA512"};
    char* digest = digests[isLong];
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &plain),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD,
                                          const_cast<char*>(password.data()),
                                          password.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
                                          const_cast<uint8_t*>(salt.data()),
                                          salt.size()),
        OSSL_PARAM_construct_uint(OSSL_KDF_PARAM_ITER, &count),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    if (!context || EVP_KDF_derive(context.get(), hash.data(), hash.size(), parameters) != 1)
    {
        throw std::runtime_error("cannot hash a password");
    }
    return hash;
}

bool
IsSameHash(sansio::ByteView a, sansio::ByteView b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace crypto
