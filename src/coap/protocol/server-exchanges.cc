// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/server-exchanges.h"

#include "coap/protocol/observe.h"
#include "coap/protocol/option-check.h"

namespace coap
{

using sansio::PeerAddress;
using sansio::TimePoint;

namespace
{

Message
MakeMessage(Type type, const Token& token, const Response& response)
{
    return {type, response.code, 0, token, response.options, response.payload};
}

Failure
ToFailure(Outcome outcome)
{
    switch (outcome)
    {
    case Outcome::Reset:
        return Failure::Reset;
    case Outcome::Refused:
        return Failure::LimitReached;
    default:
        return Failure::Timeout;
    }
}

} // namespace

ServerExchanges::ServerExchanges(const Settings& settings, MessageLayer& messages, Report& report)
    : m_settings(settings),
      m_messages(messages),
      m_report(report),
      m_rates(settings.limits.requestRate, settings.limits.ratedPeers),
      m_observers(settings.limits.observers, report)
{
}

void
ServerExchanges::SetResource(const Resource& resource)
{
    m_resources.Set(resource);
}

void
ServerExchanges::HandleRequest(TimePoint now, RequestId id, Incoming& incoming)
{
    Message& message = incoming.message;
    bool confirmable = message.type == Type::Confirmable;
    const OptionCheck check = CheckOptions(message.options);
    if (!confirmable && check.bad) // section 5.4.1
    {
        m_messages.Reject(incoming.peer, message, FormatError::None);
        return;
    }
    Unanswered unanswered{id,
                          now + (confirmable ? m_settings.acknowledgementDelay
                                             : m_settings.transmission.GetExchangeLifetime()),
                          incoming.peer,
                          message.token,
                          message.messageId,
                          confirmable,
                          false,
                          message.options.GetUriPath(),
                          nullptr};
    if (!KeepsRate(now, unanswered))
    {
        return;
    }
    const Resource* resource = m_resources.Find(unanswered.path);
    if (auto error = FindRequestError(message, resource, check.bad))
    {
        Answer(now, unanswered, *error);
        return;
    }
    if (m_unanswered.size() >= m_settings.limits.unanswered)
    {
        m_report.Reach(Limit::Unanswered);
        Answer(now, unanswered, Response(Code::ServiceUnavailable));
        return;
    }
    auto request = std::make_shared<Request>();
    request->method = message.code;
    request->confirmable = confirmable;
    request->options = std::move(message.options);
    request->payload = std::move(message.payload);
    if (check.ignored)
    {
        RemoveIgnoredOptions(request->options);
    }
    unanswered.request = request;
    m_report.events.push_back(
        RequestReceived{id, incoming.peer, unanswered.path, resource->path, request});
    m_unanswered.insert(std::move(unanswered));
}

bool
ServerExchanges::KeepsRate(TimePoint now, const Unanswered& unanswered)
{
    PeerAddress address = unanswered.peer;
    address.port = 0; // it can have as many as it likes
    if (m_rates.Take(now, address))
    {
        return true;
    }
    const sansio::Duration wait = m_rates.GetWait(now, address);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    m_report.Reach(Limit::RequestRate);
    m_report.events.push_back(RequestRefused{unanswered.peer, wait});
    Response response(Code::TooManyRequests);
    response.options.AddUint(OptionNumber::MaxAge, seconds.count());
    Answer(now, unanswered, response);
    return false;
}

bool
ServerExchanges::Respond(TimePoint now, RequestId id, const Response& response)
{
    if (const Observer* observer = m_observers.FindByWanted(id))
    {
        m_observers.SetWanted(observer->id, 0);
        SendNotification(now, observer->id, response);
        return true;
    }
    auto found = m_unanswered.find(id);
    if (found == m_unanswered.end())
    {
        return false;
    }
    if (Registers(now, *found, response))
    {
        Response first = response;
        first.options.AddUint(OptionNumber::Observe, m_sequence);
        Answer(now, *found, first);
    }
    else
    {
        Answer(now, *found, response);
    }
    m_unanswered.erase(found);
    return true;
}

bool
ServerExchanges::Registers(TimePoint now, const Unanswered& unanswered, const Response& response)
{
    auto observe = unanswered.request->options.FindUint(OptionNumber::Observe);
    const Resource* resource = m_resources.Find(unanswered.path);
    if (!observe || unanswered.request->method != Code::Get || !resource || !resource->observable)
    {
        return false;
    }
    if (*observe == OBSERVE_REGISTER && IsSuccess(response.code))
    {
        return m_observers.Add({0,
                                unanswered.peer,
                                unanswered.token,
                                unanswered.path,
                                unanswered.request,
                                now}) != 0;
    }
    const Observer* observer = m_observers.Find(unanswered.peer, unanswered.token);
    if (observer && *observe <= OBSERVE_DEREGISTER) // any other value means nothing
    {
        m_observers.Remove(observer->id); // deregistered, or registered anew without success
    }
    return false;
}

void
ServerExchanges::Answer(TimePoint now, const Unanswered& unanswered, const Response& response)
{
    bool piggybacked = unanswered.confirmable && !unanswered.acknowledged;
    if (piggybacked)
    {
        m_messages.Reply(unanswered.peer,
                         unanswered.messageId,
                         MakeMessage(Type::Acknowledgement, unanswered.token, response),
                         response.report);
        return;
    }
    Type type = unanswered.confirmable ? Type::Confirmable : Type::NonConfirmable;
    SendId sent = m_messages.GetOutbox().Send(now,
                                              unanswered.peer,
                                              MakeMessage(type, unanswered.token, response),
                                              response.report,
                                              Expect::Nothing);
    if (sent == 0)
    {
        m_report.events.push_back(
            ResponseFailed{unanswered.peer, response.report, Failure::LimitReached});
    }
}

void
ServerExchanges::Notify(TimePoint now, std::string_view path, RequestId& lastId)
{
    const Resource* resource = m_resources.Find(path);
    if (!resource)
    {
        return;
    }
    m_sequence = (m_sequence + 1) % OBSERVE_MODULUS;
    for (ObserverId id : m_observers.FindByPath(path))
    {
        const Observer& observer = *m_observers.Find(id);
        if (observer.wanted != 0) // the application has yet to say what it is now
        {
            continue;
        }
        m_observers.SetWanted(id, ++lastId);
        m_report.events.push_back(RepresentationWanted{lastId,
                                                       observer.peer,
                                                       observer.path,
                                                       resource->path,
                                                       observer.request});
    }
}

void
ServerExchanges::SendNotification(TimePoint now, ObserverId id, const Response& response)
{
    const Observer& observer = *m_observers.Find(id);
    const Resource* resource = m_resources.Find(observer.path);
    bool due = now - observer.lastConfirmable >= m_settings.confirmableNotificationInterval;
    bool last = !IsSuccess(response.code); // RFC 7641 section 4.2
    bool confirmable = due || last || (resource && resource->confirmableNotifications);
    Message message = MakeMessage(confirmable ? Type::Confirmable : Type::NonConfirmable,
                                  observer.token,
                                  response);
    if (!last)
    {
        message.options.AddUint(OptionNumber::Observe, m_sequence);
    }
    // What takes over from a CON in transit stays a CON (RFC 7641 section 4.5.2).
    Message successor = message;
    successor.type = Type::Confirmable;
    if (!m_messages.GetOutbox().Supersede(observer.peer,
                                          observer.sent.front(),
                                          std::move(successor),
                                          response.report))
    {
        m_messages.GetOutbox().Release(now, observer.peer, m_observers.GetOldestSent(id));
        SendId sent = m_messages.GetOutbox().Send(now,
                                                  observer.peer,
                                                  std::move(message),
                                                  response.report,
                                                  Expect::Rejection);
        if (sent == 0)
        {
            m_report.events.push_back(
                ResponseFailed{observer.peer, response.report, Failure::LimitReached});
        }
        m_observers.AddSent(id, sent);
    }
    if (last)
    {
        m_observers.Remove(id);
    }
}

void
ServerExchanges::HandleOutcome(TimePoint now, const MessageOutcome& ended)
{
    const Observer* observer = m_observers.FindBySent(ended.sent);
    if (ended.outcome == Outcome::Acknowledged && observer)
    {
        m_observers.SetLastConfirmable(observer->id, now);
    }
    if (ended.outcome == Outcome::Acknowledged || ended.outcome == Outcome::Expired)
    {
        return;
    }
    if (observer) // RFC 7641 sections 3.6 and 4.5
    {
        m_observers.Remove(observer->id);
    }
    m_report.events.push_back(ResponseFailed{ended.peer, ended.report, ToFailure(ended.outcome)});
}

void
ServerExchanges::HandleTimeout(TimePoint now)
{
    auto& byDeadline = m_unanswered.get<ByDeadline>();
    while (!byDeadline.empty() && byDeadline.begin()->deadline <= now)
    {
        auto due = byDeadline.begin();
        if (!due->confirmable || due->acknowledged)
        {
            m_report.counters.abandoned++;
            byDeadline.erase(due);
            continue;
        }
        m_messages.ReplyEmpty(due->peer, due->messageId, Type::Acknowledgement, 0);
        TimePoint forgotten = now + m_settings.transmission.GetExchangeLifetime();
        byDeadline.modify(due, [forgotten](Unanswered& changed) {
            changed.acknowledged = true;
            changed.deadline = forgotten;
        });
    }
}

std::optional<TimePoint>
ServerExchanges::GetNextTimeout() const
{
    auto& byDeadline = m_unanswered.get<ByDeadline>();
    return byDeadline.empty() ? std::nullopt : std::optional(byDeadline.begin()->deadline);
}

size_t
ServerExchanges::GetObserverCount() const
{
    return m_observers.GetSize();
}

} // namespace coap
