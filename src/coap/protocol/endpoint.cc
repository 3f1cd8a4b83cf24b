// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/endpoint.h"

namespace coap
{

using sansio::PeerAddress;
using sansio::TimePoint;

namespace
{

std::optional<TimePoint>
Earlier(std::optional<TimePoint> a, std::optional<TimePoint> b)
{
    return a && b ? std::min(*a, *b) : a ? a : b;
}

} // namespace

Endpoint::Endpoint(const Settings& settings, sansio::RandomSource& random)
    : m_report{m_events, m_counters},
      m_messages(settings, random, m_report),
      m_client(settings, random, m_messages, m_report),
      m_server(settings, m_messages, m_report)
{
}

void
Endpoint::Receive(TimePoint now, const PeerAddress& peer, sansio::ByteView bytes)
{
    if (auto incoming = m_messages.Receive(now, peer, bytes))
    {
        Dispatch(now, *incoming);
    }
}

void
Endpoint::Dispatch(TimePoint now, Incoming& incoming)
{
    if (IsRequest(incoming.message.code))
    {
        m_server.HandleRequest(now, ++m_lastId, incoming);
        return;
    }
    bool response = IsResponse(incoming.message.code);
    if (response && m_client.HandleResponse(now, incoming))
    {
        return;
    }
    if (incoming.ended)
    {
        HandleOutcome(now, *incoming.ended);
    }
}

void
Endpoint::HandleOutcome(TimePoint now, const MessageOutcome& ended)
{
    if (!m_client.HandleOutcome(now, ended))
    {
        m_server.HandleOutcome(now, ended);
    }
}

void
Endpoint::HandleTimeout(TimePoint now)
{
    for (const MessageOutcome& ended : m_messages.GetOutbox().HandleTimeout(now))
    {
        HandleOutcome(now, ended);
    }
    m_client.HandleTimeout(now);
    m_server.HandleTimeout(now);
}

std::optional<TimePoint>
Endpoint::GetNextTimeout() const
{
    return Earlier(m_messages.GetOutbox().GetNextTimeout(),
                   Earlier(m_client.GetNextTimeout(), m_server.GetNextTimeout()));
}

std::optional<Datagram>
Endpoint::TakeTransmit()
{
    auto datagram = m_messages.GetOutbox().TakeTransmit();
    if (!datagram) // tables grow by what is received and sent, not while datagrams are taken
    {
        m_peakMemory.Update(GetMemory());
    }
    return datagram;
}

std::optional<Event>
Endpoint::PollEvent()
{
    if (m_events.empty())
    {
        return std::nullopt;
    }
    return m_events.Take();
}

RequestId
Endpoint::SendRequest(TimePoint now,
                      const PeerAddress& peer,
                      const Request& request,
                      uint64_t report)
{
    m_client.SendRequest(now, ++m_lastId, peer, request, report);
    return m_lastId;
}

RequestId
Endpoint::Ping(TimePoint now, const PeerAddress& peer)
{
    m_client.Ping(now, ++m_lastId, peer);
    return m_lastId;
}

void
Endpoint::Cancel(TimePoint now, RequestId id)
{
    m_client.Cancel(now, id);
}

void
Endpoint::Deregister(TimePoint now, RequestId id)
{
    m_client.Deregister(now, id);
}

void
Endpoint::RegisterAgain(TimePoint now, const PeerAddress& peer)
{
    m_client.RegisterAgain(now, peer);
}

void
Endpoint::SetResource(const Resource& resource)
{
    m_server.SetResource(resource);
}

bool
Endpoint::Respond(TimePoint now, RequestId id, const Response& response)
{
    return m_server.Respond(now, id, response);
}

void
Endpoint::Notify(TimePoint now, std::string_view path)
{
    m_server.Notify(now, path, m_lastId);
}

size_t
Endpoint::GetObserverCount() const
{
    return m_server.GetObserverCount();
}

size_t
Endpoint::GetMemory() const
{
    return m_messages.GetMemory() + m_client.GetMemory() + m_server.GetMemory();
}

size_t
Endpoint::GetRemembered() const
{
    return m_messages.GetRemembered();
}

size_t
Endpoint::GetPeakMemory() const
{
    return m_peakMemory.Get();
}

const Counters&
Endpoint::GetCounters() const
{
    return m_counters;
}

} // namespace coap
