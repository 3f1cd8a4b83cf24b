// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/outbox.h"

#include <algorithm>

namespace mqtt
{

ReceiverLimits
ReadReceiverLimits(const Properties& properties)
{
    ReceiverLimits receiver;
    properties.ForEach([&](const Property& property) {
        switch (property.id)
        {
        case PropertyId::ReceiveMaximum:
            receiver.receiveMaximum = static_cast<uint16_t>(property.number);
            break;
        case PropertyId::MaximumPacketSize:
            receiver.packetSize = std::min<size_t>(property.number, MAX_PACKET_SIZE);
            break;
        case PropertyId::TopicAliasMaximum:
            receiver.topicAliases = static_cast<uint16_t>(property.number);
            break;
        case PropertyId::MaximumQos:
            receiver.maximumQos = static_cast<uint8_t>(property.number);
            break;
        case PropertyId::RetainAvailable:
            receiver.retainAvailable = property.number == 1;
            break;
        default:
            break;
        }
    });
    return receiver;
}

void
Outbox::Begin(const ReceiverLimits& receiver)
{
    m_receiver = receiver;
    m_aliases.Begin(std::min(m_limits.topicAliases, receiver.topicAliases));
}

bool
Outbox::HasRoomFor(const Entry& entry) const
{
    bool tooMany = m_limits.queuedMessages > 0 && GetQueued() >= m_limits.queuedMessages;
    bool tooMuch =
        m_limits.queuedBytes > 0 && m_queuedBytes + GetSize(entry) > m_limits.queuedBytes;
    return !tooMany && !tooMuch;
}

void
Outbox::Enqueue(Entry entry)
{
    m_queuedBytes += GetSize(entry);
    m_firstExpiry = std::min(m_firstExpiry, GetExpiryTime(*entry.message));
    Queue& queue = entry.qos == 0 ? m_unacknowledged : m_queue;
    queue.push_back(std::move(entry));
}

std::optional<uint64_t>
Outbox::HandlePuback(uint16_t packetId)
{
    auto entry = FindInFlight(packetId, 1);
    if (entry == m_inFlight.end())
    {
        return {};
    }
    uint64_t report = entry->report;
    Erase(entry);
    return report;
}

std::optional<uint64_t>
Outbox::HandlePubrec(const Pubrec& pubrec, PacketWriter& writer)
{
    auto entry = FindInFlight(pubrec.packetId, 2);
    bool isKnown = entry != m_inFlight.end();
    if (IsFailure(pubrec.reason))
    {
        if (!isKnown || entry->released)
        {
            return {};
        }
        uint64_t report = entry->report;
        Erase(entry);
        return report;
    }
    if (!isKnown)
    {
        // Or the receiver could never forget the identifier.
        writer.Write(Pubrel{pubrec.packetId, ReasonCode::PacketIdentifierNotFound});
        return {};
    }
    m_inFlightBytes -= GetSize(*entry);
    entry->released = true;
    entry->message.reset();
    m_toRepeat -= std::exchange(entry->again, false) ? 1 : 0;
    writer.Write(Pubrel{pubrec.packetId}, entry->report);
    return {};
}

std::optional<uint64_t>
Outbox::HandlePubcomp(uint16_t packetId)
{
    auto entry = FindInFlight(packetId, 2);
    if (entry == m_inFlight.end() || !entry->released)
    {
        return {};
    }
    uint64_t report = entry->report;
    Erase(entry);
    return report;
}

std::vector<Outbox::Entry>
Outbox::ForgetSession()
{
    std::vector<Entry> ended;
    Queue again;
    Queue inFlight; // clear() of one that was never used would count from a null pointer
    inFlight.swap(m_inFlight);
    for (Entry& entry : inFlight)
    {
        if (entry.qos == 1)
        {
            m_queuedBytes += GetSize(entry);
            m_firstExpiry = std::min(m_firstExpiry, GetExpiryTime(*entry.message));
            entry.again = false;
            again.push_back(std::move(entry));
        }
        else
        {
            ended.push_back(std::move(entry));
        }
    }
    m_inFlightBytes = 0;
    m_toRepeat = 0;
    m_queue.insert(m_queue.begin(), again.begin(), again.end());
    m_reserved.clear();
    return ended;
}

void
Outbox::DropUnacknowledged()
{
    while (!m_unacknowledged.empty())
    {
        Dequeue(m_unacknowledged);
    }
}

uint16_t
Outbox::ReservePacketId()
{
    m_reserved.push_back(TakePacketId());
    return m_reserved.back();
}

void
Outbox::ReleasePacketId(uint16_t packetId)
{
    m_reserved.erase(std::remove(m_reserved.begin(), m_reserved.end(), packetId), m_reserved.end());
}

size_t
Outbox::GetSize(const Entry& entry)
{
    return entry.message ? GetContentSize(*entry.message) : 0;
}

std::optional<Outbox::Drop>
Outbox::FindFault(TimePoint now, Version version, const Entry& entry)
{
    return HasExpired(*entry.message, now) ? Drop::Expired : FindRefusal(now, version, entry);
}

std::optional<Outbox::Drop>
Outbox::FindRefusal(TimePoint now, Version version, const Entry& entry)
{
    if (entry.qos > m_receiver.maximumQos)
    {
        return Drop::QosTooHigh;
    }
    if (entry.retain && !m_receiver.retainAvailable)
    {
        return Drop::NoRetain;
    }
    if (m_receiver.packetSize < MAX_PACKET_SIZE)
    {
        SentAliases::Use alias = m_aliases.Peek(entry.message->topic);
        size_t size = mqtt::GetSize(MakePublish(now, version, entry, alias), version);
        return size > m_receiver.packetSize ? std::make_optional(Drop::TooLarge) : std::nullopt;
    }
    return {};
}

Publish
Outbox::MakePublish(TimePoint now, Version version, const Entry& entry, SentAliases::Use alias)
{
    const Message& message = *entry.message;
    Publish publish;
    publish.topic = alias.isKnown ? std::string_view() : message.topic;
    publish.payload = message.payload;
    publish.packetId = entry.packetId;
    publish.qos = entry.qos;
    publish.retain = entry.retain;
    publish.properties = message.properties.Get();
    bool hasMore = message.expiry || alias.alias > 0 || !entry.subscriptionIds.empty();
    if (version == Version::V5 && hasMore)
    {
        m_properties = message.properties;
        if (auto left = GetRemainingExpiry(message, now)) // [5.0: MQTT-3.3.2-6]
        {
            m_properties.Add(PropertyId::MessageExpiryInterval, *left);
        }
        for (uint32_t id : entry.subscriptionIds)
        {
            m_properties.Add(PropertyId::SubscriptionIdentifier, id);
        }
        if (alias.alias > 0)
        {
            m_properties.Add(PropertyId::TopicAlias, alias.alias);
        }
        publish.properties = m_properties.Get();
    }
    return publish;
}

void
Outbox::WritePublish(TimePoint now, PacketWriter& writer, const Entry& entry, bool again)
{
    SentAliases::Use alias = m_aliases.Take(entry.message->topic);
    Publish publish = MakePublish(now, writer.GetVersion(), entry, alias);
    publish.dup = again; // [MQTT-3.3.1-1]
    writer.Write(publish, entry.report, again);
}

void
Outbox::WriteAgain(TimePoint now, PacketWriter& writer, Entry& entry)
{
    entry.again = false;
    m_toRepeat--;
    if (entry.released)
    {
        writer.Write(Pubrel{entry.packetId}, entry.report, true);
    }
    else
    {
        WritePublish(now, writer, entry, true);
    }
}

Outbox::Queue::iterator
Outbox::Erase(Queue::iterator inFlight)
{
    m_inFlightBytes -= GetSize(*inFlight);
    m_toRepeat -= inFlight->again ? 1 : 0;
    return m_inFlight.erase(inFlight);
}

Outbox::Entry
Outbox::Dequeue(Queue& queue)
{
    Entry entry = std::move(queue.front());
    queue.pop_front();
    m_queuedBytes -= GetSize(entry);
    return entry;
}

uint16_t
Outbox::TakePacketId()
{
    // The callers' bounds keep this short: far fewer identifiers are in use than there are.
    do
    {
        m_lastPacketId = m_lastPacketId == 0xffff ? 1 : m_lastPacketId + 1;
    } while (IsInUse(m_lastPacketId));
    return m_lastPacketId;
}

bool
Outbox::IsInUse(uint16_t packetId) const
{
    auto inFlight = [=](const Entry& entry) { return entry.packetId == packetId; };
    return std::any_of(m_inFlight.begin(), m_inFlight.end(), inFlight) ||
           std::find(m_reserved.begin(), m_reserved.end(), packetId) != m_reserved.end();
}

Outbox::Queue::iterator
Outbox::FindInFlight(uint16_t packetId, uint8_t qos)
{
    return std::find_if(m_inFlight.begin(), m_inFlight.end(), [=](const Entry& entry) {
        return entry.packetId == packetId && entry.qos == qos;
    });
}

} // namespace mqtt
