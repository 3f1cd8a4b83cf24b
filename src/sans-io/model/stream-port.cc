// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/stream-port.h"

#include "sans-io/model/provenance-tag.h"

#include <algorithm>
#include <utility>

namespace ns3
{

StreamPort::StreamPort(Ptr<Socket> socket,
                       std::function<void(sansio::ByteView)> received,
                       std::function<void()> closed,
                       std::function<void()> drained)
    : m_socket(socket),
      m_received(std::move(received)),
      m_closed(std::move(closed)),
      m_drained(std::move(drained))
{
    m_socket->SetRecvCallback(MakeCallback(&StreamPort::HandleReadable, this));
    m_socket->SetSendCallback(MakeCallback(&StreamPort::HandleSendable, this));
    m_socket->SetCloseCallbacks(MakeCallback(&StreamPort::HandleClosed, this),
                                MakeCallback(&StreamPort::HandleClosed, this));
}

StreamPort::~StreamPort()
{
    m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    m_socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
    m_socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                MakeNullCallback<void, Ptr<Socket>>());
}

void
StreamPort::Send(const sansio::SpannedBytes& bytes)
{
    if (bytes.empty() || m_closing)
    {
        return;
    }
    m_waiting.push_back(ToPacket(bytes));
    m_waitingBytes += bytes.size();
    Flush();
}

void
StreamPort::Flush()
{
    while (!m_waiting.empty())
    {
        Ptr<Packet> packet = m_waiting.front();
        uint32_t room = std::min(m_socket->GetTxAvailable(), packet->GetSize());
        if (room == 0)
        {
            return;
        }
        int sent = m_socket->Send(packet->CreateFragment(0, room), 0);
        if (sent <= 0)
        {
            return;
        }
        m_waitingBytes -= sent;
        packet->RemoveAtStart(sent);
        if (packet->GetSize() == 0)
        {
            m_waiting.pop_front();
        }
    }
    if (m_closing)
    {
        m_socket->Close();
    }
}

void
StreamPort::Close()
{
    if (!m_closing)
    {
        m_closing = true;
        Flush();
    }
}

void
StreamPort::ReadAvailable()
{
    HandleReadable(m_socket);
}

void
StreamPort::SetReadGate(std::function<bool()> mayRead, uint32_t most)
{
    m_mayRead = std::move(mayRead);
    m_mostToRead = most;
}

Ptr<Socket>
StreamPort::GetSocket() const
{
    return m_socket;
}

size_t
StreamPort::GetWaiting() const
{
    return m_waitingBytes;
}

void
StreamPort::HandleSendable(Ptr<Socket> socket, uint32_t available)
{
    bool waited = m_waitingBytes > 0;
    Flush();
    if (waited && m_waitingBytes == 0 && m_drained)
    {
        m_drained();
    }
}

void
StreamPort::HandleReadable(Ptr<Socket> socket)
{
    if (m_mayRead)
    {
        ReadThroughGate();
        return;
    }
    while (Ptr<Packet> packet = socket->Recv())
    {
        if (packet->GetSize() == 0) // ns-3's TCP marks the end of the stream so
        {
            return;
        }
        m_received(ToBytes(packet));
    }
}

void
StreamPort::ReadThroughGate()
{
    while (!m_closing && m_socket->GetRxAvailable() > 0 && m_mayRead())
    {
        Ptr<Packet> packet = m_socket->Recv(m_mostToRead, 0);
        if (!packet || packet->GetSize() == 0)
        {
            break;
        }
        m_received(ToBytes(packet));
    }
    if (m_ended && (m_closing || m_socket->GetRxAvailable() == 0))
    {
        TellClosed();
    }
}

void
StreamPort::HandleClosed(Ptr<Socket> socket)
{
    m_ended = true;
    if (!m_mayRead || m_closing || m_socket->GetRxAvailable() == 0)
    {
        TellClosed();
    }
}

void
StreamPort::TellClosed()
{
    if (m_closed)
    {
        std::exchange(m_closed, nullptr)();
    }
}

} // namespace ns3
