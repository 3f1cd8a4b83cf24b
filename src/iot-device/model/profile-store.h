// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/device-profile.h"

#include "ns3/object.h"

#include <string>
#include <vector>

namespace ns3
{

/**
 * Finds and reads the TOML files of devices.
 *
 * A device file names a supply voltage, an MCU file and perhaps a radio file. An MCU file states
 * currents and costs, each with its source, and rules that derive the costs it does not state; it
 * may refer to a file of rules shared with others. `doc/iot-device.rst` lists the keys.
 *
 * Reading is strict: an unknown key, a missing number or source, a negative value, an operation
 * that is neither stated nor derived and a rule that refers to itself are errors.
 */
class ProfileStore : public Object
{
  public:
    static TypeId GetTypeId();

    ProfileStore() = default;

    /**
     * \param device the name of a device ("cc2538"), looked for as NAME.toml in the search path and
     * then in the folder of this module, or the path of a file, which ends in ".toml"
     * \throw std::runtime_error with one line: file, key, value and what was expected
     */
    DeviceProfile Load(const std::string& device) const;

    /// The names of the devices found in the search path and in the folder of this module, sorted.
    std::vector<std::string> GetDevices() const;

  private:
    std::vector<std::string> GetFolders() const;

    std::string m_searchPath;
};

} // namespace ns3
