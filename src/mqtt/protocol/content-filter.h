// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/message.h"
#include "mqtt/protocol/reason-code.h"

#include <memory>
#include <variant>

namespace mqtt
{

/// The User Properties of a SUBSCRIBE that ask for a filter by type and by content.
constexpr std::string_view TYPE_FILTER_PROPERTY = "type-filter";
constexpr std::string_view CONTENT_FILTER_PROPERTY = "content-filter";

/// The User Properties of a SUBSCRIBE that ask for a filter. An empty text asks for nothing.
PropertyList AskForContent(std::string_view condition, std::string_view type = {});

/// What bounds content filters.
struct ContentFilterLimits
{
    size_t bytes{256};    ///< of the text of a filter; 0: the User Properties mean nothing
    size_t payload{4096}; ///< bytes of a payload that is read; a longer one is not wanted
};

/**
 * Which of the messages of its topics a subscription wants: by type and by content. MQTT filters by
 * subject only; a SUBSCRIBE of 5.0 asks this broker for more in User Properties, whose meaning the
 * standard leaves to the application (section 3.8.2.1.3).
 *
 * By type: `type-filter` is compared with the Content Type of the message, as a text. Where it ends
 * in an asterisk, what is before that is compared with the front of the Content Type.
 *
 * By content: `content-filter` is a condition on the fields of a payload that is a JSON object,
 * such as
 *
 *     temperature > 30 and (unit == "C" or not calibration.done == true)
 *
 * A comparison is a field, one of == != < <= > >=, and a number, a text in double quotes (\" and \\
 * inside), true, false or null; the last three are compared by == and != only. A dot leads into an
 * object, elements of arrays have no name. `not` binds more than `and`, `and` more than `or`.
 *
 * A comparison with a field that is not there, or of another kind than the value, is false. A
 * payload that is no JSON (RFC 8259), that is nested deeper than MAX_NESTING or that is too long is
 * not wanted. Numbers are compared as doubles, texts by their bytes; of fields with the same name
 * the last one counts. The outcome depends on the bytes of the message alone.
 *
 * Left out: arithmetic, elements of arrays, regular expressions, payloads in other formats.
 */
class ContentFilter
{
  public:
    /// The deepest nesting of parentheses and `not` in a condition, and of objects and arrays in a
    /// payload.
    static constexpr size_t MAX_NESTING = 16;

    /// What there is of a filter: none, one that holds, or one that is refused.
    struct Parsed
    {
        std::shared_ptr<const ContentFilter> filter{}; ///< none where nothing is asked for

        /// Of a refusal, for the SUBACK (5.0: section 3.9.3): "implementation specific error", for
        /// the SUBSCRIBE is valid and the server does not accept it; "quota exceeded" where the
        /// text is too long.
        ReasonCode reason{ReasonCode::Success};
        std::string fault{}; ///< what is wrong, for the Reason String
    };

    /// Reads what the properties of a SUBSCRIBE ask for.
    static Parsed Read(const Properties& properties, const ContentFilterLimits& limits);

    /// Whether a message is wanted; any payload will do.
    bool Accepts(const Message& message) const;

    /// Bytes of its text (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return m_textBytes;
    }

  private:
    class Parser;
    class FieldReader;

    /// The value of a JSON field that is neither object nor array; std::monostate is null.
    using Value = std::variant<std::monostate, bool, double, std::string>;

    enum class Operator : uint8_t
    {
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Not, ///< of the outcome before it
        And, ///< of the two outcomes before it
        Or,
    };

    /// One step of the condition in postfix order.
    struct Step
    {
        Operator operation{};
        size_t field{0}; ///< in m_fields
        Value value{};
    };

    static bool Compare(const std::optional<Value>& field, const Step& step);
    bool HasType(const Message& message) const;

    std::string m_type;
    std::vector<std::string> m_fields; ///< their names, each once
    std::vector<Step> m_steps;         ///< none: any content
    size_t m_textBytes{0};
    size_t m_payloadBound{0};
};

} // namespace mqtt
