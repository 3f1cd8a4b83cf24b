// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/helper/attack-network-helper.h"
#include "iot-attacks/model/radio-neighbor.h"
#include "iot-attacks/model/replayer.h"
#include "iot-attacks/model/wire-tap.h"
#include "iot-attacks/protocol/sniffer.h"
#include "iot-metrics/model/replay-judge.h"
#include "iot-scenario/model/attacker.h"
#include "iot-scenario/model/report-finder.h"

namespace ns3
{

/**
 * An attacker who sends reports again: a radio neighbour captures them between the attack's start
 * and end, and a tap at the border router or a host in the internet sends them, byte for byte.
 *
 * Captured are the messages that can carry a report: PUBLISH, PUT, and under TLS and DTLS records
 * of application data. Those that could not be observed to their end before the run is over are
 * skipped ("too-late").
 */
class ReplayAttacker : public Attacker
{
  public:
    explicit ReplayAttacker(const AttackSetting& setting);

    void AddTo(AttackResult& result) const override;
    uint64_t GetPackets() const override;
    void Served(uint64_t report) override;

    static constexpr double OBSERVATION = 5; ///< seconds in which an effect may show

  private:
    bool IsOnPath() const;
    void PlaceReplayer(const AttackSetting& setting);
    bool Choose(const attacks::CapturedMessage& message);
    void HandleReplayed(const attacks::CapturedMessage& message, Time age);
    void HandleSkipped(const attacks::CapturedMessage& message, std::string reason);

    const ScenarioParameters& m_parameters;
    Time m_start;
    Time m_end;
    Time m_runEnd;
    std::map<std::array<uint8_t, 16>, uint32_t> m_sensors; ///< by address
    attacks::Sniffer m_sniffer;
    ReportFinder m_finder;
    ReplayJudge m_judge;
    Ptr<AttackNetworkHelper> m_internet;
    Ptr<WireTap> m_tap;
    Ptr<RadioNeighbor> m_radio;
    Ptr<Replayer> m_replayer;
    std::map<std::string, uint64_t> m_skipped;
};

} // namespace ns3
