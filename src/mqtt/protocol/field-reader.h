// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/decode-error.h"
#include "mqtt/protocol/packet.h"
#include "mqtt/protocol/topic.h"
#include "sans-io/protocol/byte-reader.h"

namespace mqtt
{

/// Reads the fields of a packet; the first thing that is wrong stays the error.
class FieldReader
{
  public:
    FieldReader(ByteView body, Version version)
        : m_reader(body),
          m_version(version)
    {
    }

    bool IsVersion5() const
    {
        return m_version == Version::V5;
    }

    /// CONNECT says it itself.
    void SetVersion(Version version)
    {
        m_version = version;
    }

    uint8_t ReadU8()
    {
        return m_reader.ReadU8();
    }

    uint16_t ReadU16()
    {
        return m_reader.ReadU16();
    }

    uint16_t ReadPacketId()
    {
        uint16_t id = m_reader.ReadU16();
        Require(id != 0, DecodeError::PacketIdentifier);
        return id;
    }

    ByteView ReadBinary()
    {
        return m_reader.ReadBytes(m_reader.ReadU16());
    }

    std::string_view ReadText()
    {
        ByteView bytes = ReadBinary();
        std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        Require(IsValidUtf8(text), DecodeError::Utf8);
        return text;
    }

    std::string_view ReadTopicName()
    {
        std::string_view topic = ReadText();
        Require(IsValidTopicName(topic), DecodeError::TopicName);
        return topic;
    }

    std::string_view ReadTopicFilter()
    {
        std::string_view filter = ReadText();
        Require(IsValidTopicFilter(filter), DecodeError::TopicFilter);
        return filter;
    }

    /// The properties, which 3.1.1 does not have (5.0: section 2.2.2).
    Properties ReadProperties(PropertyOwner owner)
    {
        if (!IsVersion5() || !IsGood())
        {
            return {};
        }
        DecodeError error = DecodeError::None;
        size_t length = ReadVariableByteInteger(m_reader, error).value_or(0);
        Require(error == DecodeError::None, error);
        ByteView wire = m_reader.ReadBytes(length);
        if (IsGood())
        {
            error = Properties::Check(wire, owner);
            Require(error == DecodeError::None, error);
        }
        return Properties(wire);
    }

    /// Notes an error unless a packet of this type may carry the code.
    ReasonCode ReadReason(PacketType type)
    {
        auto reason = static_cast<ReasonCode>(ReadU8());
        Require(IsAllowed(reason, type), DecodeError::ReasonCode);
        return reason;
    }

    ByteView ReadRest()
    {
        return m_reader.ReadRest();
    }

    bool HasMore() const
    {
        return !m_reader.Failed() && !m_reader.AtEnd();
    }

    /// Notes an error unless the condition holds or something was wrong before.
    void Require(bool condition, DecodeError error)
    {
        if (m_error == DecodeError::None)
        {
            m_error = m_reader.Failed() ? DecodeError::Truncated
                      : condition       ? DecodeError::None
                                        : error;
        }
    }

    bool IsGood() const
    {
        return m_error == DecodeError::None && !m_reader.Failed();
    }

    /// The first error; bytes that are left are one.
    DecodeError Finish()
    {
        Require(m_reader.AtEnd(), DecodeError::TrailingBytes);
        return m_error;
    }

  private:
    sansio::ByteReader m_reader;
    Version m_version;
    DecodeError m_error{DecodeError::None};
};

} // namespace mqtt
