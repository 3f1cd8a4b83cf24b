// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/hmac.h"

#include "crypto/protocol/library-context.h"

#include <openssl/evp.h>

namespace crypto
{

sansio::Bytes
HmacSha256(sansio::ByteView key, sansio::ByteView data)
{
    sansio::Bytes mac(EVP_MAX_MD_SIZE);
    size_t size = 0;
    EVP_Q_mac(GetLibraryContext(),
              "HMAC",
              nullptr,
              "SHA256",
              nullptr,
              key.data(),
              key.size(),
              data.data(),
              data.size(),
              mac.data(),
              mac.size(),
              &size);
    mac.resize(size);
    return mac;
}

sansio::Bytes
Sha256(sansio::ByteView data)
{
    sansio::Bytes hash(EVP_MAX_MD_SIZE);
    size_t size = 0;
    EVP_Q_digest(GetLibraryContext(),
                 "SHA256",
                 nullptr,
                 data.data(),
                 data.size(),
                 hash.data(),
                 &size);
    hash.resize(size);
    return hash;
}

} // namespace crypto
