// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/captured-message.h"
#include "iot-attacks/protocol/tcp-listener.h"
#include "iot-attacks/protocol/tls-listener.h"
#include "mqtt/protocol/packet.h"
#include "mqtt/protocol/topic-aliases.h"

namespace attacks
{

/// What is known of one direction of a TCP connection at the instant.
struct TcpState
{
    uint32_t sequence{0};       ///< that the receiver awaits next
    uint32_t acknowledgment{0}; ///< the last that the sender sent
    uint16_t window{0};         ///< the last that the sender announced
};

/**
 * Cuts one direction of a flow into messages and notes what they give away.
 *
 * After bytes of a stream that were never heard it goes on with the first segment that starts like
 * a message of the protocol; what is between counts as unread.
 *
 * MQTT is read by the version of its CONNECT. Where that was not heard it is taken for 3.1.1 until
 * a packet can only be one of 5.0: up to then a PUBLISH of 5.0 shows its topic and, as the begin of
 * its payload, its properties. A Topic Alias whose topic was not heard is noted as such.
 */
class MessageReader
{
  public:
    MessageReader(const Flow& flow,
                  Direction direction,
                  const FlowLeak::Limits& limits,
                  size_t streamBytes);

    std::vector<CapturedMessage> HearUdp(sansio::TimePoint now, sansio::ByteView data);
    std::vector<CapturedMessage> HearTcp(sansio::TimePoint now,
                                         const TcpHeader& header,
                                         sansio::ByteView data);
    /// The other direction acknowledged bytes of this one.
    std::vector<CapturedMessage> HearAcknowledgment(sansio::TimePoint now, uint32_t acknowledgment);

    /// Whether a SYN of this direction is of another connection than the one that is followed.
    bool IsOtherConnection(const TcpHeader& syn) const;
    /// Begins with another connection of the same addresses and ports.
    void Restart();
    /// The other direction speaks the same protocol.
    void AdoptProtocol(const MessageReader* other);

    std::optional<TcpState> GetTcpState() const;

    FlowLeak& GetLeak()
    {
        return m_leak;
    }

    const FlowLeak& GetLeak() const
    {
        return m_leak;
    }

  private:
    enum class Protocol : uint8_t
    {
        Unknown,
        Mqtt,
        Tls,
        Other,
    };

    using Messages = std::vector<CapturedMessage>;

    Messages HearPieces(sansio::TimePoint now, const std::vector<TcpListener::Piece>& pieces);
    bool Resynchronize(sansio::ByteView bytes);
    void Recognize(sansio::ByteView bytes);
    /// Cuts the next message off the front of m_pending; its size, 0 where it is incomplete.
    size_t FindMessage();
    bool TakeMessage(sansio::TimePoint now, size_t size, Messages& messages);
    void LoseStream();
    void Count(sansio::TimePoint now, size_t bytes);
    CapturedMessage Capture(sansio::TimePoint now, Kind kind, sansio::ByteView bytes) const;

    uint16_t GetAliasMaximum() const;
    /// The version by whose rules \p bytes are a packet, which is decoded then; nothing where none.
    std::optional<mqtt::Version> FindMqttVersion(sansio::ByteView bytes,
                                                 mqtt::Packet& packet) const;
    bool StartsWithMqtt(sansio::ByteView bytes) const;
    bool ReadMqtt(sansio::ByteView packet);
    void ReadPublish(const mqtt::Publish& publish);
    bool ReadCoap(sansio::ByteView message);
    void ReadDtls(sansio::ByteView datagram);
    void AddTopic(std::string_view topic);
    void AddPayload(sansio::ByteView payload);
    void AddName(std::set<std::string>& names, sansio::ByteView name) const;

    FlowLeak m_leak;
    FlowLeak::Limits m_limits;
    size_t m_streamBytes;
    TcpListener m_tcp;
    TlsListener m_tls;
    Protocol m_protocol{Protocol::Unknown};
    std::optional<mqtt::Version> m_mqttVersion; ///< once it is known
    mqtt::ReceivedAliases m_aliases;            ///< of MQTT 5.0, at most as many as names
    bool m_synchronized{true};
    sansio::Bytes m_pending;           ///< the beginning of a message
    uint32_t m_sequence{0};            ///< of the byte behind m_pending
    std::optional<uint32_t> m_initial; ///< sequence number of the SYN
    uint32_t m_acknowledgment{0};
    uint16_t m_window{0};
};

} // namespace attacks
