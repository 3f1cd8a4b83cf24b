// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/broker.h"

#include <algorithm>

/**
 * \file
 * SUBSCRIBE, UNSUBSCRIBE and the retained messages that a subscription brings (sections 3.8 to
 * 3.11).
 */
namespace mqtt
{

void
Broker::Handle(TimePoint now, Connection& connection, const Subscribe& subscribe)
{
    Session& session = *connection.session;
    Suback suback;
    suback.packetId = subscribe.packetId;
    uint32_t identifier =
        subscribe.properties.GetNumber(PropertyId::SubscriptionIdentifier).value_or(0);
    const ContentFilter::Parsed content = ReadContentFilter(connection, subscribe);
    std::vector<bool> bringsRetained;
    for (const SubscriptionRequest& request : subscribe.subscriptions)
    {
        bool isNew = false;
        Subscription subscription{request.options, identifier, content.filter};
        bool allowed = MaySubscribe(connection, request.filter);
        suback.reasons.push_back(
            !allowed ? ReasonCode::NotAuthorized
            : IsFailure(content.reason)
                ? content.reason
                : AddSubscription(session, request.filter, subscription, isNew));
        if (!allowed)
        {
            Deny(connection, session.clientId, "subscribe: " + std::string(request.filter));
        }
        RetainHandling handling = request.options.retainHandling;
        bool wanted = handling == RetainHandling::Send ||
                      (handling == RetainHandling::SendIfNew && isNew); // [5.0: MQTT-3.3.1-9, 10]
        bringsRetained.push_back(wanted && !IsFailure(suback.reasons.back()) &&
                                 !IsSharedFilter(request.filter)); // 5.0: section 4.8.2
    }
    auto failed = std::find_if(suback.reasons.begin(), suback.reasons.end(), IsFailure);
    std::string reason = failed == suback.reasons.end() ? std::string() : Explain(*failed);
    WriteWithReason(connection, suback, content.fault.empty() ? reason : content.fault);
    for (size_t i = 0; i < bringsRetained.size(); i++)
    {
        const SubscriptionRequest& request = subscribe.subscriptions[i];
        if (bringsRetained[i]) // [MQTT-3.8.4-3, 3.3.1-6]
        {
            SendRetained(now,
                         session,
                         request.filter,
                         {request.options, identifier, content.filter});
        }
    }
}

ContentFilter::Parsed
Broker::ReadContentFilter(const Connection& connection, const Subscribe& subscribe)
{
    auto parsed = ContentFilter::Read(subscribe.properties, m_limits.content);
    if (parsed.reason == ReasonCode::QuotaExceeded)
    {
        Reach(Limit::ContentFilter, GetClientId(connection), connection.peer);
    }
    return parsed;
}

void
Broker::SendRetained(TimePoint now,
                     Session& session,
                     std::string_view filter,
                     const Subscription& subscription)
{
    m_retained.Match(now, filter, [&](const MessagePtr& message) {
        if (!subscription.Wants(*message))
        {
            m_events.push_back(MessageFiltered{session.clientId, message});
            return;
        }
        Outbox::Entry entry;
        entry.message = message;
        entry.qos = subscription.options.qos;
        entry.retain = true; // [MQTT-3.3.1-8]
        if (subscription.identifier > 0)
        {
            entry.subscriptionIds = {subscription.identifier};
        }
        Deliver(now, session, std::move(entry));
    });
}

std::string
Broker::Explain(ReasonCode code) const
{
    switch (code)
    {
    case ReasonCode::QuotaExceeded:
        return "at most " + std::to_string(m_limits.subscriptions) + " subscriptions";
    case ReasonCode::TopicFilterInvalid:
        return "topic filter beyond the bounds";
    default:
        return {}; // the code says it all
    }
}

ReasonCode
Broker::AddSubscription(Session& session,
                        std::string_view filter,
                        const Subscription& subscription,
                        bool& isNew)
{
    if (!TakesTopic(SplitSharedFilter(filter).filter))
    {
        Reach(Limit::Topic, session.clientId);
        return ReasonCode::TopicFilterInvalid;
    }
    bool isShared = IsSharedFilter(filter);
    if (isShared && subscription.content) // whose turn it is would then depend on the message
    {
        return ReasonCode::ImplementationSpecificError;
    }
    auto known = isShared ? std::nullopt : m_subscriptions.Find(filter, &session);
    isNew = isShared ? session.shared.find(filter) == session.shared.end() : !known;
    size_t count = session.subscriptions.size() + session.shared.size();
    if (isNew && m_limits.subscriptions > 0 && count >= m_limits.subscriptions)
    {
        Reach(Limit::Subscriptions, session.clientId);
        return ReasonCode::QuotaExceeded;
    }
    if (isShared)
    {
        session.filterBytes += isNew ? filter.size() : 0;
        session.shared.emplace(filter);
        m_shared.Add(filter, &session, subscription);
    }
    else
    {
        session.filterBytes -= known ? m_subscriptions.GetTerms(*known).GetTextBytes(filter) : 0;
        session.filterBytes += subscription.GetTextBytes(filter);
        session.subscriptions.insert(m_subscriptions.Add(filter, &session, subscription).first);
    }
    return static_cast<ReasonCode>(subscription.options.qos);
}

bool
Broker::RemoveSubscription(Session& session, std::string_view filter)
{
    if (auto shared = session.shared.find(filter); shared != session.shared.end())
    {
        m_shared.Remove(filter, &session);
        session.filterBytes -= filter.size();
        session.shared.erase(shared);
        return true;
    }
    if (auto place = m_subscriptions.Find(filter, &session))
    {
        session.filterBytes -= m_subscriptions.GetTerms(*place).GetTextBytes(filter);
        m_subscriptions.Remove(*place);
        session.subscriptions.erase(*place);
        return true;
    }
    return false;
}

void
Broker::Handle(TimePoint, Connection& connection, const Unsubscribe& unsubscribe)
{
    Unsuback unsuback;
    unsuback.packetId = unsubscribe.packetId;
    for (std::string_view filter : unsubscribe.filters)
    {
        bool existed = RemoveSubscription(*connection.session, filter);
        unsuback.reasons.push_back(existed ? ReasonCode::Success
                                           : ReasonCode::NoSubscriptionExisted);
    }
    connection.writer.Write(unsuback); // also for unknown ones [MQTT-3.10.4-5]
}

} // namespace mqtt
