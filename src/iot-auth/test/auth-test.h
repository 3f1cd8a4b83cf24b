// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "crypto/protocol/scope.h"
#include "crypto/protocol/signature-key.h"

#include <gtest/gtest.h>
#include <random>

namespace auth
{

/// A fixed sequence.
class TestRandom : public sansio::RandomSource
{
  public:
    uint64_t GetInteger() override
    {
        return m_engine();
    }

  private:
    std::mt19937_64 m_engine{7};
};

/// A test within an open scope that counts.
class AuthTest : public testing::Test
{
  protected:
    /// A key that is made once for all tests, for RSA takes its time.
    static const crypto::KeyPair& GetKey(crypto::SignatureAlgorithm algorithm, size_t index = 0)
    {
        static const auto keys = [] {
            std::array<std::array<crypto::KeyPair, 2>, 2> made;
            for (auto one : {crypto::SignatureAlgorithm::Es256, crypto::SignatureAlgorithm::Rs256})
            {
                for (crypto::KeyPair& pair : made[static_cast<size_t>(one)])
                {
                    pair = crypto::MakeKeyPair(one);
                }
            }
            return made;
        }();
        return keys[static_cast<size_t>(algorithm)][index];
    }

    TestRandom random;
    sansio::Operations operations;
    crypto::Scope scope{0, random, &operations};
};

} // namespace auth
