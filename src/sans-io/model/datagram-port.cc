// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/datagram-port.h"

#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/provenance-tag.h"

namespace ns3
{

DatagramPort::DatagramPort(Ptr<Socket> socket, Received received)
    : m_socket(socket),
      m_received(std::move(received))
{
    m_socket->SetRecvCallback(MakeCallback(&DatagramPort::HandleArrival, this));
}

DatagramPort::~DatagramPort()
{
    m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
}

bool
DatagramPort::SendTo(const sansio::PeerAddress& to, const sansio::SpannedBytes& bytes)
{
    return m_socket->SendTo(ToPacket(bytes), 0, ToSocketAddress(to)) >= 0;
}

void
DatagramPort::SetReadGate(std::function<bool()> mayRead)
{
    m_mayRead = std::move(mayRead);
}

void
DatagramPort::ReadAvailable()
{
    Address from;
    while (!m_mayRead || (m_socket->GetRxAvailable() > 0 && m_mayRead()))
    {
        Ptr<Packet> packet = m_socket->RecvFrom(from);
        if (!packet)
        {
            m_arrivals.Clear();
            return;
        }
        m_arrival = m_arrivals.Take();
        m_buffer.resize(packet->GetSize());
        packet->CopyData(m_buffer.data(), m_buffer.size());
        m_received(from, m_buffer);
    }
}

Time
DatagramPort::GetArrival() const
{
    return m_arrival;
}

Ptr<Socket>
DatagramPort::GetSocket() const
{
    return m_socket;
}

void
DatagramPort::HandleArrival(Ptr<Socket> socket)
{
    m_arrivals.Note();
    ReadAvailable();
}

} // namespace ns3
