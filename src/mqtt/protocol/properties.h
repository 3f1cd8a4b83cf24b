// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/decode-error.h"
#include "mqtt/protocol/reason-code.h"
#include "sans-io/protocol/byte-reader.h"
#include "sans-io/protocol/byte-writer.h"

#include <optional>

/**
 * \file
 * The properties of MQTT 5.0 (section 2.2.2).
 */
namespace mqtt
{

using sansio::Bytes;
using sansio::ByteView;

enum class PropertyId : uint8_t
{
    PayloadFormatIndicator = 1,
    MessageExpiryInterval = 2,
    ContentType = 3,
    ResponseTopic = 8,
    CorrelationData = 9,
    SubscriptionIdentifier = 11,
    SessionExpiryInterval = 17,
    AssignedClientIdentifier = 18,
    ServerKeepAlive = 19,
    AuthenticationMethod = 21,
    AuthenticationData = 22,
    RequestProblemInformation = 23,
    WillDelayInterval = 24,
    RequestResponseInformation = 25,
    ResponseInformation = 26,
    ServerReference = 28,
    ReasonString = 31,
    ReceiveMaximum = 33,
    TopicAliasMaximum = 34,
    TopicAlias = 35,
    MaximumQos = 36,
    RetainAvailable = 37,
    UserProperty = 38,
    MaximumPacketSize = 39,
    WildcardSubscriptionAvailable = 40,
    SubscriptionIdentifierAvailable = 41,
    SharedSubscriptionAvailable = 42,
};

/// The identifiers' largest value: what a bit mask of them must hold.
constexpr uint8_t MAX_PROPERTY_ID = 42;

/// What carries properties: a Control Packet, or the Will of a CONNECT.
using PropertyOwner = uint8_t;

constexpr PropertyOwner WILL_PROPERTIES = 0;

constexpr PropertyOwner
OwnerOf(PacketType type)
{
    return static_cast<PropertyOwner>(type);
}

/// One property; which member holds its value depends on its type (table 2-4).
struct Property
{
    PropertyId id{};
    uint32_t number{0}; ///< of the integers
    ByteView value;     ///< of texts and binary data; the value of a User Property
    ByteView name;      ///< of a User Property

    std::string_view GetText() const
    {
        return {reinterpret_cast<const char*>(value.data()), value.size()};
    }

    std::string_view GetName() const
    {
        return {reinterpret_cast<const char*>(name.data()), name.size()};
    }
};

/**
 * The properties of one packet: a view of their wire form, without its length. Decode() has checked
 * it or a PropertyList has made it. Reading walks the bytes, since few packets have more than two.
 */
class Properties
{
  public:
    Properties() = default;

    explicit Properties(ByteView wire)
        : m_wire(wire)
    {
    }

    /**
     * Checks the wire form: known identifiers that \p owner may have, each once but for User
     * Property and the Subscription Identifiers of a PUBLISH, with values in their range.
     */
    static DecodeError Check(ByteView wire, PropertyOwner owner);

    bool IsEmpty() const
    {
        return m_wire.empty();
    }

    ByteView GetWire() const
    {
        return m_wire;
    }

    /// The first property of this kind.
    std::optional<Property> Find(PropertyId id) const;

    std::optional<uint32_t> GetNumber(PropertyId id) const;
    std::optional<std::string_view> GetText(PropertyId id) const;
    std::optional<ByteView> GetBinary(PropertyId id) const;

    /// Calls \p visit(const Property&) for each, in order.
    template <typename Visit>
    void ForEach(Visit&& visit) const
    {
        sansio::ByteReader reader(m_wire);
        Property property;
        while (!reader.AtEnd() && Read(reader, property) == DecodeError::None)
        {
            visit(property);
        }
    }

    friend bool operator==(const Properties& a, const Properties& b)
    {
        return a.m_wire == b.m_wire;
    }

  private:
    static DecodeError Read(sansio::ByteReader& reader, Property& property);

    ByteView m_wire;
};

/// Properties with bytes of their own, in the order in which they were added.
class PropertyList
{
  public:
    PropertyList() = default;

    explicit PropertyList(const Properties& properties)
        : m_wire(properties.GetWire().ToBytes())
    {
    }

    /// \param number in the range of the property's type
    PropertyList& Add(PropertyId id, uint32_t number);

    /// \param value at most 65,535 bytes; valid UTF-8 where the property is a text
    PropertyList& Add(PropertyId id, ByteView value);
    PropertyList& Add(PropertyId id, std::string_view text);
    PropertyList& AddUser(std::string_view name, std::string_view value);
    PropertyList& Add(const Property& property);

    Properties Get() const
    {
        return Properties(m_wire);
    }

    bool IsEmpty() const
    {
        return m_wire.empty();
    }

    size_t GetSize() const
    {
        return m_wire.size();
    }

    friend bool operator==(const PropertyList& a, const PropertyList& b)
    {
        return a.m_wire == b.m_wire;
    }

  private:
    Bytes m_wire;
};

/// Adds Authentication Method and, where there are any, Authentication Data (5.0: section 4.12).
void AddAuthentication(PropertyList& properties, std::string_view method, ByteView data);

/// The largest Variable Byte Integer (section 1.5.5).
constexpr uint32_t MAX_VARIABLE_BYTE_INTEGER = 268435455;

/// The most bytes that one takes.
constexpr size_t MAX_VARIABLE_BYTE_INTEGER_SIZE = 4;

/// Writes one to \p bytes, which has room for it; \return its size.
size_t PutVariableByteInteger(uint8_t* bytes, size_t value);

/// How many bytes it takes.
size_t GetVariableByteIntegerSize(size_t value);

/// Reads one; nothing, and \p failure, where it is not one. More bytes than needed are not one
/// [MQTT-1.5.5-1].
std::optional<uint32_t> ReadVariableByteInteger(sansio::ByteReader& reader, DecodeError& failure);

} // namespace mqtt
