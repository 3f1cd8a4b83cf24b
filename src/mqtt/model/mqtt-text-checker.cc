// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/mqtt-text-checker.h"

#include "mqtt/protocol/topic.h"

#include "ns3/string.h"

namespace ns3
{

namespace
{

class Checker : public AttributeChecker
{
  public:
    using Test = bool (*)(const std::string& text);

    Checker(std::string expected, Test test)
        : m_expected(std::move(expected)),
          m_test(test)
    {
    }

    bool Check(const AttributeValue& value) const override
    {
        const auto* text = dynamic_cast<const StringValue*>(&value);
        return text && text->Get().size() <= mqtt::MAX_TEXT && m_test(text->Get());
    }

    std::string GetValueTypeName() const override
    {
        return "ns3::StringValue";
    }

    bool HasUnderlyingTypeInformation() const override
    {
        return true;
    }

    std::string GetUnderlyingTypeInformation() const override
    {
        return m_expected;
    }

    Ptr<AttributeValue> Create() const override
    {
        return ns3::Create<StringValue>();
    }

    bool Copy(const AttributeValue& source, AttributeValue& destination) const override
    {
        const auto* from = dynamic_cast<const StringValue*>(&source);
        auto* to = dynamic_cast<StringValue*>(&destination);
        if (from && to)
        {
            *to = *from;
        }
        return from && to;
    }

  private:
    std::string m_expected;
    Test m_test;
};

bool
IsUtf8(const std::string& text)
{
    return mqtt::IsValidUtf8(text);
}

} // namespace

Ptr<const AttributeChecker>
MakeMqttTextChecker()
{
    return ns3::Create<Checker>("MQTT text (UTF-8 of at most 65535 bytes)", &IsUtf8);
}

Ptr<const AttributeChecker>
MakeMqttTopicChecker()
{
    return ns3::Create<Checker>("MQTT Topic Name (UTF-8 of at most 65535 bytes without + and #)",
                                [](const std::string& text) {
                                    return text.empty() ||
                                           (IsUtf8(text) && mqtt::IsValidTopicName(text));
                                });
}

Ptr<const AttributeChecker>
MakeMqttBinaryChecker()
{
    return ns3::Create<Checker>("MQTT Binary Data (at most 65535 bytes)",
                                [](const std::string&) { return true; });
}

} // namespace ns3
