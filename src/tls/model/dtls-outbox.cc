// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/dtls-outbox.h"

#include "tls/model/dtls-socket-factory.h"

namespace ns3
{

void
DtlsOutbox::SetFactory(Ptr<DtlsSocketFactory> factory)
{
    m_factory = factory;
}

bool
DtlsOutbox::Push(DtlsSession& session, Ptr<Packet> packet, bool atOnce)
{
    const uint32_t size = packet->GetSize();
    if (!atOnce && m_size + size > m_factory->GetSendBufferSize())
    {
        m_factory->NotifyDropped(packet, session.address, "queue-full");
        return false;
    }
    m_size += size;
    if (session.established)
    {
        m_released.Push({session.peer, packet->Copy()});
    }
    else
    {
        session.waiting.Push(packet->Copy());
    }
    return true;
}

void
DtlsOutbox::Release(DtlsSession& session)
{
    while (!session.waiting.empty())
    {
        m_released.Push({session.peer, session.waiting.Pop()});
    }
}

DtlsOutbox::Datagram
DtlsOutbox::Pop()
{
    Datagram datagram = m_released.Pop();
    m_size -= datagram.packet->GetSize();
    return datagram;
}

void
DtlsOutbox::Drop(tls::Fifo<Ptr<Packet>> waiting, const Address& peer, const std::string& reason)
{
    while (!waiting.empty())
    {
        Ptr<Packet> packet = waiting.Pop();
        m_size -= packet->GetSize();
        m_factory->NotifyDropped(packet, peer, reason);
    }
}

} // namespace ns3
