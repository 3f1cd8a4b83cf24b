// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/pem.h"

#include "crypto/protocol/library-context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace tls
{

namespace
{

/// Without it OpenSSL would ask at the terminal.
int
HaveNoPassphrase(char* /* buffer */, int /* size */, int /* writing */, void* /* argument */)
{
    return -1;
}

Owned<BIO>
Open(const std::string& pem)
{
    return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

} // namespace

std::vector<Owned<X509>>
ReadCertificates(const std::string& pem)
{
    std::vector<Owned<X509>> certificates;
    Owned<BIO> bio = Open(pem);
    ERR_clear_error();
    while (true)
    {
        X509* certificate = X509_new_ex(crypto::GetLibraryContext(), nullptr);
        if (!PEM_read_bio_X509(bio.get(), &certificate, &HaveNoPassphrase, nullptr))
        {
            X509_free(certificate);
            break;
        }
        certificates.emplace_back(certificate);
    }
    const bool atEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!atEnd)
    {
        certificates.clear();
    }
    return certificates;
}

Owned<EVP_PKEY>
ReadPrivateKey(const std::string& pem)
{
    Owned<BIO> bio = Open(pem);
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey_ex(bio.get(),
                                                   nullptr,
                                                   &HaveNoPassphrase,
                                                   nullptr,
                                                   crypto::GetLibraryContext(),
                                                   nullptr));
    ERR_clear_error();
    return key;
}

} // namespace tls
