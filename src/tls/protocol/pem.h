// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <memory>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>
#include <vector>

namespace tls
{

/// Gives OpenSSL's objects back.
struct OpenSslFree
{
    void operator()(X509* certificate) const
    {
        X509_free(certificate);
    }

    void operator()(EVP_PKEY* key) const
    {
        EVP_PKEY_free(key);
    }

    void operator()(BIO* bio) const
    {
        BIO_free(bio);
    }
};

template <typename Object>
using Owned = std::unique_ptr<Object, OpenSslFree>;

/// All certificates of a PEM text; empty where it holds none or one that is broken.
std::vector<Owned<X509>> ReadCertificates(const std::string& pem);

/// The private key of a PEM text, or null. One that is encrypted is not read.
Owned<EVP_PKEY> ReadPrivateKey(const std::string& pem);

} // namespace tls
