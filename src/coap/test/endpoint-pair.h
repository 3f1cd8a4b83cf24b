// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/endpoint.h"
#include "sans-io/protocol/random-source.h"

#include <functional>
#include <map>
#include <vector>

namespace coap
{

using namespace std::chrono_literals;
using sansio::Bytes;
using sansio::ByteView;
using sansio::Duration;
using sansio::PeerAddress;
using sansio::TimePoint;

/// A fixed sequence of well-mixed numbers (SplitMix64).
class TestRandom : public sansio::RandomSource
{
  public:
    explicit TestRandom(uint64_t seed = 1)
        : m_state(seed)
    {
    }

    uint64_t GetInteger() override
    {
        uint64_t z = m_state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }

  private:
    uint64_t m_state;
};

inline PeerAddress
MakePeer(uint8_t last, uint16_t port = 5683)
{
    PeerAddress peer;
    peer.ip[0] = 0xfd;
    peer.ip[15] = last;
    peer.port = port;
    return peer;
}

inline TimePoint
At(Duration duration)
{
    return TimePoint(duration);
}

inline Bytes
ToBytes(std::string_view text)
{
    return ByteView(text).ToBytes();
}

/// All events of one kind among those taken.
template <typename Kind>
std::vector<Kind>
Pick(const std::vector<Event>& events)
{
    std::vector<Kind> picked;
    for (const Event& event : events)
    {
        if (auto* kind = std::get_if<Kind>(&event))
        {
            picked.push_back(*kind);
        }
    }
    return picked;
}

inline std::vector<Event>
PollAll(Endpoint& endpoint)
{
    std::vector<Event> events;
    while (auto event = endpoint.PollEvent())
    {
        events.push_back(*event);
    }
    return events;
}

/// The messages an endpoint wants to send, decoded.
inline std::vector<Message>
TakeAll(Endpoint& endpoint)
{
    std::vector<Message> messages;
    while (auto datagram = endpoint.TakeTransmit())
    {
        messages.emplace_back();
        Decode(datagram->bytes.GetView(), messages.back());
    }
    return messages;
}

/// A client and a server over a pipe that delays and loses, under a virtual clock.
class EndpointPair
{
  public:
    /// One datagram that a side sent.
    struct Sent
    {
        TimePoint at;
        bool byClient;
        bool lost;
        Message message;
        Bytes bytes;
    };

    explicit EndpointPair(const Settings& settings = {}, uint64_t seed = 1)
        : random(seed),
          client(settings, random),
          server(settings, random)
    {
    }

    /// Lets time pass until \p end, or until nothing is left to do.
    void Run(Duration end)
    {
        Pump();
        while (auto next = FindNext())
        {
            if (*next > At(end))
            {
                break;
            }
            now = std::max(now, *next);
            Step();
            Pump();
        }
        now = At(end);
    }

    /// Answers what waits for an answer at the server; called for every event of it.
    std::function<void(const Event&)> serve;
    /// Decides whether the n-th datagram of all (from 0) is lost.
    std::function<bool(size_t, const Sent&)> lose = [](size_t, const Sent&) { return false; };
    Duration delay{50ms};

    TestRandom random;
    Endpoint client;
    Endpoint server;
    TimePoint now{};
    std::vector<Sent> log;
    std::vector<Event> clientEvents;
    std::vector<Event> serverEvents;
    const PeerAddress clientAddress = MakePeer(1, 40000);
    const PeerAddress serverAddress = MakePeer(2);

  private:
    std::optional<TimePoint> FindNext() const
    {
        std::optional<TimePoint> next;
        for (auto candidate : {client.GetNextTimeout(), server.GetNextTimeout()})
        {
            next = candidate && (!next || *candidate < *next) ? candidate : next;
        }
        if (!m_inFlight.empty() && (!next || m_inFlight.begin()->first < *next))
        {
            next = m_inFlight.begin()->first;
        }
        return next;
    }

    void Step()
    {
        if (!m_inFlight.empty() && m_inFlight.begin()->first <= now)
        {
            Sent arrived = m_inFlight.begin()->second;
            m_inFlight.erase(m_inFlight.begin());
            arrived.byClient ? server.Receive(now, clientAddress, arrived.bytes)
                             : client.Receive(now, serverAddress, arrived.bytes);
            return;
        }
        client.HandleTimeout(now);
        server.HandleTimeout(now);
    }

    void Pump()
    {
        size_t before;
        do
        {
            before = log.size() + clientEvents.size() + serverEvents.size();
            Transmit(client, true);
            Transmit(server, false);
            for (auto& event : PollAll(client))
            {
                clientEvents.push_back(event);
            }
            for (auto& event : PollAll(server))
            {
                serverEvents.push_back(event);
                if (serve)
                {
                    serve(event);
                }
            }
        } while (before != log.size() + clientEvents.size() + serverEvents.size());
    }

    void Transmit(Endpoint& endpoint, bool byClient)
    {
        while (auto datagram = endpoint.TakeTransmit())
        {
            Sent sent{now, byClient, false, {}, datagram->bytes.GetView().ToBytes()};
            Decode(sent.bytes, sent.message);
            sent.lost = lose(log.size(), sent);
            if (!sent.lost)
            {
                m_inFlight.emplace(now + delay, sent);
            }
            log.push_back(sent);
        }
    }

    std::multimap<TimePoint, Sent> m_inFlight;
};

} // namespace coap
