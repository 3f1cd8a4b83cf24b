// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/address.h"
#include "ns3/application-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"

namespace ns3
{

/// Installs MqttClient applications that connect to one broker.
class MqttClientHelper
{
  public:
    /// \param remote address and port of the broker, IPv4 or IPv6
    explicit MqttClientHelper(const Address& remote);

    void SetAttribute(const std::string& name, const AttributeValue& value);

    /// One client for each node.
    ApplicationContainer Install(const NodeContainer& nodes) const;
    ApplicationContainer Install(Ptr<Node> node) const;

    /// Fixes the random streams of the clients; \return how many it uses.
    static int64_t AssignStreams(const ApplicationContainer& clients, int64_t stream);

  private:
    ObjectFactory m_factory;
};

/// Installs an MqttBroker application.
class MqttBrokerHelper
{
  public:
    /// \param local address and port to listen on, IPv4 or IPv6
    explicit MqttBrokerHelper(const Address& local);

    void SetAttribute(const std::string& name, const AttributeValue& value);

    ApplicationContainer Install(Ptr<Node> node) const;

  private:
    ObjectFactory m_factory;
};

} // namespace ns3
