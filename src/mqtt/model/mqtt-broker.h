// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/processor-result.h"
#include "mqtt/model/broker-streams.h"
#include "mqtt/model/mqtt-broker-limits.h"
#include "mqtt/protocol/broker.h"
#include "sans-io/model/machine-pump.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/traced-callback.h"

#include <memory>

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
class MqttBroker : public Application, public MqttBrokerLimits
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

    void Listen();
    void HandleAccepted(Ptr<Socket> socket, const Address& from);
    void HandleBytes(mqtt::ConnectionId id, sansio::ByteView bytes);
    void ReleaseOutput();
    void RunPump();
    void Transmit(const mqtt::Broker::Transmit& transmit);
    void Handle(mqtt::Broker::Event&& event);

    // Attributes.
    TypeId m_protocol;
    Address m_local;

    std::shared_ptr<mqtt::AccessControl> m_access;
    Ptr<Socket> m_listener;
    std::unique_ptr<mqtt::Broker> m_machine;
    std::unique_ptr<Pump> m_pump;
    BrokerStreams m_streams;
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
