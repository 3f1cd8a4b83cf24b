// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"
#include "ns3/type-id.h"

namespace ns3
{

/**
 * The bounds that client and broker have in common, on the packets and messages between the two: a
 * base class gives both the same attributes. MaxSubscriptions and MaxOutputBytes are not among
 * them, for they have other defaults and other consequences in the one than in the other.
 */
struct MqttBounds
{
    /// Adds the attributes to the type of a class that derives from this one.
    static TypeId AddAttributes(TypeId tid);

    /// Hands the values to mqtt::ClientSettings or mqtt::BrokerLimits.
    template <typename Limits>
    void ApplyTo(Limits& limits) const
    {
        limits.delivery = {m_inFlight,
                           m_queuedMessages,
                           m_queuedBytes,
                           m_topicAliases,
                           m_inFlightBytes};
        limits.topicAliases = m_topicAliasMaximum;
        limits.sessionExpiry = static_cast<uint32_t>(m_sessionExpiry.GetSeconds());
        limits.packetSize = m_packetSize;
        limits.receivedIds = m_receivedIds;
    }

    uint16_t m_inFlight{0};
    uint32_t m_inFlightBytes{0};
    uint32_t m_queuedMessages{0};
    uint32_t m_queuedBytes{0};
    uint32_t m_packetSize{0};
    uint32_t m_receivedIds{0};
    uint16_t m_topicAliases{0};
    uint16_t m_topicAliasMaximum{0};
    Time m_sessionExpiry;
};

} // namespace ns3
