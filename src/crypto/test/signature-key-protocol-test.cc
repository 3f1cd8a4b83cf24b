// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/default-context.h"
#include "crypto/protocol/library-context.h"
#include "crypto/protocol/password-hash.h"
#include "crypto/protocol/scope.h"
#include "crypto/protocol/signature-key.h"
#include "test-random.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

namespace crypto
{

namespace
{

using sansio::Bytes;
using sansio::ByteView;
using sansio::OperationKind;
using sansio::Operations;

class SignatureKey : public testing::TestWithParam<SignatureAlgorithm>
{
  protected:
    static KeyPair Make(uint64_t seed, Operations* operations = nullptr)
    {
        TestRandom random(seed);
        Scope scope(0, random, operations);
        return MakeKeyPair(GetParam());
    }

    static SignatureAlgorithm GetOther()
    {
        return GetParam() == SignatureAlgorithm::Es256 ? SignatureAlgorithm::Rs256
                                                       : SignatureAlgorithm::Es256;
    }
};

INSTANTIATE_TEST_SUITE_P(,
                         SignatureKey,
                         testing::Values(SignatureAlgorithm::Es256, SignatureAlgorithm::Rs256),
                         [](const auto& info) { return std::string(ToString(info.param)); });

TEST_P(SignatureKey, IsTheSameFromTheSameSource)
{
    EXPECT_EQ(Make(1).privateKey, Make(1).privateKey);
    EXPECT_NE(Make(1).publicKey, Make(2).publicKey);
}

TEST_P(SignatureKey, SuitsItsAlgorithmOnly)
{
    KeyPair pair = Make(3);
    EXPECT_TRUE(IsPublicKey(pair.publicKey, GetParam()));
    EXPECT_FALSE(IsPublicKey(pair.publicKey, GetOther()));
    EXPECT_EQ(FindPublicKey(pair.privateKey, GetParam()), pair.publicKey);
    EXPECT_EQ(FindPublicKey(pair.privateKey, GetOther()), std::nullopt);
    EXPECT_FALSE(IsPublicKey(pair.privateKey, GetParam()));
    std::string broken = pair.publicKey;
    broken[broken.size() / 2] = '!';
    EXPECT_FALSE(IsPublicKey(broken, GetParam()));
    EXPECT_FALSE(IsPublicKey("", GetParam()));
}

TEST_P(SignatureKey, IsCountedWhenItIsMade)
{
    Operations operations;
    Make(4, &operations);
    OperationKind kind = GetParam() == SignatureAlgorithm::Es256
                             ? OperationKind::EcP256KeyGeneration
                             : OperationKind::Rsa2048KeyGeneration;
    EXPECT_EQ(operations, (Operations{{kind, 1, 0}}));
}

TEST(PublicKey, IsOfNoOtherCurve)
{
    // A point of secp384r1 (openssl ecparam -name secp384r1 -genkey).
    const std::string other = "-----BEGIN PUBLIC KEY-----\n"
                              "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEcnbxaHGq8Ac43ybrYTAAWfqdfV7M27B5\n"
                              "B72pxETyVZ/b8p0lrB5dIwrR8EksVI9qw+NsezmAIBLfhMKh90kd8ByYBQpZKnA7\n"
                              "AJjj6Uiw6fkr4eqmAPPrXIy8iGLlko4Z\n"
                              "-----END PUBLIC KEY-----\n";
    TestRandom random(1);
    Scope scope(0, random, nullptr);
    EXPECT_FALSE(IsPublicKey(other, SignatureAlgorithm::Es256));
}

TEST(SignatureAlgorithm, HasTheNameOfItsStandard)
{
    EXPECT_EQ(ReadSignatureAlgorithm("ES256"), SignatureAlgorithm::Es256);
    EXPECT_EQ(ReadSignatureAlgorithm("RS256"), SignatureAlgorithm::Rs256);
    for (const char* name : {"none", "HS256", "es256", "ES384", ""})
    {
        EXPECT_EQ(ReadSignatureAlgorithm(name), std::nullopt) << name;
    }
}

TEST(PasswordHash, IsThatOfTheKnownVector)
{
    // PBKDF2-HMAC-SHA512 of "password", "salt", as Python's hashlib.pbkdf2_hmac computes it.
    TestRandom random(1);
    Operations operations;
    Scope scope(0, random, &operations);
    const ByteView salt(std::string_view("salt"));
    Bytes hash = HashPassword("password", salt, 2);
    const Bytes begin{0xe1, 0xd9, 0xc1, 0x6a, 0xa6, 0x81, 0x70, 0x8a};
    EXPECT_EQ(hash.size(), 64u);
    EXPECT_EQ(ByteView(hash).First(begin.size()), ByteView(begin));
    EXPECT_EQ(operations, (Operations{{OperationKind::Pbkdf2Sha512, 2, 0}}));
    EXPECT_FALSE(IsSameHash(hash, HashPassword("password", salt, 3)));
    EXPECT_FALSE(IsSameHash(hash, HashPassword("passwort", salt, 2)));
    EXPECT_TRUE(IsSameHash(hash, HashPassword("password", salt, 2)));
}

TEST(PasswordHash, CountsTheIterationsOfTheHashThatIsUsed)
{
    // PBKDF2-HMAC-SHA256 of "password", "salt", as Python's hashlib.pbkdf2_hmac computes it.
    TestRandom random(1);
    Operations operations;
    Scope scope(0, random, &operations);
    const ByteView salt(std::string_view("salt"));
    Bytes hash = HashPassword("password", salt, 2, PasswordHash::Sha256);
    const Bytes begin{0xae, 0x4d, 0x0c, 0x95, 0xaf, 0x6b, 0x46, 0xd3};
    EXPECT_EQ(hash.size(), 32u);
    EXPECT_EQ(ByteView(hash).First(begin.size()), ByteView(begin));
    EXPECT_EQ(operations, (Operations{{OperationKind::Pbkdf2Sha256, 2, 0}}));
}

TEST(DefaultContext, EndsWithItsScope)
{
    OSSL_LIB_CTX* before = OSSL_LIB_CTX_set0_default(nullptr);
    {
        DefaultContext context;
        EXPECT_EQ(OSSL_LIB_CTX_set0_default(nullptr), GetLibraryContext());
    }
    EXPECT_EQ(OSSL_LIB_CTX_set0_default(nullptr), before);
}

} // namespace

} // namespace crypto
