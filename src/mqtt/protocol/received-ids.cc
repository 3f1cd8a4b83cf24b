// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/received-ids.h"

#include <algorithm>

namespace mqtt
{

bool
ReceivedIds::Add(uint16_t packetId)
{
    auto place = std::lower_bound(m_ids.begin(), m_ids.end(), packetId);
    if (place != m_ids.end() && *place == packetId)
    {
        return false;
    }
    m_ids.insert(place, packetId);
    return true;
}

bool
ReceivedIds::Remove(uint16_t packetId)
{
    auto place = std::lower_bound(m_ids.begin(), m_ids.end(), packetId);
    bool isThere = place != m_ids.end() && *place == packetId;
    if (isThere)
    {
        m_ids.erase(place);
    }
    return isThere;
}

bool
ReceivedIds::Contains(uint16_t packetId) const
{
    return std::binary_search(m_ids.begin(), m_ids.end(), packetId);
}

} // namespace mqtt
