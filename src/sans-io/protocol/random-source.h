// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <algorithm>
#include <cmath>

namespace sansio
{

/**
 * Where a protocol machine draws its random numbers. The owner of the machine injects one (in a
 * simulation a stream of ns-3, in a test a fixed sequence) and keeps it alive longer than the
 * machine.
 */
class RandomSource
{
  public:
    virtual ~RandomSource() = default;

    /// Uniform over all 64-bit values.
    virtual uint64_t GetInteger() = 0;

    /// Uniform in [0, 1), with the 53 bits a double can hold.
    double GetUniform()
    {
        return static_cast<double>(GetInteger() >> 11) * 0x1p-53;
    }

    /// Uniform in [\p low, \p high), also where rounding would reach \p high.
    double GetUniform(double low, double high)
    {
        return std::min(low + (high - low) * GetUniform(), std::nextafter(high, low));
    }

    /// \p count uniformly distributed bytes.
    Bytes GetBytes(size_t count)
    {
        Bytes bytes(count);
        Fill(bytes.data(), count);
        return bytes;
    }

    /// Overwrites \p count bytes at \p data with uniformly distributed ones.
    void Fill(uint8_t* data, size_t count)
    {
        for (size_t i = 0; i < count; i++)
        {
            if (i % 8 == 0)
            {
                m_word = GetInteger();
            }
            data[i] = static_cast<uint8_t>(m_word >> (8 * (i % 8)));
        }
    }

  private:
    uint64_t m_word{0};
};

} // namespace sansio
