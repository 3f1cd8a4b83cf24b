// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/broker.h"

/**
 * \file
 * How a client proves who it is by AUTH packets (5.0: sections 3.15, 4.12), and what it may do.
 */
namespace mqtt
{

void
Broker::Handle(TimePoint now, Connection& connection, const Auth& auth)
{
    Entrance* entrance = connection.entrance.get();
    auto method = auth.properties.GetText(PropertyId::AuthenticationMethod);
    if (!entrance || method != entrance->method) // [5.0: MQTT-4.12.0-5, 4.12.0-6, 4.12.1-1]
    {
        Violate(now, connection, ReasonCode::ProtocolError, "AUTH of another method");
        return;
    }
    bool isAnew = connection.session && auth.reason == ReasonCode::ReAuthenticate;
    if (isAnew && !entrance->authentication)
    {
        entrance->authentication = m_access->Begin(*method);
    }
    else if (!entrance->authentication || auth.reason != ReasonCode::ContinueAuthentication)
    {
        Violate(now, connection, ReasonCode::ProtocolError, "AUTH out of turn");
        return;
    }
    auto data = auth.properties.GetBinary(PropertyId::AuthenticationData);
    Authenticate(now, connection, data.value_or(ByteView()));
}

void
Broker::Authenticate(TimePoint now, Connection& connection, ByteView data)
{
    Entrance& entrance = *connection.entrance;
    Packet packet;
    Connect connect;
    if (!connection.session)
    {
        FrameReader reader;
        reader.Begin(entrance.connect);
        Frame frame;
        reader.Next(frame);
        Decode(frame, packet, Version::V5);
        connect = std::get<Connect>(packet);
    }
    std::string clientId =
        connection.session ? connection.session->clientId : std::string(connect.clientId);
    Authentication::Step step = entrance.authentication->Continue(now, clientId, data);
    ReasonCode reason = step.admission.reason;
    PropertyList properties;
    AddAuthentication(properties, entrance.method, step.data);
    if (reason == ReasonCode::ContinueAuthentication)
    {
        connection.writer.Write(Auth{reason, properties.Get()});
        return;
    }
    entrance.authentication.reset();
    if (!connection.session)
    {
        Enter(now, connection, connect, step.admission, step.data);
        entrance.connect = Bytes();
    }
    else if (IsFailure(reason)) // 5.0: section 4.12.1
    {
        Deny(connection, clientId, "connect: " + std::string(ToString(reason)));
        Close(now, connection, reason, "not authenticated again");
    }
    else
    {
        connection.session->user = step.admission.user;
        JudgeWaiting(*connection.session, false);
        connection.until = step.admission.until;
        SetTimer(connection);
        connection.writer.Write(Auth{ReasonCode::Success, properties.Get()});
    }
}

void
Broker::Deny(const Connection& connection, const std::string& clientId, const std::string& what)
{
    m_events.push_back(AccessDenied{clientId, connection.peer, what});
}

bool
Broker::TakesTopic(std::string_view topicOrFilter) const
{
    bool tooLong = m_limits.topicLength > 0 && topicOrFilter.size() > m_limits.topicLength;
    return !tooLong &&
           (m_limits.topicLevels == 0 || CountLevels(topicOrFilter) <= m_limits.topicLevels);
}

bool
Broker::MayPublish(const Connection& connection, std::string_view topic) const
{
    return !m_access ||
           m_access->MayPublish({connection.session->clientId, connection.session->user}, topic);
}

bool
Broker::MaySubscribe(const Connection& connection, std::string_view filter) const
{
    std::string_view matched = SplitSharedFilter(filter).filter;
    return !m_access ||
           m_access->MaySubscribe({connection.session->clientId, connection.session->user},
                                  matched);
}

bool
Broker::MayReceive(const Session& session, const Message& message) const
{
    return !m_judgesDelivery ||
           m_access->MayReceive({session.clientId, session.user}, message.topic);
}

void
Broker::JudgeWaiting(Session& session, bool isNewConnection)
{
    if (!m_judgesDelivery)
    {
        return;
    }
    session.outbox.Withhold(
        isNewConnection,
        [&](const Message& message) { return MayReceive(session, message); },
        [&](uint64_t, Outbox::Drop drop) {
            m_events.push_back(MessageDropped{session.clientId, drop});
        });
    Count(session);
}

} // namespace mqtt
