// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/stream-flood.h"

namespace ns3
{

/**
 * A flood of handshakes: each strike opens a connection through a factory of secured sockets, named
 * in the attribute Protocol (ns3::TlsSocketFactory, aggregated to the attacker's node with what it
 * needs to finish: any client of a server with a certificate, a key for a server with PSK), and
 * closes it when the handshake is complete. It costs the victim the cryptography of a handshake
 * each. Over plain TCP it is a flood of connections.
 */
class TlsFlood : public StreamFlood
{
  public:
    static TypeId GetTypeId();

  protected:
    void HandleOpened(ConnectionId id) override;

  private:
    Time m_hold;
};

} // namespace ns3
