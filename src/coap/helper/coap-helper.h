// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/model/coap-client.h"
#include "coap/model/coap-server.h"

#include "ns3/application-container.h"
#include "ns3/attribute.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"

namespace ns3
{

/// Installs CoAP applications of one kind on nodes.
class CoapHelper
{
  public:
    /// Sets an attribute of the applications to be installed.
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /// Installs one application on each node.
    ApplicationContainer Install(const NodeContainer& nodes) const;

    /**
     * Fixes the random streams of installed CoAP applications.
     *
     * \param stream the first stream to use
     * \return how many are used
     */
    static int64_t AssignStreams(const ApplicationContainer& applications, int64_t stream);

  protected:
    /// \param typeId the kind of application
    explicit CoapHelper(TypeId typeId);

  private:
    ObjectFactory m_factory;
};

/// Installs CoapClient.
class CoapClientHelper : public CoapHelper
{
  public:
    /// \param remote address and port of the server
    explicit CoapClientHelper(const Address& remote);
};

/// Installs CoapServer.
class CoapServerHelper : public CoapHelper
{
  public:
    /// \param local address and port to serve
    explicit CoapServerHelper(const Address& local);
};

} // namespace ns3
