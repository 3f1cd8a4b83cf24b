// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/read-gate.h"
#include "mqtt/protocol/session.h"
#include "sans-io/model/stream-port.h"

#include <functional>
#include <memory>
#include <unordered_map>

namespace ns3
{

/**
 * The streams of a broker by the names that its machine has given them. One that was closed lives
 * on until the socket has taken its last bytes; nothing is told of it any more.
 */
class BrokerStreams
{
  public:
    struct Handlers
    {
        std::function<void(mqtt::ConnectionId id, sansio::ByteView bytes)> received;
        std::function<void(mqtt::ConnectionId id)> ended;   ///< by the peer; it is gone
        std::function<void(mqtt::ConnectionId id)> drained; ///< the socket has taken all of it
    };

    explicit BrokerStreams(Handlers handlers);

    BrokerStreams(const BrokerStreams&) = delete;
    BrokerStreams& operator=(const BrokerStreams&) = delete;

    /// Takes over an accepted socket, and what it holds already.
    void Add(mqtt::ConnectionId id, Ptr<Socket> socket);

    /// The same with a gate: it is read in turns of the processor (null: at once), and can be held
    /// back.
    void AddGated(mqtt::ConnectionId id, Ptr<Socket> socket, Ptr<Processor> processor);

    /// \return false if the socket has not taken all of it: then \p drained follows
    bool Send(mqtt::ConnectionId id, const sansio::SpannedBytes& bytes);

    /// Reads nothing more of a stream with a gate before \p until.
    void HoldBack(mqtt::ConnectionId id, Time until);

    /// Closes it when all bytes are sent.
    void Close(mqtt::ConnectionId id);

    /// Lets go of all sockets.
    void Clear();

  private:
    /// A connection and when it is read; they go together.
    struct Stream
    {
        std::shared_ptr<StreamPort> port;
        std::unique_ptr<ReadGate> gate; ///< none: it is read at once
        bool isClosing{false};
    };

    std::shared_ptr<Stream> MakeStream(mqtt::ConnectionId id, Ptr<Socket> socket);
    void HandleClosed(mqtt::ConnectionId id);
    void HandleDrained(mqtt::ConnectionId id);
    void Release(mqtt::ConnectionId id);

    Handlers m_handlers;
    std::unordered_map<mqtt::ConnectionId, std::shared_ptr<Stream>> m_streams;
};

} // namespace ns3
