// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/message-layer.h"

#include <array>
#include <boost/multi_index/composite_key.hpp>
#include <unordered_map>

namespace coap
{

/// Names an observation at the server; never 0.
using ObserverId = uint64_t;

/// A client that observes a resource (RFC 7641 section 4.1).
struct Observer
{
    ObserverId id;
    sansio::PeerAddress peer;
    Token token;
    std::string path;
    std::shared_ptr<const Request> request; ///< that it registered with
    sansio::TimePoint lastConfirmable;      ///< when it last answered to, or registered
    RequestId wanted{0};                    ///< the representation the application owes it; 0: none
    /// The latest notifications, newest first, each of which a Reset may answer; 0: none.
    std::array<SendId, 8> sent{};
};

/**
 * The observers of the resources of a server, at most Limits::observers: a further registration is
 * not made, and reported.
 */
class ObserverTable
{
  public:
    ObserverTable(size_t bound, Report& report);

    /// Registers, in place of what the peer observes under the same token. \return 0 at the bound
    ObserverId Add(Observer observer);

    void Remove(ObserverId id);

    const Observer* Find(ObserverId id) const;
    const Observer* Find(const sansio::PeerAddress& peer, const Token& token) const;
    const Observer* FindByWanted(RequestId wanted) const;

    /// The observer to which one of its latest notifications went under this id.
    const Observer* FindBySent(SendId sent) const;

    /// The observers of a resource, in the order in which they registered.
    std::vector<ObserverId> FindByPath(std::string_view path) const;

    /// Adds a notification, in place of the oldest that is kept.
    void AddSent(ObserverId id, SendId sent);

    /// The notification in whose place the next one would be kept; 0: none.
    SendId GetOldestSent(ObserverId id) const;

    void SetWanted(ObserverId id, RequestId wanted);
    void SetLastConfirmable(ObserverId id, sansio::TimePoint at);

    size_t GetSize() const
    {
        return m_observers.size();
    }

  private:
    struct ById;
    struct ByPeer;
    struct ByPath;
    struct ByWanted;
    using Observers = boost::multi_index_container<
        Observer,
        boost::multi_index::indexed_by<
            boost::multi_index::hashed_unique<
                boost::multi_index::tag<ById>,
                boost::multi_index::member<Observer, ObserverId, &Observer::id>>,
            boost::multi_index::hashed_unique<
                boost::multi_index::tag<ByPeer>,
                boost::multi_index::composite_key<
                    Observer,
                    boost::multi_index::member<Observer, sansio::PeerAddress, &Observer::peer>,
                    boost::multi_index::member<Observer, Token, &Observer::token>>,
                boost::multi_index::composite_key_hash<std::hash<sansio::PeerAddress>,
                                                       boost::hash<Token>>>,
            boost::multi_index::ordered_unique<
                boost::multi_index::tag<ByPath>,
                boost::multi_index::composite_key<
                    Observer,
                    boost::multi_index::member<Observer, std::string, &Observer::path>,
                    boost::multi_index::member<Observer, ObserverId, &Observer::id>>>,
            boost::multi_index::hashed_non_unique<
                boost::multi_index::tag<ByWanted>,
                boost::multi_index::member<Observer, RequestId, &Observer::wanted>>>>;

    size_t m_bound;
    Report& m_report;
    ObserverId m_lastId{0};
    Observers m_observers;
    std::unordered_map<SendId, ObserverId> m_sent; ///< of all observers
};

} // namespace coap
