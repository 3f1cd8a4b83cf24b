// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/packet.h"
#include "sans-io/protocol/byte-writer.h"
#include "sans-io/protocol/spanned-bytes.h"

namespace mqtt
{

/**
 * Appends a packet in its wire form. The caller answers for the values (a client checks what it is
 * told before it says it): texts up to 65,535 bytes
 * of valid UTF-8, a non-zero Packet Identifier where there is one, at most MAX_REMAINING_LENGTH.
 * \param version of the connection; CONNECT says its own. What 3.1.1 cannot say is left out.
 */
void Encode(const Packet& packet, Version version, sansio::ByteWriter& writer);

/// The packet as bytes of its own.
Bytes ToBytes(const Packet& packet, Version version = Version::V3_1_1);

/// Everything of a PUBLISH before its payload; the Remaining Length counts the payload.
void EncodePublishHeader(const Publish& publish, Version version, sansio::ByteWriter& writer);

/// The size of a PUBLISH packet on the wire.
size_t GetSize(const Publish& publish, Version version);

/// Collects packets for one connection, with the provenance of their bytes.
class PacketWriter
{
  public:
    explicit PacketWriter(Version version = Version::V3_1_1)
        : m_version(version)
    {
    }

    /// The version of what is written from now on.
    void SetVersion(Version version)
    {
        m_version = version;
    }

    Version GetVersion() const
    {
        return m_version;
    }

    /// The Maximum Packet Size of the receiver. A larger packet is not written; a PUBLISH is up to
    /// the caller, who has to do something about its message.
    void SetMaximumSize(size_t maximumSize)
    {
        m_maximumSize = maximumSize;
    }

    /// Writes a packet without payload on behalf of \p report (0 = none).
    /// \return false where it is too large for the receiver [5.0: MQTT-3.1.2-24, 3.2.2-15]
    template <typename AnyPacket>
    bool Write(const AnyPacket& packet, uint64_t report = 0, bool retransmission = false)
    {
        sansio::ByteWriter writer;
        Encode(Packet(packet), m_version, writer);
        bool fits = writer.GetView().size() <= m_maximumSize;
        if (fits)
        {
            m_bytes.Append(writer.GetView(), {sansio::Layer::Application, retransmission, report});
        }
        return fits;
    }

    /// Writes an acknowledgement; one that has nothing to say but its identifier without a buffer
    /// in between.
    template <PacketType TYPE>
    bool Write(const Acknowledgement<TYPE>& ack, uint64_t report = 0, bool retransmission = false)
    {
        if (m_version == Version::V5 && !(ack == Acknowledgement<TYPE>{ack.packetId}))
        {
            return Write<Acknowledgement<TYPE>>(ack, report, retransmission);
        }
        constexpr uint8_t flags = TYPE == PacketType::Pubrel ? 2 : 0;
        const uint8_t bytes[] = {static_cast<uint8_t>(static_cast<uint8_t>(TYPE) << 4 | flags),
                                 2,
                                 static_cast<uint8_t>(ack.packetId >> 8),
                                 static_cast<uint8_t>(ack.packetId)};
        bool fits = sizeof(bytes) <= m_maximumSize;
        if (fits)
        {
            m_bytes.Append({bytes, sizeof(bytes)},
                           {sansio::Layer::Application, retransmission, report});
        }
        return fits;
    }

    /// Writes a PUBLISH: its header is the application's, its payload the user's.
    void Write(const Publish& publish, uint64_t report = 0, bool retransmission = false);

    bool IsEmpty() const
    {
        return m_bytes.empty();
    }

    size_t GetSize() const
    {
        return m_bytes.size();
    }

    sansio::SpannedBytes Take()
    {
        return std::exchange(m_bytes, {});
    }

  private:
    Version m_version;
    size_t m_maximumSize{MAX_PACKET_SIZE};
    sansio::SpannedBytes m_bytes;
};

} // namespace mqtt
