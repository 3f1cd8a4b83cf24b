// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/processor-result.h"
#include "iot-device/model/read-gate.h"
#include "mqtt/model/mqtt-bounds.h"
#include "mqtt/protocol/broker.h"
#include "sans-io/model/machine-pump.h"
#include "sans-io/model/stream-port.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/traced-callback.h"

#include <memory>
#include <unordered_map>

namespace ns3
{

/**
 * A server of MQTT 3.1.1 and 5.0 over any stream socket (TCP, TLS), IPv4 or IPv6.
 *
 * Each bound is an attribute; what happens at it is told in its help text and by the trace
 * LimitReached. The defaults are those of Mosquitto. The attributes are read when the application
 * starts. Stored sessions and retained messages survive a stop and a new start of the application.
 *
 * On a node with a Processor each packet takes the time of the operation "message": what it causes
 * leaves when it is done, and meanwhile nothing more is read, so that packets wait in the windows
 * of their TCP connections. The connections take turns.
 */
class MqttBroker : public Application, public MqttBounds
{
  public:
    static TypeId GetTypeId();

    MqttBroker();
    ~MqttBroker() override;

    /// Judges clients from the start of the application on; without one anybody may do everything.
    void SetAccessControl(std::shared_ptr<mqtt::AccessControl> access);

    /// Takes leave of all clients and listens no more, as at the application's StopTime.
    void Shutdown();

    /// How often a bound has acted.
    uint64_t GetCount(mqtt::Limit limit) const;

    /// Open streams, accepted or not by CONNACK.
    uint32_t GetConnections() const;

    /// Sessions, connected or stored.
    uint32_t GetSessions() const;

    /// Topics with a retained message.
    uint32_t GetRetained() const;

    /// The most bytes that the tables and buffers have held (mqtt::Broker::GetMemory()).
    uint64_t GetPeakMemory() const;

    typedef void (*MessageCallback)(std::string clientId, const mqtt::Message& message);
    typedef void (*SessionOpenedCallback)(std::string clientId,
                                          sansio::PeerIdentity peer,
                                          mqtt::Version version);
    typedef void (*ConnectRefusedCallback)(sansio::PeerIdentity peer, std::string reason);
    typedef void (*SessionClosedCallback)(std::string clientId, std::string reason);
    typedef void (*ProtocolErrorCallback)(sansio::PeerIdentity peer, std::string reason);
    typedef void (*RedeliveredCallback)(std::string clientId, uint16_t packetId);
    typedef void (*DuplicateReceivedCallback)(std::string clientId, uint16_t packetId);
    typedef void (*MessageDroppedCallback)(std::string clientId, std::string reason);
    typedef void (*MessageFilteredCallback)(std::string clientId, const mqtt::Message& message);
    typedef void (*AccessDeniedCallback)(std::string clientId,
                                         sansio::PeerIdentity peer,
                                         std::string what);
    typedef void (*LimitReachedCallback)(std::string limit,
                                         std::string clientId,
                                         sansio::PeerIdentity peer);

  protected:
    void DoDispose() override;

  private:
    using Pump = MachinePump<mqtt::Broker>;

    void StartApplication() override;
    void StopApplication() override;

    mqtt::BrokerLimits GetLimits() const;

    /// A connection and when it is read; they go together.
    struct Stream
    {
        std::shared_ptr<StreamPort> port;
        std::unique_ptr<ReadGate> gate; ///< none: it is read at once
    };

    void Listen();
    void SetGate(const std::shared_ptr<Stream>& stream);
    void HandleAccepted(Ptr<Socket> socket, const Address& from);
    void HandleBytes(mqtt::ConnectionId id, sansio::ByteView bytes);
    void HandleStreamClosed(mqtt::ConnectionId id);
    void HandleDrained(mqtt::ConnectionId id);
    void ReleaseOutput();
    void RunPump();
    void Transmit(const mqtt::Broker::Transmit& transmit);
    void Handle(mqtt::Broker::Event&& event);
    void HoldBack(mqtt::ConnectionId id, sansio::TimePoint until);
    void CloseStream(mqtt::ConnectionId id);
    void Release(mqtt::ConnectionId id);

    // Attributes.
    TypeId m_protocol;
    Address m_local;
    uint8_t m_protocolLevel;
    uint32_t m_connections;
    Time m_connectTimeout;
    uint32_t m_connectPacketSize;
    Time m_maximumKeepAlive;
    uint32_t m_sessions;
    uint32_t m_outputBytes;
    uint32_t m_subscriptions;
    uint32_t m_topicLevels;
    uint16_t m_topicLength;
    uint32_t m_retainedMessages;
    uint32_t m_retainedBytes;
    std::string m_responsePrefix;
    uint32_t m_contentFilter;
    uint32_t m_filteredPayload;
    double m_publishRate;
    uint32_t m_publishBurst;

    std::shared_ptr<mqtt::AccessControl> m_access;
    Ptr<Socket> m_listener;
    std::unique_ptr<mqtt::Broker> m_machine;
    std::unique_ptr<Pump> m_pump;
    std::unordered_map<mqtt::ConnectionId, std::shared_ptr<Stream>> m_streams;
    Ptr<Processor> m_processor; ///< of the node, or null
    ProcessorResult m_output;   ///< of the packets handled last

    TracedCallback<std::string, const mqtt::Message&> m_messageTrace;
    TracedCallback<std::string, sansio::PeerIdentity, mqtt::Version> m_sessionOpenedTrace;
    TracedCallback<sansio::PeerIdentity, std::string> m_connectRefusedTrace;
    TracedCallback<std::string, std::string> m_sessionClosedTrace;
    TracedCallback<sansio::PeerIdentity, std::string> m_protocolErrorTrace;
    TracedCallback<std::string, uint16_t> m_redeliveredTrace;
    TracedCallback<std::string, uint16_t> m_duplicateReceivedTrace;
    TracedCallback<std::string, std::string> m_messageDroppedTrace;
    TracedCallback<std::string, const mqtt::Message&> m_messageFilteredTrace;
    TracedCallback<std::string, sansio::PeerIdentity, std::string> m_accessDeniedTrace;
    TracedCallback<std::string, std::string, sansio::PeerIdentity> m_limitReachedTrace;
};

} // namespace ns3
