// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/client-stream.h"

#include "sans-io/model/release-later.h"

#include "ns3/inet6-socket-address.h"

namespace ns3
{

ClientStream::ClientStream(Handlers handlers)
    : m_handlers(std::move(handlers))
{
}

void
ClientStream::Open(Ptr<Node> node, TypeId protocol, const Address& remote)
{
    const uint64_t id = ++m_last;
    m_current = id;
    Ptr<Socket> socket = Socket::CreateSocket(node, protocol);
    socket->SetConnectCallback(MakeCallback(&ClientStream::HandleConnected, this),
                               MakeCallback(&ClientStream::HandleFailed, this));
    m_ports[id] = std::make_shared<StreamPort>(
        socket,
        [this, id](sansio::ByteView bytes) { HandleBytes(id, bytes); },
        [this, id] { HandleClosed(id); },
        [this, id] { HandleDrained(id); });
    bool bound =
        Inet6SocketAddress::IsMatchingType(remote) ? socket->Bind6() == 0 : socket->Bind() == 0;
    if (!bound || socket->Connect(remote) != 0)
    {
        HandleFailed(socket);
    }
}

void
ClientStream::Close()
{
    auto port = m_ports.find(m_current);
    m_current = 0;
    if (port != m_ports.end())
    {
        port->second->Close();
        if (port->second->GetWaiting() == 0)
        {
            Release(port->first);
        }
    }
}

bool
ClientStream::Send(const sansio::SpannedBytes& bytes)
{
    auto port = m_ports.find(m_current);
    if (port == m_ports.end())
    {
        return true; // it is gone, and so are they
    }
    port->second->Send(bytes);
    return port->second->GetWaiting() == 0;
}

void
ClientStream::Clear()
{
    m_ports.clear();
}

bool
ClientStream::IsCurrent(Ptr<Socket> socket) const
{
    auto port = m_ports.find(m_current);
    return port != m_ports.end() && port->second->GetSocket() == socket;
}

void
ClientStream::HandleConnected(Ptr<Socket> socket)
{
    if (IsCurrent(socket))
    {
        m_handlers.connected();
    }
}

void
ClientStream::HandleFailed(Ptr<Socket> socket)
{
    if (IsCurrent(socket))
    {
        Release(m_current);
        m_current = 0;
        m_handlers.ended("connection failed");
    }
}

void
ClientStream::HandleBytes(uint64_t id, sansio::ByteView bytes)
{
    if (id == m_current)
    {
        m_handlers.received(bytes);
    }
}

void
ClientStream::HandleClosed(uint64_t id)
{
    auto closed = m_ports.find(id);
    if (closed == m_ports.end())
    {
        return;
    }
    bool current = id == m_current;
    closed->second->Close(); // our half of the connection
    Release(id);
    if (current)
    {
        m_current = 0;
        m_handlers.ended("connection closed");
    }
}

void
ClientStream::HandleDrained(uint64_t id)
{
    if (id == m_current)
    {
        m_handlers.drained();
    }
    else
    {
        Release(id);
    }
}

void
ClientStream::Release(uint64_t id)
{
    auto released = m_ports.find(id);
    if (released != m_ports.end())
    {
        ReleaseLater(released->second);
        m_ports.erase(released);
    }
}

} // namespace ns3
