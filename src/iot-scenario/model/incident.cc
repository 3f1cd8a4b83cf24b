// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/incident.h"

#include "ns3/simulator.h"

namespace ns3
{

namespace
{

std::array<uint8_t, 16>
ToBytes(Ipv6Address address)
{
    std::array<uint8_t, 16> bytes;
    address.Serialize(bytes.data());
    return bytes;
}

} // namespace

Incident::Incident(const Setting& setting)
    : m_setting(setting),
      m_start(setting.begin + setting.parameters.attacks.start),
      m_stop(m_start + setting.parameters.attacks.GetDuration(setting.end - setting.begin)),
      m_meter(m_probe, [this](const VictimEvent& event) { return IsHonest(event); }),
      m_timeline(m_probe, [this] { return m_attacker ? m_attacker->GetPackets() : 0; })
{
    KnowTheHonest();
    m_probe.Attach(setting.places.host);
    const AttackParameters& parameters = setting.parameters.attacks;
    if (parameters.HasFault())
    {
        m_runaway =
            std::make_unique<RunawaySensor>(setting.stack, 0, parameters.rate, m_start, m_stop);
    }
    m_attacker = MakeAttacker({setting.parameters,
                               setting.network,
                               m_setting.places,
                               m_probe,
                               m_start,
                               m_stop,
                               setting.runEnd,
                               setting.stream,
                               setting.outputs});
    // Of a run in which only defences are set, the whole window counts.
    const bool calm = !m_attacker && !m_runaway;
    Simulator::Schedule(setting.begin, &Incident::BeginWindow, this);
    Simulator::Schedule(calm ? setting.begin : m_start, &VictimMeter::BeginShare, &m_meter);
    Simulator::Schedule(calm ? setting.end : m_stop, &VictimMeter::EndShare, &m_meter);
}

Incident::~Incident() = default;

void
Incident::BeginWindow()
{
    const ScenarioParameters& parameters = m_setting.parameters;
    m_timeline.Begin(parameters.attacks.timelineStep, m_setting.end, parameters.deadline);
}

void
Incident::KnowTheHonest()
{
    auto add = [this](Ipv6Address address, const std::string& client) {
        m_honestAddresses.insert(ToBytes(address));
        m_honestClients.insert(client);
    };
    const Places& places = m_setting.places;
    const uint32_t broken = m_setting.parameters.attacks.HasFault() ? 1 : 0; // the first ones
    for (uint32_t i = broken; i < places.sensorAddresses.size(); i++)
    {
        add(places.sensorAddresses[i], GetSensorName(i));
    }
    for (uint32_t i = 0; i < places.collectors.GetN(); i++)
    {
        add(places.collectorAddresses[i], GetCollectorName(i));
    }
}

bool
Incident::IsHonest(const VictimEvent& event) const
{
    if (IsAbandoned(event))
    {
        return false;
    }
    const bool addressKnown = event.peer.port != 0;
    return addressKnown ? m_honestAddresses.count(event.peer.ip) > 0
                        : m_honestClients.count(event.client) > 0;
}

bool
Incident::IsAbandoned(const VictimEvent& event) const
{
    // A client has one connection at a time: what broke since this one began was this one.
    const Time age = event.age.IsStrictlyPositive()
                         ? event.age
                         : m_setting.defences->GetAgeAtRefusal(event.GetText());
    const auto broken = m_broken.find(event.peer.ip);
    return age.IsStrictlyPositive() && broken != m_broken.end() &&
           broken->second > Simulator::Now() - age;
}

void
Incident::Broken(uint32_t sensor)
{
    m_broken[ToBytes(m_setting.places.sensorAddresses[sensor])] = Simulator::Now();
}

void
Incident::Generated(uint64_t report)
{
    m_timeline.Generated(report);
}

bool
Incident::Served(uint64_t report)
{
    if (RunawaySensor::IsOfLoop(report))
    {
        m_runaway->Served();
        return false;
    }
    if (m_attacker)
    {
        m_attacker->Served(report);
    }
    return true;
}

bool
Incident::Collected(uint64_t report)
{
    if (RunawaySensor::IsOfLoop(report))
    {
        m_runaway->Collected();
        return false;
    }
    m_timeline.Collected(report);
    return true;
}

bool
Incident::Refused(uint64_t report)
{
    if (RunawaySensor::IsOfLoop(report))
    {
        m_runaway->Refused();
        return false;
    }
    return true;
}

AttackResult
Incident::GetAttackResult() const
{
    const AttackParameters& parameters = m_setting.parameters.attacks;
    AttackResult result;
    result.name = parameters.attack;
    result.vantage = parameters.GetVantage();
    result.start = m_start;
    result.end = m_stop;
    m_attacker->AddTo(result);
    return result;
}

DefenceResult
Incident::GetDefenceResult(const VictimResult& victim) const
{
    DefenceResult result;
    result.names = m_setting.parameters.attacks.GetDefences();
    for (const auto* counts : {&victim.refused, &victim.rejected})
    {
        for (const auto& [text, count] : *counts)
        {
            result.refused += m_setting.defences->IsRefusal(text) ? count : 0;
        }
    }
    for (const auto& [text, count] : victim.honest)
    {
        result.falsePositives += m_setting.defences->IsRefusal(text) ? count : 0;
    }
    return result;
}

IncidentResult
Incident::GetResult() const
{
    IncidentResult result;
    if (m_attacker)
    {
        result.attack = GetAttackResult();
    }
    if (m_runaway)
    {
        result.fault = m_runaway->GetResult();
    }
    result.victim = m_meter.GetResult();
    result.defence = GetDefenceResult(result.victim);
    if (m_attacker || m_runaway)
    {
        result.timeline = m_timeline.GetSteps();
    }
    return result;
}

} // namespace ns3
