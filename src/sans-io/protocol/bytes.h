// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace sansio
{

/// Bytes that somebody owns.
using Bytes = std::vector<uint8_t>;

/**
 * A view of bytes that somebody else owns, as std::string_view is one of characters. It is valid
 * as long as the owner leaves the bytes in place.
 */
class ByteView
{
  public:
    constexpr ByteView() = default;

    constexpr ByteView(const uint8_t* data, size_t size)
        : m_data(data),
          m_size(size)
    {
    }

    ByteView(const Bytes& bytes)
        : ByteView(bytes.data(), bytes.size())
    {
    }

    /// The characters of a text as bytes, without a terminating zero.
    explicit ByteView(std::string_view text)
        : ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size())
    {
    }

    constexpr const uint8_t* data() const
    {
        return m_data;
    }

    constexpr size_t size() const
    {
        return m_size;
    }

    constexpr bool empty() const
    {
        return m_size == 0;
    }

    constexpr const uint8_t* begin() const
    {
        return m_data;
    }

    constexpr const uint8_t* end() const
    {
        return m_data + m_size;
    }

    constexpr uint8_t operator[](size_t index) const
    {
        return m_data[index];
    }

    /// The first \p count bytes, or all where there are fewer.
    constexpr ByteView First(size_t count) const
    {
        return {m_data, count < m_size ? count : m_size};
    }

    /// What is left without the first \p count bytes; empty where there are no more.
    constexpr ByteView From(size_t count) const
    {
        return count < m_size ? ByteView{m_data + count, m_size - count} : ByteView{};
    }

    Bytes ToBytes() const
    {
        return Bytes(begin(), end());
    }

    std::string ToString() const
    {
        return std::string(begin(), end());
    }

    friend bool operator==(ByteView a, ByteView b)
    {
        return a.m_size == b.m_size &&
               (a.m_size == 0 || !std::memcmp(a.m_data, b.m_data, a.m_size));
    }

    friend bool operator!=(ByteView a, ByteView b)
    {
        return !(a == b);
    }

  private:
    const uint8_t* m_data{nullptr};
    size_t m_size{0};
};

} // namespace sansio
