// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/certificate-authority.h"

#include "crypto/protocol/library-context.h"
#include "crypto/protocol/owned.h"
#include "crypto/protocol/scope.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace crypto
{

namespace
{

constexpr int64_t MICROSECONDS = 1000000;
constexpr long X509_V3 = 2; // RFC 5280 section 4.1.2.1

void
Require(bool succeeded, const char* what)
{
    if (!succeeded)
    {
        throw std::runtime_error(std::string("cannot make a certificate: ") + what);
    }
}

EVP_PKEY*
DrawKey()
{
    EVP_PKEY* key = EVP_PKEY_Q_keygen(GetLibraryContext(), nullptr, "EC", "P-256");
    Require(key, "key generation");
    return key;
}

void
AddExtension(X509* certificate, int kind, const std::string& value)
{
    Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
    Require(extension && X509_add_ext(certificate, extension.get(), -1), value.c_str());
}

std::string
JoinDnsNames(const std::vector<std::string>& names)
{
    std::string joined;
    for (const std::string& name : names)
    {
        joined += (joined.empty() ? "DNS:" : ",DNS:") + name;
    }
    return joined;
}

/// A certificate for \p key that still lacks issuer and signature.
Owned<X509>
Describe(const CertificateRequest& subject, EVP_PKEY* key, uint32_t serial)
{
    Owned<X509> certificate(X509_new_ex(GetLibraryContext(), nullptr));
    Require(certificate != nullptr, "allocation");
    X509* raw = certificate.get();
    const auto* name = reinterpret_cast<const unsigned char*>(subject.commonName.c_str());
    Require(X509_set_version(raw, X509_V3) &&
                ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial) &&
                ASN1_TIME_set(X509_getm_notBefore(raw), subject.notBefore) &&
                ASN1_TIME_set(X509_getm_notAfter(raw), subject.notAfter) &&
                X509_set_pubkey(raw, key) &&
                X509_NAME_add_entry_by_txt(X509_get_subject_name(raw),
                                           "CN",
                                           MBSTRING_UTF8,
                                           name,
                                           -1,
                                           -1,
                                           0),
            subject.commonName.c_str());
    if (!subject.dnsNames.empty())
    {
        AddExtension(raw, NID_subject_alt_name, JoinDnsNames(subject.dnsNames));
    }
    return certificate;
}

void
Sign(X509* certificate, X509* issuer, EVP_PKEY* issuerKey)
{
    Require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) &&
                X509_sign(certificate, issuerKey, EVP_sha256()) > 0,
            "signature");
}

std::string
WriteCertificate(X509* certificate)
{
    Owned<BIO> bio(BIO_new(BIO_s_mem()));
    Require(bio && PEM_write_bio_X509(bio.get(), certificate), "PEM");
    return GetText(bio.get());
}

std::string
WriteKey(EVP_PKEY* key)
{
    std::string text = WritePrivateKey(key);
    Require(!text.empty(), "PEM");
    return text;
}

} // namespace

CertificateAuthority::CertificateAuthority(const CertificateRequest& self,
                                           sansio::RandomSource& random)
    : m_random(random)
{
    Scope scope(self.notBefore * MICROSECONDS, random, nullptr);
    Owned<EVP_PKEY> key(DrawKey());
    Owned<X509> certificate = Describe(self, key.get(), m_serial++);
    AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    Sign(certificate.get(), certificate.get(), key.get());
    m_certificate = WriteCertificate(certificate.get());
    m_key = key.release();
    m_self = certificate.release();
}

CertificateAuthority::~CertificateAuthority()
{
    EVP_PKEY_free(m_key);
    X509_free(m_self);
}

Credential
CertificateAuthority::Issue(const CertificateRequest& subject)
{
    Scope scope(subject.notBefore * MICROSECONDS, m_random, nullptr);
    Owned<EVP_PKEY> key(DrawKey());
    Owned<X509> certificate = Describe(subject, key.get(), m_serial++);
    Sign(certificate.get(), m_self, m_key);
    return {WriteCertificate(certificate.get()), WriteKey(key.get())};
}

Credential
CertificateAuthority::MakeSelfSigned(const CertificateRequest& subject,
                                     sansio::RandomSource& random)
{
    Scope scope(subject.notBefore * MICROSECONDS, random, nullptr);
    Owned<EVP_PKEY> key(DrawKey());
    Owned<X509> certificate = Describe(subject, key.get(), 1);
    Sign(certificate.get(), certificate.get(), key.get());
    return {WriteCertificate(certificate.get()), WriteKey(key.get())};
}

} // namespace crypto
