// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/random-source.h"

#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace crypto
{

/// A certificate and its private key, both as PEM text.
struct Credential
{
    std::string certificate;
    std::string privateKey;
};

/// What a certificate says of its subject.
struct CertificateRequest
{
    std::string commonName;
    std::vector<std::string> dnsNames{}; ///< subjectAltName (RFC 5280 section 4.2.1.6); empty: none
    int64_t notBefore{1577836800};       ///< unix time in seconds (2020-01-01)
    int64_t notAfter{2208988800};        ///< unix time in seconds (2040-01-01)
};

/**
 * Issues X.509 certificates (RFC 5280) for P-256 keys, signed with ecdsa-with-SHA256. All that is
 * random comes from the given source: the same source makes the same keys and certificates. The
 * certificates are as small as the RFC allows: version 3, serial numbers counted from 1, a common
 * name, and subjectAltName where there are names; the authority's own carries basicConstraints.
 */
class CertificateAuthority
{
  public:
    /// Draws a key and certifies it itself. \p random must outlive the authority.
    CertificateAuthority(const CertificateRequest& self, sansio::RandomSource& random);
    ~CertificateAuthority();
    CertificateAuthority(const CertificateAuthority&) = delete;
    CertificateAuthority& operator=(const CertificateAuthority&) = delete;

    /// The authority's certificate in PEM: the trust anchor of those who rely on it.
    const std::string& GetCertificate() const
    {
        return m_certificate;
    }

    /// Draws a key and certifies it.
    Credential Issue(const CertificateRequest& subject);

    /// A certificate signed with its own key, which is no authority (it can be a trust anchor).
    static Credential MakeSelfSigned(const CertificateRequest& subject,
                                     sansio::RandomSource& random);

  private:
    sansio::RandomSource& m_random;
    evp_pkey_st* m_key{nullptr};
    x509_st* m_self{nullptr};
    std::string m_certificate;
    uint32_t m_serial{1};
};

} // namespace crypto
