// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/mqtt-fuzz.h"

#include "mqtt/protocol/broker.h"
#include "mqtt/protocol/client.h"
#include "mqtt/protocol/encoder.h"

#include <algorithm>
#include <cstdlib>

namespace mqtt::test
{

namespace
{

using namespace std::chrono_literals;

/// Ends the process where something that must hold does not, in every kind of build.
void
Require(bool condition)
{
    if (!condition)
    {
        std::abort();
    }
}

/// Whether the standard lets a sender of 5.0 leave out a reason that is success, and the length of
/// properties that are not there, which we do (5.0: section 3.4.2.1).
bool
MayBeShorter(const Packet& packet)
{
    auto type = static_cast<PacketType>(packet.index() + 1); // in the order of the variant
    bool isAck = type >= PacketType::Puback && type <= PacketType::Pubcomp;
    return isAck || type == PacketType::Disconnect || type == PacketType::Auth;
}

void
FuzzCodecOf(Version version, ByteView data)
{
    FrameReader reader;
    reader.SetVersion(version);
    reader.Begin(data);
    Frame frame;
    while (reader.Next(frame) == FrameReader::Status::Frame)
    {
        Packet packet;
        if (Decode(frame, packet, version) != DecodeError::None)
        {
            continue;
        }
        Bytes bytes = ToBytes(packet, version);
        FrameReader second;
        second.SetVersion(version);
        second.Begin(bytes);
        Frame again;
        Packet same;
        Require(second.Next(again) == FrameReader::Status::Frame);
        Require(Decode(again, same, version) == DecodeError::None);
        Require(same == packet);
        Require(again.body == frame.body || MayBeShorter(packet));
    }
    reader.End();
}

/// One step of an input.
struct Step
{
    Duration wait;
    size_t piece;
    bool hangsUp;
    bool ceasesToRead;
    bool publishes;
    ByteView bytes;
};

/// Takes the next step of an input; false at its end.
bool
TakeStep(ByteView& data, Step& step)
{
    constexpr Duration WAITS[] = {0s, 1ms, 100ms, 1s, 5s, 60s, 1h, 24h * 30};
    if (data.size() < 2)
    {
        return false;
    }
    uint8_t what = data[0];
    step.bytes = data.From(2).First(data[1]);
    data = data.From(2 + data[1]);
    constexpr size_t PIECES[] = {255, 1, 2, 7};
    step.wait = WAITS[what & 7];
    step.piece = PIECES[what >> 3 & 3];
    step.hangsUp = what & 0x20;
    step.ceasesToRead = what & 0x40;
    step.publishes = what & 0x80;
    return true;
}

BrokerLimits
MakeLimits()
{
    BrokerLimits limits;
    limits.connections = 4;
    limits.packetSize = 4096;
    limits.delivery = {5, 20, 2000};
    limits.receivedIds = 4;
    limits.subscriptions = 4;
    limits.retainedMessages = 4;
    limits.sessions = 8;
    limits.outputBytes = 10000;
    return limits;
}

/// A method of authentication that asks once more before it is content.
class TwoQuestions : public Authentication
{
  public:
    Step Continue(TimePoint, const std::string&, ByteView data) override
    {
        if (++m_said < 2)
        {
            return {{ReasonCode::ContinueAuthentication}, data.ToBytes()};
        }
        return {{data.empty() ? ReasonCode::NotAuthorized : ReasonCode::Success}, {}};
    }

  private:
    int m_said{0};
};

/// Lets in whoever comes without a method, and keeps its own topics from some.
class SomeAccess : public AccessControl
{
  public:
    Admission Admit(TimePoint now,
                    const Connect& connect,
                    const std::string&,
                    const sansio::PeerIdentity&) override
    {
        std::optional<TimePoint> until;
        if (connect.userName == "brief")
        {
            until = now + 2s;
        }
        return {ReasonCode::Success, std::string(connect.userName.value_or("")), {}, until};
    }

    std::unique_ptr<Authentication> Begin(std::string_view method) override
    {
        return method == "m" ? std::make_unique<TwoQuestions>() : nullptr;
    }

    bool MayPublish(const Principal&, std::string_view topic) override
    {
        return topic != "forbidden";
    }

    bool MaySubscribe(const Principal&, std::string_view filter) override
    {
        return filter != "forbidden";
    }

    bool JudgesDelivery() const override
    {
        return true;
    }

    bool MayReceive(const Principal&, std::string_view topic) override
    {
        return topic != "forbidden/by/delivery";
    }
};

/// The two connections of FuzzBroker.
class BrokerRun
{
  public:
    BrokerRun()
        : m_broker(MakeLimits(), std::make_shared<SomeAccess>()),
          m_honest(*m_broker.HandleConnection(m_now, {})),
          m_hostile(*m_broker.HandleConnection(m_now, {}))
    {
        Connect connect;
        connect.clientId = HONEST;
        m_broker.Receive(m_now, m_honest, ToBytes(connect));
        m_broker.Receive(m_now, m_honest, ToBytes(Subscribe{1, {{HONEST, 0}}}));
        Drain();
    }

    void Do(const Step& step)
    {
        m_now += step.wait;
        m_broker.HandleTimeout(m_now);
        if (step.hangsUp || !m_broker.HasConnection(m_hostile))
        {
            m_broker.HandleClosed(m_now, m_hostile);
            m_hostile = *m_broker.HandleConnection(m_now, {});
        }
        m_broker.SetWritable(m_now, m_hostile, !step.ceasesToRead);
        for (size_t at = 0; at < step.bytes.size(); at += step.piece)
        {
            m_broker.Receive(m_now, m_hostile, step.bytes.From(at).First(step.piece));
        }
        Drain();
        if (step.publishes)
        {
            PublishHonestly();
        }
        CheckBounds();
    }

    void End()
    {
        PublishHonestly();
        m_broker.HandleClosed(m_now, m_hostile);
        m_broker.HandleClosed(m_now, m_honest);
        Require(m_broker.GetConnections() == 0);
        m_broker.Stop(m_now);
    }

    /// The client identifier of the honest client, and its topic.
    static constexpr std::string_view HONEST = "honest/1";

  private:
    /// Takes what the broker has; \return what of it is for the honest client.
    Bytes Drain()
    {
        Bytes heard;
        while (auto transmit = m_broker.TakeTransmit())
        {
            ByteView bytes = transmit->bytes.GetView();
            if (transmit->id == m_honest)
            {
                heard.insert(heard.end(), bytes.begin(), bytes.end());
            }
        }
        while (m_broker.PollEvent())
        {
        }
        return heard;
    }

    void PublishHonestly()
    {
        const Bytes payload{++m_number};
        Publish publish;
        publish.topic = HONEST;
        publish.payload = payload;
        publish.qos = 1;
        publish.packetId = 7;
        m_broker.Receive(m_now, m_honest, ToBytes(publish));
        const Bytes heard = Drain();
        const Bytes puback = ToBytes(Puback{7});
        publish.qos = 0;
        const Bytes again = ToBytes(publish);
        auto has = [&](const Bytes& part) {
            return std::search(heard.begin(), heard.end(), part.begin(), part.end()) != heard.end();
        };
        Require(has(puback) && has(again));
    }

    void CheckBounds()
    {
        const BrokerLimits limits = MakeLimits();
        constexpr size_t MUCH = 1 << 20;
        Require(m_broker.HasConnection(m_honest));
        Require(m_broker.GetRetained() <= limits.retainedMessages);
        Require(m_broker.GetSessions() <= limits.sessions);
        Require(m_broker.GetMemory() < MUCH);
        Require(!m_broker.GetNextTimeout() || *m_broker.GetNextTimeout() > m_now);
    }

    TimePoint m_now;
    Broker m_broker;
    ConnectionId m_honest;
    ConnectionId m_hostile;
    uint8_t m_number{0};
};

class NoRandom : public sansio::RandomSource
{
  public:
    uint64_t GetInteger() override
    {
        return 0;
    }
};

/// The client of FuzzClient and what its owner does.
class ClientRun
{
  public:
    explicit ClientRun(Version version)
        : m_client(MakeSettings(version), m_random)
    {
        m_client.Subscribe(m_now, "a/#", {2}, 0);
        m_client.Start(m_now);
        Drain();
    }

    void Do(const Step& step)
    {
        m_now += step.wait;
        m_client.HandleTimeout(m_now);
        Drain();
        if (step.hangsUp && m_open)
        {
            m_open = false;
            m_client.HandleClosed(m_now, "hung up");
        }
        m_client.SetWritable(m_now, !step.ceasesToRead);
        if (step.publishes)
        {
            auto message = std::make_shared<Message>(Message{"a/b", {1, 2}, m_qos, false});
            m_client.Publish(m_now, message);
            m_qos = (m_qos + 1) % 3;
        }
        for (size_t at = 0; at < step.bytes.size() && m_open; at += step.piece)
        {
            m_client.Receive(m_now, step.bytes.From(at).First(step.piece));
            Drain();
        }
        Drain();
        constexpr size_t MUCH = 1 << 20;
        Require(m_client.GetMemory() < MUCH);
    }

    void End()
    {
        m_client.Stop(m_now);
        Drain();
        Require(!m_client.IsConnected());
    }

  private:
    static ClientSettings MakeSettings(Version version)
    {
        ClientSettings settings;
        settings.version = version;
        settings.clientId = "c";
        settings.delivery = {5, 20, 2000, 3};
        settings.packetSize = 4096;
        settings.receivedIds = 4;
        settings.outputBytes = 10000;
        return settings;
    }

    void Drain()
    {
        while (!m_client.TakeTransmit().empty())
        {
        }
        while (auto event = m_client.PollEvent())
        {
            if (std::holds_alternative<Client::OpenConnection>(*event))
            {
                m_open = true;
                m_client.HandleConnected(m_now);
            }
            else if (std::holds_alternative<Client::CloseConnection>(*event))
            {
                m_open = false;
                m_client.HandleClosed(m_now, "closed");
            }
            while (!m_client.TakeTransmit().empty())
            {
            }
        }
    }

    NoRandom m_random;
    TimePoint m_now;
    Client m_client;
    bool m_open{false};
    uint8_t m_qos{0};
};

} // namespace

void
FuzzCodec(ByteView data)
{
    FuzzCodecOf(Version::V3_1_1, data);
    FuzzCodecOf(Version::V5, data);
}

void
FuzzBroker(ByteView data)
{
    if (data.ToString().find(BrokerRun::HONEST) != std::string::npos)
    {
        return; // it may be taken over, and rightly so
    }
    BrokerRun run;
    for (Step step; TakeStep(data, step);)
    {
        run.Do(step);
    }
    run.End();
}

void
FuzzClient(ByteView data)
{
    for (Version version : {Version::V3_1_1, Version::V5})
    {
        ClientRun run(version);
        ByteView rest = data;
        for (Step step; TakeStep(rest, step);)
        {
            run.Do(step);
        }
        run.End();
    }
}

} // namespace mqtt::test
