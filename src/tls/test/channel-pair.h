// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "crypto/protocol/certificate-authority.h"
#include "tls/protocol/datagram-listener.h"
#include "tls/protocol/stream-channel.h"

#include <functional>
#include <gtest/gtest.h>
#include <random>

namespace tls
{

using namespace std::chrono_literals;

/// A fixed sequence of random numbers.
class TestRandom : public sansio::RandomSource
{
  public:
    explicit TestRandom(uint64_t seed)
        : m_engine(seed)
    {
    }

    uint64_t GetInteger() override
    {
        return m_engine();
    }

  private:
    std::mt19937_64 m_engine;
};

/// What an endpoint reported, by kind.
struct Reports
{
    std::optional<HandshakeCompleted> completed;
    std::optional<Failure> failure;
    bool failedInHandshake{false};
    std::vector<sansio::Bytes> plaintext;
    std::vector<RejectionReason> rejected;
    uint32_t repeated{0};
    bool closed{false};

    void Take(Channel& channel)
    {
        while (auto event = channel.PollEvent())
        {
            Add(*event);
        }
    }

    void Add(const Event& event)
    {
        if (auto* completion = std::get_if<HandshakeCompleted>(&event))
        {
            completed = *completion;
        }
        else if (auto* handshake = std::get_if<HandshakeFailed>(&event))
        {
            failure = *handshake;
            failedInHandshake = true;
        }
        else if (auto* connection = std::get_if<ConnectionFailed>(&event))
        {
            failure = *connection;
        }
        else if (auto* text = std::get_if<Plaintext>(&event))
        {
            plaintext.push_back(text->bytes);
        }
        else if (auto* rejection = std::get_if<RecordRejected>(&event))
        {
            rejected.push_back(rejection->reason);
        }
        else if (auto* flight = std::get_if<FlightRetransmitted>(&event))
        {
            repeated += flight->datagrams;
        }
        else
        {
            closed = true;
        }
    }
};

inline std::shared_ptr<const Context>
MakeContext(const Settings& settings, Context::KeyLogSink keyLog = {}, uint64_t seed = 99)
{
    TestRandom random(seed);
    Context::Result result = Context::Create(settings, random, std::move(keyLog));
    if (auto* error = std::get_if<std::string>(&result))
    {
        ADD_FAILURE() << *error;
        return nullptr;
    }
    return std::get<std::shared_ptr<const Context>>(result);
}

/// Settings with a PSK of identity "d", as the figures of OpenSSL were measured.
inline Settings
MakePskSettings(Version version, const std::string& suite)
{
    Settings settings;
    settings.version = version;
    settings.cipherSuites = {suite};
    settings.preSharedKeys = {{"d", sansio::Bytes(16, 7)}};
    return settings;
}

/// Settings with a self-signed certificate on both sides, each the other's trust anchor.
inline Settings
MakeMutualSettings(Version version, const std::string& suite)
{
    TestRandom random(3);
    static const crypto::Credential credential =
        crypto::CertificateAuthority::MakeSelfSigned({"a"}, random);
    Settings settings;
    settings.version = version;
    settings.cipherSuites = {suite};
    settings.certificateChain = credential.certificate;
    settings.privateKey = credential.privateKey;
    settings.trustAnchors = credential.certificate;
    settings.requireClientCertificate = true;
    return settings;
}

inline sansio::SpannedBytes
MakePayload(size_t size, uint64_t report = 0)
{
    return {sansio::Bytes(size, 0x61), {sansio::Layer::Payload, false, report}};
}

/// Client and server of TLS, joined by a perfect stream.
class StreamPair
{
  public:
    explicit StreamPair(const Settings& client, const Settings& server, uint64_t seed = 1)
        : m_random(seed),
          client(MakeContext(client), Role::Client, m_random),
          server(MakeContext(server), Role::Server, m_random)
    {
    }

    explicit StreamPair(const Settings& both, uint64_t seed = 1)
        : StreamPair(both, both, seed)
    {
    }

    void Connect()
    {
        server.Start(now);
        client.Start(now);
        Exchange();
    }

    /// Moves bytes to and fro until both are silent.
    void Exchange()
    {
        while (Move(client, server, 'C') | Move(server, client, 'S'))
        {
        }
        atClient.Take(client);
        atServer.Take(server);
    }

    sansio::TimePoint now{};

  private:
    TestRandom m_random;

  public:
    StreamChannel client;
    StreamChannel server;
    Reports atClient;
    Reports atServer;
    std::vector<std::pair<char, size_t>> flights; ///< who wrote how much
    sansio::Bytes wire;                           ///< all bytes in order
    std::function<void(char, sansio::Bytes&)> tamper;

  private:
    bool Move(StreamChannel& from, StreamChannel& to, char name)
    {
        const sansio::SpannedBytes written = from.TakeTransmit();
        if (written.empty())
        {
            return false;
        }
        sansio::Bytes bytes = written.GetView().ToBytes();
        flights.emplace_back(name, bytes.size());
        wire.insert(wire.end(), bytes.begin(), bytes.end());
        if (tamper)
        {
            tamper(name, bytes);
        }
        to.Receive(now, bytes);
        return true;
    }
};

/// Client and listener of DTLS, joined by datagrams that a mask may drop, on a virtual clock.
class DatagramPair
{
  public:
    DatagramPair(const Settings& client, const Settings& server, uint64_t seed = 1)
        : m_random(seed),
          client(MakeContext(client), Role::Client, m_random),
          listener(MakeContext(server), m_random)
    {
        m_address.ip[15] = 1;
        m_address.port = 40000;
    }

    explicit DatagramPair(const Settings& both, uint64_t seed = 1)
        : DatagramPair(both, both, seed)
    {
    }

    /// Runs until both are silent and no timer is left, or until \p limit.
    void Run(sansio::TimePoint limit = sansio::TimePoint(1000s))
    {
        client.Start(now);
        while (true)
        {
            Exchange();
            std::optional<sansio::TimePoint> next = client.GetNextTimeout();
            if (server && server->GetNextTimeout() && (!next || *server->GetNextTimeout() < *next))
            {
                next = server->GetNextTimeout();
            }
            if (!next || *next > limit)
            {
                return;
            }
            now = *next;
            client.HandleTimeout(now);
            if (server)
            {
                server->HandleTimeout(now);
            }
        }
    }

    void Exchange()
    {
        while (MoveUp() | MoveDown())
        {
        }
        atClient.Take(client);
        if (server)
        {
            atServer.Take(*server);
        }
    }

    bool BothCompleted() const
    {
        return atClient.completed && atServer.completed;
    }

    sansio::TimePoint now{};

  private:
    TestRandom m_random;
    sansio::PeerAddress m_address;

  public:
    DatagramChannel client;
    DatagramListener listener;
    std::unique_ptr<DatagramChannel> server;
    Reports atClient;
    Reports atServer;
    uint64_t dropMask{0}; ///< bit i: the i-th datagram of all is lost
    uint32_t sent{0};
    std::vector<std::pair<char, size_t>> datagrams;
    std::vector<sansio::Span> spans; ///< of the last datagram
    std::vector<double> sentAt;
    sansio::Bytes wire;
    bool record{true};

  private:
    bool Pass(char name, const sansio::SpannedBytes& datagram)
    {
        datagrams.emplace_back(name, datagram.size());
        spans = datagram.GetSpans();
        sentAt.push_back(std::chrono::duration<double>(now.time_since_epoch()).count());
        wire.insert(wire.end(), datagram.GetView().begin(), datagram.GetView().end());
        const uint32_t index = sent++;
        return index >= 64 || !(dropMask >> index & 1);
    }

    bool MoveUp()
    {
        bool any = false;
        for (auto datagram = client.TakeTransmit(); !datagram.empty();
             datagram = client.TakeTransmit())
        {
            any = true;
            if (!Pass('C', datagram))
            {
                continue;
            }
            if (server)
            {
                server->Receive(now, datagram.GetView());
                continue;
            }
            listener.Receive(now, m_address, datagram.GetView());
            while (auto event = listener.PollEvent())
            {
                if (auto* peer = std::get_if<NewPeer>(&*event))
                {
                    server = std::move(peer->channel);
                }
            }
        }
        return any;
    }

    bool MoveDown()
    {
        bool any = false;
        while (auto datagram = listener.TakeTransmit())
        {
            any = true;
            if (Pass('S', datagram->bytes))
            {
                client.Receive(now, datagram->bytes.GetView());
            }
        }
        for (auto datagram = server ? server->TakeTransmit() : sansio::SpannedBytes();
             !datagram.empty();
             datagram = server->TakeTransmit())
        {
            any = true;
            if (Pass('S', datagram))
            {
                client.Receive(now, datagram.GetView());
            }
        }
        return any;
    }
};

} // namespace tls
