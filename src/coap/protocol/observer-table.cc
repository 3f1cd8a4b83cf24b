// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/observer-table.h"

namespace coap
{

using sansio::PeerAddress;

ObserverTable::ObserverTable(size_t bound, Report& report)
    : m_bound(bound),
      m_report(report)
{
}

ObserverId
ObserverTable::Add(Observer observer)
{
    if (const Observer* before = Find(observer.peer, observer.token))
    {
        Remove(before->id);
    }
    if (m_observers.size() >= m_bound)
    {
        m_report.Reach(Limit::Observers);
        return 0;
    }
    observer.id = ++m_lastId;
    m_report.events.push_back(ObserverChanged{observer.peer, observer.path, true});
    m_observers.insert(std::move(observer));
    return m_lastId;
}

void
ObserverTable::Remove(ObserverId id)
{
    auto found = m_observers.find(id);
    if (found != m_observers.end())
    {
        m_report.events.push_back(ObserverChanged{found->peer, found->path, false});
        for (SendId sent : found->sent)
        {
            m_sent.erase(sent);
        }
        m_observers.erase(found);
    }
}

const Observer*
ObserverTable::Find(ObserverId id) const
{
    auto found = m_observers.find(id);
    return found == m_observers.end() ? nullptr : &*found;
}

const Observer*
ObserverTable::Find(const PeerAddress& peer, const Token& token) const
{
    auto& byPeer = m_observers.get<ByPeer>();
    auto found = byPeer.find(std::make_tuple(peer, token));
    return found == byPeer.end() ? nullptr : &*found;
}

const Observer*
ObserverTable::FindByWanted(RequestId wanted) const
{
    auto& byWanted = m_observers.get<ByWanted>();
    auto found = wanted == 0 ? byWanted.end() : byWanted.find(wanted);
    return found == byWanted.end() ? nullptr : &*found;
}

const Observer*
ObserverTable::FindBySent(SendId sent) const
{
    auto found = m_sent.find(sent);
    return found == m_sent.end() ? nullptr : Find(found->second);
}

std::vector<ObserverId>
ObserverTable::FindByPath(std::string_view path) const
{
    std::vector<ObserverId> ids;
    auto [begin, end] = m_observers.get<ByPath>().equal_range(std::string(path));
    for (auto observer = begin; observer != end; ++observer)
    {
        ids.push_back(observer->id);
    }
    return ids;
}

void
ObserverTable::AddSent(ObserverId id, SendId sent)
{
    m_sent.erase(GetOldestSent(id));
    m_observers.modify(m_observers.find(id), [sent](Observer& changed) {
        std::rotate(changed.sent.begin(), changed.sent.end() - 1, changed.sent.end());
        changed.sent.front() = sent;
    });
    if (sent != 0)
    {
        m_sent[sent] = id;
    }
}

SendId
ObserverTable::GetOldestSent(ObserverId id) const
{
    return Find(id)->sent.back();
}

void
ObserverTable::SetWanted(ObserverId id, RequestId wanted)
{
    m_observers.modify(m_observers.find(id),
                       [wanted](Observer& changed) { changed.wanted = wanted; });
}

void
ObserverTable::SetLastConfirmable(ObserverId id, sansio::TimePoint at)
{
    m_observers.modify(m_observers.find(id),
                       [at](Observer& changed) { changed.lastConfirmable = at; });
}

} // namespace coap
