// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/auth-setup.h"
#include "iot-scenario/model/stack.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"

namespace ns3
{

/// Says by the properties of MQTT 5.0 of what form the payload is, where the form has a name.
void DescribePayload(const PayloadFormat& format, mqtt::Message& message);

/**
 * Reports as MQTT PUBLISH packets: a broker on the host, one client per sensor that keeps its
 * connection, and collectors that subscribe to "s/+/t" at the quality of service of the reports.
 * With --pattern=command each sensor subscribes to "s/NN/c", to which the collector publishes.
 * Keep Alive is 0 by default, so no PINGREQ disturbs the window.
 */
class MqttStack : public Stack
{
  public:
    MqttStack(const ScenarioParameters& parameters,
              AuthSetup& auth,
              TypeId factory,
              const StackObserver& observer);

    void Install(const Places& places, const std::vector<Time>& starts) override;
    void Send(const Report& report) override;
    int64_t AssignStreams(int64_t stream) override;
    uint64_t GetSensorMemory(uint32_t sensor) const override;
    uint64_t GetServiceMemory() const override;

  private:
    Ptr<MqttClient> MakeClient(Ptr<Node> node,
                               const std::string& id,
                               const Address& broker,
                               Time start);
    void InstallCollectors(const Places& places, const Address& broker);
    /// Tells of what a publisher could not send, or sent again.
    void WatchSending(Ptr<MqttClient> client);
    /// Tells of what arrives at a subscriber.
    void WatchArrivals(Ptr<MqttClient> client, uint32_t collector);
    void InstallSensor(uint32_t sensor, Ptr<Node> node, const Address& broker, Time start);
    /// Tells of what the broker did not send to a collector that does not want it.
    void HandleFiltered(std::string clientId, const mqtt::Message& message);
    /// Ends the session of a sensor, if it has one, and begins the next; again after its length.
    void RenewSession(Ptr<MqttClient> client);

    const ScenarioParameters& m_parameters;
    AuthSetup& m_auth;
    TypeId m_factory;
    StackObserver m_observer;
    PayloadCodec m_codec;
    uint8_t m_qos;
    Ptr<MqttBroker> m_broker;
    std::vector<Ptr<MqttClient>> m_sensors;
    std::vector<Ptr<MqttClient>> m_collectors;
};

} // namespace ns3
