// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/certificate-authority.h"
#include "test-random.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace crypto
{

namespace
{

X509*
ReadCertificate(const std::string& pem)
{
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return certificate;
}

TEST(CertificateAuthority, MakesTheSameCertificatesFromTheSameSource)
{
    std::string made[3];
    const uint64_t seeds[] = {5, 5, 6};
    for (size_t i = 0; i < 3; i++)
    {
        TestRandom random(seeds[i]);
        CertificateAuthority authority({"authority"}, random);
        Credential credential = authority.Issue({"s01"});
        made[i] = authority.GetCertificate() + credential.certificate + credential.privateKey;
    }
    EXPECT_EQ(made[0], made[1]);
    EXPECT_NE(made[0], made[2]);
}

TEST(CertificateAuthority, SignsWhatItIssues)
{
    TestRandom random(5);
    CertificateAuthority authority({"authority"}, random);
    CertificateAuthority stranger({"authority"}, random);
    X509* issuer = ReadCertificate(authority.GetCertificate());
    X509* other = ReadCertificate(stranger.GetCertificate());
    X509* issued = ReadCertificate(authority.Issue({"broker", {"broker.example"}}).certificate);
    ASSERT_TRUE(issuer && issued && other);
    EXPECT_EQ(X509_verify(issued, X509_get0_pubkey(issuer)), 1);
    EXPECT_NE(X509_verify(issued, X509_get0_pubkey(other)), 1);
    EXPECT_EQ(X509_check_host(issued, "broker.example", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_host(issued, "other.example", 0, 0, nullptr), 0);
    EXPECT_EQ(X509_check_ca(issuer), 1);
    EXPECT_EQ(X509_check_ca(issued), 0);
    X509_free(issuer);
    X509_free(other);
    X509_free(issued);
}

TEST(CertificateAuthority, KeepsASelfSignedCertificateSmall)
{
    TestRandom random(5);
    X509* certificate =
        ReadCertificate(CertificateAuthority::MakeSelfSigned({"a"}, random).certificate);
    ASSERT_TRUE(certificate);
    EXPECT_NEAR(i2d_X509(certificate, nullptr), 263, 3);
    X509_free(certificate);
}

} // namespace

} // namespace crypto
