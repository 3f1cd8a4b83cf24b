// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/emulated-role.h"
#include "iot-scenario/model/payload-codec.h"
#include "mqtt/model/mqtt-client.h"

#include "ns3/random-variable-stream.h"

#include <vector>

namespace ns3
{

/**
 * Sensors that publish their reports to a real broker, as those of the comparison do: sensor k is
 * the client sNN of topic s/NN/t, and the time between its reports varies by 5 % either way.
 * Without a number of reports they go on until they are shut down.
 */
class EmulatedSensors : public EmulatedRole
{
  public:
    EmulatedSensors(const EmulationParameters& parameters, EmulationLog& log);

    void Install(const EmulationNetwork& network,
                 TypeId factory,
                 std::function<void()> done) override;
    void Shutdown() override;
    std::string GetTitle() const override;
    std::string GetSummary() const override;

  private:
    void AddSensor(Ptr<Node> node, TypeId factory);
    void Send(Report report);
    void HandleEnd(uint64_t& count);

    const EmulationParameters& m_parameters;
    EmulationLog& m_log;
    const Address m_broker;
    const PayloadCodec m_codec;
    std::vector<Ptr<MqttClient>> m_sensors;
    Ptr<UniformRandomVariable> m_uniform;
    std::function<void()> m_done;
    uint64_t m_expected{0}; ///< reports of all sensors; 0: no end
    uint64_t m_generated{0};
    uint64_t m_published{0};
    uint64_t m_refused{0};
};

} // namespace ns3
