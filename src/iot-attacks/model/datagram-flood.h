// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/raw-flood.h"

#include "ns3/socket.h"

#include <memory>
#include <optional>
#include <vector>

namespace ns3
{

/**
 * An attack by UDP datagrams, from spoofed sources or from the attacker's own address and a number
 * of ports in turn: to the victim each port is another client.
 */
class DatagramFlood : public RawFlood
{
  public:
    static TypeId GetTypeId();

  protected:
    /// The place of a port of our own among all of them; nothing: a spoofed source.
    using OwnPort = std::optional<uint32_t>;

    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;
    bool Strike() override;

    /// What the next datagram carries.
    virtual sansio::Bytes MakeDatagram(OwnPort port) = 0;

    /// A datagram of the victim reached a port of our own.
    virtual void HandleReply(uint32_t port, sansio::ByteView datagram);

    /// Sends from a port of our own.
    void Send(uint32_t port, const sansio::Bytes& datagram);

    bool IsSpoofed() const;
    uint32_t GetPorts() const;

  private:
    void Open(uint32_t port);
    void HandleReadable(uint32_t port);

    bool m_spoofed;
    uint32_t m_ports;

    std::vector<Ptr<Socket>> m_sockets; ///< opened when first needed
    uint32_t m_nextPort{0};
};

} // namespace ns3
