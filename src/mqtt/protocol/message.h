// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/properties.h"
#include "sans-io/protocol/bytes.h"
#include "sans-io/protocol/time-point.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mqtt
{

using sansio::Bytes;
using sansio::ByteView;
using sansio::Duration;
using sansio::TimePoint;

/// A Session Expiry Interval that never ends (5.0: section 3.1.2.11.2).
constexpr uint32_t NEVER_EXPIRES = 0xffffffff;

/// An Application Message (section 1.2) with what its PUBLISH packet says about it.
struct Message
{
    std::string topic;
    Bytes payload;
    uint8_t qos{0};     ///< 0, 1 or 2
    bool retain{false}; ///< on arrival: it was stored before the subscription (section 3.3.1.3)
    bool dup{false}; ///< on arrival: the packet may have been sent before; ignored when publishing

    // MQTT 5.0; a connection of 3.1.1 carries none of it.

    /// Payload Format Indicator, Content Type, Response Topic, Correlation Data, User Properties:
    /// what a server hands on as it is (5.0: section 3.3.2.3).
    PropertyList properties{};

    /// Message Expiry Interval, seconds from `since`; on arrival what is left of it. A message that
    /// has waited for longer is not sent any more, by client or server.
    std::optional<uint32_t> expiry{};

    /// Of the subscriptions that brought the message; nothing when publishing.
    std::vector<uint32_t> subscriptionIds{};

    TimePoint since{}; ///< when a machine got it

    friend bool operator==(const Message& a, const Message& b)
    {
        return a.topic == b.topic && a.payload == b.payload && a.qos == b.qos &&
               a.retain == b.retain && a.dup == b.dup && a.properties == b.properties &&
               a.expiry == b.expiry && a.subscriptionIds == b.subscriptionIds;
    }
};

/// A message that several queues share.
using MessagePtr = std::shared_ptr<const Message>;

/// Topic, payload and properties in bytes.
inline size_t
GetContentSize(const Message& message)
{
    return message.topic.size() + message.payload.size() + message.properties.GetSize();
}

/// What is left of the Message Expiry Interval in whole seconds; nothing where it has none.
inline std::optional<uint32_t>
GetRemainingExpiry(const Message& message, TimePoint now)
{
    if (!message.expiry)
    {
        return {};
    }
    auto waited = std::chrono::duration_cast<std::chrono::seconds>(now - message.since).count();
    return waited >= *message.expiry ? 0 : static_cast<uint32_t>(*message.expiry - waited);
}

/// When its Message Expiry Interval has passed; never where it has none.
inline TimePoint
GetExpiryTime(const Message& message)
{
    return message.expiry ? message.since + std::chrono::seconds(*message.expiry)
                          : TimePoint::max();
}

/// Whether its Message Expiry Interval has passed (5.0: section 3.3.2.3.3).
inline bool
HasExpired(const Message& message, TimePoint now)
{
    return now >= GetExpiryTime(message);
}

} // namespace mqtt
