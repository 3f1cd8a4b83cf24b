// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/device-profile.h"

#include <string>
#include <vector>

namespace ns3
{

/**
 * Reads one device file and the files it refers to, each looked for beside the file that names it
 * and then in the folders.
 * \throw std::runtime_error with one line: file, key, value and what was expected
 */
DeviceProfile ReadDeviceProfile(const std::string& file, const std::vector<std::string>& folders);

} // namespace ns3
