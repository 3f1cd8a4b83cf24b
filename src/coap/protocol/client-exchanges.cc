// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/client-exchanges.h"

#include "coap/protocol/observe.h"
#include "coap/protocol/option-check.h"

#include <set>

namespace coap
{

using sansio::PeerAddress;
using sansio::TimePoint;

namespace
{

constexpr TimePoint NEVER = TimePoint::max();

} // namespace

ClientExchanges::ClientExchanges(const Settings& settings,
                                 sansio::RandomSource& random,
                                 MessageLayer& messages,
                                 Report& report)
    : m_settings(settings),
      m_random(random),
      m_messages(messages),
      m_report(report)
{
}

void
ClientExchanges::SendRequest(TimePoint now,
                             RequestId id,
                             const PeerAddress& peer,
                             const Request& request,
                             uint64_t report)
{
    if (m_exchanges.size() >= m_settings.limits.requests)
    {
        m_report.Reach(Limit::Requests);
        Refuse(id, peer, report);
        return;
    }
    auto token = DrawToken(peer);
    if (!token)
    {
        m_report.Reach(Limit::Tokens);
        Refuse(id, peer, report);
        return;
    }
    Message message{request.confirmable ? Type::Confirmable : Type::NonConfirmable,
                    request.method,
                    0,
                    *token,
                    request.options,
                    request.payload};
    bool observes = request.method == Code::Get &&
                    request.options.FindUint(OptionNumber::Observe) == OBSERVE_REGISTER;
    auto observed = observes ? std::optional(message) : std::nullopt;
    SendId sent =
        m_messages.GetOutbox().Send(now, peer, std::move(message), report, Expect::Answer, id);
    if (sent == 0)
    {
        Refuse(id, peer, report);
        return;
    }
    TimePoint deadline = request.timeout.count() > 0 ? now + request.timeout : NEVER;
    m_exchanges.insert({id,
                        {peer, *token},
                        sent,
                        report,
                        deadline,
                        std::move(observed),
                        std::nullopt,
                        now,
                        false});
}

std::optional<Token>
ClientExchanges::DrawToken(const PeerAddress& peer)
{
    constexpr int ATTEMPTS = 16;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
        uint8_t bytes[Token::MAXIMUM_LENGTH];
        size_t length = std::min<size_t>(m_settings.tokenLength, sizeof(bytes));
        m_random.Fill(bytes, length);
        Token token(sansio::ByteView(bytes, length));
        auto [begin, end] = m_exchanges.get<ByKey>().equal_range(ExchangeKey{peer, token});
        if (std::all_of(begin, end, [](const Exchange& exchange) { return exchange.ping; }))
        {
            return token;
        }
    }
    return std::nullopt;
}

void
ClientExchanges::Refuse(RequestId id, const PeerAddress& peer, uint64_t report)
{
    m_refused.push_back({id, peer, report, Failure::LimitReached});
}

void
ClientExchanges::Ping(TimePoint now, RequestId id, const PeerAddress& peer)
{
    SendId sent = 0;
    if (m_exchanges.size() >= m_settings.limits.requests)
    {
        m_report.Reach(Limit::Requests);
    }
    else
    {
        sent = m_messages.GetOutbox().Send(now, peer, Message{}, 0, Expect::Answer, id);
    }
    if (sent == 0)
    {
        Refuse(id, peer, 0);
        return;
    }
    m_exchanges.insert({id, {peer, {}}, sent, 0, NEVER, std::nullopt, std::nullopt, now, true});
}

void
ClientExchanges::Cancel(TimePoint now, RequestId id)
{
    if (auto found = m_exchanges.find(id); found != m_exchanges.end())
    {
        PeerAddress peer = found->key.peer;
        SendId sent = found->sent;
        m_exchanges.erase(found);
        m_messages.GetOutbox().Release(now, peer, sent);
    }
}

void
ClientExchanges::Deregister(TimePoint now, RequestId id)
{
    auto found = m_exchanges.find(id);
    if (found == m_exchanges.end() || !found->observed)
    {
        return;
    }
    Message message = *found->observed;
    message.options.Remove(OptionNumber::Observe);
    message.options.AddUint(OptionNumber::Observe, OBSERVE_DEREGISTER);
    if (SendAgain(now, *found, std::move(message)))
    {
        m_exchanges.modify(found, [](Exchange& exchange) { exchange.observed.reset(); });
    }
}

void
ClientExchanges::RegisterAgain(TimePoint now, const PeerAddress& peer)
{
    std::set<RequestId> registered; // in the order in which the program asked
    for (const Exchange& exchange : m_exchanges)
    {
        // A registration without an answer is on its way, and is repeated or fails by itself.
        if (exchange.key.peer == peer && exchange.observed && exchange.sequence)
        {
            registered.insert(exchange.id);
        }
    }
    for (RequestId id : registered)
    {
        auto found = m_exchanges.find(id);
        if (SendAgain(now, *found, *found->observed))
        {
            m_exchanges.modify(found, [](Exchange& exchange) { exchange.sequence.reset(); });
        }
    }
}

bool
ClientExchanges::SendAgain(TimePoint now, const Exchange& exchange, Message message)
{
    Outbox& outbox = m_messages.GetOutbox();
    const PeerAddress peer = exchange.key.peer;
    outbox.Release(now, peer, exchange.sent);
    const SendId sent =
        outbox.Send(now, peer, std::move(message), exchange.report, Expect::Answer, exchange.id);
    if (sent == 0)
    {
        Fail(now, exchange, Failure::LimitReached);
        return false;
    }
    m_exchanges.modify(m_exchanges.iterator_to(exchange), [sent](Exchange& changed) {
        changed.sent = sent;
        changed.deadline = NEVER;
    });
    return true;
}

bool
ClientExchanges::HandleResponse(TimePoint now, Incoming& incoming)
{
    Message& message = incoming.message;
    auto& byKey = m_exchanges.get<ByKey>();
    auto [begin, end] = byKey.equal_range(ExchangeKey{incoming.peer, message.token});
    auto found = std::find_if(begin, end, [](const Exchange& exchange) { return !exchange.ping; });
    // Piggybacked, it must also answer the very message that carried the request (section 5.3.2).
    bool piggybacked = message.type == Type::Acknowledgement;
    if (found == end || (piggybacked && (!incoming.ended || found->sent != incoming.ended->sent)))
    {
        m_messages.Reject(incoming.peer, message, FormatError::None);
        return false;
    }
    if (FindBadOption(message.options))
    {
        m_messages.Reject(incoming.peer, message, FormatError::None);
        Fail(now, *found, Failure::BadResponse);
        return true;
    }
    if (message.type == Type::Confirmable)
    {
        m_messages.ReplyEmpty(incoming.peer,
                              message.messageId,
                              Type::Acknowledgement,
                              found->report);
    }
    Accept(now, *found, std::move(message));
    return true;
}

void
ClientExchanges::Accept(TimePoint now, const Exchange& exchange, Message&& message)
{
    if (IsStrayNotification(exchange, message))
    {
        m_report.counters.stale++;
        return;
    }
    // A response acknowledges its request even where the ACK was lost (section 5.3.2).
    m_messages.GetOutbox().Release(now, exchange.key.peer, exchange.sent);
    auto sequence = message.options.FindUint(OptionNumber::Observe);
    bool last = !exchange.observed || !sequence || !IsSuccess(message.code);
    if (!last && !TakeNotification(now, exchange, *sequence))
    {
        m_report.counters.stale++;
        return;
    }
    Response response(message.code, std::move(message.payload));
    response.options = std::move(message.options);
    RemoveIgnoredOptions(response.options);
    m_report.events.push_back(ResponseReceived{exchange.id,
                                               exchange.key.peer,
                                               std::move(response),
                                               exchange.report,
                                               last});
    if (last)
    {
        m_exchanges.erase(m_exchanges.iterator_to(exchange));
    }
}

bool
ClientExchanges::IsStrayNotification(const Exchange& exchange, const Message& message)
{
    // After the client deregistered, a notification still on its way is not the answer to that. A
    // piggybacked response is, whatever options it carries.
    return !exchange.observed && exchange.sequence && message.type != Type::Acknowledgement &&
           message.options.Has(OptionNumber::Observe);
}

bool
ClientExchanges::TakeNotification(TimePoint now, const Exchange& exchange, uint32_t sequence)
{
    if (exchange.sequence && !IsFresher(*exchange.sequence, exchange.newest, sequence, now))
    {
        return false;
    }
    m_exchanges.modify(m_exchanges.iterator_to(exchange), [now, sequence](Exchange& changed) {
        changed.sequence = sequence;
        changed.newest = now;
        changed.deadline = NEVER;
    });
    return true;
}

bool
ClientExchanges::HandleOutcome(TimePoint now, const MessageOutcome& ended)
{
    auto found = m_exchanges.find(ended.request);
    if (found == m_exchanges.end() || found->sent != ended.sent)
    {
        return false;
    }
    if (ended.outcome == Outcome::Reset && found->ping)
    {
        m_report.events.push_back(PingAnswered{found->id, found->key.peer});
        m_exchanges.erase(found);
        return true;
    }
    switch (ended.outcome)
    {
    case Outcome::Acknowledged:
    case Outcome::Expired:
        SetDeadline(*found, std::min(found->deadline, now + m_settings.responseTimeout));
        break;
    case Outcome::Reset:
        Fail(now, *found, Failure::Reset);
        break;
    case Outcome::TimedOut:
        Fail(now, *found, Failure::Timeout);
        break;
    case Outcome::Refused:
        Fail(now, *found, Failure::LimitReached);
        break;
    case Outcome::None:
        break;
    }
    return true;
}

void
ClientExchanges::SetDeadline(const Exchange& exchange, TimePoint deadline)
{
    m_exchanges.modify(m_exchanges.iterator_to(exchange),
                       [deadline](Exchange& changed) { changed.deadline = deadline; });
}

void
ClientExchanges::Fail(TimePoint now, const Exchange& exchange, Failure failure)
{
    PeerAddress peer = exchange.key.peer;
    SendId sent = exchange.sent;
    m_report.events.push_back(RequestFailed{exchange.id, peer, exchange.report, failure});
    m_exchanges.erase(m_exchanges.iterator_to(exchange));
    m_messages.GetOutbox().Release(now, peer, sent);
}

void
ClientExchanges::HandleTimeout(TimePoint now)
{
    for (const RequestFailed& refused : std::exchange(m_refused, {}))
    {
        m_report.events.push_back(refused);
    }
    auto& byDeadline = m_exchanges.get<ByDeadline>();
    while (!byDeadline.empty() && byDeadline.begin()->deadline <= now)
    {
        Fail(now, *byDeadline.begin(), Failure::NoResponse);
    }
}

std::optional<TimePoint>
ClientExchanges::GetNextTimeout() const
{
    if (!m_refused.empty())
    {
        return TimePoint{}; // at once
    }
    auto& byDeadline = m_exchanges.get<ByDeadline>();
    if (byDeadline.empty() || byDeadline.begin()->deadline == NEVER)
    {
        return std::nullopt;
    }
    return byDeadline.begin()->deadline;
}

} // namespace coap
