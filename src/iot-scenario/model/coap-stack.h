// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/model/coap-server.h"
#include "iot-scenario/model/coap-sensor.h"
#include "iot-scenario/model/stack.h"

namespace ns3
{

/**
 * Reports as CoAP messages. Pushed: sensors PUT to the server on the host. Observed: each sensor
 * is a server whose resource the host observes. Either way the host serves the latest reports and
 * the collectors observe them there, by CON or NON as the sensors' messages are.
 */
class CoapStack : public Stack
{
  public:
    CoapStack(const ScenarioParameters& parameters, TypeId factory, const StackObserver& observer);

    void Install(const Places& places, const std::vector<Time>& starts) override;
    void Send(const Report& report) override;
    int64_t AssignStreams(int64_t stream) override;
    uint64_t GetSensorMemory(uint32_t sensor) const override;
    uint64_t GetServiceMemory() const override;

  private:
    /// A resource whose representation is the latest report it was given.
    struct Latest
    {
        sansio::Bytes payload;
        uint64_t report{0};
    };

    /// On one address of the node: of a node with several, UDP would answer from another than was
    /// asked.
    Ptr<CoapServer> MakeServer(Ptr<Node> node, const Ipv6Address& address, Time start);
    Ptr<CoapClient> MakeClient(Ptr<Node> node, const Address& server, Time start);
    /// The representation, with its Content-Format.
    coap::Response MakeContent(const Latest& latest) const;
    coap::Resource MakeResource(uint32_t sensor) const;
    void InstallHost(const Places& places);
    void InstallCollectors(const Places& places);
    void InstallPushingSensor(uint32_t sensor, const Places& places, Time start);
    void InstallObservedSensor(uint32_t sensor, const Places& places, Time start);
    void InstallActuator(uint32_t sensor, const Places& places, Time start);
    /// The host is the client of a sensor that is a server; \return where that is.
    Address LetHostAsk(uint32_t sensor, const Places& places);
    void SendCommand(const Report& command);
    /// The host sent a request again; where it is a command, that counts.
    void HandleHostRepeats(uint64_t command);

    /// A report arrived at the host: tell the collectors.
    void Serve(uint32_t sensor, const sansio::Bytes& payload);

    const ScenarioParameters& m_parameters;
    TypeId m_factory;
    StackObserver m_observer;
    PayloadCodec m_codec;
    uint16_t m_port;
    std::vector<Latest> m_latest; ///< at the host, by sensor
    std::vector<Latest> m_own;    ///< at the sensor, when observed
    Ptr<CoapServer> m_host;
    Ptr<CoapClient> m_hostClient;     ///< of sensors that are servers
    std::vector<Address> m_addresses; ///< of these, by sensor
    std::vector<Ptr<CoapClient>> m_collectors;
    std::vector<std::unique_ptr<CoapSensor>> m_pushing;
    std::vector<Ptr<CoapServer>> m_serving;
};

} // namespace ns3
