// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/host-tcp-socket.h"

#include "iot-device/model/host-tcp-socket-factory.h"

#include "ns3/packet.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-socket-state.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(HostTcpSocket);

TypeId
HostTcpSocket::GetTypeId()
{
    static TypeId tid = TypeId("ns3::HostTcpSocket")
                            .SetParent<TcpSocketBase>()
                            .SetGroupName("IotDevice")
                            .AddConstructor<HostTcpSocket>();
    return tid;
}

TypeId
HostTcpSocket::GetInstanceTypeId() const
{
    return GetTypeId();
}

HostTcpSocket::HostTcpSocket() = default;

HostTcpSocket::HostTcpSocket(const HostTcpSocket& other)
    : TcpSocketBase(other),
      m_factory(other.m_factory),
      m_table(other.m_table),
      m_peer(other.m_peer)
{
}

HostTcpSocket::~HostTcpSocket()
{
    Leave();
}

void
HostTcpSocket::SetFactory(Ptr<HostTcpSocketFactory> factory)
{
    m_factory = factory;
}

int
HostTcpSocket::Listen()
{
    int result = TcpSocketBase::Listen();
    if (result == 0)
    {
        m_table = std::make_shared<HostTcpTable>(m_factory);
    }
    return result;
}

Ptr<Packet>
HostTcpSocket::Recv(uint32_t maxSize, uint32_t flags)
{
    const bool wasNarrow = IsWindowNarrow();
    Ptr<Packet> packet = TcpSocketBase::Recv(maxSize, flags);
    if (wasNarrow && !IsWindowNarrow() && m_state == ESTABLISHED)
    {
        SendEmptyPacket(TcpHeader::ACK);
    }
    return packet;
}

bool
HostTcpSocket::IsWindowNarrow() const
{
    Ptr<TcpRxBuffer> buffer = m_tcb->m_rxBuffer;
    const uint32_t window = buffer->MaxRxSequence() - buffer->NextRxSequence();
    return window < std::min(m_tcb->m_segmentSize, buffer->MaxBufferSize() / 2);
}

const Address&
HostTcpSocket::GetPeer() const
{
    return m_peer;
}

void
HostTcpSocket::DoForwardUp(Ptr<Packet> packet, const Address& from, const Address& to)
{
    Ptr<HostTcpSocket> self(this); // the end of a connection may drop the last reference
    if (m_state == LISTEN)
    {
        ReceiveAtListener(packet, from, to);
        return;
    }
    if (m_entry.place == HostTcpTable::Place::HalfOpen)
    {
        TcpHeader header;
        packet->PeekHeader(header);
        if (IsGuess(header))
        {
            ResetStranger(header, from, to);
            return;
        }
        const bool completes = !(header.GetFlags() & (TcpHeader::SYN | TcpHeader::RST));
        if (completes && !m_table->AdmitCompleted(from))
        {
            ResetStranger(header, from, to);
            Evict();
            return;
        }
    }
    TcpSocketBase::DoForwardUp(packet, from, to);
    LeaveIfDetached();
}

bool
HostTcpSocket::IsGuess(const TcpHeader& header) const
{
    const uint8_t flags = header.GetFlags();
    return (flags & TcpHeader::ACK) && !(flags & TcpHeader::RST) &&
           header.GetAckNumber() != m_tcb->m_nextTxSequence + SequenceNumber32(1);
}

void
HostTcpSocket::ReceiveAtListener(Ptr<Packet> packet, const Address& from, const Address& to)
{
    TcpHeader header;
    packet->PeekHeader(header);
    const uint8_t flags = header.GetFlags();
    if (flags & TcpHeader::RST) // RFC 9293 section 3.10.7.2, first
    {
        return;
    }
    if (flags & TcpHeader::ACK) // second
    {
        ResetStranger(header, from, to);
        return;
    }
    if ((flags & TcpHeader::SYN) && m_table->Admit(from)) // third
    {
        OpenHalf(packet, from, to);
    }
}

void
HostTcpSocket::OpenHalf(Ptr<Packet> packet, const Address& from, const Address& to)
{
    const bool sack = m_sackEnabled;
    const bool scaling = m_winScalingEnabled;
    const bool timestamps = m_timestampEnabled;
    const uint8_t shift = m_sndWindShift;
    const uint32_t window = m_rWnd;
    m_peer = from;
    TcpSocketBase::DoForwardUp(packet, from, to);
    m_sackEnabled = sack;
    m_txBuffer->SetSackEnabled(sack);
    m_winScalingEnabled = scaling;
    m_timestampEnabled = timestamps;
    m_sndWindShift = shift;
    m_rWnd = window;
    m_persistEvent.Cancel(); // a window of zero is the connection's
}

void
HostTcpSocket::ResetStranger(const TcpHeader& header, const Address& from, const Address& to)
{
    if (!(header.GetFlags() & TcpHeader::ACK))
    {
        return;
    }
    TcpHeader reset;
    reset.SetFlags(TcpHeader::RST);
    reset.SetSequenceNumber(header.GetAckNumber());
    reset.SetSourcePort(header.GetDestinationPort());
    reset.SetDestinationPort(header.GetSourcePort());
    m_tcp->SendPacket(Create<Packet>(), reset, to, from, m_boundnetdevice);
}

Ptr<TcpSocketBase>
HostTcpSocket::Fork()
{
    Ptr<HostTcpSocket> socket = CopyObject<HostTcpSocket>(this);
    m_table->EnterHalfOpen(socket->m_entry, m_peer, PeekPointer(socket));
    socket->m_state.ConnectWithoutContext(
        MakeCallback(&HostTcpSocket::HandleState, PeekPointer(socket)));
    return socket;
}

void
HostTcpSocket::CompleteFork(Ptr<Packet> packet,
                            const TcpHeader& header,
                            const Address& from,
                            const Address& to)
{
    if (m_entry.place != HostTcpTable::Place::HalfOpen)
    {
        return; // evicted meanwhile
    }
    TcpSocketBase::CompleteFork(packet, header, from, to);
    if (IsDetached()) // another SYN of the same peer has made the connection at the same instant
    {
        m_state = CLOSED;
        m_tcp->RemoveSocket(this);
    }
}

void
HostTcpSocket::Evict()
{
    Ptr<HostTcpSocket> self(this);
    m_state = CLOSED;
    DeallocateEndPoint();
}

void
HostTcpSocket::SendEmptyPacket(uint8_t flags)
{
    Ptr<HostTcpSocket> self(this);
    TcpSocketBase::SendEmptyPacket(flags);
    if (flags & TcpHeader::RST) // only ever sent where a connection is given up
    {
        Leave();
    }
}

void
HostTcpSocket::ReTxTimeout()
{
    Ptr<HostTcpSocket> self(this);
    TcpSocketBase::ReTxTimeout();
    LeaveIfDetached();
}

void
HostTcpSocket::HandleState(TcpStates_t before, TcpStates_t now)
{
    const bool open = now == ESTABLISHED || now == CLOSE_WAIT;
    if (open && m_entry.place == HostTcpTable::Place::HalfOpen)
    {
        m_table->EnterConnected(m_entry);
    }
    else if (!open && now != SYN_RCVD)
    {
        Leave();
    }
}

bool
HostTcpSocket::IsDetached() const
{
    return m_endPoint == nullptr && m_endPoint6 == nullptr;
}

void
HostTcpSocket::LeaveIfDetached()
{
    if (IsDetached())
    {
        Leave();
    }
}

void
HostTcpSocket::Leave()
{
    if (m_table)
    {
        m_table->Leave(m_entry);
    }
}

} // namespace ns3
