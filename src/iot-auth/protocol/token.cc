// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/protocol/token.h"

#include "crypto/protocol/default-context.h"
#include "iot-auth/protocol/base64.h"
#include "sans-io/protocol/text-lines.h"

#include <cerrno>
#include <cstdlib>
#include <jwt.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <strings.h>

namespace auth
{

namespace
{

using Algorithm = crypto::SignatureAlgorithm;

struct Free
{
    void operator()(jwt_t* token) const
    {
        jwt_free(token);
    }
};

using Token = std::unique_ptr<jwt_t, Free>;

jwt_alg_t
ToJwt(Algorithm algorithm)
{
    return algorithm == Algorithm::Es256 ? JWT_ALG_ES256 : JWT_ALG_RS256;
}

/// libjwt has keys in PEM as bytes.
const unsigned char*
ToKey(const std::string& pem)
{
    return reinterpret_cast<const unsigned char*>(pem.data());
}

/// The header of a token; discarded where the token is not three parts of base64url of which the
/// first two are JSON objects.
nlohmann::json
ReadHeader(const std::string& token)
{
    std::string_view rest = token;
    nlohmann::json parts[2];
    for (nlohmann::json& part : parts)
    {
        auto bytes = ReadBase64Url(sansio::TakeUntil(rest, '.'));
        part = bytes ? nlohmann::json::parse(*bytes, nullptr, false)
                     : nlohmann::json(nlohmann::json::value_t::discarded);
    }
    bool isGood = parts[0].is_object() && parts[1].is_object() && ReadBase64Url(rest);
    return isGood ? parts[0] : nlohmann::json(nlohmann::json::value_t::discarded);
}

/**
 * What the header alone tells. libjwt would verify with whatever algorithm the token names, with a
 * public key as the secret of an HMAC too: only that of the device is let through to it (RFC 8725
 * section 3.1).
 */
TokenFault
JudgeHeader(const nlohmann::json& header, Algorithm algorithm)
{
    auto name = header.find("alg");
    if (name == header.end() || !name->is_string() || header.contains("crit")) // RFC 7515, 4.1.11
    {
        return TokenFault::Malformed;
    }
    const auto& text = name->get_ref<const std::string&>();
    if (strcasecmp(text.c_str(), "none") == 0)
    {
        return TokenFault::Unsigned;
    }
    return text == ToString(algorithm) ? TokenFault::None : TokenFault::WrongAlgorithm;
}

Token
Decode(const std::string& token, const std::string& key)
{
    jwt_t* decoded = nullptr;
    bool isGood =
        jwt_decode(&decoded, token.c_str(), ToKey(key), static_cast<int>(key.size())) == 0;
    return Token(isGood ? decoded : nullptr);
}

/// What one of the keys has signed; null for none.
Token
FindSigned(const std::string& token, const Device& device)
{
    crypto::DefaultContext context; // libjwt knows no library context
    for (const std::string& key : device.keys)
    {
        Token decoded = Decode(token, key);
        if (decoded && jwt_get_alg(decoded.get()) == ToJwt(device.algorithm))
        {
            return decoded;
        }
    }
    return nullptr;
}

/// A claim that is a whole number; RFC 7519 would allow fractions too.
std::optional<int64_t>
GetTime(jwt_t* token, const char* name)
{
    errno = 0;
    const long value = jwt_get_grant_int(token, name);
    constexpr long FAR = 1L << 40; // some 35,000 years: sums with it cannot overflow
    return errno == 0 && value >= 0 && value < FAR ? std::optional<int64_t>(value) : std::nullopt;
}

std::string
GetText(jwt_t* token, const char* name)
{
    const char* value = jwt_get_grant(token, name);
    return value ? value : "";
}

/// What the claims of a genuine token tell.
TokenVerdict
JudgeClaims(jwt_t* token, const std::string& device, const TokenPolicy& policy, int64_t now)
{
    auto issuedAt = GetTime(token, "iat");
    auto expires = GetTime(token, "exp");
    auto notBefore = GetTime(token, "nbf");
    if (!issuedAt || !expires || *expires <= *issuedAt)
    {
        return {TokenFault::Malformed};
    }
    if (GetText(token, "iss") != device)
    {
        return {TokenFault::WrongIssuer};
    }
    if (GetText(token, "aud") != policy.audience)
    {
        return {TokenFault::WrongAudience};
    }
    if (std::max(*issuedAt, notBefore.value_or(0)) > now + policy.clockDrift)
    {
        return {TokenFault::NotYetValid};
    }
    if (*expires + policy.clockDrift <= now) // RFC 7519 section 4.1.4: on or after it
    {
        return {TokenFault::Expired};
    }
    if (*expires - *issuedAt > policy.longestLife)
    {
        return {TokenFault::TooLongLived};
    }
    return {TokenFault::None, *expires + policy.clockDrift};
}

} // namespace

std::string
SignToken(const TokenClaims& claims, Algorithm algorithm, const std::string& privateKey)
{
    if (!crypto::FindPublicKey(privateKey, algorithm))
    {
        return "";
    }
    crypto::DefaultContext context; // libjwt knows no library context
    jwt_t* made = nullptr;
    bool isGood = jwt_new(&made) == 0;
    Token token(made);
    isGood = isGood && jwt_add_grant(made, "iss", claims.issuer.c_str()) == 0 &&
             jwt_add_grant(made, "aud", claims.audience.c_str()) == 0 &&
             jwt_add_grant_int(made, "iat", claims.issuedAt) == 0 &&
             jwt_add_grant_int(made, "exp", claims.expires) == 0 &&
             (!claims.notBefore || jwt_add_grant_int(made, "nbf", *claims.notBefore) == 0) &&
             jwt_set_alg(made,
                         ToJwt(algorithm),
                         ToKey(privateKey),
                         static_cast<int>(privateKey.size())) == 0;
    std::unique_ptr<char, void (*)(void*)> text(isGood ? jwt_encode_str(made) : nullptr, &free);
    return text ? text.get() : "";
}

std::string_view
ToString(TokenFault fault)
{
    constexpr std::string_view names[] = {"none",
                                          "token too long",
                                          "malformed token",
                                          "unknown device",
                                          "blocked device",
                                          "unsigned token",
                                          "wrong algorithm",
                                          "wrong signature",
                                          "wrong issuer",
                                          "wrong audience",
                                          "token not yet valid",
                                          "token expired",
                                          "token valid for too long"};
    static_assert(sizeof(names) / sizeof(names[0]) == static_cast<size_t>(TokenFault::Count));
    return names[static_cast<size_t>(fault)];
}

TokenVerdict
VerifyToken(const std::string& token,
            const std::string& device,
            const DeviceRegistry& registry,
            const TokenPolicy& policy,
            int64_t now)
{
    if (token.size() > policy.largestSize)
    {
        return {TokenFault::TooLong};
    }
    const nlohmann::json header = ReadHeader(token);
    if (header.is_discarded())
    {
        return {TokenFault::Malformed};
    }
    const Device* known = registry.Find(device);
    if (!known || known->blocked)
    {
        return {known ? TokenFault::BlockedDevice : TokenFault::UnknownDevice};
    }
    TokenFault fault = JudgeHeader(header, known->algorithm);
    if (fault != TokenFault::None)
    {
        return {fault};
    }
    Token decoded = FindSigned(token, *known);
    return decoded ? JudgeClaims(decoded.get(), device, policy, now)
                   : TokenVerdict{TokenFault::WrongSignature};
}

} // namespace auth
