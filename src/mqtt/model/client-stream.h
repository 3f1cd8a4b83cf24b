// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/stream-port.h"

#include "ns3/address.h"
#include "ns3/node.h"
#include "ns3/type-id.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace ns3
{

/**
 * The stream of a client that connects again and again: at most one is open or opening. One that
 * was closed lives on until the socket has taken its last bytes; nothing is told of it any more.
 */
class ClientStream
{
  public:
    struct Handlers
    {
        std::function<void()> connected;
        std::function<void(std::string reason)> ended; ///< not by Close(); it is gone
        std::function<void(sansio::ByteView bytes)> received;
        std::function<void()> drained; ///< the socket has taken all that Send() was given
    };

    explicit ClientStream(Handlers handlers);

    ClientStream(const ClientStream&) = delete;
    ClientStream& operator=(const ClientStream&) = delete;

    /// Starts to connect through a socket of the factory \p protocol. The end may be told at once.
    void Open(Ptr<Node> node, TypeId protocol, const Address& remote);

    void Close();

    /// \return false if the socket has not taken all of it: then \p drained follows
    bool Send(const sansio::SpannedBytes& bytes);

    /// Lets go of all sockets.
    void Clear();

  private:
    using Ports = std::map<uint64_t, std::shared_ptr<StreamPort>>;

    bool IsCurrent(Ptr<Socket> socket) const;
    void HandleConnected(Ptr<Socket> socket);
    void HandleFailed(Ptr<Socket> socket);
    void HandleBytes(uint64_t id, sansio::ByteView bytes);
    void HandleClosed(uint64_t id);
    void HandleDrained(uint64_t id);
    void Release(uint64_t id);

    Handlers m_handlers;
    Ports m_ports;         ///< the current one and those that close
    uint64_t m_current{0}; ///< 0 = none
    uint64_t m_last{0};
};

} // namespace ns3
