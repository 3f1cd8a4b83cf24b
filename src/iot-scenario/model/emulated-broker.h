// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/auth-stores.h"
#include "iot-scenario/model/emulated-role.h"
#include "mqtt/model/mqtt-broker.h"
#include "sans-io/model/ns3-random-source.h"

namespace ns3
{

/**
 * A broker for real clients; one line of the log for each connection and each thing gone wrong.
 * Tokens are judged by the wall clock.
 */
class EmulatedBroker : public EmulatedRole
{
  public:
    /// \throw ParameterError with one line where a file is not what it should be
    EmulatedBroker(const EmulationParameters& parameters, EmulationLog& log);

    void Install(const EmulationNetwork& network,
                 TypeId factory,
                 std::function<void()> done) override;
    void Shutdown() override;
    std::string GetTitle() const override;
    std::string GetSummary() const override;

  private:
    void Watch();
    void HandleOpened(std::string clientId, sansio::PeerIdentity peer, mqtt::Version version);
    void HandleRefused(sansio::PeerIdentity peer, std::string reason);
    void HandleProtocolError(sansio::PeerIdentity peer, std::string reason);
    void HandleDenied(std::string clientId, sansio::PeerIdentity peer, std::string what);
    void HandleMessage(std::string clientId, const mqtt::Message& message);
    void HandleLimit(std::string limit, std::string clientId, sansio::PeerIdentity peer);

    const EmulationParameters& m_parameters;
    EmulationLog& m_log;
    Ns3RandomSource m_random; ///< what OpenSSL may draw to verify
    AuthStores m_stores;
    Ptr<MqttBroker> m_broker;
    Address m_address;
    uint64_t m_connections{0};
    uint64_t m_refused{0};        ///< that asked to connect
    uint64_t m_protocolErrors{0}; ///< of anybody
    uint64_t m_denied{0};         ///< publications and subscriptions
    uint64_t m_messages{0};
};

} // namespace ns3
