// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/replay-attacker.h"

#include "coap/protocol/code.h"
#include "iot-scenario/model/eavesdropper.h"
#include "mqtt/protocol/packet.h"
#include "sans-io/model/peer-identity-source.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

namespace ns3
{

namespace
{

constexpr uint8_t APPLICATION_DATA = 23; // content type of TLS and DTLS records

/// Whether a message is of the kind that carries reports, as far as its bytes tell.
bool
CanCarryReport(const attacks::CapturedMessage& message)
{
    switch (message.kind)
    {
    case attacks::Kind::MqttPacket:
        return message.type >> 4 == static_cast<uint8_t>(mqtt::PacketType::Publish);
    case attacks::Kind::CoapMessage:
        return message.type == static_cast<uint8_t>(coap::Code::Put);
    case attacks::Kind::TlsRecord:
    case attacks::Kind::DtlsDatagram:
        return message.type == APPLICATION_DATA;
    }
    return false;
}

std::array<uint8_t, 16>
ToArray(Ipv6Address address)
{
    std::array<uint8_t, 16> bytes;
    address.Serialize(bytes.data());
    return bytes;
}

} // namespace

ReplayAttacker::ReplayAttacker(const AttackSetting& setting)
    : m_parameters(setting.parameters),
      m_start(setting.start),
      m_end(setting.end),
      m_runEnd(setting.runEnd),
      m_sniffer(Eavesdropper::GetSnifferSettings(setting)),
      m_finder(setting.places.sensors, setting.parameters),
      m_judge(Seconds(OBSERVATION)),
      m_internet(CreateObject<AttackNetworkHelper>()),
      m_tap(CreateObject<WireTap>())
{
    for (uint32_t i = 0; i < setting.places.sensorAddresses.size(); i++)
    {
        m_sensors[ToArray(setting.places.sensorAddresses[i])] = i;
    }
    setting.victim.AddListener([this](const VictimEvent& event) { m_judge.Happened(event); });
    const NetDeviceContainer wire = setting.network->GetWiredDevices();
    m_tap->Install(wire.Get(0), wire.Get(1));
    m_internet->Build(setting.places.host);
    AttackSetting rest = setting;
    rest.stream += m_internet->AssignStreams(rest.stream);
    m_radio = Eavesdropper::PlaceRadio(rest);
    AttackNetworkHelper::Listen(m_radio, m_sniffer);
    PlaceReplayer(setting);
}

bool
ReplayAttacker::IsOnPath() const
{
    return m_parameters.attacks.GetVantage() == "on-path";
}

void
ReplayAttacker::PlaceReplayer(const AttackSetting& setting)
{
    const AttackParameters& attack = m_parameters.attacks;
    m_replayer = CreateObject<Replayer>();
    m_replayer->SetAttribute("Target",
                             AddressValue(GetServiceAddress(m_parameters, setting.places)));
    m_replayer->SetAttribute("Way", StringValue(attack.replayWay));
    m_replayer->SetAttribute(
        "Delays",
        StringValue(std::to_string(attack.replayDelay.GetNanoSeconds()) + "ns"));
    // It listens from the beginning, for the openings of flows; Choose() keeps to the attack's
    // time.
    m_replayer->SetStartTime(Seconds(0));
    if (IsOnPath())
    {
        m_replayer->SetTap(m_tap);
    }
    m_replayer->SetSniffer(m_sniffer);
    m_replayer->SetChoice(
        [this](const attacks::CapturedMessage& message) { return Choose(message); });
    m_replayer->TraceConnectWithoutContext("Replayed",
                                           MakeCallback(&ReplayAttacker::HandleReplayed, this));
    m_replayer->TraceConnectWithoutContext("Skipped",
                                           MakeCallback(&ReplayAttacker::HandleSkipped, this));
    m_sniffer.SetListener(
        [this](const attacks::CapturedMessage& message) { m_replayer->Hear(message); });
    m_internet->GetAttacker()->AddApplication(m_replayer);
}

bool
ReplayAttacker::Choose(const attacks::CapturedMessage& message)
{
    const Time now = Simulator::Now();
    if (now < m_start || now >= m_end || !CanCarryReport(message) ||
        m_sensors.count(message.flow.source.ip) == 0)
    {
        return false;
    }
    if (now + m_parameters.attacks.replayDelay + Seconds(OBSERVATION) > m_runEnd)
    {
        m_skipped["too-late"]++;
        return false;
    }
    return true;
}

void
ReplayAttacker::HandleReplayed(const attacks::CapturedMessage& message, Time age)
{
    ReplayedMessage replayed;
    replayed.from = message.flow.source;
    if (m_parameters.attacks.GetVantage() == "internet")
    {
        replayed.from.ip = ToArray(m_internet->GetAttackHost()->GetAddress());
        replayed.anyPort = true;
    }
    replayed.report = m_finder.Find(message);
    if (m_parameters.GetStack().protocol == "mqtt")
    {
        replayed.client = GetSensorName(m_sensors.at(message.flow.source.ip));
    }
    if (message.kind == attacks::Kind::CoapMessage)
    {
        replayed.messageId = static_cast<uint16_t>(message.bytes[2] << 8 | message.bytes[3]);
    }
    replayed.withheld = m_parameters.attacks.replayWay == "late";
    replayed.age = age;
    m_judge.Replayed(replayed);
}

void
ReplayAttacker::HandleSkipped(const attacks::CapturedMessage& message, std::string reason)
{
    m_skipped[reason]++;
}

void
ReplayAttacker::Served(uint64_t report)
{
    m_judge.Served(report);
}

void
ReplayAttacker::AddTo(AttackResult& result) const
{
    result.packets = m_replayer->GetPackets();
    result.bytes = m_replayer->GetBytes();
    result.replies = m_replayer->GetReplies();
    ReplayResult replay;
    replay.way = m_parameters.attacks.replayWay;
    replay.delay = m_parameters.attacks.replayDelay;
    replay.replayed = m_replayer->GetReplayed();
    replay.skipped = m_skipped;
    for (size_t i = 0; i < static_cast<size_t>(ReplayOutcome::Count); i++)
    {
        const auto outcome = static_cast<ReplayOutcome>(i);
        replay.outcomes[ToString(outcome)] = m_judge.GetCount(outcome);
    }
    replay.reasons = m_judge.GetReasons();
    result.replay = replay;
}

uint64_t
ReplayAttacker::GetPackets() const
{
    return m_replayer->GetPackets();
}

} // namespace ns3
