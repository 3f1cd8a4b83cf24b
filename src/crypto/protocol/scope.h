// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/operation.h"
#include "sans-io/protocol/random-source.h"

namespace crypto
{

/**
 * What OpenSSL may know of the world while it is called: the time, where random numbers come from,
 * and who pays for the work. One is open around every call into OpenSSL with the library context of
 * the simulation; without one its random generator refuses to work.
 *
 * While a scope is open, gettimeofday() and time() answer its time on this thread; otherwise the
 * real one. Scopes may be nested: the innermost counts.
 */
class Scope
{
  public:
    /**
     * \param unixTime in microseconds since 1970
     * \param random outlives the scope
     * \param operations where the work is added; null: nobody's
     */
    Scope(int64_t unixTime, sansio::RandomSource& random, sansio::Operations* operations);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    /// The innermost open scope of this thread, or null.
    static Scope* GetCurrent();

    int64_t GetUnixTime() const
    {
        return m_unixTime;
    }

    sansio::RandomSource& GetRandom() const
    {
        return m_random;
    }

    /// Adds to the account; work of the same kind in a row is one entry.
    void Count(sansio::OperationKind kind, uint32_t count, uint64_t bytes);

    /// An AEAD was asked to open a ciphertext.
    void CountOpening(bool authentic)
    {
        m_openings++;
        m_failures += !authentic;
    }

    /// Ciphertexts that were opened or tried in this scope.
    uint32_t GetOpenings() const
    {
        return m_openings;
    }

    /// Those among them that did not authenticate.
    uint32_t GetFailures() const
    {
        return m_failures;
    }

  private:
    int64_t m_unixTime;
    sansio::RandomSource& m_random;
    sansio::Operations* m_operations;
    Scope* m_outer;
    uint32_t m_openings{0};
    uint32_t m_failures{0};
};

} // namespace crypto
