// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>
#include <string>

namespace crypto
{

/// Gives objects of OpenSSL back to it.
struct Free
{
    void operator()(EVP_PKEY* key) const
    {
        EVP_PKEY_free(key);
    }

    void operator()(EVP_KDF* derivation) const
    {
        EVP_KDF_free(derivation);
    }

    void operator()(EVP_KDF_CTX* context) const
    {
        EVP_KDF_CTX_free(context);
    }

    void operator()(X509* certificate) const
    {
        X509_free(certificate);
    }

    void operator()(X509_EXTENSION* extension) const
    {
        X509_EXTENSION_free(extension);
    }

    void operator()(BIO* bio) const
    {
        BIO_free(bio);
    }
};

template <typename Object>
using Owned = std::unique_ptr<Object, Free>;

/// What was written to a memory BIO.
inline std::string
GetText(BIO* bio)
{
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    return std::string(text, static_cast<size_t>(size));
}

/// A private key in PEM (PKCS 8), not encrypted; empty where OpenSSL refused.
std::string WritePrivateKey(EVP_PKEY* key);

} // namespace crypto
