// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/broker.h"

/**
 * \file
 * How a message comes in and goes out: PUBLISH and its acknowledgements, routing (sections 3.3 to
 * 3.7, 4.3).
 */
namespace mqtt
{

bool
Broker::ResolveTopic(TimePoint now, Connection& connection, Publish& publish)
{
    auto alias = publish.properties.GetNumber(PropertyId::TopicAlias);
    if (!alias)
    {
        return true;
    }
    switch (connection.aliases.Resolve(*alias, publish.topic))
    {
    case ReceivedAliases::Status::Known:
        return true;
    case ReceivedAliases::Status::Invalid:
        Violate(now, connection, ReasonCode::TopicAliasInvalid, "topic alias out of range");
        return false;
    case ReceivedAliases::Status::Unknown:
        break;
    }
    Violate(now, connection, ReasonCode::ProtocolError, "topic alias without topic");
    return false;
}

void
Broker::Handle(TimePoint now, Connection& connection, const Publish& received)
{
    Session& session = *connection.session;
    connection.publishes.Spend(now, m_limits.publishRate);
    Publish publish = received;
    if (!ResolveTopic(now, connection, publish))
    {
        return;
    }
    if (publish.properties.Find(PropertyId::SubscriptionIdentifier)) // [5.0: MQTT-3.3.4-6]
    {
        Violate(now, connection, ReasonCode::ProtocolError, "subscription identifier of a client");
        return;
    }
    bool isNew = true;
    if (publish.qos == 2)
    {
        isNew = session.received.Add(publish.packetId);        // [MQTT-4.3.3-2]
        if (session.received.GetSize() > m_limits.receivedIds) // [5.0: MQTT-3.3.4-7]
        {
            session.received.Remove(publish.packetId);
            Reach(Limit::ReceivedIds, session.clientId);
            Close(now,
                  connection,
                  ReasonCode::ReceiveMaximumExceeded,
                  "too many QoS 2 messages not released");
            return;
        }
    }
    bool allowed = MayPublish(connection, publish.topic);
    bool matched = true;
    if (!allowed) // [MQTT-3.3.5-2]
    {
        session.received.Remove(publish.packetId);
        Deny(connection, session.clientId, "publish: " + std::string(publish.topic));
    }
    else if (isNew)
    {
        matched =
            Accept(now, session.clientId, std::make_shared<Message>(MakeMessage(publish, now)));
    }
    else
    {
        m_events.push_back(DuplicateReceived{session.clientId, publish.packetId});
    }
    if (!connection.open) // routing may have ended it
    {
        return;
    }
    ReasonCode reason = !allowed  ? ReasonCode::NotAuthorized
                        : matched ? ReasonCode::Success
                                  : ReasonCode::NoMatchingSubscribers;
    if (publish.qos == 1)
    {
        connection.writer.Write(Puback{publish.packetId, reason});
    }
    else if (publish.qos == 2)
    {
        connection.writer.Write(Pubrec{publish.packetId, reason});
    }
}

void
Broker::Handle(TimePoint, Connection& connection, const Puback& puback)
{
    connection.session->outbox.HandlePuback(puback.packetId);
}

void
Broker::Handle(TimePoint, Connection& connection, const Pubrec& pubrec)
{
    connection.session->outbox.HandlePubrec(pubrec, connection.writer);
}

void
Broker::Handle(TimePoint, Connection& connection, const Pubrel& pubrel)
{
    bool isKnown = connection.session->received.Remove(pubrel.packetId);
    connection.writer.Write(
        Pubcomp{pubrel.packetId,
                isKnown ? ReasonCode::Success : ReasonCode::PacketIdentifierNotFound});
}

void
Broker::Handle(TimePoint, Connection& connection, const Pubcomp& pubcomp)
{
    connection.session->outbox.HandlePubcomp(pubcomp.packetId);
}

bool
Broker::Accept(TimePoint now, const std::string& clientId, MessagePtr message)
{
    m_events.push_back(MessageAccepted{clientId, message});
    if (message->topic[0] == '$')
    {
        return false;
    }
    if (message->retain && !m_retained.Set(message))
    {
        Reach(Limit::RetainedMessages, clientId);
    }
    return Route(now, clientId, message);
}

bool
Broker::Route(TimePoint now, const std::string& publisher, const MessagePtr& message)
{
    uint64_t route = ++m_lastRoute;
    m_routeTo.clear();
    m_subscriptions.Match(message->topic, [&](Session* session, const Subscription* subscription) {
        const SubscriptionOptions& options = subscription->options;
        if (options.noLocal && session->clientId == publisher) // [5.0: MQTT-3.8.3-3]
        {
            return;
        }
        Session::Routed& routed = session->routed;
        if (routed.route != route)
        {
            routed = {route, options.qos, false, {}};
            m_routeTo.push_back(session);
        }
        routed.qos = std::max(routed.qos, options.qos);
        routed.retainAsPublished |= options.retainAsPublished;
        if (subscription->identifier > 0) // [5.0: MQTT-3.3.4-4]
        {
            routed.identifiers.push_back(subscription->identifier);
        }
    });
    bool matched = !m_routeTo.empty();
    for (Session* session : m_routeTo)
    {
        Session::Routed& routed = session->routed;
        Outbox::Entry entry;
        entry.message = message;
        entry.qos = routed.qos;
        entry.retain = routed.retainAsPublished && message->retain; // [MQTT-3.3.1-9]
        entry.subscriptionIds = std::move(routed.identifiers);
        Deliver(now, *session, std::move(entry));
    }
    m_shared.Match(
        message->topic,
        [](const Session* session) { return session->connection != nullptr; },
        [&](Session* session, const Subscription* subscription) {
            matched = true;
            Outbox::Entry entry;
            entry.message = message;
            entry.qos = subscription->options.qos;
            entry.retain = subscription->options.retainAsPublished && message->retain;
            if (subscription->identifier > 0)
            {
                entry.subscriptionIds = {subscription->identifier};
            }
            Deliver(now, *session, std::move(entry));
        });
    return matched;
}

void
Broker::Deliver(TimePoint now, Session& session, Outbox::Entry entry)
{
    entry.qos = std::min(entry.qos, entry.message->qos);
    if (entry.qos == 0 && !session.connection)
    {
        return;
    }
    if (!session.outbox.Add(std::move(entry)))
    {
        Reach(Limit::QueuedMessages, session.clientId);
        return;
    }
    Count(session);
    if (session.connection)
    {
        Flush(now, *session.connection);
        Count(session);
    }
}

} // namespace mqtt
