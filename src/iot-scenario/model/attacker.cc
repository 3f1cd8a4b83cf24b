// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/attacker.h"

#include "iot-scenario/model/eavesdropper.h"
#include "iot-scenario/model/flooder.h"
#include "iot-scenario/model/replay-attacker.h"

#include "ns3/inet6-socket-address.h"

namespace ns3
{

std::unique_ptr<Attacker>
MakeAttacker(const AttackSetting& setting)
{
    const AttackParameters& attack = setting.parameters.attacks;
    if (!attack.HasAttack())
    {
        return nullptr;
    }
    if (attack.attack == "sniff")
    {
        return std::make_unique<Eavesdropper>(setting);
    }
    if (attack.attack == "replay")
    {
        return std::make_unique<ReplayAttacker>(setting);
    }
    return std::make_unique<Flooder>(setting);
}

Address
GetServiceAddress(const ScenarioParameters& parameters, const Places& places)
{
    return Inet6SocketAddress(places.hostAddress, parameters.GetStack().port);
}

} // namespace ns3
