// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"
#include "sans-io/protocol/random-source.h"

#include <map>
#include <optional>
#include <string>

/**
 * \file
 * SCRAM-SHA-256 (RFC 5802, RFC 7677): both sides prove that they know a password without saying it,
 * so that who listens, or pretends to be the server, learns nothing that lets it in. Without
 * channel binding. Messages are text, exchanged by the protocol that asks for authentication (in
 * MQTT 5.0 as Authentication Data of CONNECT, AUTH and CONNACK, the method being
 * ScramServer::METHOD).
 *
 * User names and passwords are taken as they are if they are printable ASCII; others are refused,
 * for SASLprep (RFC 4013) is left out. All of it is to be used in an open crypto::Scope.
 */
namespace auth
{

using sansio::Bytes;
using sansio::ByteView;

/// What a server keeps of a password (RFC 5802 section 3); nobody can log in with it.
struct ScramCredential
{
    Bytes salt;
    uint32_t iterations{0};
    Bytes storedKey;
    Bytes serverKey;
};

/// The users that a ScramServer knows.
class ScramUsers
{
  public:
    /// RFC 7677 section 4 asks for no less.
    static constexpr uint32_t MIN_ITERATIONS = 4096;
    static constexpr size_t MAX_NAME = 256;
    static constexpr size_t MAX_USERS = 10000;
    static constexpr size_t SALT_SIZE = 16;

    /// \param random draws the salts and what stands in for those of unknown users
    explicit ScramUsers(sansio::RandomSource& random);

    /// \return false for a name or password that is not printable ASCII, or beyond the bounds
    bool Set(const std::string& user,
             std::string_view password,
             uint32_t iterations = MIN_ITERATIONS);

    /// The same with a salt of one's own.
    bool Set(const std::string& user,
             std::string_view password,
             ByteView salt,
             uint32_t iterations);

    struct Found
    {
        ScramCredential credential;
        bool isKnown; ///< else it is made up, always the same for a name: a proof never fits
    };

    Found Find(const std::string& user) const;

  private:
    sansio::RandomSource& m_random;
    Bytes m_secret; ///< of the made up ones
    std::map<std::string, ScramCredential> m_users;
};

/// The server's side of one exchange.
class ScramServer
{
  public:
    static constexpr const char* METHOD = "SCRAM-SHA-256";

    enum class Status : uint8_t
    {
        Continue, ///< `message` is for the client, which answers
        Success,  ///< `message` proves to the client that the server knows the password too
        Failure,
    };

    struct Step
    {
        Status status{Status::Failure};
        std::string message{};
        std::string detail{}; ///< of a failure
    };

    /// \param users outlives the exchange
    /// \param nonce the server's part: printable, without comma, never used twice
    ScramServer(const ScramUsers& users, std::string nonce);

    /// What the client says; after Success or Failure it is over.
    Step Continue(std::string_view message);

    /// Who it is, after Success.
    const std::string& GetUser() const
    {
        return m_user;
    }

  private:
    Step Begin(std::string_view message);
    Step Finish(std::string_view message);

    const ScramUsers& m_users;
    std::string m_nonce; ///< the server's part, then both
    std::string m_user;
    std::string m_header; ///< gs2-header of the client's first message
    std::string
        m_messages; ///< of the AuthMessage: client-first-message-bare , server-first-message
    ScramUsers::Found m_found{};
    bool m_begun{false};
    bool m_ended{false};
};

/// The client's side; Begin() begins anew as often as is needed.
class ScramClient
{
  public:
    /// What a server may ask for: more would let a false one keep a device busy.
    static constexpr uint32_t MAX_ITERATIONS = 1000000;

    /// \param user and \param password printable ASCII
    ScramClient(std::string user, std::string password);

    /// The first message. \param nonce printable, without comma, never used twice
    std::string Begin(const std::string& nonce);

    /// The answer to the server's first message; nothing where it is not one, or asks for fewer
    /// iterations than ScramUsers::MIN_ITERATIONS or more than MAX_ITERATIONS.
    std::optional<std::string> Continue(std::string_view message);

    /// Whether the server's last message proves that it knows the password.
    bool Finish(std::string_view message) const;

  private:
    std::string m_user;
    std::string m_password;
    std::string m_nonce;
    std::string m_first; ///< client-first-message-bare
    Bytes m_expected;    ///< ServerSignature; empty before Continue()
};

/// A nonce of 18 random bytes, 24 characters.
std::string MakeScramNonce(sansio::RandomSource& random);

} // namespace auth
