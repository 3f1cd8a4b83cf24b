// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/ns3-random-source.h"
#include "sans-io/model/time-conversion.h"
#include "tls/protocol/stream-channel.h"

#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <vector>

/**
 * \file
 * What a flood of handshakes is measured against: the same cryptography without a network, and the
 * same bytes over TCP without cryptography.
 */
namespace bench
{

using namespace ns3;

/// The bytes of each flight of a TLS handshake, the client's first; then its end.
using Flights = std::vector<uint32_t>;

/// One handshake and the closing of both ends between two channels joined in memory.
inline Flights
ShakeHands(std::shared_ptr<const tls::Context> client,
           std::shared_ptr<const tls::Context> server,
           sansio::RandomSource& random)
{
    tls::StreamChannel ends[] = {{client, tls::Role::Client, random},
                                 {server, tls::Role::Server, random}};
    const sansio::TimePoint now = SimulatedNow();
    ends[1].Start(now);
    ends[0].Start(now);
    Flights flights;
    bool closed = false;
    for (uint32_t turn = 0;; turn++)
    {
        auto bytes = ends[turn % 2].TakeTransmit();
        if (bytes.empty() && !closed) // the handshake is over, and it is the client's turn
        {
            closed = true;
            ends[0].Close(now);
            bytes = ends[0].TakeTransmit();
        }
        if (bytes.empty())
        {
            return flights;
        }
        flights.push_back(bytes.size());
        ends[1 - turn % 2].Receive(now, bytes.GetView());
    }
}

/// Seconds on the wall that so many handshakes take in memory.
inline double
TimeHandshakes(uint32_t count,
               std::shared_ptr<const tls::Context> client,
               std::shared_ptr<const tls::Context> server)
{
    Ns3RandomSource random;
    const auto start = std::chrono::steady_clock::now();
    for (uint32_t i = 0; i < count; i++)
    {
        ShakeHands(client, server, random);
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    return wall.count();
}

/// One end of a TCP connection that sends its flights when the other's have come.
class FlightEnd
{
  public:
    /// \param parity 0: the first flight is its own, 1: it is the other's
    FlightEnd(Ptr<Socket> socket, const Flights& flights, uint32_t parity)
        : m_socket(socket),
          m_flights(flights),
          m_parity(parity)
    {
    }

    /// Sends what is due, and closes after the last flight of all.
    void Go()
    {
        for (;; m_next++)
        {
            if (m_next >= m_flights.size())
            {
                m_socket->Close();
                return;
            }
            if (m_next % 2 != m_parity)
            {
                if (m_received < m_flights[m_next])
                {
                    return;
                }
                m_received -= m_flights[m_next];
                continue;
            }
            m_socket->Send(Create<Packet>(m_flights[m_next]));
        }
    }

    void Read()
    {
        while (Ptr<Packet> packet = m_socket->Recv())
        {
            if (packet->GetSize() == 0)
            {
                break;
            }
            m_received += packet->GetSize();
        }
        Go();
    }

  private:
    Ptr<Socket> m_socket;
    const Flights& m_flights;
    uint32_t m_parity;
    uint32_t m_next{0};
    uint32_t m_received{0};
};

/// Connections that exchange the flights and end, \p rate a second, to a listener made here.
class FlightExchange
{
  public:
    FlightExchange(Ptr<Node> client,
                   Ptr<Node> server,
                   TypeId protocol,
                   const Address& target,
                   const Address& local,
                   Flights flights)
        : m_client(client),
          m_protocol(protocol),
          m_target(target),
          m_flights(std::move(flights))
    {
        m_listener = Socket::CreateSocket(server, protocol);
        m_listener->Bind(local);
        m_listener->Listen();
        m_listener->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>(
                [this](Ptr<Socket> socket, const Address&) { Attach(socket, 1); }));
    }

    void Connect()
    {
        Ptr<Socket> socket = Socket::CreateSocket(m_client, m_protocol);
        using Notice = Callback<void, Ptr<Socket>>;
        const uint64_t id = Attach(socket, 0);
        socket->SetConnectCallback(
            Notice([this, id](Ptr<Socket>) { Continue(id, &FlightEnd::Go); }),
            Notice([](Ptr<Socket>) {}));
        socket->Connect(m_target);
    }

    uint64_t GetEnded() const
    {
        return m_ended;
    }

  private:
    uint64_t Attach(Ptr<Socket> socket, uint32_t parity)
    {
        const uint64_t id = ++m_last;
        m_ends.emplace(id, FlightEnd(socket, m_flights, parity));
        using Notice = Callback<void, Ptr<Socket>>;
        socket->SetRecvCallback(
            Notice([this, id](Ptr<Socket>) { Continue(id, &FlightEnd::Read); }));
        auto closed = [this, id](Ptr<Socket> socket) {
            socket->Close();
            m_ended += m_ends.erase(id);
        };
        socket->SetCloseCallbacks(Notice(closed), Notice(closed));
        return id;
    }

    void Continue(uint64_t id, void (FlightEnd::*step)())
    {
        auto end = m_ends.find(id);
        if (end != m_ends.end())
        {
            (end->second.*step)();
        }
    }

    Ptr<Node> m_client;
    TypeId m_protocol;
    Address m_target;
    Flights m_flights;
    Ptr<Socket> m_listener;
    std::map<uint64_t, FlightEnd> m_ends;
    uint64_t m_last{0};
    uint64_t m_ended{0};
};

} // namespace bench
