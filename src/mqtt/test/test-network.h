// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/broker.h"
#include "mqtt/protocol/client.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace mqtt::test
{

/// Always the same draws: the backoff is three quarters of what it may be.
class FixedRandom : public sansio::RandomSource
{
  public:
    uint64_t GetInteger() override
    {
        return uint64_t{1} << 63;
    }
};

/// A client of the network with what it said and how its stream is doing.
struct TestClient
{
    TestClient(ClientSettings settings, sansio::RandomSource& random)
        : machine(std::move(settings), random)
    {
    }

    template <typename Event>
    std::vector<Event> Get() const
    {
        std::vector<Event> found;
        for (const Client::Event& event : events)
        {
            if (auto one = std::get_if<Event>(&event))
            {
                found.push_back(*one);
            }
        }
        return found;
    }

    Client machine;
    std::vector<Client::Event> events;
    std::optional<ConnectionId> stream;
    size_t streamsOpened{0};
    size_t bytes{0};                                     ///< over the stream, both ways
    size_t cutAfter{std::numeric_limits<size_t>::max()}; ///< of those; then the stream breaks
    size_t againOnFirstStream{0};                        ///< bytes marked as sent again
    Bytes sent;                                          ///< to the broker
    bool reachable{true};                                ///< else no stream can be opened
    bool silent{false};                                  ///< bytes vanish both ways
};

/**
 * A broker and clients that talk over pipes in memory, with a virtual clock. A pipe can break
 * after any byte: what was on its way is lost, and both ends are told.
 */
class TestNetwork
{
  public:
    explicit TestNetwork(const BrokerLimits& limits = {},
                         std::shared_ptr<AccessControl> access = {})
        : broker(limits, std::move(access))
    {
    }

    explicit TestNetwork(Version ofClients)
        : version(ofClients)
    {
    }

    TestClient& AddClient(const std::string& clientId, bool cleanSession = false)
    {
        ClientSettings settings;
        settings.version = version;
        settings.clientId = clientId;
        settings.cleanSession = cleanSession;
        return AddClient(std::move(settings));
    }

    TestClient& AddClient(ClientSettings settings)
    {
        return clients.emplace_back(std::move(settings), random);
    }

    void Publish(TestClient& client,
                 const std::string& topic,
                 const std::string& payload,
                 uint8_t qos,
                 uint64_t report = 0,
                 bool retain = false)
    {
        auto message = std::make_shared<Message>(
            Message{topic, Bytes(payload.begin(), payload.end()), qos, retain});
        client.machine.Publish(now, message, report);
    }

    /// Lets time pass, and everything happen that happens meanwhile.
    void Run(Duration duration)
    {
        TimePoint end = now + duration;
        Settle();
        for (auto next = GetNextTimeout(); next && *next <= end; next = GetNextTimeout())
        {
            now = std::max(now, *next);
            broker.HandleTimeout(now);
            for (TestClient& client : clients)
            {
                client.machine.HandleTimeout(now);
            }
            Settle();
        }
        now = end;
    }

    /// Breaks the stream of a client.
    void Break(TestClient& client)
    {
        if (client.stream)
        {
            broker.HandleClosed(now, *std::exchange(client.stream, {}));
            client.machine.HandleClosed(now, "broken");
        }
    }

    template <typename Event>
    std::vector<Event> GetBrokerEvents() const
    {
        std::vector<Event> found;
        for (const Broker::Event& event : brokerEvents)
        {
            if (auto one = std::get_if<Event>(&event))
            {
                found.push_back(*one);
            }
        }
        return found;
    }

    Version version{Version::V3_1_1}; ///< of clients that are made by name
    TimePoint now;
    FixedRandom random;
    Broker broker;
    std::deque<TestClient> clients;
    std::vector<Broker::Event> brokerEvents;
    std::map<ConnectionId, Bytes> strays; ///< sent to streams of none of the clients

  private:
    std::optional<TimePoint> GetNextTimeout() const
    {
        std::optional<TimePoint> next = broker.GetNextTimeout();
        for (const TestClient& client : clients)
        {
            auto one = client.machine.GetNextTimeout();
            next = !next || (one && *one < *next) ? (one ? one : next) : next;
        }
        return next;
    }

    /// How many of \p size bytes pass before the stream breaks.
    size_t Pass(TestClient& client, const sansio::SpannedBytes& bytes)
    {
        for (const sansio::Span& span : bytes.GetSpans())
        {
            if (span.provenance.retransmission && client.streamsOpened == 1)
            {
                client.againOnFirstStream += span.end - span.begin;
            }
        }
        size_t passed = std::min(bytes.size(), client.cutAfter - client.bytes);
        client.bytes += passed;
        return passed;
    }

    void FinishPass(TestClient& client)
    {
        if (client.bytes >= client.cutAfter)
        {
            client.cutAfter = std::numeric_limits<size_t>::max();
            Break(client);
        }
    }

    bool MoveFromClient(TestClient& client)
    {
        sansio::SpannedBytes bytes = client.machine.TakeTransmit();
        if (bytes.empty())
        {
            return false;
        }
        if (client.stream && !client.silent)
        {
            ByteView passed = bytes.GetView().First(Pass(client, bytes));
            client.sent.insert(client.sent.end(), passed.begin(), passed.end());
            broker.Receive(now, *client.stream, passed);
            FinishPass(client);
        }
        return true;
    }

    bool MoveFromBroker()
    {
        auto transmit = broker.TakeTransmit();
        if (!transmit)
        {
            return false;
        }
        for (TestClient& client : clients)
        {
            if (client.stream == transmit->id && client.silent)
            {
                return true;
            }
            if (client.stream == transmit->id)
            {
                ByteView view = transmit->bytes.GetView();
                client.machine.Receive(now, view.First(Pass(client, transmit->bytes)));
                FinishPass(client);
                return true;
            }
        }
        ByteView view = transmit->bytes.GetView();
        Bytes& stray = strays[transmit->id];
        stray.insert(stray.end(), view.begin(), view.end());
        return true;
    }

    bool HandleClientEvent(TestClient& client)
    {
        auto event = client.machine.PollEvent();
        if (!event)
        {
            return false;
        }
        client.events.push_back(*event);
        if (std::holds_alternative<Client::OpenConnection>(*event))
        {
            client.stream = client.reachable ? broker.HandleConnection(now, {}) : std::nullopt;
            client.streamsOpened += client.stream ? 1 : 0;
            if (client.stream)
            {
                client.machine.HandleConnected(now);
            }
            else
            {
                client.machine.HandleClosed(now, "connection failed");
            }
        }
        if (std::holds_alternative<Client::CloseConnection>(*event) && client.stream)
        {
            broker.HandleClosed(now, *std::exchange(client.stream, {}));
        }
        return true;
    }

    bool HandleBrokerEvent()
    {
        auto event = broker.PollEvent();
        if (!event)
        {
            return false;
        }
        brokerEvents.push_back(*event);
        if (auto close = std::get_if<Broker::CloseConnection>(&*event))
        {
            for (TestClient& client : clients)
            {
                if (client.stream == close->id)
                {
                    client.stream.reset();
                    client.machine.HandleClosed(now, "closed by broker");
                }
            }
        }
        return true;
    }

    void Settle()
    {
        bool moved = true;
        while (moved)
        {
            moved = false;
            for (TestClient& client : clients)
            {
                moved |= MoveFromClient(client);
                moved |= HandleClientEvent(client);
            }
            // Bytes go before the notice that the stream is closed.
            moved |= MoveFromBroker() || HandleBrokerEvent();
        }
    }
};

} // namespace mqtt::test
