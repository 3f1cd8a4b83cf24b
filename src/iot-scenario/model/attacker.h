// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-metrics/model/victim-probe.h"
#include "iot-scenario/model/attack-results.h"
#include "iot-scenario/model/output-files.h"
#include "iot-scenario/model/stack.h"
#include "low-power-links/helper/low-power-star-helper.h"

namespace ns3
{

/// What an attacker needs to know of a run to take its place in it.
struct AttackSetting
{
    const ScenarioParameters& parameters;
    Ptr<LowPowerStarHelper> network;
    const Places& places;
    VictimProbe& victim; ///< for the judge of replays, not for the attacker
    Time start;          ///< of the attack, since the begin of the simulation
    Time end;
    Time runEnd;
    int64_t stream; ///< the first of those that it may use
    OutputFiles& outputs;
};

/**
 * The attacker of a run. It is made when everything else has been: so it takes nothing from the
 * random streams of others, and until it strikes nobody can tell that it is there.
 */
class Attacker
{
  public:
    virtual ~Attacker() = default;

    /// Fills in what it did and spent.
    virtual void AddTo(AttackResult& result) const = 0;

    /// IP datagrams sent up to now.
    virtual uint64_t GetPackets() const = 0;

    /// The service took a report.
    virtual void Served(uint64_t report)
    {
    }
};

/// Makes the attacker that the parameters name, or none.
std::unique_ptr<Attacker> MakeAttacker(const AttackSetting& setting);

/// Address and port of the service that the stack has on the host.
Address GetServiceAddress(const ScenarioParameters& parameters, const Places& places);

} // namespace ns3
