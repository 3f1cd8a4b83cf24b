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
        Reach(Limit::TopicAliases, connection.session->clientId, connection.peer);
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
    std::optional<bool> isNew = NoteIdentifier(now, connection, publish);
    if (!isNew)
    {
        return;
    }
    std::string_view reason;
    ReasonCode code = Judge(connection, publish.topic);
    if (IsFailure(code)) // [MQTT-3.3.5-2]
    {
        session.received.Remove(publish.packetId); // [5.0: MQTT-4.3.3-9]
        reason = code == ReasonCode::TopicNameInvalid ? "topic beyond the bounds" : "";
    }
    else if (*isNew)
    {
        Acceptance taken =
            Accept(now, session.clientId, std::make_shared<Message>(MakeMessage(publish, now)));
        code = taken.matched ? ReasonCode::Success : ReasonCode::NoMatchingSubscribers;
        reason = taken.retained ? "" : "forwarded, not retained: no room";
    }
    else
    {
        m_events.push_back(DuplicateReceived{session.clientId, publish.packetId});
    }
    if (connection.open) // routing may have ended it
    {
        Acknowledge(connection, publish, code, reason);
    }
}

std::optional<bool>
Broker::NoteIdentifier(TimePoint now, Connection& connection, const Publish& publish)
{
    Session& session = *connection.session;
    if (publish.qos < 2)
    {
        return true;
    }
    bool isNew = session.received.Add(publish.packetId);   // [MQTT-4.3.3-2]
    if (session.received.GetSize() > m_limits.receivedIds) // [5.0: MQTT-3.3.4-7]
    {
        session.received.Remove(publish.packetId);
        Reach(Limit::ReceivedIds, session.clientId);
        Close(now,
              connection,
              ReasonCode::ReceiveMaximumExceeded,
              "too many QoS 2 messages not released");
        return {};
    }
    return isNew;
}

ReasonCode
Broker::Judge(const Connection& connection, std::string_view topic)
{
    if (!TakesTopic(topic))
    {
        Reach(Limit::Topic, connection.session->clientId, connection.peer);
        return ReasonCode::TopicNameInvalid;
    }
    if (!MayPublish(connection, topic))
    {
        Deny(connection, connection.session->clientId, "publish: " + std::string(topic));
        return ReasonCode::NotAuthorized;
    }
    return ReasonCode::Success;
}

void
Broker::Acknowledge(Connection& connection,
                    const Publish& publish,
                    ReasonCode code,
                    std::string_view reason)
{
    if (publish.qos == 1)
    {
        WriteWithReason(connection, Puback{publish.packetId, code}, reason);
    }
    else if (publish.qos == 2)
    {
        WriteWithReason(connection, Pubrec{publish.packetId, code}, reason);
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

Broker::Acceptance
Broker::Accept(TimePoint now, const std::string& clientId, MessagePtr message)
{
    m_events.push_back(MessageAccepted{clientId, message});
    if (message->topic[0] == '$')
    {
        return {false, true};
    }
    bool retained = !message->retain || m_retained.Set(now, message);
    if (!retained)
    {
        Reach(Limit::RetainedMessages, clientId);
    }
    return {Route(now, clientId, message), retained};
}

bool
Broker::Route(TimePoint now, const std::string& publisher, const MessagePtr& message)
{
    uint64_t route = ++m_lastRoute;
    m_routeTo.clear();
    m_subscriptions.Match(message->topic, [&](Session* session, const Subscription& subscription) {
        const SubscriptionOptions& options = subscription.options;
        if (options.noLocal && session->clientId == publisher) // [5.0: MQTT-3.8.3-3]
        {
            return;
        }
        if (!subscription.Wants(*message))
        {
            m_events.push_back(MessageFiltered{session->clientId, message});
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
        if (subscription.identifier > 0) // [5.0: MQTT-3.3.4-4]
        {
            routed.identifiers.push_back(subscription.identifier);
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
        [&](const Session* session) { return MayReceive(*session, *message); },
        [](const Session* session) { return session->connection != nullptr; },
        [&](Session* session, const Subscription& subscription) {
            matched = true;
            Outbox::Entry entry;
            entry.message = message;
            entry.qos = subscription.options.qos;
            entry.retain = subscription.options.retainAsPublished && message->retain;
            if (subscription.identifier > 0)
            {
                entry.subscriptionIds = {subscription.identifier};
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
    auto dropped = [&](uint64_t, Outbox::Drop drop) {
        m_events.push_back(MessageDropped{session.clientId, drop});
    };
    if (!MayReceive(session, *entry.message))
    {
        dropped(entry.report, Outbox::Drop::NotAuthorized);
        return;
    }
    if (!session.outbox.Add(now, std::move(entry), dropped))
    {
        Count(session);
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
