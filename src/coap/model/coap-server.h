// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/model/coap-endpoint.h"

#include "ns3/address.h"

#include <functional>
#include <map>

namespace ns3
{

/// What a handler is told beside the request.
struct CoapRequestContext
{
    coap::RequestId id{0};     ///< for CoapServer::Respond()
    sansio::PeerIdentity peer; ///< who asks, as far as the socket has proved it
    std::string path;          ///< Uri-Path as "a/b/c"
};

/**
 * A CoAP server (RFC 7252, Observe of RFC 7641): answers requests for its resources by the handlers
 * the program gives it. On a node with a Processor each message it receives takes time.
 */
class CoapServer : public CoapEndpoint
{
  public:
    static TypeId GetTypeId();

    CoapServer();
    ~CoapServer() override;

    /**
     * Answers a request at once by returning a response, or later: it returns nothing and the
     * program calls Respond(). It is called for every request and, after Notify(), once for every
     * observer with the request that observer registered with.
     */
    using Handler = std::function<std::optional<coap::Response>(const CoapRequestContext& context,
                                                                const coap::Request& request)>;

    /// Serves a resource, from now or from the start of the application on.
    void AddResource(const coap::Resource& resource, Handler handler);

    /// Serves an observable resource with any method at \p path.
    void AddResource(std::string_view path, Handler handler);

    /// Answers a request whose handler returned nothing; \return false where nobody waits any more.
    bool Respond(coap::RequestId id, const coap::Response& response);

    /// The resource at \p path changed: its observers are told.
    void Notify(std::string_view path);

    /// How many clients observe resources here.
    size_t GetObserverCount();

    /**
     * A request arrived for a resource here.
     * \param peer who sent it
     * \param request what is asked for
     */
    typedef void (*RequestTracedCallback)(const sansio::PeerIdentity& peer,
                                          const coap::Request& request);

    /**
     * A client began or ceased to observe a resource.
     * \param peer the client
     * \param path of the resource
     * \param added whether it began
     */
    typedef void (*ObserverChangedTracedCallback)(const sansio::PeerAddress& peer,
                                                  std::string path,
                                                  bool added);

    /**
     * A separate response or a notification did not get through.
     * \param report its label
     * \param reason a name of coap::Failure
     */
    typedef void (*ResponseFailedTracedCallback)(uint64_t report, std::string reason);

    /**
     * A request was not served because of a bound.
     * \param peer who sent it
     * \param reason "request-rate"
     */
    typedef void (*RefusedTracedCallback)(const sansio::PeerIdentity& peer, std::string reason);

  protected:
    void DoDispose() override;
    void PrepareSocket(Ptr<Socket> socket) override;
    void HandleStarted() override;
    void HandleEvent(coap::Event&& event) override;

  private:
    void Serve(const CoapRequestContext& context,
               const std::string& resource,
               const coap::Request& request);

    struct Served
    {
        coap::Resource resource;
        Handler handler;
    };

    Address m_local;
    std::map<std::string, Served> m_resources; ///< by path

    TracedCallback<const sansio::PeerIdentity&, const coap::Request&> m_requestTrace;
    TracedCallback<const sansio::PeerAddress&, std::string, bool> m_observerChangedTrace;
    TracedCallback<uint64_t, std::string> m_responseFailedTrace;
    TracedCallback<const sansio::PeerIdentity&, std::string> m_refusedTrace;
};

} // namespace ns3
