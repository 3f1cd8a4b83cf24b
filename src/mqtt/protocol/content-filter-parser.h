// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/content-filter.h"

namespace mqtt
{

/// Turns the text of a condition into the steps of a filter, by recursive descent.
class ContentFilter::Parser
{
  public:
    Parser(std::string_view text, ContentFilter& filter)
        : m_text(text),
          m_filter(filter)
    {
    }

    /// \return false where the text is no condition: GetFault() says where
    bool Parse();

    /// "content-filter: expected a value at byte 14", counted from 1.
    const std::string& GetFault() const
    {
        return m_fault;
    }

  private:
    bool ParseOr(size_t nesting);
    bool ParseAnd(size_t nesting);
    bool ParseNot(size_t nesting);
    bool ParseComparison();
    bool ParseOperator(Operator& operation);
    bool ParseValue(Value& value);
    bool ParseNumber(Value& value);
    bool ParseText(Value& value);

    /// Notes what was expected here; \return false
    bool Expect(std::string_view what);
    void SkipSpaces();
    bool Take(std::string_view symbol);
    /// Letters, digits, underscores and dots; nothing is taken.
    std::string_view PeekWord();
    bool TakeWord(std::string_view word);

    std::string_view m_text;
    size_t m_position{0};
    ContentFilter& m_filter;
    std::string m_fault;
};

} // namespace mqtt
