// SPDX-License-Identifier: GPL-2.0-only
#include "auth-test.h"
#include "crypto/protocol/hmac.h"
#include "iot-auth/protocol/base64.h"
#include "iot-auth/protocol/token.h"

#include <gmock/gmock.h>

namespace auth
{

namespace
{

using crypto::SignatureAlgorithm;
using sansio::OperationKind;

constexpr int64_t NOW = 1767225600; // 2026-01-01 00:00:00 UTC

std::string
ToUrl(std::string_view plain)
{
    std::string text = WriteBase64(ByteView(plain));
    text.erase(text.find_last_not_of('=') + 1);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

std::string
FromUrl(const std::string& text)
{
    return ByteView(*ReadBase64Url(text)).ToString();
}

class TokenTest : public AuthTest, public testing::WithParamInterface<SignatureAlgorithm>
{
  protected:
    TokenTest()
    {
        registry.Create("s01", GetParam(), GetKey(GetParam()).publicKey);
        operations.clear();
    }

    std::string Sign(const TokenClaims& claims, size_t key = 0)
    {
        return SignToken(claims, GetParam(), GetKey(GetParam(), key).privateKey);
    }

    TokenFault Judge(const std::string& token, int64_t now = NOW, const std::string& device = "s01")
    {
        return VerifyToken(token, device, registry, policy, now).fault;
    }

    static OperationKind GetVerification()
    {
        return GetParam() == SignatureAlgorithm::Es256 ? OperationKind::EcdsaP256Verify
                                                       : OperationKind::Rsa2048Verify;
    }

    size_t CountVerifications() const
    {
        size_t count = 0;
        for (const auto& operation : operations)
        {
            count += operation.kind == GetVerification() ? operation.count : 0;
        }
        return count;
    }

    DeviceRegistry registry;
    TokenPolicy policy{"lab"};
    TokenClaims claims{"s01", "lab", NOW, NOW + 3600};
};

INSTANTIATE_TEST_SUITE_P(,
                         TokenTest,
                         testing::Values(SignatureAlgorithm::Es256, SignatureAlgorithm::Rs256),
                         [](const auto& info) { return std::string(ToString(info.param)); });

TEST_P(TokenTest, HasTheFormOfItsStandard)
{
    std::string token = Sign(claims);
    size_t first = token.find('.');
    size_t second = token.find('.', first + 1);
    std::string name(ToString(GetParam()));
    EXPECT_EQ(FromUrl(token.substr(0, first)), "{\"alg\":\"" + name + "\",\"typ\":\"JWT\"}");
    EXPECT_EQ(FromUrl(token.substr(first + 1, second - first - 1)),
              "{\"aud\":\"lab\",\"exp\":1767229200,\"iat\":1767225600,\"iss\":\"s01\"}");
    bool isEs = GetParam() == SignatureAlgorithm::Es256;
    EXPECT_EQ(FromUrl(token.substr(second + 1)).size(), isEs ? 64u : 256u);
    EXPECT_EQ(token.size(), isEs ? 203u : 459u);
}

TEST_P(TokenTest, IsCountedWhenItIsMadeAndWhenItIsJudged)
{
    std::string token = Sign(claims);
    OperationKind sign = GetParam() == SignatureAlgorithm::Es256 ? OperationKind::EcdsaP256Sign
                                                                 : OperationKind::Rsa2048Sign;
    size_t body = token.rfind('.');
    EXPECT_EQ(operations, (sansio::Operations{{OperationKind::Sha256, 1, body}, {sign, 1, 0}}));
    operations.clear();
    EXPECT_EQ(Judge(token), TokenFault::None);
    EXPECT_EQ(operations,
              (sansio::Operations{{OperationKind::Sha256, 1, body}, {GetVerification(), 1, 0}}));
}

TEST_P(TokenTest, IsTheSameFromTheSameSource)
{
    auto make = [&] {
        TestRandom again;
        crypto::Scope inner(0, again, nullptr);
        return Sign(claims);
    };
    EXPECT_EQ(make(), make());
}

TEST_P(TokenTest, HoldsFromItsIssueToItsEndAllowingForDrift)
{
    std::string token = Sign(claims);
    EXPECT_EQ(Judge(token, NOW - 601), TokenFault::NotYetValid);
    EXPECT_EQ(Judge(token, NOW - 600), TokenFault::None);
    EXPECT_EQ(Judge(token, NOW + 3600 + 599), TokenFault::None);
    EXPECT_EQ(Judge(token, NOW + 3600 + 600), TokenFault::Expired);
    EXPECT_EQ(VerifyToken(token, "s01", registry, policy, NOW).validUntil, NOW + 3600 + 600);
    policy.clockDrift = 0;
    EXPECT_EQ(Judge(token, NOW - 1), TokenFault::NotYetValid);
    EXPECT_EQ(Judge(token, NOW + 3600), TokenFault::Expired);
    claims.notBefore = NOW + 10;
    EXPECT_EQ(Judge(Sign(claims), NOW + 9), TokenFault::NotYetValid);
    EXPECT_EQ(Judge(Sign(claims), NOW + 10), TokenFault::None);
}

TEST_P(TokenTest, LivesNoLongerThanItMay)
{
    claims.expires = NOW + 86400;
    EXPECT_EQ(Judge(Sign(claims)), TokenFault::None);
    claims.expires++;
    EXPECT_EQ(Judge(Sign(claims)), TokenFault::TooLongLived);
}

TEST_P(TokenTest, IsOfTheDeviceThatSendsIt)
{
    const std::string& key = GetKey(GetParam(), 1).publicKey;
    registry.Create("s02", GetParam(), key);
    EXPECT_EQ(Judge(Sign(claims), NOW, "s02"), TokenFault::WrongSignature);
    EXPECT_EQ(Judge(Sign(claims, 1), NOW, "s02"), TokenFault::WrongIssuer);
    EXPECT_EQ(Judge(Sign(claims), NOW, "s03"), TokenFault::UnknownDevice);
    EXPECT_EQ(Judge(Sign(claims, 1)), TokenFault::WrongSignature);
    registry.SetBlocked("s01", true);
    EXPECT_EQ(Judge(Sign(claims)), TokenFault::BlockedDevice);
}

TEST_P(TokenTest, IsSignedByAnyKeyOfTheDevice)
{
    registry.AddKey("s01", GetKey(GetParam(), 1).publicKey);
    EXPECT_EQ(Judge(Sign(claims, 1)), TokenFault::None);
    EXPECT_EQ(CountVerifications(), 2u);
}

TEST_P(TokenTest, IsForItsAudience)
{
    claims.audience = "elsewhere";
    EXPECT_EQ(Judge(Sign(claims)), TokenFault::WrongAudience);
    claims.audience = "";
    EXPECT_EQ(Judge(Sign(claims)), TokenFault::WrongAudience);
}

TEST_P(TokenTest, SaysNothingOfHowItIsToBeVerified)
{
    std::string token = Sign(claims);
    std::string rest = token.substr(token.find('.'));
    std::string body = rest.substr(0, rest.rfind('.'));
    operations.clear();
    for (const char* none : {"none", "None", "nOnE"})
    {
        std::string header = ToUrl("{\"alg\":\"" + std::string(none) + "\",\"typ\":\"JWT\"}");
        EXPECT_EQ(Judge(header + body + "."), TokenFault::Unsigned);
        EXPECT_EQ(Judge(header + rest), TokenFault::Unsigned);
    }
    // The public key as the secret of an HMAC: what an attacker can compute.
    std::string hmac = ToUrl("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + body;
    Bytes mac = crypto::HmacSha256(ByteView(std::string_view(GetKey(GetParam()).publicKey)),
                                   ByteView(std::string_view(hmac)));
    EXPECT_EQ(Judge(hmac + "." + ToUrl(ByteView(mac).ToString())), TokenFault::WrongAlgorithm);
    for (const char* other : {"ES384", "RS512", "HS512", "PS256", ""})
    {
        std::string header = ToUrl("{\"alg\":\"" + std::string(other) + "\"}");
        EXPECT_EQ(Judge(header + rest), TokenFault::WrongAlgorithm) << other;
    }
    EXPECT_EQ(CountVerifications(), 0u);
}

TEST_P(TokenTest, CannotBeChanged)
{
    std::string token = Sign(claims);
    for (size_t i = 0; i < token.size(); i++)
    {
        std::string changed = token;
        changed[i] = token[i] == 'A' ? 'B' : 'A';
        EXPECT_NE(Judge(changed), TokenFault::None) << i;
    }
    for (size_t size = 0; size < token.size(); size++)
    {
        EXPECT_NE(Judge(token.substr(0, size)), TokenFault::None) << size;
    }
}

TEST_P(TokenTest, IsRefusedWhereItIsMalformed)
{
    std::string token = Sign(claims);
    std::string header = token.substr(0, token.find('.'));
    std::string signature = token.substr(token.rfind('.'));
    for (const std::string& bad :
         {std::string(),
          std::string("."),
          std::string(".."),
          std::string("secret"),
          header,
          token + ".",
          token + "=",
          " " + token,
          header + "." + ToUrl("[1]") + signature,
          ToUrl("7") + token.substr(token.find('.')),
          ToUrl("{\"typ\":\"JWT\"}") + token.substr(token.find('.')),
          ToUrl("{\"alg\":7}") + token.substr(token.find('.')),
          ToUrl("{\"alg\":\"ES256\",\"crit\":[\"b64\"]}") + token.substr(token.find('.'))})
    {
        EXPECT_EQ(Judge(bad), TokenFault::Malformed) << bad;
    }
    EXPECT_EQ(Judge(std::string(2049, 'A')), TokenFault::TooLong);
    claims.expires = claims.issuedAt;
    EXPECT_EQ(Judge(Sign(claims)), TokenFault::Malformed);
}

TEST_P(TokenTest, NeedsAKeyThatSuits)
{
    EXPECT_EQ(SignToken(claims, GetParam(), "key"), "");
    EXPECT_EQ(SignToken(claims, GetParam(), GetKey(GetParam()).publicKey), "");
    auto other = GetParam() == SignatureAlgorithm::Es256 ? SignatureAlgorithm::Rs256
                                                         : SignatureAlgorithm::Es256;
    EXPECT_EQ(SignToken(claims, other, GetKey(GetParam()).privateKey), "");
}

} // namespace

} // namespace auth
