// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/captured-message.h"
#include "iot-attacks/protocol/leak-report.h"
#include "iot-attacks/protocol/lowpan-listener.h"
#include "iot-attacks/protocol/message-reader.h"

#include <functional>
#include <memory>

namespace attacks
{

/**
 * Reads along: frames of a radio neighbour or datagrams of a wire tap become flows, and flows
 * become messages and what they give away. It has no keys and no knowledge but public one: the
 * format of the protocols and the contexts of the 6LoWPAN network.
 *
 * Which protocol a flow speaks is told by its bytes: TLS and DTLS by their record headers, MQTT by
 * a CONNECT or by packets that decode, CoAP by messages that decode. Each copy that is heard of a
 * datagram counts once for TCP (by sequence numbers); a CoAP or DTLS datagram that its sender
 * repeats is captured again.
 */
class Sniffer
{
  public:
    struct Settings
    {
        LowPanListener::Settings lowPan;
        FlowLeak::Limits leak;
        size_t flows{4096};        ///< directions; a further one is not followed
        size_t messages{100000};   ///< captured ones kept; a further one is only counted
        size_t streamBytes{65536}; ///< that wait in a stream for a gap or for their packet's end
        std::set<uint16_t> serverPorts{1883, 8883, 5683, 5684};
    };

    struct Counters
    {
        uint64_t datagrams{0};
        uint64_t malformed{0};      ///< no IPv6 or wrong checksum
        uint64_t flowsRefused{0};   ///< beyond Settings::flows
        uint64_t messagesUnkept{0}; ///< beyond Settings::messages
    };

    Sniffer();
    explicit Sniffer(Settings settings);
    ~Sniffer();

    Sniffer(const Sniffer&) = delete;
    Sniffer& operator=(const Sniffer&) = delete;

    /// A frame of IEEE 802.15.4 with its FCS.
    void HearFrame(sansio::TimePoint now, sansio::ByteView frame);

    /// An IPv6 datagram.
    void HearDatagram(sansio::TimePoint now, sansio::ByteView ipv6);

    /// Called for each message as it is complete, beside keeping it.
    void SetListener(std::function<void(const CapturedMessage&)> listener);

    const std::vector<CapturedMessage>& GetMessages() const;

    LeakReport GetReport() const;

    /// TCP as it stands in the direction of \p flow, as far as it was heard.
    std::optional<TcpState> GetTcpState(const Flow& flow) const;

    const Counters& GetCounters() const;
    const LowPanListener::Counters& GetFrameCounters() const;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace attacks
