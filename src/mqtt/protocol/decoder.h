// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/packet.h"

namespace mqtt
{

/// Why bytes are not an MQTT 3.1.1 packet.
enum class DecodeError : uint8_t
{
    None,
    ReservedType,     ///< packet type 0 or 15 (table 2.1)
    ReservedFlags,    ///< flag bits of the fixed header [MQTT-2.2.2-2]
    RemainingLength,  ///< a fifth length byte (section 2.2.3)
    PacketTooLarge,   ///< more than the receiver's bound
    Truncated,        ///< a field reaches beyond the Remaining Length
    TrailingBytes,    ///< bytes are left after the last field
    Utf8,             ///< ill-formed, or U+0000 [MQTT-1.5.3-1, 1.5.3-2]
    ProtocolName,     ///< not "MQTT" [MQTT-3.1.2-1]
    ProtocolLevel,    ///< not 4 [MQTT-3.1.2-2]
    ConnectFlags,     ///< reserved bit or forbidden combination [MQTT-3.1.2-3, 11 to 22]
    ConnackFlags,     ///< reserved bits, or a session with a refusal [MQTT-3.2.2-4]
    ReturnCode,       ///< reserved code in CONNACK or SUBACK [MQTT-3.9.3-2]
    Qos,              ///< QoS 3 [MQTT-3.3.1-4, 3.8.3-4] or DUP with QoS 0 [MQTT-3.3.1-2]
    PacketIdentifier, ///< zero [MQTT-2.3.1-1]
    TopicName,        ///< empty or with a wildcard [MQTT-3.3.2-2, 4.7.3-1]
    TopicFilter,      ///< empty or with a misplaced wildcard [MQTT-4.7.1-2, 4.7.1-3]
    NoTopicFilter,    ///< an empty list [MQTT-3.8.3-3, 3.10.3-2]
};

/// The error in words.
std::string_view ToString(DecodeError error);

/// A packet as cut out of the stream: the first byte and what the Remaining Length counts.
struct Frame
{
    uint8_t first{0};
    ByteView body;

    PacketType GetType() const
    {
        return static_cast<PacketType>(first >> 4);
    }
};

/**
 * Cuts a byte stream into frames. A frame that arrives whole is a view of what arrived; only the
 * beginning of an incomplete one is copied and kept, never more than arrived.
 *
 * After an error the stream has no frames any more: the connection is to be closed.
 */
class FrameReader
{
  public:
    enum class Status : uint8_t
    {
        Frame,
        Incomplete,
        Error,
    };

    /// \param maximumSize bound of a whole packet in bytes
    explicit FrameReader(size_t maximumSize = MAX_PACKET_SIZE)
        : m_maximumSize(maximumSize)
    {
    }

    void SetMaximumSize(size_t maximumSize)
    {
        m_maximumSize = maximumSize;
    }

    /// Takes bytes from the wire; the frames that Next() finds are valid until End().
    void Begin(ByteView bytes);

    /// Finds the next frame. The error is found with the first byte that makes it one.
    Status Next(Frame& frame);

    /// Keeps what is left for the next Begin().
    void End();

    /// Forgets everything, for a new stream.
    void Reset();

    DecodeError GetError() const
    {
        return m_error;
    }

    /// Bytes of an incomplete frame that are held.
    size_t GetKept() const
    {
        return m_kept.size();
    }

  private:
    Status Fail(DecodeError error);

    size_t m_maximumSize;
    Bytes m_kept;
    ByteView m_view; ///< all that is to be read: the wire's bytes, or m_kept
    size_t m_position{0};
    DecodeError m_error{DecodeError::None};
};

/**
 * Parses a frame strictly: what the standard forbids is an error, not a guess.
 * \param packet receives the packet; unspecified after an error
 */
DecodeError Decode(const Frame& frame, Packet& packet);

} // namespace mqtt
