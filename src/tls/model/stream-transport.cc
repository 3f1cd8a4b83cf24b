// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/stream-transport.h"

#include "sans-io/model/provenance-tag.h"

#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{

StreamTransport::StreamTransport(Observer& observer)
    : m_observer(observer)
{
}

StreamTransport::~StreamTransport()
{
    m_close.Cancel();
    if (m_socket)
    {
        auto none = MakeNullCallback<void, Ptr<Socket>>();
        auto noCount = MakeNullCallback<void, Ptr<Socket>, uint32_t>();
        m_socket->SetConnectCallback(none, none);
        m_socket->SetRecvCallback(none);
        m_socket->SetSendCallback(noCount);
        m_socket->SetDataSentCallback(noCount);
        m_socket->SetCloseCallbacks(none, none);
    }
}

void
StreamTransport::Attach(Ptr<Socket> socket)
{
    m_socket = socket;
    auto failed = MakeCallback(&StreamTransport::HandleError, this);
    m_socket->SetConnectCallback(MakeCallback(&StreamTransport::HandleConnected, this), failed);
    m_socket->SetRecvCallback(MakeCallback(&StreamTransport::HandleReadable, this));
    m_socket->SetSendCallback(MakeCallback(&StreamTransport::HandleSendable, this));
    m_socket->SetDataSentCallback(MakeCallback(&StreamTransport::HandleSent, this));
    m_socket->SetCloseCallbacks(MakeCallback(&StreamTransport::HandleClosed, this), failed);
}

void
StreamTransport::Send(const sansio::SpannedBytes& bytes, uint32_t plaintext)
{
    if (bytes.empty() || m_closed)
    {
        return;
    }
    m_waiting.Push(ToPacket(bytes));
    m_waitingBytes += bytes.size();
    m_streamEnd += bytes.size();
    if (plaintext > 0)
    {
        m_sentMarks.Push({m_streamEnd, plaintext});
    }
    Flush();
}

void
StreamTransport::Flush()
{
    while (!m_waiting.empty())
    {
        Ptr<Packet> packet = m_waiting.Front();
        const uint32_t size = packet->GetSize();
        const uint32_t room = std::min(m_socket->GetTxAvailable(), size);
        if (room == 0)
        {
            return;
        }
        const int sent = m_socket->Send(room == size ? packet : packet->CreateFragment(0, room), 0);
        if (sent < 0) // a connection that was reset takes nothing any more
        {
            m_ended = m_failed = true;
            Drop();
        }
        if (sent <= 0)
        {
            return;
        }
        m_waitingBytes -= sent;
        if (static_cast<uint32_t>(sent) == size)
        {
            m_waiting.Pop();
        }
        else
        {
            packet->RemoveAtStart(sent);
        }
    }
}

Ptr<Packet>
StreamTransport::Read()
{
    if (!IsReadable())
    {
        return nullptr;
    }
    Ptr<Packet> packet = m_socket->Recv();
    if (!packet || packet->GetSize() == 0)
    {
        return nullptr;
    }
    UpdateWindow(packet->GetSize());
    return packet;
}

void
StreamTransport::UpdateWindow(uint32_t read)
{
    // RFC 1122 section 4.2.3.3: whoever reads half of the buffer at once tells the peer. ns-3's TCP
    // does not: a sender whose window is open by less than a segment would wait for ever. It sends
    // an acknowledgement when its buffer grows.
    if (m_buffer == 0)
    {
        UintegerValue size;
        const bool known = m_socket->GetAttributeFailSafe("RcvBufSize", size);
        m_buffer = known ? size.Get() : UINT32_MAX;
    }
    if (read >= m_buffer / 2)
    {
        m_socket->SetAttributeFailSafe("RcvBufSize", UintegerValue(m_buffer - 1));
        m_socket->SetAttributeFailSafe("RcvBufSize", UintegerValue(m_buffer));
    }
}

void
StreamTransport::Close()
{
    if (!std::exchange(m_closed, true))
    {
        Drop();
    }
    CloseWhenSent();
}

void
StreamTransport::CloseWhenSent()
{
    // Once the peer's FIN is here ours may go with the last data. Until then it goes alone, as it
    // does where close() follows the write of a close_notify: when both ends close at once, each
    // gets the other's FIN in FIN-WAIT-1, where ns-3's TCP does not count a FIN that comes with
    // data. Neither would ever be acknowledged (RFC 9293 section 3.6, figure 13).
    if (m_closed && !m_socketClosed && (m_ended || m_streamSent == m_streamEnd))
    {
        m_socketClosed = true;
        m_socket->Close();
    }
}

void
StreamTransport::Drop()
{
    m_waiting.Clear();
    m_streamEnd -= std::exchange(m_waitingBytes, 0);
}

void
StreamTransport::HandleConnected(Ptr<Socket> socket)
{
    m_observer.HandleTransportConnected();
}

void
StreamTransport::HandleReadable(Ptr<Socket> socket)
{
    m_observer.HandleTransportReadable();
}

void
StreamTransport::HandleSendable(Ptr<Socket> socket, uint32_t available)
{
    m_observer.HandleTransportSendable();
}

void
StreamTransport::HandleSent(Ptr<Socket> socket, uint32_t count)
{
    m_streamSent += count;
    if (m_closed)
    {
        m_close = Simulator::ScheduleNow(&StreamTransport::CloseWhenSent, this);
    }
    uint32_t plaintext = 0;
    while (!m_sentMarks.empty() && m_sentMarks.Front().end <= m_streamSent)
    {
        plaintext += m_sentMarks.Pop().plaintext;
    }
    if (plaintext > 0)
    {
        m_observer.HandleTransportSent(plaintext);
    }
}

void
StreamTransport::HandleClosed(Ptr<Socket> socket)
{
    m_ended = true;
    m_observer.HandleTransportEnded();
}

void
StreamTransport::HandleError(Ptr<Socket> socket)
{
    m_failed = true;
    HandleClosed(socket);
}

} // namespace ns3
