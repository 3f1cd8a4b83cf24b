// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/content-filter.h"

#include "mqtt/protocol/content-filter-parser.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mqtt
{

PropertyList
AskForContent(std::string_view condition, std::string_view type)
{
    PropertyList properties;
    if (!type.empty())
    {
        properties.AddUser(TYPE_FILTER_PROPERTY, type);
    }
    if (!condition.empty())
    {
        properties.AddUser(CONTENT_FILTER_PROPERTY, condition);
    }
    return properties;
}

/**
 * Takes the values of the wanted fields as nlohmann's parser meets them, so that nothing of a
 * payload is kept but those.
 */
class ContentFilter::FieldReader : public nlohmann::json_sax<nlohmann::json>
{
  public:
    explicit FieldReader(const std::vector<std::string>& fields)
        : m_fields(fields),
          m_values(fields.size())
    {
    }

    /// In the order of the fields.
    const std::vector<std::optional<Value>>& GetValues() const
    {
        return m_values;
    }

    bool null() override
    {
        return Take(Value());
    }

    bool boolean(bool value) override
    {
        return Take(value);
    }

    bool number_integer(number_integer_t value) override
    {
        return Take(static_cast<double>(value));
    }

    bool number_unsigned(number_unsigned_t value) override
    {
        return Take(static_cast<double>(value));
    }

    bool number_float(number_float_t value, const string_t&) override
    {
        return Take(static_cast<double>(value));
    }

    bool string(string_t& value) override
    {
        return Take(std::move(value));
    }

    bool binary(binary_t&) override
    {
        return false; // JSON has none
    }

    bool start_object(std::size_t) override
    {
        return Enter(false);
    }

    bool key(string_t& name) override
    {
        m_path.resize(m_levels.back().path);
        m_path += m_path.empty() ? name : '.' + name;
        return true;
    }

    bool end_object() override
    {
        return Leave();
    }

    bool start_array(std::size_t) override
    {
        return Enter(true);
    }

    bool end_array() override
    {
        return Leave();
    }

    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override
    {
        return false;
    }

  private:
    struct Level
    {
        size_t path; ///< length of the path to it
        bool named;  ///< whether what is in it has names: no array is around it
    };

    /// Ends the reading where it is nested too deeply.
    bool Enter(bool isArray)
    {
        Take({});
        bool named = !isArray && (m_levels.empty() || m_levels.back().named);
        m_levels.push_back({m_path.size(), named});
        return m_levels.size() <= MAX_NESTING;
    }

    bool Leave()
    {
        m_levels.pop_back();
        return true;
    }

    bool Take(std::optional<Value> value)
    {
        if (!m_levels.empty() && m_levels.back().named)
        {
            auto field = std::find(m_fields.begin(), m_fields.end(), m_path);
            if (field != m_fields.end())
            {
                m_values[field - m_fields.begin()] = std::move(value);
            }
        }
        return true;
    }

    const std::vector<std::string>& m_fields;
    std::vector<std::optional<Value>> m_values; ///< none: not there, or an object or array
    std::vector<Level> m_levels;
    std::string m_path; ///< to the value that comes next
};

ContentFilter::Parsed
ContentFilter::Read(const Properties& properties, const ContentFilterLimits& limits)
{
    auto filter = std::make_shared<ContentFilter>();
    std::string_view condition;
    bool hasCondition = false;
    properties.ForEach([&](const Property& property) {
        if (property.id == PropertyId::UserProperty && property.GetName() == TYPE_FILTER_PROPERTY)
        {
            filter->m_type = property.GetText();
        }
        if (property.id == PropertyId::UserProperty &&
            property.GetName() == CONTENT_FILTER_PROPERTY)
        {
            condition = property.GetText();
            hasCondition = true;
        }
    });
    filter->m_textBytes = filter->m_type.size() + condition.size();
    filter->m_payloadBound = limits.payload;
    if (limits.bytes == 0 || (filter->m_type.empty() && !hasCondition))
    {
        return {};
    }
    if (filter->m_textBytes > limits.bytes)
    {
        return {nullptr,
                ReasonCode::QuotaExceeded,
                "content filter longer than " + std::to_string(limits.bytes) + " bytes"};
    }
    if (hasCondition)
    {
        Parser parser(condition, *filter);
        if (!parser.Parse())
        {
            return {nullptr, ReasonCode::ImplementationSpecificError, parser.GetFault()};
        }
    }
    return {filter};
}

bool
ContentFilter::HasType(const Message& message) const
{
    if (m_type.empty())
    {
        return true;
    }
    auto type = message.properties.Get().GetText(PropertyId::ContentType);
    if (m_type.back() == '*')
    {
        std::string_view front = std::string_view(m_type).substr(0, m_type.size() - 1);
        return type && type->substr(0, front.size()) == front;
    }
    return type == m_type;
}

bool
ContentFilter::Accepts(const Message& message) const
{
    if (!HasType(message) || m_steps.empty())
    {
        return HasType(message);
    }
    FieldReader reader(m_fields);
    const Bytes& payload = message.payload;
    if (payload.size() > m_payloadBound ||
        !nlohmann::json::sax_parse(payload.begin(), payload.end(), &reader))
    {
        return false;
    }
    std::vector<bool> outcomes;
    for (const Step& step : m_steps)
    {
        if (step.operation < Operator::Not)
        {
            outcomes.push_back(Compare(reader.GetValues()[step.field], step));
            continue;
        }
        bool last = outcomes.back();
        if (step.operation == Operator::Not)
        {
            outcomes.back() = !last;
            continue;
        }
        outcomes.pop_back();
        bool both = outcomes.back() && last;
        bool either = outcomes.back() || last;
        outcomes.back() = step.operation == Operator::And ? both : either;
    }
    return outcomes.back();
}

bool
ContentFilter::Compare(const std::optional<Value>& field, const Step& step)
{
    if (!field || field->index() != step.value.index())
    {
        return false;
    }
    switch (step.operation)
    {
    case Operator::Equal:
        return *field == step.value;
    case Operator::NotEqual:
        return *field != step.value;
    case Operator::Less:
        return *field < step.value;
    case Operator::LessOrEqual:
        return *field <= step.value;
    case Operator::Greater:
        return *field > step.value;
    case Operator::GreaterOrEqual:
        return *field >= step.value;
    default:
        return false;
    }
}

} // namespace mqtt
