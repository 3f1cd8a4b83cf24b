// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/message-layer.h"

namespace coap
{

/**
 * The client side of the request/response layer (RFC 7252 section 5) and of Observe (RFC 7641
 * section 3): tokens, matching of responses, freshness of notifications, timeouts of requests.
 *
 * At most Limits::requests are open; a further one is refused.
 */
class ClientExchanges
{
  public:
    ClientExchanges(const Settings& settings,
                    sansio::RandomSource& random,
                    MessageLayer& messages,
                    Report& report);

    /// Sends a request. No event of it comes before the next Receive() or HandleTimeout().
    void SendRequest(sansio::TimePoint now,
                     RequestId id,
                     const sansio::PeerAddress& peer,
                     const Request& request,
                     uint64_t report);

    void Ping(sansio::TimePoint now, RequestId id, const sansio::PeerAddress& peer);
    void Cancel(sansio::TimePoint now, RequestId id);
    void Deregister(sansio::TimePoint now, RequestId id);
    void RegisterAgain(sansio::TimePoint now, const sansio::PeerAddress& peer);

    /// A response arrived, piggybacked or by itself. \return whether it settled or served a request
    bool HandleResponse(sansio::TimePoint now, Incoming& incoming);

    /// A message of this endpoint had an outcome, without a response. \return whether it was a
    /// request
    bool HandleOutcome(sansio::TimePoint now, const MessageOutcome& ended);

    void HandleTimeout(sansio::TimePoint now);
    std::optional<sansio::TimePoint> GetNextTimeout() const;

    /// Peer and a token of full length of each open request (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return m_exchanges.size() * (sansio::ENTRY_MEMORY + PEER_MEMORY + Token::MAXIMUM_LENGTH);
    }

  private:
    /// What is open with a peer under a token.
    struct ExchangeKey
    {
        sansio::PeerAddress peer;
        Token token;

        friend bool operator==(const ExchangeKey& a, const ExchangeKey& b)
        {
            return a.token == b.token && a.peer == b.peer;
        }

        friend size_t hash_value(const ExchangeKey& key)
        {
            return std::hash<sansio::PeerAddress>{}(key.peer) * 31 + hash_value(key.token);
        }
    };

    /// A request that is not settled.
    struct Exchange
    {
        RequestId id;
        ExchangeKey key;
        SendId sent;
        uint64_t report;
        sansio::TimePoint deadline;       ///< after which it fails
        std::optional<Message> observed;  ///< the registration, while the client wants to observe
        std::optional<uint32_t> sequence; ///< of the newest notification
        sansio::TimePoint newest;         ///< when that arrived
        bool ping;
    };

    struct ById;
    struct ByKey;
    struct ByDeadline;
    using Exchanges = boost::multi_index_container<
        Exchange,
        boost::multi_index::indexed_by<
            boost::multi_index::hashed_unique<
                boost::multi_index::tag<ById>,
                boost::multi_index::member<Exchange, RequestId, &Exchange::id>>,
            boost::multi_index::hashed_non_unique<
                boost::multi_index::tag<ByKey>,
                boost::multi_index::member<Exchange, ExchangeKey, &Exchange::key>>,
            boost::multi_index::ordered_non_unique<
                boost::multi_index::tag<ByDeadline>,
                boost::multi_index::member<Exchange, sansio::TimePoint, &Exchange::deadline>>>>;

    std::optional<Token> DrawToken(const sansio::PeerAddress& peer);
    void Accept(sansio::TimePoint now, const Exchange& exchange, Message&& message);
    static bool IsStrayNotification(const Exchange& exchange, const Message& message);
    bool TakeNotification(sansio::TimePoint now, const Exchange& exchange, uint32_t sequence);
    bool SendAgain(sansio::TimePoint now, const Exchange& exchange, Message message);
    void Fail(sansio::TimePoint now, const Exchange& exchange, Failure failure);
    void Refuse(RequestId id, const sansio::PeerAddress& peer, uint64_t report);
    void SetDeadline(const Exchange& exchange, sansio::TimePoint deadline);

    const Settings m_settings;
    sansio::RandomSource& m_random;
    MessageLayer& m_messages;
    Report& m_report;
    Exchanges m_exchanges;
    std::vector<RequestFailed> m_refused; ///< until the next HandleTimeout()
};

} // namespace coap
