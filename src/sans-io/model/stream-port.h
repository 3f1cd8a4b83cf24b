// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/spanned-bytes.h"

#include "ns3/ptr.h"
#include "ns3/socket.h"

#include <deque>
#include <functional>

namespace ns3
{

/**
 * A stream socket as a machine sees it: bytes come in, spanned bytes go out, and one notice at
 * the end. What the socket does not take at once waits here and follows when it has room again.
 *
 * It owns the callbacks of the socket while it lives and takes them away when it goes.
 */
class StreamPort
{
  public:
    /**
     * \param socket a stream socket, connected or connecting
     * \param received called with what arrived; the view is valid during the call
     * \param closed called once, when the peer closed the connection or it broke
     * \param drained called whenever the socket has taken the last of what waited here
     */
    StreamPort(Ptr<Socket> socket,
               std::function<void(sansio::ByteView)> received,
               std::function<void()> closed,
               std::function<void()> drained = nullptr);
    ~StreamPort();

    StreamPort(const StreamPort&) = delete;
    StreamPort& operator=(const StreamPort&) = delete;

    /// Sends now or as soon as the socket has room, in order.
    void Send(const sansio::SpannedBytes& bytes);

    /// Closes the socket once everything given to Send() has been taken by it.
    void Close();

    /// Reads what the socket already holds; needed once after accepting a connection.
    void ReadAvailable();

    /**
     * From now on no input is read unless it may be: \p mayRead is asked before each piece of at
     * most \p most bytes. After it has said no, the owner calls ReadAvailable() when it may be
     * read. Until then it waits in the bounded buffer of the socket, and the end of the stream is
     * told when all that came before it has been read.
     */
    void SetReadGate(std::function<bool()> mayRead, uint32_t most);

    Ptr<Socket> GetSocket() const;

    /// Bytes that wait here because the socket has no room.
    size_t GetWaiting() const;

  private:
    void HandleSendable(Ptr<Socket> socket, uint32_t available);
    void HandleReadable(Ptr<Socket> socket);
    void HandleClosed(Ptr<Socket> socket);
    void Flush();
    void ReadThroughGate();
    void TellClosed();

    Ptr<Socket> m_socket;
    std::function<void(sansio::ByteView)> m_received;
    std::function<void()> m_closed;
    std::function<void()> m_drained;
    std::function<bool()> m_mayRead; ///< none: read at once
    uint32_t m_mostToRead{0};
    bool m_ended{false}; ///< the stream is over, but there is something to read
    std::deque<Ptr<Packet>> m_waiting;
    size_t m_waitingBytes{0};
    bool m_closing{false};
};

} // namespace ns3
