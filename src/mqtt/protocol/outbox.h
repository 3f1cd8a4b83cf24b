// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/encoder.h"
#include "mqtt/protocol/message.h"
#include "mqtt/protocol/topic-aliases.h"
#include "sans-io/protocol/memory.h"

#include <algorithm>
#include <boost/container/deque.hpp>
#include <optional>
#include <vector>

namespace mqtt
{

/// Bounds on messages on their way to one receiver.
struct DeliveryLimits
{
    uint16_t inFlight{20};       ///< QoS 1 and 2 messages sent and not yet acknowledged, at least 1
    size_t queuedMessages{1000}; ///< messages that wait to be sent; 0 = unlimited
    size_t queuedBytes{0};       ///< content bytes of those; 0 = unlimited
    uint16_t topicAliases{0};    ///< to use where the receiver takes them (5.0)
    size_t inFlightBytes{0};     ///< content bytes of QoS 1 and 2 messages that the receiver may
                                 ///< not have yet; a larger one goes alone; 0 = unlimited
};

/// What the receiver takes on this connection, as it said in CONNECT or CONNACK (5.0).
struct ReceiverLimits
{
    uint16_t receiveMaximum{65535};
    size_t packetSize{MAX_PACKET_SIZE};
    uint16_t topicAliases{0};
    uint8_t maximumQos{2};      ///< of a server
    bool retainAvailable{true}; ///< at a server
};

/// The limits that CONNECT or CONNACK says, or their defaults.
ReceiverLimits ReadReceiverLimits(const Properties& properties);

/**
 * The sender's half of message delivery (sections 4.3, 4.4, 4.6, 4.9 of 5.0), the same in client
 * and broker: a bounded queue, a bounded number in flight, Packet Identifiers, redelivery on a new
 * connection.
 *
 * A packet is sent once per connection; nothing here has a timer. What is sent again counts towards
 * the Receive Maximum of its connection as anything else does [5.0: MQTT-4.9.0-2].
 */
class Outbox
{
  public:
    /// A message that is or was on its way.
    struct Entry
    {
        MessagePtr message; ///< given up once the receiver owns the message (PUBREC)
        uint64_t report{0};
        uint16_t packetId{0};
        uint8_t qos{0};
        bool retain{false};
        bool released{false}; ///< QoS 2: PUBREC has arrived, PUBCOMP has not
        bool again{false};    ///< sent on an earlier connection, to be sent on this one
        std::vector<uint32_t> subscriptionIds{}; ///< to be said to a receiver of 5.0
    };

    /// Why a message was not sent and never will be.
    enum class Drop : uint8_t
    {
        Expired,       ///< it waited for longer than its Message Expiry Interval
        TooLarge,      ///< for the receiver's Maximum Packet Size [5.0: MQTT-3.1.2-24, 3.2.2-15]
        QosTooHigh,    ///< for the receiver's Maximum QoS [5.0: MQTT-3.2.2-11]
        NoRetain,      ///< the receiver retains nothing [5.0: MQTT-3.2.2-14]
        NotAuthorized, ///< the receiver has no right to it
    };

    friend std::string_view ToString(Drop drop)
    {
        constexpr std::string_view names[] = {"expired",
                                              "packet too large for the receiver",
                                              "QoS not supported",
                                              "retain not supported",
                                              "not authorized"};
        return names[static_cast<size_t>(drop)];
    }

    explicit Outbox(const DeliveryLimits& limits)
        : m_limits(limits)
    {
    }

    /// A connection begins on which the receiver takes no more than this.
    void Begin(const ReceiverLimits& receiver);

    /**
     * Queues a message; Flush() sends it. For want of room those that have expired are dropped
     * first, which \p dropped(report, Drop) is told.
     * \param entry message, report, QoS, retain and subscription identifiers of what is to be sent
     * \return false when the queue is full: the message is not taken
     */
    template <typename Dropped>
    bool Add(TimePoint now, Entry entry, Dropped&& dropped)
    {
        if (!HasRoomFor(entry) && now >= m_firstExpiry)
        {
            m_firstExpiry = TimePoint::max();
            auto isCurrent = [&](const Entry& one) {
                bool current = !HasExpired(*one.message, now);
                m_firstExpiry =
                    current ? std::min(m_firstExpiry, GetExpiryTime(*one.message)) : m_firstExpiry;
                return current;
            };
            Sift(m_unacknowledged, Drop::Expired, isCurrent, dropped);
            Sift(m_queue, Drop::Expired, isCurrent, dropped);
        }
        if (!HasRoomFor(entry))
        {
            return false;
        }
        Enqueue(std::move(entry));
        return true;
    }

    /**
     * Drops what \p mayHave(message) says no of: the receiver is another than before.
     * \p dropped(report, Drop) is called for each.
     * \param isNew a connection begins, on which nothing was sent yet; else what was sent on this
     * one stays in flight
     */
    template <typename MayHave, typename Dropped>
    void Withhold(bool isNew, MayHave&& mayHave, Dropped&& dropped)
    {
        auto stays = [&](const Entry& entry) { return mayHave(*entry.message); };
        Sift(m_unacknowledged, Drop::NotAuthorized, stays, dropped);
        Sift(m_queue, Drop::NotAuthorized, stays, dropped);
        for (auto entry = m_inFlight.begin(); entry != m_inFlight.end();)
        {
            if (!entry->message || !(isNew || entry->again) || stays(*entry))
            {
                ++entry;
                continue;
            }
            dropped(entry->report, Drop::NotAuthorized);
            entry = Erase(entry);
        }
    }

    /**
     * Sends what may be sent: QoS 0 all, QoS 1 and 2 while fewer than inFlight, and than the
     * receiver takes, are unacknowledged; each kind in the order of Add(). \p sent(report) is
     * called for each QoS 0 message, \p redelivered(packetId) for each that Redeliver() had left,
     * \p dropped(report, Drop) for each that cannot be sent.
     * \param writerSize bytes in the writer at which the rest stays queued
     */
    template <typename Sent, typename Redelivered, typename Dropped>
    void Flush(TimePoint now,
               PacketWriter& writer,
               size_t writerSize,
               Sent&& sent,
               Redelivered&& redelivered,
               Dropped&& dropped)
    {
        Repeat(now, writer, redelivered, dropped);
        while (!m_unacknowledged.empty() && writer.GetSize() < writerSize)
        {
            Entry entry = Dequeue(m_unacknowledged);
            if (auto fault = FindFault(now, writer.GetVersion(), entry))
            {
                dropped(entry.report, *fault);
                continue;
            }
            WritePublish(now, writer, entry, false);
            sent(entry.report);
        }
        while (HasRoomInFlight() && writer.GetSize() < writerSize)
        {
            Entry entry = Dequeue(m_queue);
            if (auto fault = FindFault(now, writer.GetVersion(), entry))
            {
                dropped(entry.report, *fault);
                continue;
            }
            entry.packetId = TakePacketId();
            m_inFlightBytes += GetSize(entry);
            WritePublish(now, writer, entry, false);
            m_inFlight.push_back(std::move(entry));
        }
    }

    /// Whether Flush() would send something.
    bool HasToSend() const
    {
        return !m_unacknowledged.empty() || HasRoomInFlight() || MayRepeat();
    }

    /**
     * Sends everything in flight again, in its order, on a new connection [MQTT-4.4.0-1, 4.6.0-1]:
     * PUBREL at once; of PUBLISH as many as the receiver takes, the rest as room is made, before
     * any new message. \p redelivered(packetId) is called for each, \p dropped(report, Drop) for
     * each that this receiver does not take any more.
     */
    template <typename Redelivered, typename Dropped>
    void Redeliver(TimePoint now,
                   PacketWriter& writer,
                   Redelivered&& redelivered,
                   Dropped&& dropped)
    {
        for (Entry& entry : m_inFlight)
        {
            entry.again = true;
        }
        m_toRepeat = m_inFlight.size();
        Repeat(now, writer, redelivered, dropped);
    }

    /// The report of the QoS 1 message that is acknowledged; nothing for an unknown identifier.
    std::optional<uint64_t> HandlePuback(uint16_t packetId);

    /**
     * Answers PUBREC with PUBREL [MQTT-4.3.3-1], also where the message is no longer known. A
     * failure ends the delivery instead (5.0: section 4.3.3).
     * \return the report of the message that the receiver has refused
     */
    std::optional<uint64_t> HandlePubrec(const Pubrec& pubrec, PacketWriter& writer);

    /// The report of the QoS 2 message that is complete; nothing for an unknown identifier.
    std::optional<uint64_t> HandlePubcomp(uint16_t packetId);

    /**
     * The receiver has lost the session: QoS 1 messages in flight go back to the head of the queue
     * as new ones, the others are handed out; of them those with `released` have arrived.
     */
    std::vector<Entry> ForgetSession();

    /// Drops the QoS 0 messages that wait; they are not part of the session (section 4.1).
    void DropUnacknowledged();

    /// A Packet Identifier for SUBSCRIBE or UNSUBSCRIBE; it is in use until released.
    uint16_t ReservePacketId();
    void ReleasePacketId(uint16_t packetId);

    /// A new connection: what was asked on the last one is not answered any more.
    void ReleaseAllPacketIds()
    {
        m_reserved.clear();
    }

    /// How many are in use.
    size_t GetReserved() const
    {
        return m_reserved.size();
    }

    size_t GetInFlight() const
    {
        return m_inFlight.size();
    }

    size_t GetQueued() const
    {
        return m_queue.size() + m_unacknowledged.size();
    }

    /// Content and ENTRY_MEMORY of all messages, queued and in flight (sans-io/protocol/memory.h);
    /// a QoS 2 message counts its content until PUBREC.
    size_t GetMemory() const
    {
        size_t entries = GetQueued() + m_inFlight.size() + m_reserved.size();
        return m_queuedBytes + m_inFlightBytes + entries * sansio::ENTRY_MEMORY;
    }

    /// Content bytes that wait in the queue.
    size_t GetQueuedBytes() const
    {
        return m_queuedBytes;
    }

  private:
    using Queue = boost::container::deque<Entry>;

    static size_t GetSize(const Entry& entry);

    bool HasRoomInFlight() const
    {
        return !m_queue.empty() && m_toRepeat == 0 &&
               m_inFlight.size() < std::min(m_limits.inFlight, m_receiver.receiveMaximum) &&
               (m_limits.inFlightBytes == 0 || m_inFlightBytes == 0 ||
                m_inFlightBytes + GetSize(m_queue.front()) <= m_limits.inFlightBytes);
    }

    /// Drops from a queue what does not stay.
    template <typename Stays, typename Dropped>
    void Sift(Queue& queue, Drop reason, Stays&& stays, Dropped&& dropped)
    {
        Queue all;
        all.swap(queue);
        for (Entry& entry : all)
        {
            if (stays(entry))
            {
                queue.push_back(std::move(entry));
                continue;
            }
            m_queuedBytes -= GetSize(entry);
            dropped(entry.report, reason);
        }
    }

    bool MayRepeat() const
    {
        return m_toRepeat > 0 && m_inFlight.size() - m_toRepeat < m_receiver.receiveMaximum;
    }

    /// Sends what Redeliver() has marked, as far as the receiver takes it.
    template <typename Redelivered, typename Dropped>
    void Repeat(TimePoint now, PacketWriter& writer, Redelivered&& redelivered, Dropped&& dropped)
    {
        for (auto entry = m_inFlight.begin(); m_toRepeat > 0 && entry != m_inFlight.end();)
        {
            bool isHeld = !entry->again || (!entry->released && !MayRepeat());
            auto fault = isHeld || entry->released ? std::nullopt
                                                   : FindRefusal(now, writer.GetVersion(), *entry);
            if (fault)
            {
                dropped(entry->report, *fault);
                entry = Erase(entry);
                continue;
            }
            if (!isHeld)
            {
                WriteAgain(now, writer, *entry);
                redelivered(entry->packetId);
            }
            ++entry;
        }
    }

    bool HasRoomFor(const Entry& entry) const;
    void Enqueue(Entry entry);
    std::optional<Drop> FindFault(TimePoint now, Version version, const Entry& entry);
    std::optional<Drop> FindRefusal(TimePoint now, Version version, const Entry& entry);
    Publish MakePublish(TimePoint now, Version version, const Entry& entry, SentAliases::Use alias);
    void WritePublish(TimePoint now, PacketWriter& writer, const Entry& entry, bool again);
    void WriteAgain(TimePoint now, PacketWriter& writer, Entry& entry);
    Entry Dequeue(Queue& queue);
    Queue::iterator Erase(Queue::iterator inFlight);
    uint16_t TakePacketId();
    bool IsInUse(uint16_t packetId) const;
    Queue::iterator FindInFlight(uint16_t packetId, uint8_t qos);

    DeliveryLimits m_limits;
    ReceiverLimits m_receiver;
    SentAliases m_aliases;
    PropertyList m_properties; ///< of the PUBLISH that is being made
    Queue m_unacknowledged;    ///< QoS 0
    Queue m_queue;             ///< QoS 1 and 2
    Queue m_inFlight;
    size_t m_toRepeat{0}; ///< of those in flight
    std::vector<uint16_t> m_reserved;
    size_t m_queuedBytes{0};
    size_t m_inFlightBytes{0};
    TimePoint m_firstExpiry{TimePoint::max()}; ///< nothing in the queues expires before
    uint16_t m_lastPacketId{0};
};

} // namespace mqtt
