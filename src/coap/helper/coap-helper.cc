// SPDX-License-Identifier: GPL-2.0-only
#include "coap/helper/coap-helper.h"

#include "ns3/node.h"

namespace ns3
{

CoapHelper::CoapHelper(TypeId typeId)
{
    m_factory.SetTypeId(typeId);
}

void
CoapHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

ApplicationContainer
CoapHelper::Install(const NodeContainer& nodes) const
{
    ApplicationContainer applications;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        auto application = m_factory.Create<Application>();
        (*node)->AddApplication(application);
        applications.Add(application);
    }
    return applications;
}

int64_t
CoapHelper::AssignStreams(const ApplicationContainer& applications, int64_t stream)
{
    int64_t used = 0;
    for (auto application = applications.Begin(); application != applications.End(); ++application)
    {
        if (auto endpoint = DynamicCast<CoapEndpoint>(*application))
        {
            used += endpoint->AssignStreams(stream + used);
        }
    }
    return used;
}

CoapClientHelper::CoapClientHelper(const Address& remote)
    : CoapHelper(CoapClient::GetTypeId())
{
    SetAttribute("Remote", AddressValue(remote));
}

CoapServerHelper::CoapServerHelper(const Address& local)
    : CoapHelper(CoapServer::GetTypeId())
{
    SetAttribute("Local", AddressValue(local));
}

} // namespace ns3
