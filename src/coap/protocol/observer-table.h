// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/message-layer.h"

#include <boost/multi_index/composite_key.hpp>

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
    SendId sent{0};                         ///< the last notification, while it may have an outcome
    RequestId wanted{0};                    ///< the representation the application owes it
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
    const Observer* FindBySent(SendId sent) const;

    /// The observers of a resource, in the order in which they registered.
    std::vector<ObserverId> FindByPath(std::string_view path) const;

    void SetSent(ObserverId id, SendId sent);
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
    struct BySent;
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
                boost::multi_index::tag<BySent>,
                boost::multi_index::member<Observer, SendId, &Observer::sent>>>>;

    size_t m_bound;
    Report& m_report;
    ObserverId m_lastId{0};
    Observers m_observers;
};

} // namespace coap
