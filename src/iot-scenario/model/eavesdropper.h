// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/radio-neighbor.h"
#include "iot-attacks/protocol/sniffer.h"
#include "iot-scenario/model/attacker.h"

namespace ns3
{

/**
 * A neighbour within radio range who listens from the beginning of the simulation, when sessions
 * are set up, to the end of the attack, and can tell afterwards what was said.
 */
class Eavesdropper : public Attacker
{
  public:
    explicit Eavesdropper(const AttackSetting& setting);

    void AddTo(AttackResult& result) const override;
    uint64_t GetPackets() const override;

    /// Puts a radio into the network and lets \p hear have every frame it can receive.
    static Ptr<RadioNeighbor> PlaceRadio(const AttackSetting& setting);

    /// A sniffer that knows what everybody knows of the network.
    static attacks::Sniffer::Settings GetSnifferSettings(const AttackSetting& setting);

  private:
    void HandleFrame(Ptr<const Packet> frame);

    Time m_end;
    attacks::Sniffer m_sniffer;
    Ptr<RadioNeighbor> m_radio;
};

} // namespace ns3
