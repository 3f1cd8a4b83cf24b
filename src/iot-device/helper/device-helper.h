// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/battery.h"
#include "iot-device/model/device-profile.h"
#include "iot-device/model/energy-ledger.h"
#include "iot-device/model/processor.h"

#include "ns3/node.h"

#include <string>

namespace ns3
{

/**
 * Makes nodes devices of a profile.
 *
 * \code
 *   DeviceHelper sensor("cc2538");
 *   Ptr<EnergyLedger> ledger = sensor.Install(node, device->GetPhy());
 *   DeviceHelper("server").Install(host);
 * \endcode
 */
class DeviceHelper
{
  public:
    /// \param device a name or a file, as ProfileStore::Load() takes it
    /// \throw std::runtime_error with one line when the profile is not good
    explicit DeviceHelper(const std::string& device);
    explicit DeviceHelper(const DeviceProfile& profile);

    const DeviceProfile& GetProfile() const;

    /**
     * Aggregates a Processor to the node and, unless the device lives on the mains, an
     * EnergyLedger and the SecureElement that it may have. Install before the simulation starts.
     * \param phy the radio; nullptr for a wired host
     * \return the ledger; nullptr on the mains
     */
    Ptr<EnergyLedger> Install(Ptr<Node> node, Ptr<SpectrumPhy> phy = nullptr) const;

    /// Aggregates a Battery of so many joule to a node that has a ledger.
    Ptr<Battery> InstallBattery(Ptr<Node> node, double capacity) const;

  private:
    DeviceProfile m_profile;
};

} // namespace ns3
