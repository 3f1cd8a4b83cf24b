// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/fifo.h"

#include "ns3/address.h"
#include "ns3/packet.h"

namespace ns3
{

/// Datagrams of plaintext that wait for the application.
class DatagramBuffer
{
  public:
    /// Bytes of plaintext.
    uint32_t GetSize() const
    {
        return m_bytes;
    }

    void Push(Ptr<Packet> packet, const Address& from)
    {
        m_bytes += packet->GetSize();
        m_datagrams.Push({packet, from});
    }

    /// The oldest one and where it came from; null where there is none, or none so small.
    Ptr<Packet> Pop(uint32_t maxSize, Address& from)
    {
        if (m_datagrams.empty() || m_datagrams.Front().packet->GetSize() > maxSize)
        {
            return nullptr;
        }
        Datagram datagram = m_datagrams.Pop();
        m_bytes -= datagram.packet->GetSize();
        from = datagram.from;
        return datagram.packet;
    }

    void Clear()
    {
        m_datagrams.Clear();
        m_bytes = 0;
    }

  private:
    struct Datagram
    {
        Ptr<Packet> packet;
        Address from;
    };

    tls::Fifo<Datagram> m_datagrams;
    uint32_t m_bytes{0};
};

} // namespace ns3
