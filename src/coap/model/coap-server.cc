// SPDX-License-Identifier: GPL-2.0-only
#include "coap/model/coap-server.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("CoapServer");
NS_OBJECT_ENSURE_REGISTERED(CoapServer);

namespace
{

constexpr uint16_t DEFAULT_PORT = 5683; // RFC 7252 section 6.1

} // namespace

TypeId
CoapServer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::CoapServer")
            .SetParent<CoapEndpoint>()
            .SetGroupName("Coap")
            .AddConstructor<CoapServer>()
            .AddAttribute("Local",
                          "Address and port to serve; of IPv6 or of IPv4, not both at once.",
                          AddressValue(Inet6SocketAddress(Ipv6Address::GetAny(), DEFAULT_PORT)),
                          MakeAddressAccessor(&CoapServer::m_local),
                          MakeAddressChecker())
            .AddTraceSource("Request",
                            "A request arrived for a resource here.",
                            MakeTraceSourceAccessor(&CoapServer::m_requestTrace),
                            "ns3::CoapServer::RequestTracedCallback")
            .AddTraceSource("ObserverChanged",
                            "A client began or ceased to observe a resource.",
                            MakeTraceSourceAccessor(&CoapServer::m_observerChangedTrace),
                            "ns3::CoapServer::ObserverChangedTracedCallback")
            .AddTraceSource("ResponseFailed",
                            "A separate response or a notification did not get through.",
                            MakeTraceSourceAccessor(&CoapServer::m_responseFailedTrace),
                            "ns3::CoapServer::ResponseFailedTracedCallback")
            .AddTraceSource("Refused",
                            "A request was not served because of a bound.",
                            MakeTraceSourceAccessor(&CoapServer::m_refusedTrace),
                            "ns3::CoapServer::RefusedTracedCallback");
    return tid;
}

CoapServer::CoapServer() = default;

CoapServer::~CoapServer() = default;

void
CoapServer::DoDispose()
{
    m_resources.clear();
    CoapEndpoint::DoDispose();
}

void
CoapServer::PrepareSocket(Ptr<Socket> socket)
{
    if (socket->Bind(m_local) == -1)
    {
        NS_FATAL_ERROR("CoapServer cannot bind to its attribute Local: " << m_local);
    }
}

void
CoapServer::HandleStarted()
{
    ChargeMessages();
    for (const auto& [path, served] : m_resources)
    {
        GetEndpoint()->SetResource(served.resource);
    }
}

void
CoapServer::AddResource(const coap::Resource& resource, Handler handler)
{
    m_resources[resource.path] = {resource, std::move(handler)};
    if (coap::Endpoint* endpoint = GetEndpoint())
    {
        endpoint->SetResource(resource);
    }
}

void
CoapServer::AddResource(std::string_view path, Handler handler)
{
    coap::Resource resource(path);
    resource.observable = true;
    AddResource(resource, std::move(handler));
}

bool
CoapServer::Respond(coap::RequestId id, const coap::Response& response)
{
    coap::Endpoint* endpoint = GetEndpoint();
    bool awaited = endpoint && endpoint->Respond(SimulatedNow(), id, response);
    if (awaited)
    {
        Pump();
    }
    return awaited;
}

void
CoapServer::Notify(std::string_view path)
{
    if (coap::Endpoint* endpoint = GetEndpoint())
    {
        endpoint->Notify(SimulatedNow(), path);
        Pump();
    }
}

size_t
CoapServer::GetObserverCount()
{
    coap::Endpoint* endpoint = GetEndpoint();
    return endpoint ? endpoint->GetObserverCount() : 0;
}

void
CoapServer::HandleEvent(coap::Event&& event)
{
    if (auto* received = std::get_if<coap::RequestReceived>(&event))
    {
        CoapRequestContext context{received->id, GetPeerIdentity(received->peer), received->path};
        m_requestTrace(context.peer, *received->request);
        Serve(context, received->resource, *received->request);
    }
    else if (auto* refused = std::get_if<coap::RequestRefused>(&event))
    {
        m_refusedTrace(GetPeerIdentity(refused->peer),
                       std::string(ToString(coap::Limit::RequestRate)));
    }
    else if (auto* wanted = std::get_if<coap::RepresentationWanted>(&event))
    {
        Serve({wanted->id, GetPeerIdentity(wanted->peer), wanted->path},
              wanted->resource,
              *wanted->request);
    }
    else if (auto* changed = std::get_if<coap::ObserverChanged>(&event))
    {
        m_observerChangedTrace(changed->peer, changed->path, changed->added);
    }
    else if (auto* failed = std::get_if<coap::ResponseFailed>(&event))
    {
        m_responseFailedTrace(failed->report, std::string(ToString(failed->failure)));
    }
}

void
CoapServer::Serve(const CoapRequestContext& context,
                  const std::string& resource,
                  const coap::Request& request)
{
    Handler handler = m_resources.at(resource).handler; // it may replace itself while it runs
    if (auto response = handler(context, request))
    {
        Respond(context.id, *response);
    }
}

} // namespace ns3
