// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/model/device-credential.h"

#include "ns3/address.h"
#include "ns3/application-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"

namespace ns3
{

/// Gives nodes a DeviceCredential: aggregates it.
class DeviceCredentialHelper
{
  public:
    DeviceCredentialHelper();

    void SetAttribute(const std::string& name, const AttributeValue& value);

    /// \param name of the device in the registry
    Ptr<DeviceCredential> Install(Ptr<Node> node, const std::string& name);

  private:
    ObjectFactory m_factory;
};

/// Installs a Provisioner on nodes that have a DeviceCredential.
class ProvisionerHelper
{
  public:
    /// \param remote address and port of the device manager, IPv4 or IPv6
    explicit ProvisionerHelper(const Address& remote);

    void SetAttribute(const std::string& name, const AttributeValue& value);

    ApplicationContainer Install(const NodeContainer& nodes) const;

  private:
    ObjectFactory m_factory;
};

/// Installs a DeviceManager application.
class DeviceManagerHelper
{
  public:
    /// \param local address and port to listen on, IPv4 or IPv6
    explicit DeviceManagerHelper(const Address& local);

    void SetAttribute(const std::string& name, const AttributeValue& value);

    ApplicationContainer Install(Ptr<Node> node) const;

  private:
    ObjectFactory m_factory;
};

} // namespace ns3
