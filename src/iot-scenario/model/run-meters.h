// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/energy-ledger.h"
#include "iot-metrics/model/tcp-retransmission-counter.h"
#include "iot-scenario/model/run-network.h"
#include "iot-scenario/model/run-results.h"
#include "iot-scenario/model/security-setup.h"

namespace ns3
{

/**
 * What is measured of network, nodes and sessions, apart before the window and from its begin on:
 * frames, retransmissions, energy, handshakes, memory.
 */
class RunMeters
{
  public:
    /// \param parameters \param network outlive the meters
    RunMeters(const ScenarioParameters& parameters, const RunNetwork& network);
    RunMeters(const RunMeters&) = delete;
    RunMeters& operator=(const RunMeters&) = delete;

    /// Before the applications are there: sensor k begins its session at \p starts[k].
    void BeginSessions(const std::vector<Time>& starts);

    /// \param security \param stack outlive the meters
    void Watch(const SecuritySetup& security, const Stack& stack);

    // What happens to the session of a sensor.
    void Ready(uint32_t sensor);
    void Broken(uint32_t sensor);

    /// The protocol itself sent a message again.
    void Retransmitted();

    void BeginWindow();
    /// \return what each sensor spent in the window, joule
    const std::vector<EnergyAccount>& EndWindow();

    /// When the run is over.
    void AddTo(RunResults& results) const;

  private:
    EnergyAccount GetEnergy(uint32_t sensor) const;
    MemoryResult GetMemory() const;
    Retransmissions GetRetransmissions() const;

    const ScenarioParameters& m_parameters;
    const RunNetwork& m_network;
    const SecuritySetup* m_security{nullptr};
    const Stack* m_stack{nullptr};
    LinkMeter m_link;
    TcpRetransmissionCounter m_tcp;
    uint64_t m_applicationRetransmissions{0};

    std::vector<SessionResult> m_sessions;
    std::vector<EnergyAccount> m_energyAtStart; ///< of the session, then of the window
    std::vector<EnergyAccount> m_energy;        ///< in the window
    LinkCounters m_setup;
    Retransmissions m_setupRetransmissions;
    SecurityCounters m_sensorSecurity; ///< before the window
    SecurityCounters m_hostSecurity;
};

} // namespace ns3
