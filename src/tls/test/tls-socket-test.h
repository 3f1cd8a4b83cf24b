// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/tls-socket.h"
#include "tls/test/secure-socket-test.h"

namespace ns3
{

/// The server listens.
class TlsSocketTest : public SecureSocketTest<TlsSocketFactory, StreamServer, StreamEnd>
{
  protected:
    static constexpr uint16_t PORT = 8883;

    void Arrange(const NetworkOptions& options = {})
    {
        Build(options);
        m_server.Listen(m_network->CreateServer(GetFactory()), m_network->GetAnyAddress(PORT));
    }

    /// Connects at 2 s, when IPv6 has found its addresses free, or later.
    void Connect(StreamEnd& end, uint32_t client = 0, Time at = Seconds(2))
    {
        end.Attach(m_network->CreateClient(GetFactory(), client));
        Simulator::Schedule(at, [this, &end, client] {
            end.socket->Connect(m_network->GetServerAddress(PORT, client));
        });
    }
};

} // namespace ns3
