// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/frame-reader.h"

namespace mqtt
{

void
FrameReader::Begin(ByteView bytes)
{
    if (m_kept.empty())
    {
        m_view = bytes;
    }
    else
    {
        m_kept.insert(m_kept.end(), bytes.begin(), bytes.end());
        m_view = m_kept;
    }
    m_position = 0;
}

FrameReader::Status
FrameReader::Next(Frame& frame)
{
    ByteView rest = m_view.From(m_position);
    if (m_error != DecodeError::None || rest.empty())
    {
        return m_error != DecodeError::None ? Status::Error : Status::Incomplete;
    }
    if (DecodeError error = CheckFirstByte(rest[0], m_version); error != DecodeError::None)
    {
        return Fail(error);
    }
    size_t length = 0;
    for (size_t i = 0; i < MAX_VARIABLE_BYTE_INTEGER_SIZE; i++)
    {
        if (i + 1 == rest.size())
        {
            return Status::Incomplete;
        }
        uint8_t byte = rest[i + 1];
        length |= static_cast<size_t>(byte & 0x7f) << (7 * i);
        if (byte < 0x80)
        {
            bool padded = i > 0 && byte == 0; // [5.0: MQTT-1.5.5-1]
            if (padded && m_version == Version::V5)
            {
                return Fail(DecodeError::RemainingLength);
            }
            size_t header = i + 2;
            if (header + length > m_maximumSize)
            {
                return Fail(DecodeError::PacketTooLarge);
            }
            if (rest.size() - header < length)
            {
                return Status::Incomplete;
            }
            frame = {rest[0], rest.From(header).First(length)};
            m_position += header + length;
            return Status::Frame;
        }
    }
    return Fail(DecodeError::RemainingLength);
}

void
FrameReader::End()
{
    ByteView rest = m_view.From(m_position);
    if (rest.empty())
    {
        Bytes().swap(m_kept);
    }
    else if (m_kept.empty())
    {
        m_kept = rest.ToBytes();
    }
    else
    {
        m_kept.erase(m_kept.begin(), m_kept.begin() + m_position);
    }
    m_view = {};
    m_position = 0;
}

void
FrameReader::Reset()
{
    Bytes().swap(m_kept);
    m_view = {};
    m_position = 0;
    m_error = DecodeError::None;
}

FrameReader::Status
FrameReader::Fail(DecodeError error)
{
    m_error = error;
    return Status::Error;
}

DecodeError
CheckFirstByte(uint8_t first, Version version)
{
    auto type = static_cast<PacketType>(first >> 4);
    PacketType last = version == Version::V5 ? PacketType::Auth : PacketType::Disconnect;
    if (type < PacketType::Connect || type > last)
    {
        return DecodeError::ReservedType;
    }
    if (type == PacketType::Publish) // all flags but its own are fixed
    {
        return DecodeError::None;
    }
    bool marked = type == PacketType::Pubrel || type == PacketType::Subscribe ||
                  type == PacketType::Unsubscribe;
    return (first & 0x0f) == (marked ? 2 : 0) ? DecodeError::None : DecodeError::ReservedFlags;
}

} // namespace mqtt
