// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/helper/mqtt-helper.h"

#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"

namespace ns3
{

MqttClientHelper::MqttClientHelper(const Address& remote)
{
    m_factory.SetTypeId(MqttClient::GetTypeId());
    m_factory.Set("Remote", AddressValue(remote));
}

void
MqttClientHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

ApplicationContainer
MqttClientHelper::Install(const NodeContainer& nodes) const
{
    ApplicationContainer clients;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        clients.Add(Install(*node));
    }
    return clients;
}

ApplicationContainer
MqttClientHelper::Install(Ptr<Node> node) const
{
    auto client = m_factory.Create<MqttClient>();
    node->AddApplication(client);
    return ApplicationContainer(client);
}

int64_t
MqttClientHelper::AssignStreams(const ApplicationContainer& clients, int64_t stream)
{
    int64_t next = stream;
    for (auto client = clients.Begin(); client != clients.End(); ++client)
    {
        next += DynamicCast<MqttClient>(*client)->AssignStreams(next);
    }
    return next - stream;
}

MqttBrokerHelper::MqttBrokerHelper(const Address& local)
{
    m_factory.SetTypeId(MqttBroker::GetTypeId());
    m_factory.Set("Local", AddressValue(local));
}

void
MqttBrokerHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

ApplicationContainer
MqttBrokerHelper::Install(Ptr<Node> node) const
{
    auto broker = m_factory.Create<MqttBroker>();
    node->AddApplication(broker);
    return ApplicationContainer(broker);
}

} // namespace ns3
