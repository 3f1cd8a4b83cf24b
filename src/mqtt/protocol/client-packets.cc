// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/client.h"

#include <algorithm>

namespace mqtt
{

void
Client::HandleFrame(TimePoint now, const Frame& frame)
{
    Packet packet;
    if (DecodeError error = Decode(frame, packet); error != DecodeError::None)
    {
        CloseAndRetry(now, "protocol error: " + std::string(ToString(error)));
        return;
    }
    bool isConnack = frame.GetType() == PacketType::Connack;
    if (isConnack != (m_state == State::Connecting)) // the first packet, once [MQTT-3.2.0-1]
    {
        CloseAndRetry(now,
                      isConnack ? "protocol error: second CONNACK"
                                : "protocol error: packet before CONNACK");
        return;
    }
    std::visit([&](const auto& one) { Handle(now, one); }, packet);
}

void
Client::Handle(TimePoint now, const Connack& connack)
{
    if (connack.returnCode != ConnectReturnCode::Accepted)
    {
        CloseAndRetry(now, "refused: " + std::string(ToString(connack.returnCode)));
        return;
    }
    if (connack.sessionPresent && m_settings.cleanSession) // [MQTT-3.2.2-1]
    {
        CloseAndRetry(now, "protocol error: session present after Clean Session");
        return;
    }
    m_state = State::Connected;
    m_failures = 0;
    m_timer.reset();
    if (m_settings.keepAlive > 0)
    {
        m_timer = m_lastSent + std::chrono::seconds(m_settings.keepAlive);
    }
    m_events.push_back(Connected{connack.sessionPresent});
    if (!connack.sessionPresent)
    {
        LoseSession();
    }
    m_outbox.Redeliver(m_writer, [this](uint16_t id) { m_events.push_back(Redelivered{id}); });
    SendSubscriptions();
}

void
Client::Handle(TimePoint now, const mqtt::Publish& publish)
{
    bool isNew = true;
    if (publish.qos == 2)
    {
        isNew = m_received.Add(publish.packetId); // [MQTT-4.3.3-2]
        if (m_received.GetSize() > m_settings.receivedIds)
        {
            m_received.Remove(publish.packetId);
            CloseAndRetry(now, "too many QoS 2 messages not released");
            return;
        }
        m_writer.Write(Pubrec{publish.packetId});
    }
    else if (publish.qos == 1)
    {
        m_writer.Write(Puback{publish.packetId});
    }
    if (isNew)
    {
        m_events.push_back(MessageArrived{{std::string(publish.topic),
                                           publish.payload.ToBytes(),
                                           publish.qos,
                                           publish.retain,
                                           publish.dup}});
    }
}

void
Client::Handle(TimePoint now, const Puback& puback)
{
    if (auto report = m_outbox.HandlePuback(puback.packetId))
    {
        m_events.push_back(Published{*report});
    }
}

void
Client::Handle(TimePoint now, const Pubrec& pubrec)
{
    m_outbox.HandlePubrec(pubrec.packetId, m_writer);
}

void
Client::Handle(TimePoint now, const Pubrel& pubrel)
{
    m_received.Remove(pubrel.packetId);
    m_writer.Write(Pubcomp{pubrel.packetId});
}

void
Client::Handle(TimePoint now, const Pubcomp& pubcomp)
{
    if (auto report = m_outbox.HandlePubcomp(pubcomp.packetId))
    {
        m_events.push_back(Published{*report});
    }
}

void
Client::Handle(TimePoint now, const Suback& suback)
{
    for (Subscription& subscription : m_subscriptions)
    {
        if (subscription.packetId == suback.packetId && !subscription.leaving)
        {
            m_outbox.ReleasePacketId(subscription.packetId);
            subscription.packetId = 0;
            subscription.made = suback.returnCodes[0] != SUBSCRIPTION_FAILURE;
            m_events.push_back(Subscribed{subscription.filter, suback.returnCodes[0]});
        }
    }
}

void
Client::Handle(TimePoint now, const Unsuback& unsuback)
{
    auto left = std::find_if(m_subscriptions.begin(), m_subscriptions.end(), [&](const auto& s) {
        return s.packetId == unsuback.packetId && s.leaving;
    });
    if (left != m_subscriptions.end())
    {
        m_outbox.ReleasePacketId(left->packetId);
        m_events.push_back(Unsubscribed{left->filter});
        m_filterBytes -= left->filter.size();
        m_subscriptions.erase(left);
    }
}

void
Client::Handle(TimePoint now, const Pingresp& pingresp)
{
    m_pingLimit.reset();
}

} // namespace mqtt
