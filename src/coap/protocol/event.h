// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/codec.h"
#include "coap/protocol/request.h"
#include "sans-io/protocol/peer.h"
#include "sans-io/protocol/queue.h"
#include "sans-io/protocol/time-point.h"

#include <memory>
#include <optional>
#include <variant>

namespace coap
{

/// Names a request, at the client from SendRequest() on, at the server from its event on; never 0.
using RequestId = uint64_t;

/// Why a request or a separate response came to nothing.
enum class Failure : uint8_t
{
    Timeout,      ///< no acknowledgement after MAX_RETRANSMIT retransmissions
    NoResponse,   ///< no response in time (Settings::responseTimeout or Request::timeout)
    Reset,        ///< the peer rejected the message
    BadResponse,  ///< the response has a critical option that is not understood (section 5.4.1)
    LimitReached, ///< a bound of Limits, or no free token or Message ID
    NotStarted,   ///< the application does not run
};

/// A short name for traces and records ("no-response").
std::string_view ToString(Failure failure);

/// A bound of Limits.
enum class Limit : uint8_t
{
    Duplicates,
    Peers,
    Waiting,
    Requests,
    Unanswered,
    Observers,
    RequestRate,
    MessageIds, ///< all Message IDs for a peer used within EXCHANGE_LIFETIME (section 4.4)
    Tokens,     ///< no unused token found for a peer
    Count,      ///< how many there are; not a limit
};

/// A short name for traces and records ("duplicates").
std::string_view ToString(Limit limit);

/// A request arrived for a resource here; Respond() with its id is due.
struct RequestReceived
{
    RequestId id;
    sansio::PeerAddress peer;
    std::string path;     ///< Uri-Path as "a/b/c"
    std::string resource; ///< path of the resource that answers for it
    std::shared_ptr<const Request> request;
};

/// A request was answered by an error before it came to a resource, since the peer had sent more
/// than Limits::requestRate.
struct RequestRefused
{
    sansio::PeerAddress peer;
    sansio::Duration wait; ///< until the next one is served
};

/// A resource changed: for the observer that sent \p request, Respond() with this id is due.
struct RepresentationWanted
{
    RequestId id;
    sansio::PeerAddress peer;
    std::string path;     ///< Uri-Path as "a/b/c"
    std::string resource; ///< path of the resource that answers for it
    std::shared_ptr<const Request> request;
};

/// The response to a request of this endpoint, or a notification of a resource it observes.
struct ResponseReceived
{
    RequestId id;
    sansio::PeerAddress peer;
    Response response;
    uint64_t report; ///< the label given with the request
    bool last;       ///< nothing more follows: no observation, or its end
};

/// A request of this endpoint came to nothing; nothing more follows.
struct RequestFailed
{
    RequestId id;
    sansio::PeerAddress peer;
    uint64_t report;
    Failure failure;
};

/// A separate response or a notification did not get through to the client.
struct ResponseFailed
{
    sansio::PeerAddress peer;
    uint64_t report;
    Failure failure;
};

/// A CON was sent again.
struct Retransmitted
{
    sansio::PeerAddress peer;
    uint16_t messageId;
    uint8_t retransmission; ///< 1 for the first
    uint64_t report;
};

/// A message arrived that had arrived before (section 4.5); it was not processed again.
struct DuplicateReceived
{
    sansio::PeerAddress peer;
    uint16_t messageId;
    bool answered; ///< with the reply of the first time
};

/// A message was rejected (sections 4.2 and 4.3).
struct MessageRejected
{
    sansio::PeerAddress peer;
    FormatError
        error;  ///< None: well-formed, but unexpected or with a critical option not understood
    bool reset; ///< by a Reset; silently otherwise
};

/// A client observes a resource here, or no longer does.
struct ObserverChanged
{
    sansio::PeerAddress peer;
    std::string path;
    bool added;
};

/// A ping (empty CON) was answered by its Reset (section 4.3).
struct PingAnswered
{
    RequestId id;
    sansio::PeerAddress peer;
};

/// A bound was reached and what Limits says about it was done.
struct LimitReached
{
    Limit limit;
};

/// What the machine tells the application.
using Event = std::variant<RequestReceived,
                           RequestRefused,
                           RepresentationWanted,
                           ResponseReceived,
                           RequestFailed,
                           ResponseFailed,
                           Retransmitted,
                           DuplicateReceived,
                           MessageRejected,
                           ObserverChanged,
                           PingAnswered,
                           LimitReached>;

/// Events on their way to the application, in order.
using EventQueue = sansio::Queue<Event>;

/// One datagram for the wire.
struct Datagram
{
    sansio::PeerAddress peer;
    sansio::SpannedBytes bytes;
};

} // namespace coap
