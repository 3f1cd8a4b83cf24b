// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/run-meters.h"

#include "iot-scenario/model/scenario-parameters.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

RunMeters::RunMeters(const ScenarioParameters& parameters, const RunNetwork& network)
    : m_parameters(parameters),
      m_network(network)
{
    const Places& places = network.places;
    m_link.Attach(network.star->GetLowPowerDevices());
    for (uint32_t i = 0; i < parameters.nodes; i++)
    {
        m_tcp.Attach(places.sensors.Get(i));
    }
    m_tcp.Attach(places.host);
    std::set<Address> honest = places.GetClientAddresses();
    honest.insert(places.hostAddress);
    m_tcp.CountOnlyTo(std::move(honest));
}

void
RunMeters::BeginSessions(const std::vector<Time>& starts)
{
    m_energyAtStart.resize(starts.size());
    for (uint32_t i = 0; i < starts.size(); i++)
    {
        m_sessions.push_back({starts[i], {}, 0, 0});
        Simulator::Schedule(starts[i], [this, i] { m_energyAtStart[i] = GetEnergy(i); });
    }
}

void
RunMeters::Watch(const SecuritySetup& security, const Stack& stack)
{
    m_security = &security;
    m_stack = &stack;
}

void
RunMeters::Ready(uint32_t sensor)
{
    SessionResult& session = m_sessions[sensor];
    if (!session.ready)
    {
        session.ready = Simulator::Now();
        session.energy = (GetEnergy(sensor) - m_energyAtStart[sensor]).GetTotal();
    }
}

void
RunMeters::Broken(uint32_t sensor)
{
    m_sessions[sensor].broken++;
}

void
RunMeters::Retransmitted()
{
    m_applicationRetransmissions++;
}

EnergyAccount
RunMeters::GetEnergy(uint32_t sensor) const
{
    return m_network.places.sensors.Get(sensor)->GetObject<EnergyLedger>()->Snapshot();
}

MemoryResult
RunMeters::GetMemory() const
{
    auto security = [](Ptr<Node> node) {
        auto factory = node->GetObject<SecureSocketFactory>();
        return factory ? factory->GetPeakMemory() : 0;
    };
    const Places& places = m_network.places;
    MemoryResult memory;
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        uint64_t held = m_stack->GetSensorMemory(i) + security(places.sensors.Get(i));
        memory.node = std::max(memory.node, held);
    }
    memory.broker = m_stack->GetServiceMemory() + security(places.host);
    return memory;
}

Retransmissions
RunMeters::GetRetransmissions() const
{
    Retransmissions counted;
    counted.mac = m_link.GetCounters().retransmissions;
    counted.tcp = m_tcp.GetCount();
    counted.dtls = m_security->GetSensorCounters().retransmissions +
                   m_security->GetHostCounters().retransmissions;
    const std::string& protocol = m_parameters.GetStack().protocol;
    counted.coap = protocol == "coap" ? m_applicationRetransmissions : 0;
    counted.mqtt = protocol == "mqtt" ? m_applicationRetransmissions : 0;
    return counted;
}

void
RunMeters::BeginWindow()
{
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        EnergyAccount now = GetEnergy(i);
        if (!m_sessions[i].ready)
        {
            m_sessions[i].energy = (now - m_energyAtStart[i]).GetTotal();
        }
        m_energyAtStart[i] = now;
    }
    m_setup = m_link.GetCounters();
    m_setupRetransmissions = GetRetransmissions();
    m_sensorSecurity = m_security->GetSensorCounters();
    m_hostSecurity = m_security->GetHostCounters();
}

const std::vector<EnergyAccount>&
RunMeters::EndWindow()
{
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        m_energy.push_back(GetEnergy(i) - m_energyAtStart[i]);
    }
    return m_energy;
}

void
RunMeters::AddTo(RunResults& results) const
{
    results.sessions = m_sessions;
    results.security = m_sensorSecurity;
    results.host = m_hostSecurity;
    results.setup = m_setup;
    results.window = m_link.GetCounters() - m_setup;
    results.setupRetransmissions = m_setupRetransmissions;
    results.windowRetransmissions = GetRetransmissions() - m_setupRetransmissions;
    results.energy = m_energy;
    results.memory = GetMemory();
}

} // namespace ns3
