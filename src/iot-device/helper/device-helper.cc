// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/helper/device-helper.h"

#include "iot-device/model/profile-store.h"

#include "ns3/abort.h"
#include "ns3/double.h"

namespace ns3
{

DeviceHelper::DeviceHelper(const std::string& device)
    : m_profile(CreateObject<ProfileStore>()->Load(device))
{
}

DeviceHelper::DeviceHelper(const DeviceProfile& profile)
    : m_profile(profile)
{
}

const DeviceProfile&
DeviceHelper::GetProfile() const
{
    return m_profile;
}

Ptr<EnergyLedger>
DeviceHelper::Install(Ptr<Node> node, Ptr<SpectrumPhy> phy) const
{
    NS_ABORT_MSG_IF(node->GetObject<Processor>(), "this node is a device already");
    Ptr<Processor> processor = CreateObject<Processor>();
    processor->SetProfile(m_profile.mcu);
    node->AggregateObject(processor);
    if (m_profile.mcu.mains)
    {
        return nullptr;
    }
    Ptr<McuEnergyModel> mcu = CreateObject<McuEnergyModel>();
    mcu->Attach(processor, m_profile.voltage.value);
    Ptr<RadioEnergyModel> radio;
    if (phy)
    {
        NS_ABORT_MSG_UNLESS(m_profile.radio, "device '" << m_profile.name << "' has no radio");
        radio = CreateObject<RadioEnergyModel>();
        radio->SetProfile(*m_profile.radio, m_profile.voltage.value);
        radio->Attach(phy);
        mcu->Attach(radio, phy);
    }
    Ptr<EnergyLedger> ledger = CreateObject<EnergyLedger>();
    ledger->SetVoltage(m_profile.voltage.value);
    ledger->Attach(mcu, radio);
    if (m_profile.secureElement)
    {
        auto element = CreateObject<SecureElement>();
        element->SetProfile(*m_profile.secureElement, m_profile.voltage.value);
        node->AggregateObject(element);
        ledger->Attach(element);
    }
    node->AggregateObject(ledger);
    return ledger;
}

Ptr<Battery>
DeviceHelper::InstallBattery(Ptr<Node> node, double capacity) const
{
    Ptr<EnergyLedger> ledger = node->GetObject<EnergyLedger>();
    NS_ABORT_MSG_UNLESS(ledger, "a Battery needs a node with an EnergyLedger");
    Ptr<Battery> battery = CreateObject<Battery>();
    battery->SetAttribute("Capacity", DoubleValue(capacity));
    battery->Attach(ledger);
    node->AggregateObject(battery);
    return battery;
}

} // namespace ns3
