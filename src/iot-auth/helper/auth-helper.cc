// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/helper/auth-helper.h"

#include "iot-auth/model/device-manager.h"
#include "iot-auth/model/provisioner.h"

#include "ns3/string.h"

namespace ns3
{

DeviceCredentialHelper::DeviceCredentialHelper()
{
    m_factory.SetTypeId(DeviceCredential::GetTypeId());
}

void
DeviceCredentialHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

Ptr<DeviceCredential>
DeviceCredentialHelper::Install(Ptr<Node> node, const std::string& name)
{
    auto credential = m_factory.Create<DeviceCredential>();
    credential->SetAttribute("DeviceName", StringValue(name));
    credential->SetNode(node);
    node->AggregateObject(credential);
    return credential;
}

ProvisionerHelper::ProvisionerHelper(const Address& remote)
{
    m_factory.SetTypeId(Provisioner::GetTypeId());
    m_factory.Set("Remote", AddressValue(remote));
}

void
ProvisionerHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

ApplicationContainer
ProvisionerHelper::Install(const NodeContainer& nodes) const
{
    ApplicationContainer provisioners;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        auto provisioner = m_factory.Create<Provisioner>();
        (*node)->AddApplication(provisioner);
        provisioners.Add(provisioner);
    }
    return provisioners;
}

DeviceManagerHelper::DeviceManagerHelper(const Address& local)
{
    m_factory.SetTypeId(DeviceManager::GetTypeId());
    m_factory.Set("Local", AddressValue(local));
}

void
DeviceManagerHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

ApplicationContainer
DeviceManagerHelper::Install(Ptr<Node> node) const
{
    auto manager = m_factory.Create<DeviceManager>();
    node->AddApplication(manager);
    return ApplicationContainer(manager);
}

} // namespace ns3
