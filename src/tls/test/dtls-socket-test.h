// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/dtls-socket.h"
#include "tls/test/secure-socket-test.h"

namespace ns3
{

/// The server is bound; the client connects when it sends.
class DtlsSocketTest : public SecureSocketTest<DtlsSocketFactory, DatagramEnd, DatagramEnd>
{
  protected:
    static constexpr uint16_t PORT = 5684;

    void Arrange(const NetworkOptions& options = {})
    {
        Build(options);
        m_server.Attach(m_network->CreateServer(GetFactory()));
        ASSERT_EQ(m_server.socket->Bind(m_network->GetAnyAddress(PORT)), 0);
    }

    /// Connects.
    void ConnectAt(Time at, DatagramEnd& end, uint32_t client = 0)
    {
        end.Attach(m_network->CreateClient(GetFactory(), client));
        Simulator::Schedule(at, [this, &end, client] {
            EXPECT_EQ(end.socket->Connect(m_network->GetServerAddress(PORT, client)), 0);
        });
    }

    /// Sends a datagram of this size to the peer that it is connected to.
    void SendAt(Time at, DatagramEnd& end, uint32_t size, uint32_t client = 0)
    {
        Simulator::Schedule(at, [&end, size, client] {
            EXPECT_EQ(end.socket->Send(MakePattern(client, size)), static_cast<int>(size));
        });
    }

    /// Connects at 2 s and sends a datagram of this size.
    void ConnectAndSend(DatagramEnd& end, uint32_t size, uint32_t client = 0)
    {
        ConnectAt(Seconds(2), end, client);
        SendAt(Seconds(2), end, size, client);
    }

    static uint32_t GetSessions(const DatagramEnd& end)
    {
        return DynamicCast<DtlsSocket>(end.socket)->GetSessionCount();
    }
};

} // namespace ns3
