// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/attacker.h"
#include "iot-scenario/model/defence-setup.h"
#include "iot-scenario/model/runaway-sensor.h"

#include <array>
#include <map>
#include <set>
#include <string>

namespace ns3
{

/**
 * What goes wrong in a run and who watches it: the attacker or the broken sensor, the probe at the
 * host, the timeline. A run in which nothing goes wrong has none.
 *
 * Made last of everything in a run, when stack and devices are in their places.
 */
class Incident
{
  public:
    /// The parts of a run that it needs; all of them outlive it.
    struct Setting
    {
        const ScenarioParameters& parameters;
        Ptr<LowPowerStarHelper> network;
        const Places& places;
        Stack& stack;
        Ptr<const DefenceSetup> defences;
        Time begin; ///< of the window
        Time end;   ///< of the window
        Time runEnd;
        int64_t stream; ///< the first of those that it may use
        OutputFiles& outputs;
    };

    explicit Incident(const Setting& setting);
    ~Incident();

    Incident(const Incident&) = delete;
    Incident& operator=(const Incident&) = delete;

    void Generated(uint64_t report);

    /// A sensor gave up its session, or lost it.
    void Broken(uint32_t sensor);

    // What becomes of reports. Each tells whether the report is one of the workload.
    bool Served(uint64_t report);
    bool Collected(uint64_t report);
    bool Refused(uint64_t report);

    IncidentResult GetResult() const;

  private:
    void KnowTheHonest();
    void BeginWindow();
    bool IsHonest(const VictimEvent& event) const;
    /// The host ends a connection that its sensor has given up before.
    bool IsAbandoned(const VictimEvent& event) const;
    AttackResult GetAttackResult() const;
    DefenceResult GetDefenceResult(const VictimResult& victim) const;

    Setting m_setting;
    Time m_start; ///< of attack or fault
    Time m_stop;
    std::set<std::array<uint8_t, 16>> m_honestAddresses; ///< of sensors and collectors
    std::set<std::string> m_honestClients;               ///< their MQTT client identifiers
    std::map<std::array<uint8_t, 16>, Time> m_broken;    ///< when each sensor last was
    VictimProbe m_probe;
    VictimMeter m_meter;
    std::unique_ptr<Attacker> m_attacker;
    std::unique_ptr<RunawaySensor> m_runaway;
    Timeline m_timeline;
};

} // namespace ns3
