// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/message-layer.h"
#include "coap/protocol/observer-table.h"
#include "coap/protocol/resource-table.h"

namespace coap
{

/**
 * The server side of the request/response layer (RFC 7252 section 5) and of Observe (RFC 7641
 * section 4): errors that need no resource, piggybacked and separate responses, notifications.
 *
 * At most Limits::unanswered requests wait for the application; a further one is answered 5.03. One
 * that is never answered is forgotten after EXCHANGE_LIFETIME.
 */
class ServerExchanges
{
  public:
    ServerExchanges(const Settings& settings, MessageLayer& messages, Report& report);

    void SetResource(const Resource& resource);

    /// A request arrived.
    void HandleRequest(sansio::TimePoint now, RequestId id, Incoming& incoming);

    /// A message of this endpoint had an outcome.
    void HandleOutcome(sansio::TimePoint now, const MessageOutcome& ended);

    bool Respond(sansio::TimePoint now, RequestId id, const Response& response);

    /// \param lastId the last id given to a request; counted up for each observer
    void Notify(sansio::TimePoint now, std::string_view path, RequestId& lastId);

    void HandleTimeout(sansio::TimePoint now);
    std::optional<sansio::TimePoint> GetNextTimeout() const;

    size_t GetObserverCount() const;

    /// Peer and a token of full length of each unanswered request and each observer
    /// (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return (m_unanswered.size() + m_observers.GetSize()) *
                   (sansio::ENTRY_MEMORY + PEER_MEMORY + Token::MAXIMUM_LENGTH) +
               m_rates.GetMemory();
    }

  private:
    /// A request that waits for the application.
    struct Unanswered
    {
        RequestId id;
        sansio::TimePoint deadline; ///< of the empty ACK; once that is sent, of being forgotten
        sansio::PeerAddress peer;
        Token token;
        uint16_t messageId;
        bool confirmable;
        bool acknowledged;
        std::string path;
        std::shared_ptr<const Request> request;
    };

    struct ById;
    struct ByDeadline;
    using UnansweredTable = boost::multi_index_container<
        Unanswered,
        boost::multi_index::indexed_by<
            boost::multi_index::hashed_unique<
                boost::multi_index::tag<ById>,
                boost::multi_index::member<Unanswered, RequestId, &Unanswered::id>>,
            boost::multi_index::ordered_non_unique<
                boost::multi_index::tag<ByDeadline>,
                boost::multi_index::member<Unanswered, sansio::TimePoint, &Unanswered::deadline>>>>;

    void Answer(sansio::TimePoint now, const Unanswered& unanswered, const Response& response);
    void SendNotification(sansio::TimePoint now, ObserverId id, const Response& response);
    /// Whether the peer keeps to its rate; otherwise it is told.
    bool KeepsRate(sansio::TimePoint now, const Unanswered& unanswered);
    /// Registers or deregisters as the request asks. \return whether it observes from now on
    bool Registers(sansio::TimePoint now, const Unanswered& unanswered, const Response& response);

    const Settings m_settings;
    MessageLayer& m_messages;
    Report& m_report;
    ResourceTable m_resources;
    UnansweredTable m_unanswered;
    sansio::TokenBucketTable<sansio::PeerAddress> m_rates; ///< by address, without port
    ObserverTable m_observers;
    uint32_t m_sequence{0}; ///< of the last change, counted for all resources together
};

} // namespace coap
