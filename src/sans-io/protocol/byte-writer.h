// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <boost/endian/conversion.hpp>
#include <cstring>
#include <utility>

namespace sansio
{

/// Appends numbers in network byte order and runs of bytes to bytes of its own.
class ByteWriter
{
  public:
    void WriteU8(uint8_t value)
    {
        m_bytes.push_back(value);
    }

    void WriteU16(uint16_t value)
    {
        WriteInteger(value);
    }

    void WriteU32(uint32_t value)
    {
        WriteInteger(value);
    }

    void WriteU64(uint64_t value)
    {
        WriteInteger(value);
    }

    void WriteBytes(ByteView bytes)
    {
        if (!bytes.empty())
        {
            std::memcpy(Extend(bytes.size()), bytes.data(), bytes.size());
        }
    }

    /// Makes place for \p count more bytes; \return where they go, valid until the next call.
    uint8_t* Extend(size_t count)
    {
        size_t end = m_bytes.size();
        m_bytes.resize(end + count);
        return m_bytes.data() + end;
    }

    size_t GetSize() const
    {
        return m_bytes.size();
    }

    ByteView GetView() const
    {
        return m_bytes;
    }

    /// Forgets what was written and keeps the room for what comes.
    void Clear()
    {
        m_bytes.clear();
    }

    /// Hands over what was written; the writer is empty afterwards.
    Bytes Take()
    {
        return std::exchange(m_bytes, {});
    }

  private:
    template <typename Integer>
    void WriteInteger(Integer value)
    {
        boost::endian::endian_store<Integer, sizeof(Integer), boost::endian::order::big>(
            Extend(sizeof(Integer)),
            value);
    }

    Bytes m_bytes;
};

} // namespace sansio
