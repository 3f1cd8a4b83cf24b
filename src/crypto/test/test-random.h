// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/random-source.h"

#include <random>

namespace crypto
{

/// A fixed sequence that counts how often it was asked.
class TestRandom : public sansio::RandomSource
{
  public:
    explicit TestRandom(uint64_t seed)
        : m_engine(seed)
    {
    }

    uint64_t GetInteger() override
    {
        m_draws++;
        return m_engine();
    }

    uint64_t GetDraws() const
    {
        return m_draws;
    }

  private:
    std::mt19937_64 m_engine;
    uint64_t m_draws{0};
};

} // namespace crypto
