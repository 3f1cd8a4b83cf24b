// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/protocol/password-store.h"

#include "crypto/protocol/password-hash.h"
#include "iot-auth/protocol/base64.h"
#include "sans-io/protocol/text-lines.h"

#include <charconv>

namespace auth
{

namespace
{

constexpr std::string_view KIND = "$7$";
constexpr size_t HASH_SIZE = 64;
constexpr size_t LARGEST_SALT = 64;

} // namespace

PasswordStore::PasswordStore(const PasswordLimits& limits)
    : m_limits(limits)
{
}

bool
PasswordStore::IsUserName(std::string_view name) const
{
    bool isSplit = name.find_first_of(std::string_view(":\n\r\0", 4)) != std::string_view::npos;
    return !name.empty() && name[0] != '#' && !isSplit && name.size() <= m_limits.nameSize;
}

bool
PasswordStore::ReadEntry(std::string_view text, Entry& entry) const
{
    if (text.substr(0, KIND.size()) != KIND)
    {
        return false;
    }
    text.remove_prefix(KIND.size());
    std::string_view iterations = sansio::TakeUntil(text, '$');
    std::string_view salt = sansio::TakeUntil(text, '$');
    auto [end, error] = std::from_chars(iterations.begin(), iterations.end(), entry.iterations);
    bool isNumber = error == std::errc() && end == iterations.end();
    auto saltBytes = ReadBase64(salt);
    auto hash = ReadBase64(text);
    if (!isNumber || entry.iterations < 1 || entry.iterations > m_limits.iterations || !saltBytes ||
        saltBytes->empty() || saltBytes->size() > LARGEST_SALT || !hash ||
        hash->size() != HASH_SIZE)
    {
        return false;
    }
    entry.salt = *saltBytes;
    entry.hash = *hash;
    return true;
}

std::string
PasswordStore::ReadLine(std::string_view line, std::map<std::string, Entry>& users) const
{
    std::string_view rest = line;
    std::string user(sansio::TakeUntil(rest, ':'));
    Entry entry;
    if (!IsUserName(user) || !ReadEntry(rest, entry))
    {
        return "expected NAME:$7$ITERATIONS$SALT$HASH as mosquitto_passwd writes it, with at "
               "most " +
               std::to_string(m_limits.iterations) + " iterations";
    }
    if (users.size() >= m_limits.users)
    {
        return "expected at most " + std::to_string(m_limits.users) + " users";
    }
    return users.emplace(user, entry).second ? "" : "user '" + user + "' is here twice";
}

std::string
PasswordStore::Read(std::string_view text)
{
    std::map<std::string, Entry> users;
    std::string error =
        sansio::ForEachLine(text, [&](std::string_view line) { return ReadLine(line, users); });
    if (error.empty())
    {
        m_users = std::move(users);
    }
    return error;
}

std::string
PasswordStore::Write() const
{
    std::string text;
    for (const auto& [user, entry] : m_users)
    {
        text += user + ":" + std::string(KIND) + std::to_string(entry.iterations) + "$" +
                WriteBase64(entry.salt) + "$" + WriteBase64(entry.hash) + "\n";
    }
    return text;
}

bool
PasswordStore::Set(const std::string& user,
                   std::string_view password,
                   sansio::RandomSource& random,
                   uint32_t iterations)
{
    bool isNew = m_users.find(user) == m_users.end();
    if (!IsUserName(user) || iterations < 1 || iterations > m_limits.iterations ||
        (isNew && m_users.size() >= m_limits.users))
    {
        return false;
    }
    Entry entry;
    entry.iterations = iterations;
    entry.salt = random.GetBytes(SALT_SIZE);
    entry.hash = crypto::HashPassword(password, entry.salt, iterations);
    m_users[user] = entry;
    return true;
}

bool
PasswordStore::Verify(const std::string& user, std::string_view password) const
{
    auto known = m_users.find(user);
    bool isKnown = known != m_users.end();
    if (!isKnown && m_users.empty())
    {
        return false;
    }
    const Entry& entry = isKnown ? known->second : m_users.begin()->second;
    Bytes hash = crypto::HashPassword(password, entry.salt, entry.iterations);
    return crypto::IsSameHash(hash, entry.hash) && isKnown;
}

} // namespace auth
