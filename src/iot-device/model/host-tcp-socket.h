// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/host-tcp-table.h"

#include "ns3/tcp-socket-base.h"

#include <memory>

namespace ns3
{

/**
 * ns-3's TCP with a listener that is bounded as HostTcpSocketFactory says.
 *
 * A SYN that is refused is dropped without an answer, as Linux does: the peer tries again. What
 * the listener does otherwise than ns-3's:
 * - the options of one SYN (window scale, SACK, timestamps) and its window count for the connection
 *   that it opens, not for all that follow;
 * - a segment with ACK that belongs to no connection is answered with RST (RFC 9293 section
 *   3.10.7.2), so that a peer whose half-open connection was evicted learns of it at once;
 * - a segment that acknowledges another SYN-ACK than that of a half-open connection is answered
 *   likewise, and the connection stays (section 3.10.7.4): who guesses gives no place free;
 * - a SYN that repeats one whose connection is just being made makes no second one.
 *
 * And a connection whose window was closed, because its application did not read on, tells the peer
 * when it has opened again (RFC 9293 section 3.8.6.2.2), where ns-3's leaves it to the peer's
 * probes, seconds apart.
 */
class HostTcpSocket : public TcpSocketBase
{
  public:
    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;

    HostTcpSocket();
    HostTcpSocket(const HostTcpSocket& other);
    ~HostTcpSocket() override;

    /// Called by the factory, once.
    void SetFactory(Ptr<HostTcpSocketFactory> factory);

    int Listen() override;
    Ptr<Packet> Recv(uint32_t maxSize, uint32_t flags) override;
    using TcpSocketBase::Recv;

    /// Whom the connection is with, also before its handshake is complete.
    const Address& GetPeer() const;

    /// Gives a half-open connection up, without a word to the peer.
    void Evict();

  protected:
    Ptr<TcpSocketBase> Fork() override;
    void CompleteFork(Ptr<Packet> packet,
                      const TcpHeader& header,
                      const Address& from,
                      const Address& to) override;
    void DoForwardUp(Ptr<Packet> packet, const Address& from, const Address& to) override;
    void SendEmptyPacket(uint8_t flags) override;
    void ReTxTimeout() override;

  private:
    void ReceiveAtListener(Ptr<Packet> packet, const Address& from, const Address& to);
    void OpenHalf(Ptr<Packet> packet, const Address& from, const Address& to);
    /// It acknowledges something else than the SYN-ACK of this half-open connection.
    bool IsGuess(const TcpHeader& header) const;
    void ResetStranger(const TcpHeader& header, const Address& from, const Address& to);
    void HandleState(TcpStates_t before, TcpStates_t now);
    void LeaveIfDetached();
    bool IsDetached() const;
    bool IsWindowNarrow() const;
    void Leave();

    Ptr<HostTcpSocketFactory> m_factory;
    std::shared_ptr<HostTcpTable> m_table; ///< of the listener, shared by its connections
    HostTcpTable::Entry m_entry;
    Address m_peer; ///< of a listener: whose SYN is at hand
};

} // namespace ns3
