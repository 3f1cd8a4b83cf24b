// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/fuzz-corpus.h"
#include "mqtt/test/rule-fixture.h"

/**
 * \file
 * Who breaks the protocol loses its connection, and nobody else anything.
 */
namespace
{

using namespace mqtt;
using namespace mqtt::test;
using namespace std::chrono_literals;
using testing::IsEmpty;

constexpr int HOSTILE = 200;
constexpr int HONEST = 20;
constexpr int MESSAGES = 20; ///< of each honest publisher

struct Violation
{
    std::string name;
    Bytes bytes;
    ReasonCode reason{ReasonCode::Success}; ///< in the DISCONNECT of 5.0; Success: none comes
};

Bytes
MakeConnect(Version version, const std::string& clientId)
{
    mqtt::Connect connect;
    connect.version = version;
    connect.clientId = clientId;
    return ToBytes(connect);
}

/// Of both versions: what is sent instead of CONNECT.
std::vector<Violation>
MakeBeginnings()
{
    return {
        {"PUBLISH first", {0x30, 4, 0, 1, 't', 'x'}},
        {"PINGREQ first", {0xc0, 0}},
        {"reserved type", {0x00, 0}},
        {"no MQTT at all", {'G', 'E', 'T', ' ', '/', '\r', '\n'}},
        {"a wrong name", {0x10, 13, 0, 4, 'M', 'Q', 'T', 't', 4, 2, 0, 60, 0, 1, 'x'}},
        {"level 3", {0x10, 15, 0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 2, 0, 60, 0, 1, 'x'}},
        {"level 6", {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 6, 2, 0, 60, 0, 1, 'x'}},
        {"a reserved connect flag", {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 3, 0, 60, 0, 1, 'x'}},
        {"trailing bytes", {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 1, 'x', 'y'}},
        {"a first packet too large", {0x10, 0xff, 0xff, 0xff, 0x7f}},
        {"a length of five bytes", {0x10, 0xff, 0xff, 0xff, 0xff, 0x01}},
    };
}

/// A packet of 3.1.1, in 5.0 with no properties at \p place.
Bytes
WithProperties(Bytes packet, Version version, size_t place = 4)
{
    if (version == Version::V5)
    {
        packet.insert(packet.begin() + place, 0);
        packet[1]++;
    }
    return packet;
}

/// Of both versions: what is sent after CONNECT.
std::vector<Violation>
MakeContinuations(Version version)
{
    std::vector<Violation> violations = {
        {"a second CONNECT", MakeConnect(version, "again"), ReasonCode::ProtocolError},
        {"CONNACK", WithProperties({0x20, 2, 0, 0}, version), ReasonCode::ProtocolError},
        {"SUBACK", WithProperties({0x90, 3, 0, 1, 0}, version, 4), ReasonCode::ProtocolError},
        {"PINGRESP", {0xd0, 0}, ReasonCode::ProtocolError},
        {"QoS 3", {0x36, 6, 0, 1, 'a', 0, 1, 'x'}, ReasonCode::MalformedPacket},
        {"DUP of QoS 0", {0x38, 4, 0, 1, 'a', 'x'}, ReasonCode::MalformedPacket},
        {"a wildcard in a topic",
         WithProperties({0x30, 4, 0, 1, '#', 'x'}, version, 5),
         ReasonCode::TopicNameInvalid},
        {"no topic", {0x30, 3, 0, 0, 0}, ReasonCode::TopicNameInvalid},
        {"U+0000", {0x30, 4, 0, 1, 0, 'x'}, ReasonCode::MalformedPacket},
        {"ill-formed UTF-8", {0x30, 5, 0, 2, 0xc0, 0x80, 'x'}, ReasonCode::MalformedPacket},
        {"a field beyond the packet", {0x30, 4, 0xff, 0xff, 'a', 'x'}, ReasonCode::MalformedPacket},
        {"identifier 0", {0x32, 6, 0, 1, 'a', 0, 0, 'x'}, ReasonCode::ProtocolError},
        {"SUBSCRIBE without filter",
         WithProperties({0x82, 2, 0, 1}, version),
         ReasonCode::ProtocolError},
        {"UNSUBSCRIBE without filter",
         WithProperties({0xa2, 2, 0, 1}, version),
         ReasonCode::ProtocolError},
        {"flags of PUBREL", {0x60, 2, 0, 1}, ReasonCode::MalformedPacket},
        {"flags of SUBSCRIBE", {0x80, 6, 0, 1, 0, 1, 'a', 0}, ReasonCode::MalformedPacket},
        {"a truncated PUBACK", {0x40, 1, 0}, ReasonCode::MalformedPacket},
        {"a length of five bytes",
         {0x30, 0xff, 0xff, 0xff, 0xff, 0x01},
         ReasonCode::MalformedPacket},
    };
    if (version == Version::V5)
    {
        const std::vector<Violation> more = {
            {"AUTH", {0xf0, 0}, ReasonCode::ProtocolError},
            {"an unknown property", {0x30, 6, 0, 1, 'a', 2, 0x7f, 0}, ReasonCode::MalformedPacket},
            {"a property twice", {0x30, 8, 0, 1, 'a', 4, 1, 0, 1, 0}, ReasonCode::ProtocolError},
            {"alias 0", {0x30, 7, 0, 1, 'a', 3, 0x23, 0, 0}, ReasonCode::TopicAliasInvalid},
            {"alias too large",
             {0x30, 7, 0, 1, 'a', 3, 0x23, 0xff, 0xff},
             ReasonCode::TopicAliasInvalid},
            {"alias without topic", {0x30, 6, 0, 0, 3, 0x23, 0, 1}, ReasonCode::ProtocolError},
            {"a subscription identifier",
             {0x30, 6, 0, 1, 'a', 2, 0x0b, 1},
             ReasonCode::ProtocolError},
            {"No Local of a share",
             {0x82, 16, 0, 1, 0, 0, 10, '$', 's', 'h', 'a', 'r', 'e', '/', 'g', '/', 'a', 4},
             ReasonCode::ProtocolError},
            {"a padded length", {0xc0, 0x80, 0}, ReasonCode::MalformedPacket},
            {"an expiry after none", {0xe0, 7, 0, 5, 0x11, 0, 0, 0, 1}, ReasonCode::ProtocolError},
        };
        violations.insert(violations.end(), more.begin(), more.end());
    }
    return violations;
}

/// Every violation, with what comes before it.
std::vector<Violation>
MakeViolations()
{
    std::vector<Violation> all = MakeBeginnings();
    for (Version version : {Version::V3_1_1, Version::V5})
    {
        for (const Violation& one : MakeContinuations(version))
        {
            bool isTold = version == Version::V5;
            Bytes bytes = MakeConnect(version, (isTold ? "hostile 5 " : "hostile ") + one.name);
            bytes.insert(bytes.end(), one.bytes.begin(), one.bytes.end());
            all.push_back({one.name, bytes, isTold ? one.reason : ReasonCode::Success});
        }
    }
    return all;
}

/// A stream of hostile bytes, a chunk at a time.
struct Attacker
{
    std::string name;
    Bytes bytes;
    bool mustEnd;                           ///< it breaks the protocol for certain
    ReasonCode reason{ReasonCode::Success}; ///< that it is told; Success: none
    size_t sent{0};
    ConnectionId id{0};
};

class HostileTest : public testing::TestWithParam<Version>
{
  protected:
    HostileTest()
    {
        m_network.version = GetParam();
        m_subscriber = &m_network.AddClient("honest subscriber");
        m_subscriber->machine.Subscribe(m_network.now, "honest/#", {2});
        m_subscriber->machine.Start(m_network.now);
        for (int i = 0; i < HONEST; i++)
        {
            m_publishers.push_back(&m_network.AddClient("honest " + std::to_string(i)));
            m_publishers.back()->machine.Start(m_network.now);
        }
        m_network.Run(1s);
    }

    std::vector<Attacker> MakeAttackers()
    {
        std::vector<Attacker> attackers;
        for (const Violation& violation : MakeViolations())
        {
            attackers.push_back({violation.name, violation.bytes, true, violation.reason});
        }
        EXPECT_GT(HOSTILE, attackers.size() + 100u); // and as many mutations
        std::vector<Bytes> streams = MakeClientStreams();
        while (attackers.size() < HOSTILE)
        {
            Bytes bytes = streams[m_random() % streams.size()];
            for (uint32_t mutations = 1 + m_random() % 4; mutations > 0; mutations--)
            {
                Mutate(bytes, m_random);
            }
            attackers.push_back({"mutation " + std::to_string(attackers.size()), bytes, false});
        }
        for (Attacker& attacker : attackers)
        {
            attacker.id = m_network.broker.HandleConnection(m_network.now, {}).value();
        }
        return attackers;
    }

    /// One step of everybody: a chunk of each attacker, a message of each publisher.
    bool Step(std::vector<Attacker>& attackers, int step)
    {
        bool more = false;
        for (Attacker& attacker : attackers)
        {
            size_t chunk =
                std::min<size_t>(1 + m_random() % 7, attacker.bytes.size() - attacker.sent);
            ByteView bytes = ByteView(attacker.bytes).From(attacker.sent).First(chunk);
            m_network.broker.Receive(m_network.now, attacker.id, bytes);
            attacker.sent += chunk;
            more |= attacker.sent < attacker.bytes.size();
        }
        for (int i = 0; i < HONEST && step < MESSAGES; i++)
        {
            const std::string topic = "honest/" + std::to_string(i);
            m_network.Publish(*m_publishers[i], topic, std::to_string(step), 2);
        }
        m_network.Run(10ms);
        return more || step < MESSAGES;
    }

    TestNetwork m_network;
    TestClient* m_subscriber;
    std::vector<TestClient*> m_publishers;
    std::mt19937 m_random{1}; // the same inputs on every machine
};

INSTANTIATE_TEST_SUITE_P(Version,
                         HostileTest,
                         testing::Values(Version::V3_1_1, Version::V5),
                         NameOfVersion);

TEST_P(HostileTest, HonestClientsLoseNothing)
{
    std::vector<Attacker> attackers = MakeAttackers();
    for (int step = 0; Step(attackers, step); step++)
    {
    }
    m_network.Run(10s);
    // Every message once, in the order of its publisher, and acknowledged to it.
    std::map<std::string, int> got;
    for (const auto& arrived : m_subscriber->Get<Client::MessageArrived>())
    {
        const Message& message = arrived.message;
        EXPECT_EQ(std::string(message.payload.begin(), message.payload.end()),
                  std::to_string(got[message.topic]++));
    }
    EXPECT_EQ(got.size(), size_t(HONEST));
    for (const auto& [topic, count] : got)
    {
        EXPECT_EQ(count, MESSAGES) << topic;
    }
    for (TestClient* publisher : m_publishers)
    {
        EXPECT_EQ(publisher->Get<Client::Published>().size(), size_t(MESSAGES));
        EXPECT_THAT(publisher->Get<Client::Disconnected>(), IsEmpty());
    }
    EXPECT_THAT(m_subscriber->Get<Client::Disconnected>(), IsEmpty());
    for (const Attacker& attacker : attackers)
    {
        EXPECT_TRUE(!attacker.mustEnd || !m_network.broker.HasConnection(attacker.id))
            << attacker.name;
        if (attacker.reason != ReasonCode::Success)
        {
            Packets heard = Parse(m_network.strays[attacker.id], Version::V5);
            ASSERT_EQ(heard.size(), 2u) << attacker.name; // CONNACK goes before
            EXPECT_EQ(ToString(std::get<Disconnect>(heard[1]).reason), ToString(attacker.reason))
                << attacker.name;
        }
    }
}

TEST_P(HostileTest, WhateverTheServerSaysIsWellFormed)
{
    std::vector<Attacker> attackers = MakeAttackers();
    for (int step = 0; Step(attackers, step); step++)
    {
    }
    EXPECT_GT(m_network.strays.size(), 40u);
    for (const auto& [id, bytes] : m_network.strays)
    {
        // CONNACK is three bytes of body or more in 5.0 and two in 3.1.1.
        bool is5 = bytes.size() < 2 || bytes[0] != 0x20 || bytes[1] > 2;
        Parse(bytes, is5 ? Version::V5 : Version::V3_1_1);
    }
}

} // namespace
