// SPDX-License-Identifier: GPL-2.0-only
#include "tls/helper/tls-helper.h"

#include "ns3/node.h"

#include <stdexcept>

namespace ns3
{

namespace
{

/// True if the factory has the attribute, and then it is set.
bool
SetIfKnown(ObjectFactory& factory, const std::string& name, const AttributeValue& value)
{
    TypeId::AttributeInformation attribute;
    if (!factory.GetTypeId().LookupAttributeByName(name, &attribute))
    {
        return false;
    }
    if (!attribute.checker->CreateValidValue(value))
    {
        throw std::runtime_error(name + " '" + value.SerializeToString(attribute.checker) +
                                 "': expected " +
                                 attribute.checker->GetUnderlyingTypeInformation());
    }
    factory.Set(name, value);
    return true;
}

template <typename Factory>
void
InstallFactory(const ObjectFactory& factory, Ptr<Node> node)
{
    if (node->GetObject<Factory>())
    {
        throw std::runtime_error("node " + std::to_string(node->GetId()) + ": expected no " +
                                 factory.GetTypeId().GetName() + " on it yet");
    }
    auto installed = factory.Create<Factory>();
    installed->GetContext(); // what is wrong shows now
    node->AggregateObject(installed);
}

template <typename Factory>
int64_t
AssignStream(Ptr<Node> node, int64_t stream)
{
    Ptr<Factory> factory = node->GetObject<Factory>();
    return factory ? factory->AssignStreams(stream) : 0;
}

} // namespace

TlsHelper::TlsHelper()
{
    m_tls.SetTypeId(TlsSocketFactory::GetTypeId());
    m_dtls.SetTypeId(DtlsSocketFactory::GetTypeId());
}

void
TlsHelper::Set(const std::string& name, const AttributeValue& value)
{
    bool known = SetIfKnown(m_tls, name, value);
    known |= name != "Version" && SetIfKnown(m_dtls, name, value);
    if (!known)
    {
        throw std::runtime_error("attribute '" + name +
                                 "': expected one of TlsSocketFactory or DtlsSocketFactory");
    }
}

void
TlsHelper::Install(const NodeContainer& nodes) const
{
    InstallTls(nodes);
    InstallDtls(nodes);
}

void
TlsHelper::InstallTls(const NodeContainer& nodes) const
{
    for (uint32_t i = 0; i < nodes.GetN(); i++)
    {
        InstallFactory<TlsSocketFactory>(m_tls, nodes.Get(i));
    }
}

void
TlsHelper::InstallDtls(const NodeContainer& nodes) const
{
    for (uint32_t i = 0; i < nodes.GetN(); i++)
    {
        InstallFactory<DtlsSocketFactory>(m_dtls, nodes.Get(i));
    }
}

int64_t
TlsHelper::AssignStreams(const NodeContainer& nodes, int64_t stream)
{
    int64_t first = stream;
    for (uint32_t i = 0; i < nodes.GetN(); i++)
    {
        stream += AssignStream<TlsSocketFactory>(nodes.Get(i), stream);
        stream += AssignStream<DtlsSocketFactory>(nodes.Get(i), stream);
    }
    return stream - first;
}

} // namespace ns3
