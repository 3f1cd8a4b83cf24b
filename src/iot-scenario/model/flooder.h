// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/helper/attack-network-helper.h"
#include "iot-attacks/model/attack.h"
#include "iot-scenario/model/attacker.h"

namespace ns3
{

/// A host in the internet that floods the service, or takes its connections and keeps them.
class Flooder : public Attacker
{
  public:
    explicit Flooder(const AttackSetting& setting);

    void AddTo(AttackResult& result) const override;
    uint64_t GetPackets() const override;

  private:
    static Ptr<Attack> MakeAttack(const ScenarioParameters& parameters);
    void GiveCredentials(const AttackSetting& setting) const;

    double m_rate;
    Ptr<AttackNetworkHelper> m_network;
    Ptr<Attack> m_attack;
};

} // namespace ns3
