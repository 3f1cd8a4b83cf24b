// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/decoder.h"
#include "mqtt/test/broker-fixture.h"

#include <gmock/gmock.h>

/**
 * \file
 * What the tests of the standards' numbered rules share: see doc/conformance.
 */
namespace mqtt::test
{

using Packets = std::vector<Packet>;

/// The packets that \p bytes are, which must outlive them; a failure of the test where they are
/// not.
inline Packets
Parse(const Bytes& bytes, Version version)
{
    Packets packets;
    FrameReader reader;
    reader.SetVersion(version);
    reader.Begin(bytes);
    Frame frame;
    FrameReader::Status status = reader.Next(frame);
    for (; status == FrameReader::Status::Frame; status = reader.Next(frame))
    {
        EXPECT_EQ(ToString(Decode(frame, packets.emplace_back(), version)),
                  ToString(DecodeError::None));
    }
    EXPECT_EQ(status, FrameReader::Status::Incomplete);
    reader.End();
    EXPECT_EQ(reader.GetKept(), 0u);
    return packets;
}

template <typename One>
size_t
Count(const Packets& packets)
{
    return std::count_if(packets.begin(), packets.end(), [](const Packet& packet) {
        return std::holds_alternative<One>(packet);
    });
}

inline Packet
MakePublishPacket(std::string_view topic,
                  std::string_view payload,
                  uint8_t qos,
                  uint16_t packetId,
                  bool retain = false,
                  bool dup = false)
{
    Publish publish;
    publish.topic = topic;
    publish.payload = ByteView(payload);
    publish.qos = qos;
    publish.packetId = packetId;
    publish.retain = retain;
    publish.dup = dup;
    return publish;
}

inline std::string
NameOfVersion(const testing::TestParamInfo<Version>& info)
{
    return info.param == Version::V5 ? "Mqtt5" : "Mqtt311";
}

/// A rule of both versions, or of 5.0 alone, that binds the server.
class ServerRule : public BrokerTest, public testing::WithParamInterface<Version>
{
  protected:
    bool Is5() const
    {
        return GetParam() == Version::V5;
    }

    void Say(ConnectionId id, const Packet& packet)
    {
        SendBytes(id, ToBytes(packet, GetParam()));
    }

    Packets Hear(ConnectionId id)
    {
        return Parse(m_heard.emplace_back(Take(id)), GetParam());
    }

    Connect MakeConnect(std::string_view clientId, bool clean = true) const
    {
        Connect connect;
        connect.version = GetParam();
        connect.clientId = clientId;
        connect.cleanStart = clean;
        if (!clean && GetParam() == Version::V5)
        {
            connect.properties = m_forEver.Get();
        }
        return connect;
    }

    /// Opens a stream, connects and forgets the CONNACK.
    ConnectionId Enter(const Connect& connect)
    {
        ConnectionId id = Open();
        Say(id, connect);
        EXPECT_EQ(Count<Connack>(Hear(id)), 1u);
        return id;
    }

    ConnectionId Enter(std::string_view clientId, bool clean = true)
    {
        return Enter(MakeConnect(clientId, clean));
    }

    /// Enters as a watcher of everything, or of one filter.
    ConnectionId Watch(std::string_view filter = "#", const SubscriptionOptions& options = {2})
    {
        ConnectionId id = Enter("watcher of " + std::string(filter));
        Say(id, Subscribe{1, {{filter, options}}});
        Hear(id);
        return id;
    }

    static std::vector<std::string> GetPayloads(const Packets& packets)
    {
        std::vector<std::string> payloads;
        for (const Packet& packet : packets)
        {
            if (auto publish = std::get_if<Publish>(&packet))
            {
                payloads.push_back(publish->payload.ToString());
            }
        }
        return payloads;
    }

  private:
    PropertyList m_forEver = PropertyList().Add(PropertyId::SessionExpiryInterval, NEVER_EXPIRES);
    std::deque<Bytes> m_heard; ///< what the packets are views of
};

/// A rule that binds the client.
class ClientRule : public testing::TestWithParam<Version>
{
  protected:
    bool Is5() const
    {
        return GetParam() == Version::V5;
    }

    ClientSettings MakeSettings() const
    {
        ClientSettings settings;
        settings.version = GetParam();
        settings.clientId = "c";
        settings.receivedIds = 65535;
        settings.topicAliases = 0;
        return settings;
    }

    Client& Make(const ClientSettings& settings)
    {
        return m_client.emplace(settings, m_random);
    }

    Client& GetClient()
    {
        return m_client ? *m_client : Make(MakeSettings());
    }

    /// The stream is opened; what is sent on it so far.
    Packets Open()
    {
        GetClient().Start(m_now);
        GetClient().HandleConnected(m_now);
        return GetSent();
    }

    /// The stream is opened and the server lets the client in; what is sent then.
    Packets Connect(const Connack& connack = {})
    {
        Open();
        Hear(connack);
        EXPECT_TRUE(GetClient().IsConnected());
        return GetSent();
    }

    /// The stream breaks, and the client has waited for long enough to try again.
    void Break()
    {
        GetClient().HandleClosed(m_now, "broken");
        m_now += std::chrono::minutes(5);
        GetClient().HandleTimeout(m_now);
    }

    void Hear(const Packet& packet)
    {
        GetClient().Receive(m_now, ToBytes(packet, GetParam()));
    }

    Packets GetSent()
    {
        sansio::SpannedBytes bytes = GetClient().TakeTransmit();
        return Parse(m_sent.emplace_back(bytes.GetView().ToBytes()), GetParam());
    }

    void Publish(const std::string& topic,
                 const std::string& payload,
                 uint8_t qos,
                 uint64_t report = 0)
    {
        auto message = std::make_shared<Message>();
        message->topic = topic;
        message->payload = Bytes(payload.begin(), payload.end());
        message->qos = qos;
        GetClient().Publish(m_now, message, report);
    }

    template <typename Event>
    std::vector<Event> Get()
    {
        while (auto event = GetClient().PollEvent())
        {
            m_events.push_back(std::move(*event));
        }
        std::vector<Event> found;
        for (const Client::Event& event : m_events)
        {
            if (auto one = std::get_if<Event>(&event))
            {
                found.push_back(*one);
            }
        }
        return found;
    }

    /// Whether the client has closed its stream.
    bool HasClosed()
    {
        return !Get<Client::CloseConnection>().empty();
    }

    TimePoint m_now;

  private:
    FixedRandom m_random;
    std::optional<Client> m_client;
    std::deque<Bytes> m_sent;
    std::vector<Client::Event> m_events;
};

} // namespace mqtt::test
