// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/attack.h"
#include "sans-io/protocol/bytes.h"

#include "ns3/socket.h"
#include "ns3/type-id.h"

#include <map>
#include <memory>
#include <string>

namespace ns3
{

/**
 * An attack of real connections: each strike opens one from the attacker's own address (the answer
 * must come back for a connection to exist, so nothing can be spoofed), over any stream socket.
 * When the attack stops it closes what is open, as the end of a program does.
 *
 * At most 16,384 connections at a time, for that many local ports ns-3 has to give. ns-3 finds the
 * connection of a segment in a linear list, at both ends: 10,000 connections to one node take half
 * a minute of wall time without a byte of data.
 */
class StreamFlood : public Attack
{
  public:
    static TypeId GetTypeId();

    StreamFlood();
    ~StreamFlood() override;

    /// Connections that are open or being opened.
    uint32_t GetConnections() const;

    /// Connections that were completed, over TLS with their handshake.
    uint64_t GetOpened() const;

    /// Connections that could not be completed: refused, timed out, or no local port left.
    uint64_t GetFailed() const;

    /// Signature of Opened: how long it took.
    typedef void (*OpenedTracedCallback)(Time duration);

    /// Signature of Ended: how long the connection was open, and "closed" or "broken" by the
    /// victim.
    typedef void (*EndedTracedCallback)(Time held, std::string reason);

  protected:
    /// By which a connection is known here.
    using ConnectionId = uint64_t;

    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;
    bool Strike() override;

    /// A connection is complete.
    virtual void HandleOpened(ConnectionId id) = 0;

    /// Bytes of the victim arrived; the view is valid during the call.
    virtual void HandleBytes(ConnectionId id, sansio::ByteView bytes);

    /// Sends on a connection that is there.
    void Send(ConnectionId id, sansio::ByteView bytes);

    /// Ends a connection, if it is there.
    void Close(ConnectionId id);

    uint32_t m_connections{0}; ///< bound of those open or being opened; 0: none
    bool m_reopen{true};       ///< another may be opened when one has ended

  private:
    struct Connection
    {
        Ptr<Socket> socket;
        Time since; ///< of its beginning, then of its completion
        bool open{false};
    };

    void HandleConnected(ConnectionId id);
    void HandleReadable(ConnectionId id);
    void HandleEnded(ConnectionId id, const std::string& reason);

    /// Takes a connection out of the table and closes its socket.
    void Release(std::map<ConnectionId, Connection>::iterator connection);
    bool IsFull() const;

    TypeId m_protocol;
    std::map<ConnectionId, Connection> m_table;
    ConnectionId m_lastId{0};
    uint64_t m_opened{0};
    uint64_t m_failed{0};
    uint64_t m_begun{0};

    TracedCallback<Time> m_openedTrace;
    TracedCallback<Time, std::string> m_endedTrace;
};

} // namespace ns3
