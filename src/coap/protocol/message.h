// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/code.h"
#include "coap/protocol/options.h"

#include <algorithm>
#include <array>

namespace coap
{

/// The 0 to 8 bytes by which a client knows a response for the answer to its request
/// (section 5.3.1).
class Token
{
  public:
    static constexpr size_t MAXIMUM_LENGTH = 8;

    Token() = default;

    /// At most 8 bytes count.
    explicit Token(sansio::ByteView bytes)
        : m_length(std::min(bytes.size(), MAXIMUM_LENGTH))
    {
        std::copy_n(bytes.begin(), m_length, m_bytes.begin());
    }

    sansio::ByteView GetView() const
    {
        return {m_bytes.data(), m_length};
    }

    size_t size() const
    {
        return m_length;
    }

    friend bool operator==(const Token& a, const Token& b)
    {
        return a.m_length == b.m_length && a.m_bytes == b.m_bytes;
    }

    friend bool operator!=(const Token& a, const Token& b)
    {
        return !(a == b);
    }

    friend size_t hash_value(const Token& token)
    {
        uint64_t word;
        std::memcpy(&word, token.m_bytes.data(), sizeof(word));
        return word * 0x9e3779b97f4a7c15 + token.m_length;
    }

  private:
    std::array<uint8_t, MAXIMUM_LENGTH> m_bytes{};
    uint8_t m_length{0};
};

/// A message of RFC 7252 section 3 as a value.
struct Message
{
    Type type{Type::Confirmable};
    Code code{Code::Empty};
    uint16_t messageId{0};
    Token token;
    Options options;
    sansio::Bytes payload;

    friend bool operator==(const Message& a, const Message& b)
    {
        return a.type == b.type && a.code == b.code && a.messageId == b.messageId &&
               a.token == b.token && a.options == b.options && a.payload == b.payload;
    }
};

} // namespace coap
