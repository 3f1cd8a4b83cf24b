// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mqtt
{

/// The receiver's half of QoS 2: identifiers of messages that arrived and are not released yet.
class ReceivedIds
{
  public:
    /// \return whether the identifier is new, that is, whether the message is to be delivered
    bool Add(uint16_t packetId);

    /// \return whether it was there
    bool Remove(uint16_t packetId);

    bool Contains(uint16_t packetId) const;

    /// Two bytes each (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return m_ids.size() * sizeof(uint16_t);
    }

    void Clear()
    {
        m_ids.clear();
    }

    size_t GetSize() const
    {
        return m_ids.size();
    }

  private:
    std::vector<uint16_t> m_ids; ///< sorted
};

} // namespace mqtt
