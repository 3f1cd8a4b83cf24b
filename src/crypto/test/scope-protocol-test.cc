// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/hmac.h"
#include "crypto/protocol/library-context.h"
#include "crypto/protocol/scope.h"
#include "test-random.h"

#include <array>
#include <ctime>
#include <gtest/gtest.h>
#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

namespace crypto
{

namespace
{

using sansio::Bytes;
using sansio::ByteView;
using sansio::OperationKind;
using sansio::Operations;

constexpr int64_t START = 1767225600; // 2026-01-01 00:00:00 UTC

/// What OpenSSL takes for the present time.
std::string
AskOpenSslForTheTime()
{
    ASN1_TIME* now = X509_gmtime_adj(nullptr, 0);
    std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(now)));
    ASN1_TIME_free(now);
    return text;
}

TEST(CryptoScope, GivesOpenSslTheSimulatedTimeWhileItIsOpen)
{
    GetLibraryContext();
    TestRandom random(1);
    {
        Scope outer(START * 1000000, random, nullptr);
        EXPECT_EQ(AskOpenSslForTheTime(), "260101000000Z");
        {
            Scope inner((START + 61) * 1000000 + 999999, random, nullptr);
            EXPECT_EQ(AskOpenSslForTheTime(), "260101000101Z");
        }
        EXPECT_EQ(AskOpenSslForTheTime(), "260101000000Z");
        EXPECT_GT(time(nullptr), 0); // the program's own clock is never touched
    }
    ASN1_TIME* real = ASN1_TIME_set(nullptr, time(nullptr));
    std::string expected(reinterpret_cast<const char*>(ASN1_STRING_get0_data(real)));
    ASN1_TIME_free(real);
    EXPECT_EQ(AskOpenSslForTheTime().substr(0, 10), expected.substr(0, 10));
}

TEST(CryptoScope, LeavesTheClockOfTheProgramAlone)
{
    GetLibraryContext();
    TestRandom random(1);
    Scope scope(1000000, random, nullptr);
    EXPECT_GT(time(nullptr), START - 1000000000);
}

TEST(CryptoScope, DrawsRandomBytesFromItsSourceOnly)
{
    std::array<uint8_t, 20> first{};
    std::array<uint8_t, 20> again{};
    EXPECT_NE(RAND_bytes_ex(GetLibraryContext(), first.data(), first.size(), 0), 1)
        << "no scope is open";
    TestRandom one(7);
    {
        Scope scope(0, one, nullptr);
        ASSERT_EQ(RAND_bytes_ex(GetLibraryContext(), first.data(), first.size(), 0), 1);
    }
    TestRandom two(7);
    Scope scope(0, two, nullptr);
    ASSERT_EQ(RAND_priv_bytes_ex(GetLibraryContext(), again.data(), again.size(), 0), 1);
    EXPECT_EQ(first, again);
    EXPECT_EQ(one.GetDraws(), 3U);
}

TEST(CryptoScope, CountsHmacByBytes)
{
    // RFC 4231 test case 2
    TestRandom random(1);
    Operations operations;
    Scope scope(0, random, &operations);
    Bytes mac = HmacSha256(ByteView(std::string_view("Jefe")),
                           ByteView(std::string_view("what do ya want for nothing?")));
    const Bytes expected{0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
                         0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
                         0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
    EXPECT_EQ(mac, expected);
    EXPECT_EQ(operations, (Operations{{OperationKind::HmacSha256, 1, 28}}));
}

TEST(CryptoScope, CountsWorkOnPublicKeys)
{
    TestRandom random(1);
    Operations operations;
    Scope scope(0, random, &operations);
    EVP_PKEY* key = EVP_PKEY_Q_keygen(GetLibraryContext(), nullptr, "EC", "P-256");
    EVP_PKEY* other = EVP_PKEY_Q_keygen(GetLibraryContext(), nullptr, "X25519");
    ASSERT_TRUE(key && other);
    const std::array<uint8_t, 10> message{};
    std::array<uint8_t, 80> signature{};
    size_t size = signature.size();
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit_ex(context, nullptr, "SHA256", GetLibraryContext(), nullptr, key, nullptr);
    EXPECT_EQ(EVP_DigestSign(context, signature.data(), &size, message.data(), message.size()), 1);
    EVP_MD_CTX_reset(context);
    EVP_DigestVerifyInit_ex(context, nullptr, "SHA256", GetLibraryContext(), nullptr, key, nullptr);
    EXPECT_EQ(EVP_DigestVerify(context, signature.data(), size, message.data(), message.size()), 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    EXPECT_EQ(operations,
              (Operations{{OperationKind::EcP256KeyGeneration, 1, 0},
                          {OperationKind::X25519KeyGeneration, 1, 0},
                          {OperationKind::Sha256, 1, 10},
                          {OperationKind::EcdsaP256Sign, 1, 0},
                          {OperationKind::Sha256, 1, 10},
                          {OperationKind::EcdsaP256Verify, 1, 0}}));
}

} // namespace

} // namespace crypto
