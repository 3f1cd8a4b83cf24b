// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/model/coap-endpoint.h"

#include "ns3/address.h"

#include <functional>
#include <unordered_map>

namespace ns3
{

/// What became of a request: a response (or a notification), or a failure.
struct CoapResult
{
    coap::RequestId id{0};
    uint64_t report{0};                     ///< the label given with the request
    std::optional<coap::Response> response; ///< empty after a failure and for the answer to a ping
    std::optional<coap::Failure> failure;
    bool last{true}; ///< nothing more follows; false while an observation lasts
};

/**
 * A CoAP client (RFC 7252, Observe of RFC 7641): sends the requests the program hands to it and
 * reports what becomes of them.
 *
 * Requests are taken from the start of the application until its stop. At its stop every open
 * request is forgotten without a result.
 *
 * Where the socket tells that Remote has ended the session with it (DTLS: a server that is full or
 * tidies up), observations of Remote are registered anew, which begins another session. The client
 * cannot know what nobody tells it: a session whose close_notify was lost, and those with other
 * servers than Remote; such an observation falls silent.
 */
class CoapClient : public CoapEndpoint
{
  public:
    static TypeId GetTypeId();

    CoapClient();
    ~CoapClient() override;

    /// Takes the results of one request: one, or for an observation one per notification.
    using ResultHandler = std::function<void(const CoapResult&)>;

    /**
     * Sends a request to Remote.
     *
     * \param request what is asked for
     * \param handler called with every result, never from within Request()
     * \param report label of the report the payload carries; 0 = none
     * \return its id for Cancel() and Deregister(); 0 while the application does not run
     */
    coap::RequestId Request(const coap::Request& request,
                            ResultHandler handler = {},
                            uint64_t report = 0);

    /// The same to another server.
    coap::RequestId RequestTo(const Address& server,
                              const coap::Request& request,
                              ResultHandler handler = {},
                              uint64_t report = 0);

    /// Observes the resource at \p path of Remote.
    coap::RequestId Observe(std::string_view path, ResultHandler handler);

    /// Sends an empty CON to Remote; the Reset that answers it is a result without response.
    coap::RequestId Ping(ResultHandler handler = {});

    /// Forgets a request or observation; its handler is not called again.
    void Cancel(coap::RequestId id);

    /// Ends an observation at the server too.
    void Deregister(coap::RequestId id);

    /**
     * A response or a notification arrived.
     * \param report label of the request
     * \param response what arrived
     */
    typedef void (*ResponseTracedCallback)(uint64_t report, const coap::Response& response);

    /**
     * A request came to nothing.
     * \param report label of the request
     * \param reason a name of coap::Failure
     */
    typedef void (*FailedTracedCallback)(uint64_t report, std::string reason);

    /**
     * The socket is connected (after the handshake, where it has one) or could not be.
     * \param success which of the two
     */
    typedef void (*ConnectedTracedCallback)(bool success);

  protected:
    void DoDispose() override;
    void PrepareSocket(Ptr<Socket> socket) override;
    void HandleStopped() override;
    void HandleEvent(coap::Event&& event) override;

  private:
    void HandleConnected(Ptr<Socket> socket);
    void HandleConnectionFailed(Ptr<Socket> socket);
    void HandleClosed(Ptr<Socket> socket);
    coap::RequestId SendRequest(const sansio::PeerAddress& server,
                                const coap::Request& request,
                                ResultHandler handler,
                                uint64_t report);
    void Await(coap::RequestId id, ResultHandler handler);
    void Report(const CoapResult& result);
    void ReportNotStarted(ResultHandler handler, uint64_t report);

    Address m_remote;
    sansio::PeerAddress m_remotePeer; ///< the same, once the socket is connected
    std::unordered_map<coap::RequestId, ResultHandler> m_handlers;

    TracedCallback<uint64_t, const coap::Response&> m_responseTrace;
    TracedCallback<uint64_t, std::string> m_failedTrace;
    TracedCallback<bool> m_connectedTrace;
};

} // namespace ns3
