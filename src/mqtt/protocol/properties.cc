// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/properties.h"

#include "mqtt/protocol/topic.h"

namespace mqtt
{

namespace
{

/// The wire forms of section 1.5.
enum class Form : uint8_t
{
    None,
    Byte,
    TwoBytes,
    FourBytes,
    VariableByteInteger,
    Text,
    Binary,
    TextPair,
};

/// Which numbers a property may have.
enum class Range : uint8_t
{
    Any,
    Flag,    ///< 0 or 1
    NotZero, ///< from 1
};

struct Rule
{
    Form form{Form::None};
    Range range{Range::Any};
    uint16_t owners{0}; ///< bit n: PropertyOwner n may have it
};

template <typename... Owners>
constexpr uint16_t
In(Owners... owners)
{
    return (0 | ... | (1 << static_cast<PropertyOwner>(owners)));
}

/// Table 2-4.
constexpr Rule
MakeRule(PropertyId id)
{
    using P = PacketType;
    constexpr uint16_t message = In(P::Publish, WILL_PROPERTIES);
    constexpr uint16_t authentication = In(P::Connect, P::Connack, P::Auth);
    constexpr uint16_t answers = In(P::Connack, P::Puback, P::Pubrec, P::Pubrel, P::Pubcomp) |
                                 In(P::Suback, P::Unsuback, P::Disconnect, P::Auth);
    switch (id)
    {
    case PropertyId::PayloadFormatIndicator:
        return {Form::Byte, Range::Flag, message};
    case PropertyId::MessageExpiryInterval:
        return {Form::FourBytes, Range::Any, message};
    case PropertyId::ContentType:
    case PropertyId::ResponseTopic:
        return {Form::Text, Range::Any, message};
    case PropertyId::CorrelationData:
        return {Form::Binary, Range::Any, message};
    case PropertyId::SubscriptionIdentifier:
        return {Form::VariableByteInteger, Range::NotZero, In(P::Publish, P::Subscribe)};
    case PropertyId::SessionExpiryInterval:
        return {Form::FourBytes, Range::Any, In(P::Connect, P::Connack, P::Disconnect)};
    case PropertyId::AssignedClientIdentifier:
    case PropertyId::ResponseInformation:
        return {Form::Text, Range::Any, In(P::Connack)};
    case PropertyId::ServerKeepAlive:
        return {Form::TwoBytes, Range::Any, In(P::Connack)};
    case PropertyId::AuthenticationMethod:
        return {Form::Text, Range::Any, authentication};
    case PropertyId::AuthenticationData:
        return {Form::Binary, Range::Any, authentication};
    case PropertyId::RequestProblemInformation:
    case PropertyId::RequestResponseInformation:
        return {Form::Byte, Range::Flag, In(P::Connect)};
    case PropertyId::WillDelayInterval:
        return {Form::FourBytes, Range::Any, In(WILL_PROPERTIES)};
    case PropertyId::ServerReference:
        return {Form::Text, Range::Any, In(P::Connack, P::Disconnect)};
    case PropertyId::ReasonString:
        return {Form::Text, Range::Any, answers};
    case PropertyId::ReceiveMaximum:
        return {Form::TwoBytes, Range::NotZero, In(P::Connect, P::Connack)};
    case PropertyId::TopicAliasMaximum:
        return {Form::TwoBytes, Range::Any, In(P::Connect, P::Connack)};
    case PropertyId::TopicAlias:
        return {Form::TwoBytes, Range::NotZero, In(P::Publish)};
    case PropertyId::MaximumQos:
    case PropertyId::RetainAvailable:
    case PropertyId::WildcardSubscriptionAvailable:
    case PropertyId::SubscriptionIdentifierAvailable:
    case PropertyId::SharedSubscriptionAvailable:
        return {Form::Byte, Range::Flag, In(P::Connack)};
    case PropertyId::UserProperty:
        return {Form::TextPair,
                Range::Any,
                static_cast<uint16_t>(answers | message |
                                      In(P::Connect, P::Subscribe, P::Unsubscribe))};
    case PropertyId::MaximumPacketSize:
        return {Form::FourBytes, Range::NotZero, In(P::Connect, P::Connack)};
    }
    return {};
}

bool
MayRepeat(PropertyId id, PropertyOwner owner)
{
    return id == PropertyId::UserProperty ||
           (id == PropertyId::SubscriptionIdentifier && owner == OwnerOf(PacketType::Publish));
}

bool
IsInRange(uint32_t number, Range range)
{
    return range == Range::Any || (range == Range::Flag ? number <= 1 : number > 0);
}

DecodeError
CheckText(ByteView text)
{
    bool valid = IsValidUtf8({reinterpret_cast<const char*>(text.data()), text.size()});
    return valid ? DecodeError::None : DecodeError::Utf8;
}

DecodeError
CheckValue(const Property& property, const Rule& rule)
{
    switch (rule.form)
    {
    case Form::Text:
        if (property.id == PropertyId::ResponseTopic && !IsValidTopicName(property.GetText()))
        {
            return DecodeError::TopicName; // [5.0: MQTT-3.3.2-14]
        }
        return CheckText(property.value);
    case Form::TextPair: {
        DecodeError error = CheckText(property.name);
        return error != DecodeError::None ? error : CheckText(property.value);
    }
    case Form::Binary:
        return DecodeError::None;
    default:
        bool noAlias = property.id == PropertyId::TopicAlias && property.number == 0;
        return noAlias                                  ? DecodeError::TopicAlias
               : IsInRange(property.number, rule.range) ? DecodeError::None
                                                        : DecodeError::PropertyValue;
    }
}

void
WriteBinary(Bytes& wire, ByteView value)
{
    wire.push_back(static_cast<uint8_t>(value.size() >> 8));
    wire.push_back(static_cast<uint8_t>(value.size()));
    wire.insert(wire.end(), value.begin(), value.end());
}

} // namespace

DecodeError
Properties::Read(sansio::ByteReader& reader, Property& property)
{
    property = {static_cast<PropertyId>(reader.ReadU8()), 0, {}, {}}; // all are below 0x80
    DecodeError failure = DecodeError::None;
    switch (MakeRule(property.id).form)
    {
    case Form::None:
        return DecodeError::Property;
    case Form::Byte:
        property.number = reader.ReadU8();
        break;
    case Form::TwoBytes:
        property.number = reader.ReadU16();
        break;
    case Form::FourBytes:
        property.number = reader.ReadU32();
        break;
    case Form::VariableByteInteger:
        property.number = ReadVariableByteInteger(reader, failure).value_or(0);
        break;
    case Form::TextPair:
        property.name = reader.ReadBytes(reader.ReadU16());
        [[fallthrough]];
    case Form::Text:
    case Form::Binary:
        property.value = reader.ReadBytes(reader.ReadU16());
        break;
    }
    return reader.Failed() ? DecodeError::Truncated : failure;
}

DecodeError
Properties::Check(ByteView wire, PropertyOwner owner)
{
    uint64_t seen = 0;
    sansio::ByteReader reader(wire);
    while (!reader.AtEnd())
    {
        Property property;
        if (DecodeError error = Read(reader, property); error != DecodeError::None)
        {
            return error;
        }
        Rule rule = MakeRule(property.id);
        if (!(rule.owners & In(owner)))
        {
            return DecodeError::Property;
        }
        uint64_t bit = uint64_t(1) << static_cast<uint8_t>(property.id);
        if (seen & bit && !MayRepeat(property.id, owner))
        {
            return DecodeError::PropertyTwice;
        }
        seen |= bit;
        if (DecodeError error = CheckValue(property, rule); error != DecodeError::None)
        {
            return error;
        }
    }
    bool hasMethod = seen >> static_cast<uint8_t>(PropertyId::AuthenticationMethod) & 1;
    bool hasData = seen >> static_cast<uint8_t>(PropertyId::AuthenticationData) & 1;
    return hasData && !hasMethod ? DecodeError::AuthenticationData : DecodeError::None;
}

std::optional<Property>
Properties::Find(PropertyId id) const
{
    sansio::ByteReader reader(m_wire);
    Property property;
    while (!reader.AtEnd() && Read(reader, property) == DecodeError::None)
    {
        if (property.id == id)
        {
            return property;
        }
    }
    return {};
}

std::optional<uint32_t>
Properties::GetNumber(PropertyId id) const
{
    auto property = Find(id);
    return property ? std::make_optional(property->number) : std::nullopt;
}

std::optional<std::string_view>
Properties::GetText(PropertyId id) const
{
    auto property = Find(id);
    return property ? std::make_optional(property->GetText()) : std::nullopt;
}

std::optional<ByteView>
Properties::GetBinary(PropertyId id) const
{
    auto property = Find(id);
    return property ? std::make_optional(property->value) : std::nullopt;
}

PropertyList&
PropertyList::Add(PropertyId id, uint32_t number)
{
    m_wire.push_back(static_cast<uint8_t>(id));
    Form form = MakeRule(id).form;
    if (form == Form::VariableByteInteger)
    {
        uint8_t bytes[MAX_VARIABLE_BYTE_INTEGER_SIZE];
        m_wire.insert(m_wire.end(), bytes, bytes + PutVariableByteInteger(bytes, number));
        return *this;
    }
    int size = form == Form::Byte ? 1 : form == Form::TwoBytes ? 2 : 4;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
    {
        m_wire.push_back(static_cast<uint8_t>(number >> shift));
    }
    return *this;
}

PropertyList&
PropertyList::Add(PropertyId id, ByteView value)
{
    m_wire.push_back(static_cast<uint8_t>(id));
    WriteBinary(m_wire, value);
    return *this;
}

PropertyList&
PropertyList::Add(PropertyId id, std::string_view text)
{
    return Add(id, ByteView(text));
}

PropertyList&
PropertyList::AddUser(std::string_view name, std::string_view value)
{
    m_wire.push_back(static_cast<uint8_t>(PropertyId::UserProperty));
    WriteBinary(m_wire, ByteView(name));
    WriteBinary(m_wire, ByteView(value));
    return *this;
}

PropertyList&
PropertyList::Add(const Property& property)
{
    switch (MakeRule(property.id).form)
    {
    case Form::TextPair:
        return AddUser(property.GetName(), property.GetText());
    case Form::Text:
    case Form::Binary:
        return Add(property.id, property.value);
    default:
        return Add(property.id, property.number);
    }
}

void
AddAuthentication(PropertyList& properties, std::string_view method, ByteView data)
{
    properties.Add(PropertyId::AuthenticationMethod, method);
    if (!data.empty())
    {
        properties.Add(PropertyId::AuthenticationData, data);
    }
}

size_t
PutVariableByteInteger(uint8_t* bytes, size_t value)
{
    size_t size = 0;
    do
    {
        uint8_t digit = value & 0x7f;
        value >>= 7;
        bytes[size++] = value > 0 ? digit | 0x80 : digit;
    } while (value > 0);
    return size;
}

size_t
GetVariableByteIntegerSize(size_t value)
{
    return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : 4;
}

std::optional<uint32_t>
ReadVariableByteInteger(sansio::ByteReader& reader, DecodeError& failure)
{
    uint32_t value = 0;
    for (size_t i = 0; i < MAX_VARIABLE_BYTE_INTEGER_SIZE; i++)
    {
        uint8_t byte = reader.ReadU8();
        value |= static_cast<uint32_t>(byte & 0x7f) << (7 * i);
        if (byte < 0x80)
        {
            bool padded = i > 0 && byte == 0;
            failure = reader.Failed() ? DecodeError::Truncated
                      : padded        ? DecodeError::RemainingLength
                                      : DecodeError::None;
            return failure == DecodeError::None ? std::make_optional(value) : std::nullopt;
        }
    }
    failure = DecodeError::RemainingLength;
    return {};
}

} // namespace mqtt
