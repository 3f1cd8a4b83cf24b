// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/outbox.h"

namespace coap
{

using sansio::PeerAddress;
using sansio::TimePoint;

Outbox::Outbox(const Settings& settings, sansio::RandomSource& random, Report& report)
    : m_settings(settings),
      m_random(random),
      m_report(report),
      m_peers(settings.limits.peers, report, random)
{
}

SendId
Outbox::Send(TimePoint now,
             const PeerAddress& address,
             Message&& message,
             uint64_t report,
             Expect expect,
             RequestId request)
{
    Peer* peer = m_peers.Get(address);
    if (!peer)
    {
        return 0;
    }
    if (message.type == Type::Confirmable)
    {
        expect = Expect::Answer;
    }
    SendId id = ++m_lastId;
    if (expect != Expect::Answer || peer->outstanding < m_settings.transmission.nstart)
    {
        return Transmit(now, *peer, id, std::move(message), report, expect, request) ? id : 0;
    }
    if (m_waiting >= m_settings.limits.waiting)
    {
        m_report.Reach(Limit::Waiting);
        return 0;
    }
    m_waiting++;
    peer->waiting.push_back({id, std::move(message), report, request, {}});
    peer->waiting.back().memory.Set(m_messageBytes,
                                    Encode(peer->waiting.back().message, report).size());
    return id;
}

bool
Outbox::Transmit(TimePoint now,
                 Peer& peer,
                 SendId id,
                 Message&& message,
                 uint64_t report,
                 Expect expect,
                 RequestId request)
{
    auto messageId = TakeMessageId(now, peer);
    if (!messageId)
    {
        return false;
    }
    message.messageId = *messageId;
    if (expect == Expect::Nothing)
    {
        Emit(peer.address, Encode(message, report));
        return true;
    }
    bool interaction = expect == Expect::Answer;
    bool confirmable = message.type == Type::Confirmable;
    auto timeout = confirmable ? DrawTimeout() : m_settings.nonInteractionTimeout;
    auto bytes = Encode(message, report);
    auto kept = confirmable ? bytes : sansio::SpannedBytes{};
    Emit(peer.address, std::move(bytes));
    size_t size = kept.size();
    auto inserted = m_outstanding.insert({id,
                                          {peer.address, *messageId},
                                          now + timeout,
                                          timeout,
                                          confirmable,
                                          interaction,
                                          0,
                                          report,
                                          request,
                                          std::move(kept),
                                          std::nullopt,
                                          0,
                                          {}});
    inserted.first->memory.Set(m_messageBytes, size);
    peer.outstanding += interaction;
    return true;
}

std::optional<uint16_t>
Outbox::TakeMessageId(TimePoint now, Peer& peer)
{
    auto messageId = peer.messageIds.Take(now, m_settings.transmission.GetExchangeLifetime());
    // Of a peer that was forgotten, or with settings beyond table 2, one may still be outstanding.
    if (!messageId || m_outstanding.get<ByKey>().count(MessageKey{peer.address, *messageId}))
    {
        m_report.Reach(Limit::MessageIds);
        return std::nullopt;
    }
    return messageId;
}

sansio::Duration
Outbox::DrawTimeout()
{
    const auto& parameters = m_settings.transmission;
    double factor = m_random.GetUniform(1, parameters.acknowledgementRandomFactor);
    return sansio::Duration(std::llround(parameters.acknowledgementTimeout.count() * factor));
}

std::optional<MessageOutcome>
Outbox::TakeAnswer(TimePoint now, const PeerAddress& peer, const Message& answer)
{
    auto& byKey = m_outstanding.get<ByKey>();
    auto found = byKey.find(MessageKey{peer, answer.messageId});
    bool reset = answer.type == Type::Reset;
    if (found == byKey.end() || (!reset && !found->confirmable))
    {
        m_report.counters.unmatched++;
        return std::nullopt;
    }
    if (!reset && found->successor && SendSuccessor(now, *found, true))
    {
        return std::nullopt;
    }
    MessageOutcome ended{found->id,
                         peer,
                         reset ? Outcome::Reset : Outcome::Acknowledged,
                         found->report,
                         found->request};
    Finish(now, *found);
    return ended;
}

std::deque<Peer::Waiting>::iterator
Outbox::FindWaiting(Peer& peer, SendId id)
{
    return std::find_if(peer.waiting.begin(), peer.waiting.end(), [id](const auto& waiting) {
        return waiting.id == id;
    });
}

void
Outbox::Release(TimePoint now, const PeerAddress& address, SendId id)
{
    if (auto found = m_outstanding.find(id); found != m_outstanding.end())
    {
        Finish(now, *found);
        return;
    }
    Peer* peer = m_peers.Find(address);
    if (!peer)
    {
        return;
    }
    if (auto waiting = FindWaiting(*peer, id); waiting != peer->waiting.end())
    {
        peer->waiting.erase(waiting);
        m_waiting--;
    }
}

bool
Outbox::Supersede(const PeerAddress& address, SendId id, Message message, uint64_t report)
{
    auto found = m_outstanding.find(id);
    if (found != m_outstanding.end() && found->confirmable)
    {
        m_outstanding.modify(found, [&](Outstanding& entry) {
            entry.successor = std::move(message);
            entry.successorReport = report;
        });
        return true;
    }
    Peer* peer = m_peers.Find(address);
    if (!peer)
    {
        return false;
    }
    auto waiting = FindWaiting(*peer, id);
    if (waiting == peer->waiting.end())
    {
        return false;
    }
    waiting->message = std::move(message);
    waiting->report = report;
    return true;
}

bool
Outbox::SendSuccessor(TimePoint now, const Outstanding& entry, bool fresh)
{
    Peer* peer = m_peers.Find(entry.key.peer);
    auto messageId = TakeMessageId(now, *peer);
    if (!messageId)
    {
        return false;
    }
    auto timeout = fresh ? DrawTimeout() : 2 * entry.timeout;
    m_outstanding.modify(m_outstanding.iterator_to(entry), [&](Outstanding& changed) {
        changed.successor->messageId = *messageId;
        changed.key.messageId = *messageId;
        changed.report = changed.successorReport;
        changed.bytes = Encode(*changed.successor, changed.report);
        changed.successor.reset();
        changed.retransmissions = fresh ? 0 : changed.retransmissions + 1;
        changed.timeout = timeout;
        changed.deadline = now + timeout;
    });
    Emit(entry.key.peer, entry.bytes);
    return true;
}

std::vector<MessageOutcome>
Outbox::HandleTimeout(TimePoint now)
{
    std::vector<MessageOutcome> outcomes = std::exchange(m_refused, {});
    auto& byDeadline = m_outstanding.get<ByDeadline>();
    while (!byDeadline.empty() && byDeadline.begin()->deadline <= now)
    {
        const Outstanding& due = *byDeadline.begin();
        if (Outcome outcome = HandleDeadline(now, due); outcome != Outcome::None)
        {
            outcomes.push_back({due.id, due.key.peer, outcome, due.report, due.request});
            Finish(now, due);
        }
    }
    return outcomes;
}

Outcome
Outbox::HandleDeadline(TimePoint now, const Outstanding& entry)
{
    if (!entry.confirmable)
    {
        return Outcome::Expired;
    }
    if (entry.retransmissions >= m_settings.transmission.maximumRetransmit)
    {
        return Outcome::TimedOut;
    }
    if (entry.successor && SendSuccessor(now, entry, false))
    {
        return Outcome::None;
    }
    Retransmit(now, entry);
    return Outcome::None;
}

void
Outbox::Retransmit(TimePoint now, const Outstanding& entry)
{
    m_outstanding.modify(m_outstanding.iterator_to(entry), [now](Outstanding& changed) {
        changed.retransmissions++;
        changed.timeout *= 2;
        changed.deadline = now + changed.timeout;
    });
    m_report.counters.retransmissions++;
    m_report.events.push_back(
        Retransmitted{entry.key.peer, entry.key.messageId, entry.retransmissions, entry.report});
    Emit(entry.key.peer, entry.bytes.AsRetransmission());
}

void
Outbox::Finish(TimePoint now, const Outstanding& entry)
{
    Peer* peer = m_peers.Find(entry.key.peer);
    bool interaction = entry.interaction;
    m_outstanding.erase(m_outstanding.iterator_to(entry));
    if (peer && interaction)
    {
        peer->outstanding--;
        SendWaiting(now, *peer);
    }
}

void
Outbox::SendWaiting(TimePoint now, Peer& peer)
{
    while (!peer.waiting.empty() && peer.outstanding < m_settings.transmission.nstart)
    {
        Peer::Waiting next = std::move(peer.waiting.front());
        peer.waiting.pop_front();
        m_waiting--;
        if (!Transmit(now,
                      peer,
                      next.id,
                      std::move(next.message),
                      next.report,
                      Expect::Answer,
                      next.request))
        {
            m_refused.push_back(
                {next.id, peer.address, Outcome::Refused, next.report, next.request});
        }
    }
}

std::optional<TimePoint>
Outbox::GetNextTimeout() const
{
    if (!m_refused.empty())
    {
        return TimePoint{}; // at once
    }
    auto& byDeadline = m_outstanding.get<ByDeadline>();
    return byDeadline.empty() ? std::nullopt : std::optional(byDeadline.begin()->deadline);
}

std::optional<Datagram>
Outbox::TakeTransmit()
{
    if (m_transmit.empty())
    {
        return std::nullopt;
    }
    return m_transmit.Take();
}

void
Outbox::Emit(const PeerAddress& peer, sansio::SpannedBytes bytes)
{
    m_report.counters.sent++;
    m_transmit.push_back({peer, std::move(bytes)});
}

} // namespace coap
