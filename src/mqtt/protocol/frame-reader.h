// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/decode-error.h"
#include "mqtt/protocol/packet.h"

namespace mqtt
{

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

    /// Whose rules hold from the next frame on; those of 3.1.1 until then.
    void SetVersion(Version version)
    {
        m_version = version;
    }

    /// Takes bytes from the wire; the frames that Next() finds are valid until End().
    void Begin(ByteView bytes);

    /// Finds the next frame. The error is found with the first byte that makes it one.
    Status Next(Frame& frame);

    /// Keeps what is left for the next Begin().
    void End();

    /// Forgets everything, for a new stream; the bound and the version stay.
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
    Version m_version{Version::V3_1_1};
    Bytes m_kept;
    ByteView m_view; ///< all that is to be read: the wire's bytes, or m_kept
    size_t m_position{0};
    DecodeError m_error{DecodeError::None};
};

/// Whether a packet of this version may begin with this byte: type and flags [MQTT-2.2.2-1].
DecodeError CheckFirstByte(uint8_t first, Version version);

} // namespace mqtt
