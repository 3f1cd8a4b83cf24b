// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/mqtt-flood.h"

#include "mqtt/protocol/encoder.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MqttFlood);

namespace
{

/// As long as those of the SlowITe capture of MQTTset.
constexpr size_t CLIENT_ID_SIZE = 18;

std::string
MakeClientId(sansio::RandomSource& random)
{
    constexpr char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    std::string id(CLIENT_ID_SIZE, ' ');
    uint64_t word = 0;
    for (size_t i = 0; i < id.size(); i++, word >>= 5)
    {
        word = i % 12 == 0 ? random.GetInteger() : word;
        id[i] = letters[word & 31];
    }
    return id;
}

} // namespace

TypeId
MqttFlood::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::MqttFlood").SetParent<StreamFlood>().SetGroupName("IotAttacks");
    return tid;
}

uint64_t
MqttFlood::GetAccepted() const
{
    return m_accepted;
}

uint64_t
MqttFlood::GetRefused() const
{
    return m_refused;
}

void
MqttFlood::HandleOpened(ConnectionId id)
{
    const std::string clientId = MakeClientId(GetRandom());
    mqtt::Connect connect;
    connect.clientId = clientId;
    connect.keepAlive = static_cast<uint16_t>(m_keepAlive.GetSeconds());
    Send(id, mqtt::ToBytes(connect));
}

void
MqttFlood::HandleBytes(ConnectionId id, sansio::ByteView bytes)
{
    // The server's first packet is a CONNACK of four bytes (section 3.2), which no segment splits.
    constexpr uint8_t connack = static_cast<uint8_t>(mqtt::PacketType::Connack) << 4;
    if (bytes.size() >= 4 && bytes[0] == connack)
    {
        (bytes[3] == 0 ? m_accepted : m_refused)++;
    }
}

} // namespace ns3
