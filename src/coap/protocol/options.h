// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/option-number.h"
#include "sans-io/protocol/bytes.h"

#include <boost/container/small_vector.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace coap
{

/// One option of a message; the value is owned by the message.
struct OptionView
{
    OptionNumber number{};
    sansio::ByteView value;
};

/// What is wrong with the encoding of an option (RFC 7252 section 3.1).
enum class OptionError : uint8_t
{
    None,
    ReservedDelta,  ///< delta nibble 15 that is not the payload marker
    ReservedLength, ///< length nibble 15
    Truncated,      ///< the message ends within the option
    NumberTooLarge, ///< the sum of deltas exceeds 65535
};

/**
 * Takes the option at the start of \p rest (RFC 7252 section 3.1).
 *
 * \param rest what is left of the message; moved behind the option
 * \param option in: the option before (its number is what the delta counts from), out: this one
 */
OptionError TakeOption(sansio::ByteView& rest, OptionView& option);

/**
 * The options of a message, kept in the form they have on the wire: in the order of their numbers,
 * equal numbers in the order in which they were added.
 */
class Options
{
  public:
    /// Walks over the options in the order of their numbers.
    class Iterator
    {
      public:
        explicit Iterator(sansio::ByteView rest)
            : m_rest(rest)
        {
            ++*this;
        }

        const OptionView& operator*() const
        {
            return m_option;
        }

        const OptionView* operator->() const
        {
            return &m_option;
        }

        Iterator& operator++()
        {
            m_atEnd = m_rest.empty();
            if (!m_atEnd)
            {
                TakeOption(m_rest, m_option);
            }
            return *this;
        }

        friend bool operator!=(const Iterator& a, const Iterator& b)
        {
            return a.m_atEnd != b.m_atEnd || a.m_rest.size() != b.m_rest.size();
        }

      private:
        sansio::ByteView m_rest;
        OptionView m_option;
        bool m_atEnd{false};
    };

    Iterator begin() const
    {
        return Iterator(GetEncoded());
    }

    Iterator end() const
    {
        return Iterator({});
    }

    /// Adds an option behind those of the same number. \p value holds at most 65804 bytes.
    void Add(OptionNumber number, sansio::ByteView value);
    void Add(OptionNumber number, std::string_view value);

    /// Adds an option of format uint: as few bytes as the value needs, none for 0 (section 3.2).
    void AddUint(OptionNumber number, uint32_t value);

    /// Takes away every option of this number.
    void Remove(OptionNumber number);

    /// The first value of this number.
    std::optional<sansio::ByteView> Find(OptionNumber number) const;

    /// The first value of this number as uint; nothing where it has more than four bytes.
    std::optional<uint32_t> FindUint(OptionNumber number) const;

    bool Has(OptionNumber number) const
    {
        return Find(number).has_value();
    }

    /// Replaces the Uri-Path options by the segments of "a/b/c"; %25 and %2F stand for % and /. The
    /// last of "a/" is empty (RFC 7252 section 6.4).
    void SetUriPath(std::string_view path);

    /// The Uri-Path options as "a/b/c", with % and / within a segment as %25 and %2F.
    std::string GetUriPath() const;

    bool IsEmpty() const
    {
        return m_encoded.empty();
    }

    sansio::ByteView GetEncoded() const
    {
        return {m_encoded.data(), m_encoded.size()};
    }

    /// Takes over encoded options whose form was checked with TakeOption(), the last being \p last.
    void AssignEncoded(sansio::ByteView encoded, OptionNumber last);

    friend bool operator==(const Options& a, const Options& b)
    {
        return a.m_encoded == b.m_encoded;
    }

  private:
    void Append(OptionNumber number, sansio::ByteView value);

    boost::container::small_vector<uint8_t, 40> m_encoded;
    OptionNumber m_last{};
};

} // namespace coap
