// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/client.h"
#include "mqtt/protocol/topic.h"

#include <algorithm>

/**
 * \file
 * SUBSCRIBE and UNSUBSCRIBE, and their answers (sections 3.8 to 3.11).
 */
namespace mqtt
{

bool
Client::Subscribe(TimePoint now,
                  const std::string& filter,
                  const SubscriptionOptions& options,
                  uint32_t identifier,
                  const PropertyList& userProperties)
{
    auto known = std::find_if(m_subscriptions.begin(), m_subscriptions.end(), [&](const auto& s) {
        return s.filter == filter && !s.leaving;
    });
    bool invalid = filter.size() > MAX_TEXT || !IsValidUtf8(filter) || !IsValidTopicFilter(filter);
    bool full =
        known == m_subscriptions.end() && m_subscriptions.size() >= m_settings.subscriptions;
    full |= m_outbox.GetReserved() >= HALF_OF_PACKET_IDS; // without an answer
    if (invalid || full || options.qos > 2 || identifier > MAX_VARIABLE_BYTE_INTEGER)
    {
        return false;
    }
    PropertyList properties;
    if (identifier > 0)
    {
        properties.Add(PropertyId::SubscriptionIdentifier, identifier);
    }
    userProperties.Get().ForEach([&](const Property& property) { properties.Add(property); });
    if (known == m_subscriptions.end())
    {
        known = m_subscriptions.insert(known, Subscription{filter, options, properties});
        m_filterBytes += filter.size();
    }
    else
    {
        *known = Subscription{filter, options, properties};
    }
    if (m_state == State::Connected)
    {
        SendSubscription(*known);
        m_lastSent = now;
    }
    m_peakMemory.Update(GetMemory());
    return true;
}

void
Client::Unsubscribe(TimePoint now, const std::string& filter)
{
    for (Subscription& subscription : m_subscriptions)
    {
        if (subscription.filter == filter && !subscription.leaving)
        {
            subscription.leaving = true;
            if (m_state == State::Connected)
            {
                SendSubscription(subscription);
                m_lastSent = now;
            }
        }
    }
}

void
Client::SendSubscriptions()
{
    m_outbox.ReleaseAllPacketIds();
    for (Subscription& subscription : m_subscriptions)
    {
        subscription.packetId = 0;
        if (!subscription.made || subscription.leaving)
        {
            SendSubscription(subscription);
        }
    }
}

std::optional<ReasonCode>
Client::FindFault(const Subscription& subscription) const
{
    if (!m_offers.wildcards && subscription.filter.find_first_of("+#") != std::string::npos)
    {
        return ReasonCode::WildcardSubscriptionsNotSupported;
    }
    if (!m_offers.identifiers &&
        subscription.properties.Get().Find(PropertyId::SubscriptionIdentifier))
    {
        return ReasonCode::SubscriptionIdentifiersNotSupported;
    }
    if (!m_offers.sharing && IsSharedFilter(subscription.filter))
    {
        return ReasonCode::SharedSubscriptionsNotSupported;
    }
    return {};
}

void
Client::SendSubscription(Subscription& subscription)
{
    std::optional<ReasonCode> fault;
    if (!subscription.leaving)
    {
        fault = FindFault(subscription);
    }
    if (!fault)
    {
        subscription.packetId = m_outbox.ReservePacketId();
        if (WriteSubscription(subscription))
        {
            return;
        }
        m_outbox.ReleasePacketId(std::exchange(subscription.packetId, 0));
        fault = ReasonCode::PacketTooLarge;
    }
    m_events.push_back(Subscribed{subscription.filter, *fault});
}

bool
Client::WriteSubscription(const Subscription& subscription)
{
    if (subscription.leaving)
    {
        return m_writer.Write(mqtt::Unsubscribe{subscription.packetId, {subscription.filter}});
    }
    return m_writer.Write(mqtt::Subscribe{subscription.packetId,
                                          {{subscription.filter, subscription.options}},
                                          subscription.properties.Get()});
}

void
Client::Handle(TimePoint now, const Suback& suback)
{
    m_outbox.ReleasePacketId(suback.packetId); // of a SUBSCRIBE since replaced, too
    for (Subscription& subscription : m_subscriptions)
    {
        if (subscription.packetId == suback.packetId && !subscription.leaving)
        {
            subscription.packetId = 0;
            subscription.made = !IsFailure(suback.reasons[0]);
            m_events.push_back(Subscribed{subscription.filter, suback.reasons[0]});
        }
    }
}

void
Client::Handle(TimePoint now, const Unsuback& unsuback)
{
    m_outbox.ReleasePacketId(unsuback.packetId);
    auto left = std::find_if(m_subscriptions.begin(), m_subscriptions.end(), [&](const auto& s) {
        return s.packetId == unsuback.packetId && s.leaving;
    });
    if (left != m_subscriptions.end())
    {
        m_events.push_back(Unsubscribed{left->filter});
        m_filterBytes -= left->filter.size();
        m_subscriptions.erase(left);
    }
}

} // namespace mqtt
