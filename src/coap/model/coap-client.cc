// SPDX-License-Identifier: GPL-2.0-only
#include "coap/model/coap-client.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("CoapClient");
NS_OBJECT_ENSURE_REGISTERED(CoapClient);

TypeId
CoapClient::GetTypeId()
{
    static TypeId tid = TypeId("ns3::CoapClient")
                            .SetParent<CoapEndpoint>()
                            .SetGroupName("Coap")
                            .AddConstructor<CoapClient>()
                            .AddAttribute("Remote",
                                          "Address and port of the server.",
                                          AddressValue(),
                                          MakeAddressAccessor(&CoapClient::m_remote),
                                          MakeAddressChecker())
                            .AddTraceSource("Response",
                                            "A response or a notification arrived.",
                                            MakeTraceSourceAccessor(&CoapClient::m_responseTrace),
                                            "ns3::CoapClient::ResponseTracedCallback")
                            .AddTraceSource("Failed",
                                            "A request came to nothing.",
                                            MakeTraceSourceAccessor(&CoapClient::m_failedTrace),
                                            "ns3::CoapClient::FailedTracedCallback")
                            .AddTraceSource("Connected",
                                            "The socket is connected or could not be.",
                                            MakeTraceSourceAccessor(&CoapClient::m_connectedTrace),
                                            "ns3::CoapClient::ConnectedTracedCallback");
    return tid;
}

CoapClient::CoapClient() = default;

CoapClient::~CoapClient() = default;

void
CoapClient::DoDispose()
{
    m_handlers.clear();
    CoapEndpoint::DoDispose();
}

void
CoapClient::PrepareSocket(Ptr<Socket> socket)
{
    bool ipv6 = Inet6SocketAddress::IsMatchingType(m_remote);
    socket->SetConnectCallback(MakeCallback(&CoapClient::HandleConnected, this),
                               MakeCallback(&CoapClient::HandleConnectionFailed, this));
    socket->SetCloseCallbacks(MakeCallback(&CoapClient::HandleClosed, this),
                              MakeCallback(&CoapClient::HandleClosed, this));
    if ((ipv6 ? socket->Bind6() : socket->Bind()) == -1 || socket->Connect(m_remote) == -1)
    {
        NS_FATAL_ERROR("CoapClient cannot reach its attribute Remote: " << m_remote);
    }
    m_remotePeer = ToPeerAddress(m_remote);
}

void
CoapClient::HandleStopped()
{
    m_handlers.clear();
}

void
CoapClient::HandleConnected(Ptr<Socket> socket)
{
    m_connectedTrace(true);
}

void
CoapClient::HandleConnectionFailed(Ptr<Socket> socket)
{
    m_connectedTrace(false);
}

void
CoapClient::HandleClosed(Ptr<Socket> socket)
{
    if (coap::Endpoint* endpoint = GetEndpoint())
    {
        endpoint->RegisterAgain(SimulatedNow(), m_remotePeer);
        Pump();
    }
}

coap::RequestId
CoapClient::Request(const coap::Request& request, ResultHandler handler, uint64_t report)
{
    return SendRequest(m_remotePeer, request, std::move(handler), report);
}

coap::RequestId
CoapClient::RequestTo(const Address& server,
                      const coap::Request& request,
                      ResultHandler handler,
                      uint64_t report)
{
    return SendRequest(ToPeerAddress(server), request, std::move(handler), report);
}

coap::RequestId
CoapClient::SendRequest(const sansio::PeerAddress& server,
                        const coap::Request& request,
                        ResultHandler handler,
                        uint64_t report)
{
    coap::Endpoint* endpoint = GetEndpoint();
    if (!endpoint)
    {
        Simulator::ScheduleNow(&CoapClient::ReportNotStarted, this, std::move(handler), report);
        return 0;
    }
    auto id = endpoint->SendRequest(SimulatedNow(), server, request, report);
    Await(id, std::move(handler));
    return id;
}

coap::RequestId
CoapClient::Observe(std::string_view path, ResultHandler handler)
{
    return Request(coap::Request::MakeObserve(path), std::move(handler));
}

coap::RequestId
CoapClient::Ping(ResultHandler handler)
{
    coap::Endpoint* endpoint = GetEndpoint();
    if (!endpoint)
    {
        Simulator::ScheduleNow(&CoapClient::ReportNotStarted, this, std::move(handler), 0);
        return 0;
    }
    auto id = endpoint->Ping(SimulatedNow(), m_remotePeer);
    Await(id, std::move(handler));
    return id;
}

void
CoapClient::Await(coap::RequestId id, ResultHandler handler)
{
    if (handler)
    {
        m_handlers.emplace(id, std::move(handler));
    }
    Pump();
}

void
CoapClient::Cancel(coap::RequestId id)
{
    m_handlers.erase(id);
    if (coap::Endpoint* endpoint = GetEndpoint())
    {
        endpoint->Cancel(SimulatedNow(), id);
        Pump();
    }
}

void
CoapClient::Deregister(coap::RequestId id)
{
    if (coap::Endpoint* endpoint = GetEndpoint())
    {
        endpoint->Deregister(SimulatedNow(), id);
        Pump();
    }
}

void
CoapClient::ReportNotStarted(ResultHandler handler, uint64_t report)
{
    CoapResult result;
    result.report = report;
    result.failure = coap::Failure::NotStarted;
    m_failedTrace(report, std::string(ToString(*result.failure)));
    if (handler)
    {
        handler(result);
    }
}

void
CoapClient::HandleEvent(coap::Event&& event)
{
    if (auto* received = std::get_if<coap::ResponseReceived>(&event))
    {
        m_responseTrace(received->report, received->response);
        Report({received->id, received->report, std::move(received->response), {}, received->last});
    }
    else if (auto* failed = std::get_if<coap::RequestFailed>(&event))
    {
        m_failedTrace(failed->report, std::string(ToString(failed->failure)));
        Report({failed->id, failed->report, {}, failed->failure, true});
    }
    else if (auto* answered = std::get_if<coap::PingAnswered>(&event))
    {
        Report({answered->id, 0, {}, {}, true});
    }
}

void
CoapClient::Report(const CoapResult& result)
{
    auto found = m_handlers.find(result.id);
    if (found == m_handlers.end())
    {
        return;
    }
    if (result.last)
    {
        ResultHandler handler = std::move(found->second);
        m_handlers.erase(found);
        handler(result);
    }
    else
    {
        ResultHandler handler = found->second; // it may cancel the request while it runs
        handler(result);
    }
}

} // namespace ns3
