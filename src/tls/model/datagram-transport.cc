// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/datagram-transport.h"

#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/provenance-tag.h"

#include <utility>

namespace ns3
{

DatagramTransport::~DatagramTransport()
{
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->TraceDisconnectWithoutContext("Drop",
                                                MakeCallback(&DatagramTransport::HandleDrop, this));
    }
}

void
DatagramTransport::Attach(Ptr<Socket> socket,
                          std::function<void()> readable,
                          std::function<void(Ptr<const Packet>)> dropped)
{
    m_socket = socket;
    m_tellReadable = std::move(readable);
    m_tellDropped = std::move(dropped);
    socket->SetRecvCallback(MakeCallback(&DatagramTransport::HandleReadable, this));
    socket->TraceConnectWithoutContext("Drop", MakeCallback(&DatagramTransport::HandleDrop, this));
}

void
DatagramTransport::HandleReadable(Ptr<Socket> socket)
{
    m_readable = true;
    m_arrivals.Note();
    m_tellReadable();
}

void
DatagramTransport::HandleDrop(Ptr<const Packet> datagram)
{
    m_tellDropped(datagram);
}

std::optional<DatagramTransport::Datagram>
DatagramTransport::Read()
{
    Address from;
    if (Ptr<Packet> packet = m_socket->RecvFrom(from))
    {
        return Datagram{ToPeerAddress(from), ToBytes(packet), m_arrivals.Take()};
    }
    m_arrivals.Clear();
    m_readable = false;
    return std::nullopt;
}

void
DatagramTransport::Send(Ptr<Packet> datagram, const sansio::PeerAddress& peer)
{
    m_socket->SendTo(datagram, 0, ToSocketAddress(peer));
}

void
DatagramTransport::Close()
{
    m_socket->Close();
}

} // namespace ns3
