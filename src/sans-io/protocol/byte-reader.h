// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <boost/endian/conversion.hpp>

namespace sansio
{

/**
 * Reads numbers in network byte order and runs of bytes from a view, front to back.
 *
 * Reading past the end never touches memory: it yields zeros or an empty view, and the reader
 * stays failed from then on. A parser may therefore read a whole structure and ask Failed() once.
 */
class ByteReader
{
  public:
    explicit ByteReader(ByteView bytes)
        : m_bytes(bytes)
    {
    }

    uint8_t ReadU8()
    {
        return ReadInteger<uint8_t>();
    }

    uint16_t ReadU16()
    {
        return ReadInteger<uint16_t>();
    }

    uint32_t ReadU32()
    {
        return ReadInteger<uint32_t>();
    }

    uint64_t ReadU64()
    {
        return ReadInteger<uint64_t>();
    }

    /// The next \p count bytes, or an empty view and a failed reader where there are fewer.
    ByteView ReadBytes(size_t count)
    {
        if (count > GetRemaining())
        {
            m_failed = true;
        }
        if (m_failed)
        {
            return {};
        }
        ByteView taken = m_bytes.From(m_position).First(count);
        m_position += count;
        return taken;
    }

    /// All bytes that are left.
    ByteView ReadRest()
    {
        return ReadBytes(GetRemaining());
    }

    size_t GetRemaining() const
    {
        return m_bytes.size() - m_position;
    }

    size_t GetPosition() const
    {
        return m_position;
    }

    bool AtEnd() const
    {
        return GetRemaining() == 0;
    }

    /// True once anything was asked for that was not there.
    bool Failed() const
    {
        return m_failed;
    }

  private:
    template <typename Integer>
    Integer ReadInteger()
    {
        ByteView taken = ReadBytes(sizeof(Integer));
        return taken.empty() ? 0
                             : boost::endian::endian_load<Integer,
                                                          sizeof(Integer),
                                                          boost::endian::order::big>(taken.data());
    }

    ByteView m_bytes;
    size_t m_position{0};
    bool m_failed{false};
};

} // namespace sansio
