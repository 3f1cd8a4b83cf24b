// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/arrival-times.h"
#include "sans-io/protocol/bytes.h"
#include "sans-io/protocol/peer.h"

#include "ns3/packet.h"
#include "ns3/socket.h"

#include <functional>
#include <optional>

namespace ns3
{

/**
 * The UDP socket below a DtlsSocket. Datagrams are read one by one when the node has time for them;
 * until then they wait in the bounded buffer of that socket.
 */
class DatagramTransport
{
  public:
    /// A datagram that was read.
    struct Datagram
    {
        sansio::PeerAddress peer;
        sansio::Bytes bytes;
        Time arrived;
    };

    DatagramTransport() = default;
    ~DatagramTransport();
    DatagramTransport(const DatagramTransport&) = delete;
    DatagramTransport& operator=(const DatagramTransport&) = delete;

    /**
     * Once, before all else.
     * \param readable called when there may be something to read
     * \param dropped called for a datagram that found the buffer full
     */
    void Attach(Ptr<Socket> socket,
                std::function<void()> readable,
                std::function<void(Ptr<const Packet>)> dropped);

    /// There may be something to read.
    bool IsReadable() const
    {
        return m_readable;
    }

    /// The next datagram; none: there is none until \p readable is called again.
    std::optional<Datagram> Read();

    void Send(Ptr<Packet> datagram, const sansio::PeerAddress& peer);
    void Close();

  private:
    void HandleReadable(Ptr<Socket> socket);
    void HandleDrop(Ptr<const Packet> datagram);

    Ptr<Socket> m_socket;
    std::function<void()> m_tellReadable;
    std::function<void(Ptr<const Packet>)> m_tellDropped;
    bool m_readable{false};
    ArrivalTimes m_arrivals; ///< of what the socket holds
};

} // namespace ns3
