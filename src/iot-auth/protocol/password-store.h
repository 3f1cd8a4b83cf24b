// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"
#include "sans-io/protocol/random-source.h"

#include <map>
#include <string>

namespace auth
{

using sansio::Bytes;
using sansio::ByteView;

/// Bounds of a PasswordStore; a file beyond them is refused.
struct PasswordLimits
{
    size_t users{10000};
    size_t nameSize{256};         ///< bytes of a user name
    uint32_t iterations{1000000}; ///< what a file may ask of the broker for each password
};

/**
 * User names and their passwords, salted and hashed: PBKDF2 with HMAC-SHA512.
 *
 * The text form is that of Mosquitto's password files with hashes of kind 7, one line a user:
 *
 *     NAME:$7$ITERATIONS$SALT$HASH
 *
 * with salt and hash (64 bytes) in base 64; empty lines and lines that begin with # are skipped. So
 * `mosquitto_passwd` makes files for the simulation, and a real broker reads what it writes. Hashes
 * of kind 6 (one round of SHA-512) are refused: they cost an attacker next to nothing.
 *
 * To be used in an open crypto::Scope.
 */
class PasswordStore
{
  public:
    /// As mosquitto_passwd of Mosquitto 2.0.
    static constexpr uint32_t DEFAULT_ITERATIONS = 101;
    static constexpr size_t SALT_SIZE = 12;

    explicit PasswordStore(const PasswordLimits& limits = {});

    /**
     * Takes over the users of a text, instead of those that are here.
     * \return empty, or one line that says which line is wrong and why; then nothing has changed
     */
    std::string Read(std::string_view text);

    /// The text form, by user name.
    std::string Write() const;

    /**
     * Sets the password of a user, new or known.
     * \param random draws the salt
     * \return false for a name that no file can hold, or beyond the bounds
     */
    bool Set(const std::string& user,
             std::string_view password,
             sansio::RandomSource& random,
             uint32_t iterations = DEFAULT_ITERATIONS);

    /// Whether it is the password of the user. An unknown user costs the work of a known one, so
    /// that the time of an answer does not tell whether there is one of the name.
    bool Verify(const std::string& user, std::string_view password) const;

    size_t GetSize() const
    {
        return m_users.size();
    }

  private:
    struct Entry
    {
        uint32_t iterations{DEFAULT_ITERATIONS};
        Bytes salt;
        Bytes hash;
    };

    bool IsUserName(std::string_view name) const;
    std::string ReadLine(std::string_view line, std::map<std::string, Entry>& users) const;
    bool ReadEntry(std::string_view text, Entry& entry) const;

    PasswordLimits m_limits;
    std::map<std::string, Entry> m_users;
};

} // namespace auth
