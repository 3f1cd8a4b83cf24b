// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/packet.h"

#include <utility>

namespace ns3
{

/// Plaintext of a stream that waits for the application.
class ReceiveBuffer
{
  public:
    uint32_t GetSize() const
    {
        return m_packet ? m_packet->GetSize() : 0;
    }

    void Append(Ptr<Packet> packet)
    {
        if (m_packet)
        {
            m_packet->AddAtEnd(packet);
        }
        else
        {
            m_packet = packet;
        }
    }

    /// The first \p size bytes; there must be so many, and at least one.
    Ptr<Packet> Take(uint32_t size)
    {
        if (size == m_packet->GetSize())
        {
            return std::exchange(m_packet, nullptr);
        }
        Ptr<Packet> first = m_packet->CreateFragment(0, size);
        m_packet->RemoveAtStart(size);
        return first;
    }

    void Clear()
    {
        m_packet = nullptr;
    }

  private:
    Ptr<Packet> m_packet; ///< null: empty
};

} // namespace ns3
