// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/model/coap-server.h"
#include "iot-device/model/host-tcp-socket-factory.h"
#include "iot-device/model/processor.h"
#include "iot-metrics/model/victim-event.h"
#include "mqtt/model/mqtt-broker.h"
#include "tls/model/secure-socket-factory.h"

#include <functional>
#include <vector>

namespace ns3
{

/**
 * Listens to everything on a host that an attack can exhaust or deceive: its processor, its TCP
 * listeners, its (D)TLS sockets and its services; and tells it all as one kind of event. It knows
 * of no attack: it tells what the trace sources say. It must live until the simulation is
 * destroyed.
 */
class VictimProbe
{
  public:
    using Listener = std::function<void(const VictimEvent& event)>;

    VictimProbe() = default;
    VictimProbe(const VictimProbe&) = delete;
    VictimProbe& operator=(const VictimProbe&) = delete;

    /// Listens to the node, to what is aggregated to it and to its applications by now, before the
    /// simulation starts.
    void Attach(Ptr<Node> host);

    void AddListener(Listener listener);

    /// Calls \p listener whenever a table may have changed.
    void AddTableListener(std::function<void()> listener);

    VictimTables GetTables() const;

    /// How long the processor has worked up to now.
    Time GetTimeBusy() const;

    /// How long work has waited at most for the processor: from the time its datagram arrived, or
    /// else from the time it asked for its turn.
    Time GetLongestWait() const;

  private:
    void AttachAddresses(Ptr<Node> host);
    void AttachSecurity(Ptr<Node> host);
    void AttachBroker(Ptr<MqttBroker> broker);
    void AttachServer(Ptr<CoapServer> server);
    void Tell(VictimEvent::Kind kind,
              const std::string& layer,
              const std::string& reason,
              const sansio::PeerAddress& peer,
              const std::string& client = {});
    void Tell(const VictimEvent& event);
    void TellTables();
    void HandleHalfOpen(uint32_t before, uint32_t now);
    void HandleConnections(uint32_t before, uint32_t now);
    void HandleSessions(uint32_t before, uint32_t now);
    void HandleWaited(Time waited);
    void HandleDatagramDrop(Ptr<const Packet> datagram);
    void HandleDtlsDrop(Ptr<const Packet> packet, const Address& peer, const std::string& reason);
    void HandleTcpRefused(const Address& peer, std::string reason);
    void HandlePeerRefused(const std::string& reason, const Address& peer);
    void HandleEvicted(const Address& peer, bool established, Time age);
    void HandleRecordRejected(tls::RejectionReason reason, const Address& peer);
    void HandleHandshakeFailed(const tls::HandshakeFailed& failed, const Address& peer);
    void HandleConnectionFailed(const tls::ConnectionFailed& failed, const Address& peer);
    void HandleFailure(const tls::Failure& failure, const Address& peer);

    Ptr<Processor> m_processor;
    Ptr<HostTcpSocketFactory> m_tcp;
    Ptr<SecureSocketFactory> m_security;
    Ptr<MqttBroker> m_broker;
    Ptr<CoapServer> m_server;
    std::string m_securityLayer; ///< "tls" or "dtls"
    VictimTables m_tables;       ///< without what is asked for: MQTT sessions, exchanges
    Time m_longestWait;
    Address m_delivered; ///< who sent the datagram that IP delivered last
    std::vector<Listener> m_listeners;
    std::vector<std::function<void()>> m_tableListeners;
};

} // namespace ns3
