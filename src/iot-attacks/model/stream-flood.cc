// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/stream-flood.h"

#include "iot-attacks/model/silence.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("StreamFlood");
NS_OBJECT_ENSURE_REGISTERED(StreamFlood);

TypeId
StreamFlood::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::StreamFlood")
            .SetParent<Attack>()
            .SetGroupName("IotAttacks")
            .AddAttribute("Protocol",
                          "The factory of the stream sockets to use.",
                          TypeIdValue(TcpSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&StreamFlood::m_protocol),
                          MakeTypeIdChecker())
            .AddTraceSource("Opened",
                            "A connection was completed, over TLS with its handshake.",
                            MakeTraceSourceAccessor(&StreamFlood::m_openedTrace),
                            "ns3::StreamFlood::OpenedTracedCallback")
            .AddTraceSource("Ended",
                            "The victim ended a complete connection.",
                            MakeTraceSourceAccessor(&StreamFlood::m_endedTrace),
                            "ns3::StreamFlood::EndedTracedCallback");
    return tid;
}

StreamFlood::StreamFlood()
{
    NS_LOG_FUNCTION(this);
}

StreamFlood::~StreamFlood()
{
    NS_LOG_FUNCTION(this);
}

uint32_t
StreamFlood::GetConnections() const
{
    return m_table.size();
}

uint64_t
StreamFlood::GetOpened() const
{
    return m_opened;
}

uint64_t
StreamFlood::GetFailed() const
{
    return m_failed;
}

void
StreamFlood::DoDispose()
{
    for (auto& [id, connection] : m_table)
    {
        Silence(connection.socket);
    }
    m_table.clear();
    Attack::DoDispose();
}

void
StreamFlood::StartApplication()
{
    CountFlow();
    m_begun = 0;
    Attack::StartApplication();
}

void
StreamFlood::StopApplication()
{
    Attack::StopApplication();
    while (!m_table.empty())
    {
        Release(m_table.begin());
    }
}

bool
StreamFlood::IsFull() const
{
    return m_connections > 0 && (m_reopen ? m_table.size() : m_begun) >= m_connections;
}

bool
StreamFlood::Strike()
{
    if (IsFull())
    {
        return false;
    }
    m_begun++;
    const ConnectionId id = ++m_lastId;
    Ptr<Socket> socket = Socket::CreateSocket(GetNode(), m_protocol);
    m_table.emplace(id, Connection{socket, Simulator::Now()});
    using Notice = Callback<void, Ptr<Socket>>;
    socket->SetConnectCallback(Notice([=](Ptr<Socket>) { HandleConnected(id); }),
                               Notice([=](Ptr<Socket>) { HandleEnded(id, "refused"); }));
    socket->SetCloseCallbacks(Notice([=](Ptr<Socket>) { HandleEnded(id, "closed"); }),
                              Notice([=](Ptr<Socket>) { HandleEnded(id, "broken"); }));
    socket->SetRecvCallback(Notice([=](Ptr<Socket>) { HandleReadable(id); }));
    if (socket->Connect(GetTarget()) != 0)
    {
        HandleEnded(id, "no port");
    }
    return !IsFull();
}

void
StreamFlood::HandleConnected(ConnectionId id)
{
    auto found = m_table.find(id);
    if (found == m_table.end())
    {
        return;
    }
    Connection& connection = found->second;
    const Time begun = std::exchange(connection.since, Simulator::Now());
    connection.open = true;
    m_opened++;
    m_openedTrace(connection.since - begun);
    HandleOpened(id);
}

void
StreamFlood::HandleReadable(ConnectionId id)
{
    for (auto found = m_table.find(id); found != m_table.end(); found = m_table.find(id))
    {
        Ptr<Packet> packet = found->second.socket->Recv();
        if (!packet || packet->GetSize() == 0)
        {
            return;
        }
        HandleBytes(id, ToBytes(packet));
    }
}

void
StreamFlood::HandleEnded(ConnectionId id, const std::string& reason)
{
    HandleReadable(id); // what came before the end
    auto found = m_table.find(id);
    if (found == m_table.end())
    {
        return;
    }
    const Connection connection = found->second;
    Release(found);
    if (connection.open)
    {
        m_endedTrace(Simulator::Now() - connection.since, reason);
    }
    else
    {
        m_failed++;
    }
}

void
StreamFlood::HandleBytes(ConnectionId id, sansio::ByteView bytes)
{
}

void
StreamFlood::Send(ConnectionId id, sansio::ByteView bytes)
{
    auto found = m_table.find(id);
    if (found != m_table.end())
    {
        found->second.socket->Send(Create<Packet>(bytes.data(), bytes.size()));
    }
}

void
StreamFlood::Close(ConnectionId id)
{
    auto found = m_table.find(id);
    if (found != m_table.end())
    {
        Release(found);
    }
}

void
StreamFlood::Release(std::map<ConnectionId, Connection>::iterator connection)
{
    Ptr<Socket> socket = connection->second.socket;
    m_table.erase(connection);
    socket->Close();
    Simulator::ScheduleNow(&Silence, socket); // one of its notices may be on the stack
    if (!IsFull())
    {
        Resume();
    }
}

} // namespace ns3
