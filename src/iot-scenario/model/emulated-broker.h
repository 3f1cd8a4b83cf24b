// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/emulated-role.h"
#include "mqtt/model/mqtt-broker.h"

namespace ns3
{

/// A broker for real clients; one line of the log for each connection and each thing gone wrong.
class EmulatedBroker : public EmulatedRole
{
  public:
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
    void HandleMessage(std::string clientId, const mqtt::Message& message);
    void HandleLimit(std::string limit, std::string clientId, sansio::PeerIdentity peer);

    const EmulationParameters& m_parameters;
    EmulationLog& m_log;
    Ptr<MqttBroker> m_broker;
    Address m_address;
    uint64_t m_connections{0};
    uint64_t m_refused{0};
    uint64_t m_messages{0};
};

} // namespace ns3
