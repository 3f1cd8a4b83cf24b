// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/protocol/scram.h"

#include "crypto/protocol/hmac.h"
#include "crypto/protocol/password-hash.h"
#include "iot-auth/protocol/base64.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace auth
{

namespace
{

/// No channel binding, no authorization identity (RFC 5802 section 7).
constexpr std::string_view GS2_HEADER = "n,,";

bool
IsPrintable(std::string_view text)
{
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// As a saslname: , and = are written otherwise.
std::string
WriteName(std::string_view name)
{
    std::string text;
    for (char c : name)
    {
        text += c == ',' ? "=2C" : c == '=' ? "=3D" : std::string(1, c);
    }
    return text;
}

std::optional<std::string>
ReadName(std::string_view text)
{
    std::string name;
    for (size_t i = 0; i < text.size(); i++)
    {
        if (text[i] != '=')
        {
            name += text[i];
            continue;
        }
        std::string_view code = text.substr(i, 3);
        if (code != "=2C" && code != "=3D")
        {
            return {};
        }
        name += code == "=2C" ? ',' : '=';
        i += 2;
    }
    return name.size() <= ScramUsers::MAX_NAME && IsPrintable(name) ? std::make_optional(name)
                                                                    : std::nullopt;
}

/// Takes the next attribute off the front of a message, which must be \p name; nothing else.
std::optional<std::string_view>
TakeAttribute(std::string_view& message, char name)
{
    if (message.size() < 2 || message[0] != name || message[1] != '=')
    {
        return {};
    }
    size_t end = std::min(message.find(','), message.size());
    std::string_view value = message.substr(2, end - 2);
    message.remove_prefix(std::min(end + 1, message.size()));
    return value;
}

Bytes
Xor(ByteView a, ByteView b)
{
    Bytes result;
    std::transform(a.begin(),
                   a.end(),
                   b.begin(),
                   std::back_inserter(result),
                   [](uint8_t x, uint8_t y) { return static_cast<uint8_t>(x ^ y); });
    return result;
}

/// What both sides derive from the password (RFC 5802 section 3).
struct Keys
{
    Keys(std::string_view password, ByteView salt, uint32_t iterations)
    {
        Bytes salted =
            crypto::HashPassword(password, salt, iterations, crypto::PasswordHash::Sha256);
        client = crypto::HmacSha256(salted, ByteView("Client Key"));
        stored = crypto::Sha256(client);
        server = crypto::HmacSha256(salted, ByteView("Server Key"));
    }

    Bytes client;
    Bytes stored;
    Bytes server;
};

} // namespace

ScramUsers::ScramUsers(sansio::RandomSource& random)
    : m_random(random),
      m_secret(random.GetBytes(32))
{
}

bool
ScramUsers::Set(const std::string& user, std::string_view password, uint32_t iterations)
{
    return Set(user, password, m_random.GetBytes(SALT_SIZE), iterations);
}

bool
ScramUsers::Set(const std::string& user,
                std::string_view password,
                ByteView salt,
                uint32_t iterations)
{
    bool isNew = m_users.find(user) == m_users.end();
    if (user.size() > MAX_NAME || !IsPrintable(user) || !IsPrintable(password) ||
        iterations < MIN_ITERATIONS || (isNew && m_users.size() >= MAX_USERS))
    {
        return false;
    }
    Keys keys(password, salt, iterations);
    m_users[user] = {salt.ToBytes(), iterations, keys.stored, keys.server};
    return true;
}

ScramUsers::Found
ScramUsers::Find(const std::string& user) const
{
    auto known = m_users.find(user);
    if (known != m_users.end())
    {
        return {known->second, true};
    }
    Bytes made = crypto::HmacSha256(m_secret, ByteView(user));
    Bytes salt(made.begin(), made.begin() + SALT_SIZE);
    return {{salt, MIN_ITERATIONS, made, made}, false};
}

ScramServer::ScramServer(const ScramUsers& users, std::string nonce)
    : m_users(users),
      m_nonce(std::move(nonce))
{
}

ScramServer::Step
ScramServer::Continue(std::string_view message)
{
    if (m_ended)
    {
        return {Status::Failure, {}, "it is over"};
    }
    Step step = std::exchange(m_begun, true) ? Finish(message) : Begin(message);
    m_ended = step.status != Status::Continue;
    return step;
}

ScramServer::Step
ScramServer::Begin(std::string_view message)
{
    // "y": the client knows channel binding and believes that the server does not, rightly.
    bool known = message.substr(0, 3) == GS2_HEADER || message.substr(0, 3) == "y,,";
    if (!known)
    {
        return {Status::Failure, {}, "channel binding or authorization identity"};
    }
    m_header = message.substr(0, 3);
    std::string_view rest = message.substr(3);
    m_messages = rest;
    auto name = TakeAttribute(rest, 'n');
    auto nonce = TakeAttribute(rest, 'r');
    auto user = name ? ReadName(*name) : std::nullopt;
    if (!user || !nonce || !IsPrintable(*nonce) || nonce->size() > ScramUsers::MAX_NAME)
    {
        return {Status::Failure, {}, "malformed first message"};
    }
    m_user = *user;
    m_nonce = std::string(*nonce) + m_nonce;
    m_found = m_users.Find(m_user);
    std::string answer = "r=" + m_nonce + ",s=" + WriteBase64(m_found.credential.salt) +
                         ",i=" + std::to_string(m_found.credential.iterations);
    m_messages += "," + answer;
    return {Status::Continue, answer, {}};
}

ScramServer::Step
ScramServer::Finish(std::string_view message)
{
    std::string_view rest = message;
    auto binding = TakeAttribute(rest, 'c');
    auto nonce = TakeAttribute(rest, 'r');
    size_t proofAt = message.rfind(",p=");
    if (!binding || !nonce || proofAt == std::string_view::npos)
    {
        return {Status::Failure, {}, "malformed last message"};
    }
    if (*binding != WriteBase64(ByteView(m_header)) || *nonce != m_nonce)
    {
        return {Status::Failure, {}, "of another exchange"};
    }
    auto proof = ReadBase64(message.substr(proofAt + 3));
    const ScramCredential& credential = m_found.credential;
    const std::string said = m_messages + "," + std::string(message.substr(0, proofAt));
    Bytes signature = crypto::HmacSha256(credential.storedKey, ByteView(said));
    bool right = proof && proof->size() == signature.size() &&
                 crypto::IsSameHash(crypto::Sha256(Xor(*proof, signature)), credential.storedKey);
    if (!right || !m_found.isKnown)
    {
        return {Status::Failure, {}, "wrong password"};
    }
    Bytes verifier = crypto::HmacSha256(credential.serverKey, ByteView(said));
    return {Status::Success, "v=" + WriteBase64(verifier), {}};
}

ScramClient::ScramClient(std::string user, std::string password)
    : m_user(std::move(user)),
      m_password(std::move(password))
{
}

std::string
ScramClient::Begin(const std::string& nonce)
{
    m_nonce = nonce;
    m_first = "n=" + WriteName(m_user) + ",r=" + nonce;
    m_expected.clear();
    return std::string(GS2_HEADER) + m_first;
}

std::optional<std::string>
ScramClient::Continue(std::string_view message)
{
    std::string_view rest = message;
    auto nonce = TakeAttribute(rest, 'r');
    auto saltText = TakeAttribute(rest, 's');
    auto count = TakeAttribute(rest, 'i');
    auto salt = saltText ? ReadBase64(*saltText) : std::nullopt;
    uint32_t iterations = 0;
    if (!nonce || !salt || !count || nonce->size() <= m_nonce.size() ||
        nonce->substr(0, m_nonce.size()) != m_nonce)
    {
        return {};
    }
    auto [end, error] = std::from_chars(count->data(), count->data() + count->size(), iterations);
    if (error != std::errc() || end != count->data() + count->size() ||
        iterations < ScramUsers::MIN_ITERATIONS || iterations > MAX_ITERATIONS)
    {
        return {};
    }
    Keys keys(m_password, *salt, iterations);
    std::string answer = "c=" + WriteBase64(ByteView(GS2_HEADER)) + ",r=" + std::string(*nonce);
    const std::string said = m_first + "," + std::string(message) + "," + answer;
    Bytes signature = crypto::HmacSha256(keys.stored, ByteView(said));
    m_expected = crypto::HmacSha256(keys.server, ByteView(said));
    return answer + ",p=" + WriteBase64(Xor(keys.client, signature));
}

bool
ScramClient::Finish(std::string_view message) const
{
    auto verifier = TakeAttribute(message, 'v');
    auto proof = verifier ? ReadBase64(*verifier) : std::nullopt;
    return proof && !m_expected.empty() && crypto::IsSameHash(*proof, m_expected);
}

std::string
MakeScramNonce(sansio::RandomSource& random)
{
    return WriteBase64(random.GetBytes(18));
}

} // namespace auth
