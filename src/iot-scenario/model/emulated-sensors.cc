// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulated-sensors.h"

#include "iot-scenario/model/mqtt-stack.h"
#include "iot-scenario/model/workload.h"

#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <ctime>

namespace ns3
{

namespace
{

constexpr int64_t STREAM_WORKLOAD = 1000;
constexpr int64_t STREAM_SENSORS = 30000;

} // namespace

EmulatedSensors::EmulatedSensors(const EmulationParameters& parameters, EmulationLog& log)
    : m_parameters(parameters),
      m_log(log),
      m_broker(parameters.GetBroker().GetSocketAddress(parameters.GetPort())),
      m_codec(parameters.payloadFormat, parameters.payload, std::time(nullptr))
{
}

void
EmulatedSensors::Install(const EmulationNetwork& network,
                         TypeId factory,
                         std::function<void()> done)
{
    m_done = std::move(done);
    const NodeContainer nodes = network.GetNodes();
    int64_t stream = STREAM_SENSORS;
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        AddSensor(nodes.Get(i % nodes.GetN()), factory);
        stream += m_sensors.back()->AssignStreams(stream);
    }
    m_expected = uint64_t(m_parameters.reports) * m_parameters.nodes;
    m_uniform = CreateObject<UniformRandomVariable>();
    m_uniform->SetStream(STREAM_WORKLOAD);
    for (uint16_t sensor = 0; sensor < m_parameters.nodes; sensor++)
    {
        Simulator::Schedule(m_parameters.interval * m_uniform->GetValue(0, 1),
                            &EmulatedSensors::Send,
                            this,
                            Report{sensor, 1, 0});
    }
}

void
EmulatedSensors::AddSensor(Ptr<Node> node, TypeId factory)
{
    const std::string name = GetSensorName(m_sensors.size());
    auto sensor = CreateObject<MqttClient>();
    sensor->SetAttribute("Protocol", TypeIdValue(factory));
    sensor->SetAttribute("Remote", AddressValue(m_broker));
    sensor->SetAttribute("ClientId", StringValue(name));
    sensor->SetAttribute("ProtocolLevel", UintegerValue(m_parameters.GetProtocolLevel()));
    sensor->SetAttribute("UserName", StringValue(m_parameters.user));
    sensor->SetAttribute("Password", StringValue(m_parameters.password));
    sensor->TraceConnectWithoutContext("Connected",
                                       Callback<void, bool>([this, name](bool present) {
                                           m_log.Write("sensor " + name + " connected" +
                                                       (present ? ", its session is there" : ""));
                                       }));
    sensor->TraceConnectWithoutContext(
        "Disconnected",
        Callback<void, std::string>([this, name](std::string reason) {
            m_log.Write("sensor " + name + " disconnected: " + reason);
        }));
    sensor->TraceConnectWithoutContext("Published", Callback<void, uint64_t>([this](uint64_t) {
                                           HandleEnd(m_published);
                                       }));
    sensor->TraceConnectWithoutContext(
        "Refused",
        Callback<void, uint64_t, std::string>([this, name](uint64_t, std::string reason) {
            m_log.Write("sensor " + name + " loses a report: " + reason);
            HandleEnd(m_refused);
        }));
    node->AddApplication(sensor);
    m_sensors.push_back(sensor);
}

void
EmulatedSensors::Send(Report report)
{
    if (m_parameters.reports == 0 || report.sequence < m_parameters.reports)
    {
        const double jitter = m_uniform->GetValue(1 - Workload::JITTER, 1 + Workload::JITTER);
        Simulator::Schedule(m_parameters.interval * jitter,
                            &EmulatedSensors::Send,
                            this,
                            Report{report.sensor, report.sequence + 1, 0});
    }
    mqtt::Message message;
    message.topic = GetReportPath(report.sensor);
    report.taken = Simulator::Now();
    message.payload = m_codec.Encode(report);
    message.qos = static_cast<uint8_t>(m_parameters.qos);
    if (m_parameters.GetProtocolLevel() == 5)
    {
        DescribePayload(m_codec.GetFormat(), message);
    }
    m_generated++;
    m_sensors[report.sensor]->Publish(message, report.GetId());
}

void
EmulatedSensors::HandleEnd(uint64_t& count)
{
    count++;
    if (m_published + m_refused == m_expected)
    {
        m_done();
    }
}

void
EmulatedSensors::Shutdown()
{
    for (const auto& sensor : m_sensors)
    {
        sensor->Disconnect();
    }
}

std::string
EmulatedSensors::GetTitle() const
{
    return WriteCount(m_parameters.nodes, "MQTT sensor") + " publishing to the broker at " +
           ToText(m_broker) + (m_parameters.tls ? " over TLS" : "");
}

std::string
EmulatedSensors::GetSummary() const
{
    return WriteCount(m_generated, "report") + ", " + std::to_string(m_published) + " published, " +
           std::to_string(m_refused) + " lost";
}

} // namespace ns3
