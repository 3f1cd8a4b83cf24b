// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/client-exchanges.h"
#include "coap/protocol/message-layer.h"
#include "coap/protocol/server-exchanges.h"

namespace coap
{

/**
 * A CoAP endpoint (RFC 7252) on one UDP port, client and server at once, with Observe (RFC 7641).
 *
 * It consists of the message layer (types, Message IDs, retransmission, deduplication) and the
 * request/response layer (tokens, options, resources) and passes whole messages between the two;
 * what protects messages end to end belongs at that cut.
 *
 * Left out: multicast, block-wise transfer, PROBING_RATE and proxying; the options that ask for
 * them are answered as section 5.4.1 says of options that are not understood.
 */
class Endpoint
{
  public:
    /// \p random draws timeouts, first Message IDs and tokens; it must outlive the endpoint.
    Endpoint(const Settings& settings, sansio::RandomSource& random);

    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;

    /// A datagram from \p peer arrived; any bytes will do.
    void Receive(sansio::TimePoint now, const sansio::PeerAddress& peer, sansio::ByteView bytes);

    /// Call it at or after GetNextTimeout().
    void HandleTimeout(sansio::TimePoint now);

    std::optional<sansio::TimePoint> GetNextTimeout() const;

    /// The next datagram to send.
    std::optional<Datagram> TakeTransmit();

    /// What happened next.
    std::optional<Event> PollEvent();

    /**
     * Sends a request, or queues it behind NSTART others for this peer. Exactly one RequestFailed
     * or ResponseReceived with `last` follows, unless it is cancelled, and never before the next
     * Receive() or HandleTimeout().
     *
     * \param report label of the report whose bytes these are; 0 = none
     */
    RequestId SendRequest(sansio::TimePoint now,
                          const sansio::PeerAddress& peer,
                          const Request& request,
                          uint64_t report = 0);

    /// Sends an empty CON; PingAnswered or RequestFailed follows.
    RequestId Ping(sansio::TimePoint now, const sansio::PeerAddress& peer);

    /// Forgets a request or observation; whatever still comes for it is answered by a Reset.
    void Cancel(sansio::TimePoint now, RequestId id);

    /// Ends an observation by a GET with Observe 1 (RFC 7641 section 3.6); its response is the
    /// last.
    void Deregister(sansio::TimePoint now, RequestId id);

    /**
     * What was agreed with \p peer holds no more, for its security session has ended: notifications
     * must come in that of their registration (RFC 7252 section 9.1.2). Every observation at the
     * peer is registered anew under its token (RFC 7641 section 3.3.1), and what it answers is the
     * next notification; a registration that is not answered yet goes on as it was.
     */
    void RegisterAgain(sansio::TimePoint now, const sansio::PeerAddress& peer);

    /// Makes a resource known; one of the same path is replaced.
    void SetResource(const Resource& resource);

    /**
     * Answers RequestReceived or RepresentationWanted.
     *
     * \return false where nobody waits for it any more
     */
    bool Respond(sansio::TimePoint now, RequestId id, const Response& response);

    /// The resource at \p path changed: one RepresentationWanted follows for each observer of it.
    void Notify(sansio::TimePoint now, std::string_view path);

    /// How many clients observe resources here.
    size_t GetObserverCount() const;

    /// Messages received within their lifetime, which are not processed twice.
    size_t GetRemembered() const;

    const Counters& GetCounters() const;

    /**
     * Bytes that the tables and buffers hold, by the rule of sans-io/protocol/memory.h: messages
     * that wait, are in transit or were received within their lifetime, peers, open requests,
     * observers. Left out are resources and the requests that observations repeat.
     */
    size_t GetMemory() const;

    /// The most that GetMemory() has been.
    size_t GetPeakMemory() const;

  private:
    void Dispatch(sansio::TimePoint now, Incoming& incoming);
    void HandleOutcome(sansio::TimePoint now, const MessageOutcome& ended);

    Counters m_counters;
    EventQueue m_events;
    Report m_report;
    MessageLayer m_messages;
    ClientExchanges m_client;
    ServerExchanges m_server;
    sansio::HighWater m_peakMemory;
    RequestId m_lastId{0};
};

} // namespace coap
