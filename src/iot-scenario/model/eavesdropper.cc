// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/eavesdropper.h"

#include "iot-attacks/helper/attack-network-helper.h"
#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/time-conversion.h"

#include "ns3/simulator.h"

namespace ns3
{

Eavesdropper::Eavesdropper(const AttackSetting& setting)
    : m_end(setting.end),
      m_sniffer(GetSnifferSettings(setting)),
      m_radio(PlaceRadio(setting))
{
    m_radio->TraceConnectWithoutContext("Frame", MakeCallback(&Eavesdropper::HandleFrame, this));
}

Ptr<RadioNeighbor>
Eavesdropper::PlaceRadio(const AttackSetting& setting)
{
    auto radio = CreateObject<RadioNeighbor>();
    radio->Attach(setting.network->GetChannel());
    radio->AssignStreams(setting.stream);
    setting.outputs.AddAttacker(
        [radio](const std::string& part) { return radio->EnablePcap(part); });
    return radio;
}

attacks::Sniffer::Settings
Eavesdropper::GetSnifferSettings(const AttackSetting& setting)
{
    attacks::Sniffer::Settings settings;
    settings.lowPan.contexts = AttackNetworkHelper::GetStarContexts();
    settings.serverPorts.insert(setting.parameters.GetStack().port);
    return settings;
}

void
Eavesdropper::HandleFrame(Ptr<const Packet> frame)
{
    if (Simulator::Now() < m_end)
    {
        m_sniffer.HearFrame(SimulatedNow(), ToBytes(frame));
    }
}

void
Eavesdropper::AddTo(AttackResult& result) const
{
    result.start = Seconds(0);
    result.leak = m_sniffer.GetReport();
}

uint64_t
Eavesdropper::GetPackets() const
{
    return 0;
}

} // namespace ns3
