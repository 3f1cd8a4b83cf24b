// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/broker-streams.h"

#include "iot-device/model/processor.h"
#include "sans-io/model/release-later.h"

namespace ns3
{

namespace
{

constexpr uint32_t READ_SIZE = 1024; ///< bytes taken through a gate in one turn

} // namespace

BrokerStreams::BrokerStreams(Handlers handlers)
    : m_handlers(std::move(handlers))
{
}

std::shared_ptr<BrokerStreams::Stream>
BrokerStreams::MakeStream(mqtt::ConnectionId id, Ptr<Socket> socket)
{
    auto stream = std::make_shared<Stream>();
    stream->port = std::make_shared<StreamPort>(
        socket,
        [this, id](sansio::ByteView bytes) { m_handlers.received(id, bytes); },
        [this, id] { HandleClosed(id); },
        [this, id] { HandleDrained(id); });
    m_streams.emplace(id, stream);
    return stream;
}

void
BrokerStreams::Add(mqtt::ConnectionId id, Ptr<Socket> socket)
{
    MakeStream(id, socket)->port->ReadAvailable();
}

void
BrokerStreams::AddGated(mqtt::ConnectionId id, Ptr<Socket> socket, Ptr<Processor> processor)
{
    auto stream = MakeStream(id, socket);
    StreamPort* port = stream->port.get();
    stream->gate = std::make_unique<ReadGate>(processor, [port] { port->ReadAvailable(); });
    port->SetReadGate([gate = stream->gate.get()] { return gate->MayRead(); }, READ_SIZE);
    port->ReadAvailable();
}

bool
BrokerStreams::Send(mqtt::ConnectionId id, const sansio::SpannedBytes& bytes)
{
    auto stream = m_streams.find(id);
    if (stream == m_streams.end())
    {
        return true; // it is gone, and so are they
    }
    stream->second->port->Send(bytes);
    return stream->second->port->GetWaiting() == 0;
}

void
BrokerStreams::HoldBack(mqtt::ConnectionId id, Time until)
{
    auto stream = m_streams.find(id);
    if (stream != m_streams.end())
    {
        stream->second->gate->HoldBack(until);
    }
}

void
BrokerStreams::Close(mqtt::ConnectionId id)
{
    auto stream = m_streams.find(id);
    if (stream != m_streams.end())
    {
        stream->second->isClosing = true;
        stream->second->port->Close();
        if (stream->second->port->GetWaiting() == 0)
        {
            Release(id);
        }
    }
}

void
BrokerStreams::Clear()
{
    m_streams.clear();
}

void
BrokerStreams::HandleClosed(mqtt::ConnectionId id)
{
    auto stream = m_streams.find(id);
    if (stream != m_streams.end())
    {
        stream->second->port->Close(); // our half of the connection
        Release(id);
        m_handlers.ended(id);
    }
}

void
BrokerStreams::HandleDrained(mqtt::ConnectionId id)
{
    auto stream = m_streams.find(id);
    const bool isClosing = stream != m_streams.end() && stream->second->isClosing;
    isClosing ? Release(id) : m_handlers.drained(id);
}

void
BrokerStreams::Release(mqtt::ConnectionId id)
{
    auto released = m_streams.find(id);
    if (released != m_streams.end())
    {
        ReleaseLater(released->second);
        m_streams.erase(released);
    }
}

} // namespace ns3
