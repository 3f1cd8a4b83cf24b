// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/arrival-times.h"
#include "sans-io/protocol/peer.h"
#include "sans-io/protocol/spanned-bytes.h"

#include "ns3/ptr.h"
#include "ns3/socket.h"

#include <functional>

namespace ns3
{

/**
 * A datagram socket as a machine sees it: datagrams come in with their sender, spanned bytes go out
 * to a peer. A datagram that the socket does not take is lost, as on any datagram network.
 *
 * It owns the receive callback of the socket while it lives and takes it away when it goes.
 */
class DatagramPort
{
  public:
    /// The view is valid during the call.
    using Received = std::function<void(const Address& from, sansio::ByteView bytes)>;

    /// \param socket a bound datagram socket
    DatagramPort(Ptr<Socket> socket, Received received);
    ~DatagramPort();

    DatagramPort(const DatagramPort&) = delete;
    DatagramPort& operator=(const DatagramPort&) = delete;

    /// \return whether the socket took the datagram
    bool SendTo(const sansio::PeerAddress& to, const sansio::SpannedBytes& bytes);

    /// From now on \p mayRead is asked before each datagram is read. After it has said no, the
    /// owner calls ReadAvailable(); until then what arrives waits in the bounded buffer of the
    /// socket.
    void SetReadGate(std::function<bool()> mayRead);

    /// Reads what the socket holds.
    void ReadAvailable();

    /// When the datagram came to the socket that was handed over last.
    Time GetArrival() const;

    Ptr<Socket> GetSocket() const;

  private:
    void HandleArrival(Ptr<Socket> socket);

    Ptr<Socket> m_socket;
    Received m_received;
    std::function<bool()> m_mayRead; ///< none: read at once
    ArrivalTimes m_arrivals;
    Time m_arrival;
    sansio::Bytes m_buffer;
};

} // namespace ns3
