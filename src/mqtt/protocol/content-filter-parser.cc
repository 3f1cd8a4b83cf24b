// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/content-filter-parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace mqtt
{

namespace
{

bool
IsDigit(char character)
{
    return character >= '0' && character <= '9';
}

bool
IsWordCharacter(char character)
{
    return IsDigit(character) || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') || character == '_' || character == '.';
}

bool
IsFieldName(std::string_view word)
{
    for (std::string_view keyword : {"and", "or", "not", "true", "false", "null"})
    {
        if (word == keyword)
        {
            return false;
        }
    }
    bool startsWell = !word.empty() && !IsDigit(word.front()) && word.front() != '.';
    return startsWell && word.back() != '.' && word.find("..") == std::string_view::npos;
}

} // namespace

bool
ContentFilter::Parser::Parse()
{
    if (!ParseOr(0))
    {
        return false;
    }
    SkipSpaces();
    return m_position == m_text.size() || Expect("and, or, or the end");
}

bool
ContentFilter::Parser::ParseOr(size_t nesting)
{
    if (!ParseAnd(nesting))
    {
        return false;
    }
    while (TakeWord("or"))
    {
        if (!ParseAnd(nesting))
        {
            return false;
        }
        m_filter.m_steps.push_back({Operator::Or});
    }
    return true;
}

bool
ContentFilter::Parser::ParseAnd(size_t nesting)
{
    if (!ParseNot(nesting))
    {
        return false;
    }
    while (TakeWord("and"))
    {
        if (!ParseNot(nesting))
        {
            return false;
        }
        m_filter.m_steps.push_back({Operator::And});
    }
    return true;
}

bool
ContentFilter::Parser::ParseNot(size_t nesting)
{
    if (nesting > MAX_NESTING)
    {
        return Expect("less nesting");
    }
    if (TakeWord("not"))
    {
        if (!ParseNot(nesting + 1))
        {
            return false;
        }
        m_filter.m_steps.push_back({Operator::Not});
        return true;
    }
    if (Take("("))
    {
        return ParseOr(nesting + 1) && (Take(")") || Expect(")"));
    }
    return ParseComparison();
}

bool
ContentFilter::Parser::ParseComparison()
{
    std::string name(PeekWord());
    if (!IsFieldName(name))
    {
        return Expect("the name of a field");
    }
    m_position += name.size();
    Step step;
    if (!ParseOperator(step.operation) || !ParseValue(step.value))
    {
        return false;
    }
    bool isOrdered = std::holds_alternative<double>(step.value) ||
                     std::holds_alternative<std::string>(step.value);
    if (step.operation > Operator::NotEqual && !isOrdered)
    {
        return Expect("== or != before true, false and null");
    }
    auto& fields = m_filter.m_fields;
    auto field = std::find(fields.begin(), fields.end(), name);
    step.field = field - fields.begin();
    if (field == fields.end())
    {
        fields.push_back(std::move(name));
    }
    m_filter.m_steps.push_back(std::move(step));
    return true;
}

bool
ContentFilter::Parser::ParseOperator(Operator& operation)
{
    static constexpr std::pair<std::string_view, Operator> SYMBOLS[] = {
        {"==", Operator::Equal},
        {"!=", Operator::NotEqual},
        {"<=", Operator::LessOrEqual},
        {"<", Operator::Less},
        {">=", Operator::GreaterOrEqual},
        {">", Operator::Greater}};
    for (const auto& [symbol, meaning] : SYMBOLS)
    {
        if (Take(symbol))
        {
            operation = meaning;
            return true;
        }
    }
    return Expect("a comparison");
}

bool
ContentFilter::Parser::ParseValue(Value& value)
{
    if (TakeWord("true"))
    {
        value = true;
        return true;
    }
    if (TakeWord("false"))
    {
        value = false;
        return true;
    }
    if (TakeWord("null"))
    {
        value = std::monostate();
        return true;
    }
    SkipSpaces();
    if (m_position < m_text.size() && m_text[m_position] == '"')
    {
        return ParseText(value);
    }
    return ParseNumber(value);
}

bool
ContentFilter::Parser::ParseNumber(Value& value)
{
    std::string_view rest = m_text.substr(m_position);
    bool isNegative = !rest.empty() && rest.front() == '-';
    bool isNumber = rest.size() > isNegative && IsDigit(rest[isNegative]); // neither inf nor nan
    double number = 0;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (!isNumber || error != std::errc() || !std::isfinite(number))
    {
        return Expect("a value");
    }
    m_position += end - rest.data();
    value = number;
    return true;
}

bool
ContentFilter::Parser::ParseText(Value& value)
{
    std::string text;
    for (size_t i = m_position + 1; i < m_text.size(); i++)
    {
        if (m_text[i] == '"')
        {
            m_position = i + 1;
            value = std::move(text);
            return true;
        }
        bool isEscape = m_text[i] == '\\';
        i += isEscape;
        if (isEscape && (i == m_text.size() || (m_text[i] != '"' && m_text[i] != '\\')))
        {
            break;
        }
        text += m_text[i];
    }
    return Expect("a text in double quotes");
}

bool
ContentFilter::Parser::Expect(std::string_view what)
{
    SkipSpaces();
    m_fault = std::string(CONTENT_FILTER_PROPERTY) + ": expected " + std::string(what) +
              " at byte " + std::to_string(m_position + 1);
    return false;
}

void
ContentFilter::Parser::SkipSpaces()
{
    m_position = std::min(m_text.find_first_not_of(' ', m_position), m_text.size());
}

bool
ContentFilter::Parser::Take(std::string_view symbol)
{
    SkipSpaces();
    bool isHere = m_text.substr(m_position, symbol.size()) == symbol;
    m_position += isHere ? symbol.size() : 0;
    return isHere;
}

std::string_view
ContentFilter::Parser::PeekWord()
{
    SkipSpaces();
    size_t end = m_position;
    while (end < m_text.size() && IsWordCharacter(m_text[end]))
    {
        end++;
    }
    return m_text.substr(m_position, end - m_position);
}

bool
ContentFilter::Parser::TakeWord(std::string_view word)
{
    bool isHere = PeekWord() == word;
    m_position += isHere ? word.size() : 0;
    return isHere;
}

} // namespace mqtt
