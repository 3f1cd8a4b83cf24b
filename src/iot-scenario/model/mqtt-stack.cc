// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/mqtt-stack.h"

#include "mqtt/protocol/content-filter.h"
#include "mqtt/protocol/encoder.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{

void
DescribePayload(const PayloadFormat& format, mqtt::Message& message)
{
    if (format.isText)
    {
        message.properties.Add(mqtt::PropertyId::PayloadFormatIndicator, 1);
    }
    if (!format.contentType.empty())
    {
        message.properties.Add(mqtt::PropertyId::ContentType, std::string_view(format.contentType));
    }
}

MqttStack::MqttStack(const ScenarioParameters& parameters,
                     AuthSetup& auth,
                     TypeId factory,
                     const StackObserver& observer)
    : m_parameters(parameters),
      m_auth(auth),
      m_factory(factory),
      m_observer(observer),
      m_codec(parameters.MakePayloadCodec()),
      m_qos(static_cast<uint8_t>(parameters.qos))
{
}

void
MqttStack::Install(const Places& places, const std::vector<Time>& starts)
{
    const uint16_t port = m_parameters.GetStack().port;
    m_broker = CreateObject<MqttBroker>();
    m_broker->SetAttribute("Protocol", TypeIdValue(GetListenerFactory(m_factory)));
    m_broker->SetAttribute("Local", AddressValue(Inet6SocketAddress(Ipv6Address::GetAny(), port)));
    m_broker->TraceConnectWithoutContext("Message",
                                         Callback<void, std::string, const mqtt::Message&>(
                                             [this](std::string, const mqtt::Message& message) {
                                                 if (auto report = m_codec.Decode(message.payload))
                                                 {
                                                     m_observer.served(report->GetId());
                                                 }
                                             }));
    m_broker->TraceConnectWithoutContext("MessageFiltered",
                                         MakeCallback(&MqttStack::HandleFiltered, this));
    places.host->AddApplication(m_broker);

    const Address broker = Inet6SocketAddress(places.hostAddress, port);
    InstallCollectors(places, broker);
    for (uint32_t sensor = 0; sensor < places.sensors.GetN(); sensor++)
    {
        InstallSensor(sensor, places.sensors.Get(sensor), broker, starts[sensor]);
    }
    m_auth.Install(m_broker);
}

Ptr<MqttClient>
MqttStack::MakeClient(Ptr<Node> node, const std::string& id, const Address& broker, Time start)
{
    auto client = CreateObject<MqttClient>();
    client->SetAttribute("Protocol", TypeIdValue(m_factory));
    client->SetAttribute("Remote", AddressValue(broker));
    client->SetAttribute("ClientId", StringValue(id));
    if (m_parameters.mqttVersion == "5")
    {
        client->SetAttribute("ProtocolLevel", UintegerValue(5));
        client->SetAttribute("TopicAliases", UintegerValue(m_parameters.topicAliases));
    }
    client->SetAttribute("KeepAlive", TimeValue(m_parameters.GetKeepAlive()));
    client->SetStartTime(start);
    node->AddApplication(client);
    return client;
}

void
MqttStack::InstallCollectors(const Places& places, const Address& broker)
{
    for (uint32_t i = 0; i < places.collectors.GetN(); i++)
    {
        auto collector =
            MakeClient(places.collectors.Get(i), GetCollectorName(i), broker, Seconds(0));
        m_auth.Equip(collector, GetCollectorName(i), false);
        if (m_parameters.IsCommand())
        {
            WatchSending(collector);
        }
        else
        {
            collector->Subscribe(
                "s/+/t",
                mqtt::SubscriptionOptions{m_qos},
                0,
                mqtt::AskForContent(m_parameters.contentFilter, m_parameters.typeFilter));
            WatchArrivals(collector, i);
        }
        m_collectors.push_back(collector);
        if (m_parting)
        {
            Simulator::Schedule(Seconds(COLLECTORS_LEAVE), &MqttClient::Disconnect, collector);
            Simulator::Schedule(*m_parting + Seconds(AWAY), &MqttClient::Connect, collector);
        }
    }
}

void
MqttStack::HandleFiltered(std::string clientId, const mqtt::Message& message)
{
    mqtt::Publish publish; // as it would have been sent
    publish.topic = message.topic;
    publish.payload = message.payload;
    publish.qos = m_qos;
    publish.packetId = 1;
    publish.properties = message.properties.Get();
    const uint32_t size = mqtt::ToBytes(publish, mqtt::Version::V5).size();
    const auto report = m_codec.Decode(message.payload);
    for (uint32_t i = 0; report && i < m_collectors.size(); i++)
    {
        if (GetCollectorName(i) == clientId)
        {
            m_observer.filtered(i, report->GetId(), size);
        }
    }
}

void
MqttStack::WatchSending(Ptr<MqttClient> client)
{
    client->TraceConnectWithoutContext(
        "Refused",
        Callback<void, uint64_t, std::string>(
            [this](uint64_t report, std::string) { m_observer.refused(report); }));
    client->TraceConnectWithoutContext("Redelivered", Callback<void, uint16_t>([this](uint16_t) {
                                           m_observer.retransmitted(0);
                                       }));
}

void
MqttStack::WatchArrivals(Ptr<MqttClient> client, uint32_t collector)
{
    client->TraceConnectWithoutContext(
        "Message",
        Callback<void, const mqtt::Message&>([this, collector](const mqtt::Message& message) {
            if (auto report = m_codec.Decode(message.payload))
            {
                m_observer.collected(collector, report->GetId());
            }
        }));
}

void
MqttStack::InstallSensor(uint32_t sensor, Ptr<Node> node, const Address& broker, Time start)
{
    auto client = MakeClient(node, GetSensorName(sensor), broker, start);
    client->SetAttribute("UserName", StringValue(m_parameters.user));
    client->SetAttribute("Password", StringValue(m_parameters.password));
    m_auth.Equip(client, GetSensorName(sensor), true);
    if (m_parameters.IsCommand())
    {
        client->Subscribe(GetCommandPath(sensor), m_qos);
        client->TraceConnectWithoutContext(
            "Subscribed",
            Callback<void, std::string, mqtt::ReasonCode>(
                [this, sensor](std::string, mqtt::ReasonCode reason) {
                    (mqtt::IsFailure(reason) ? m_observer.broken : m_observer.ready)(sensor);
                }));
        WatchArrivals(client, 0);
    }
    else
    {
        client->TraceConnectWithoutContext("Connected", Callback<void, bool>([this, sensor](bool) {
                                               m_observer.ready(sensor);
                                           }));
        WatchSending(client);
    }
    client->TraceConnectWithoutContext(
        "Disconnected",
        Callback<void, std::string>([this, sensor](std::string) { m_observer.broken(sensor); }));
    m_sensors.push_back(client);
    if (m_parting)
    {
        Simulator::Schedule(*m_parting, &MqttClient::Disconnect, client);
    }
    if (!m_parameters.sessionLength.IsZero())
    {
        Simulator::Schedule(start + m_parameters.sessionLength,
                            &MqttStack::RenewSession,
                            this,
                            client);
    }
}

void
MqttStack::RenewSession(Ptr<MqttClient> client)
{
    if (client->IsConnected()) // one that tries in vain goes on with its own backoff
    {
        client->Disconnect();
        Simulator::Schedule(Seconds(1), &MqttClient::Connect, client);
    }
    Simulator::Schedule(m_parameters.sessionLength, &MqttStack::RenewSession, this, client);
}

void
MqttStack::Send(const Report& report)
{
    mqtt::Message message;
    const bool command = m_parameters.IsCommand();
    message.topic = command ? GetCommandPath(report.sensor) : GetReportPath(report.sensor);
    message.payload = m_codec.Encode(report);
    message.qos = m_qos;
    if (m_parameters.mqttVersion == "5")
    {
        DescribePayload(m_codec.GetFormat(), message);
    }
    (command ? m_collectors.front() : m_sensors[report.sensor])->Publish(message, report.GetId());
}

int64_t
MqttStack::AssignStreams(int64_t stream)
{
    const int64_t first = stream;
    for (const auto* clients : {&m_sensors, &m_collectors})
    {
        for (const auto& client : *clients)
        {
            stream += client->AssignStreams(stream);
        }
    }
    return stream - first;
}

uint64_t
MqttStack::GetSensorMemory(uint32_t sensor) const
{
    return m_sensors[sensor]->GetPeakMemory();
}

uint64_t
MqttStack::GetServiceMemory() const
{
    return m_broker->GetPeakMemory();
}

} // namespace ns3
