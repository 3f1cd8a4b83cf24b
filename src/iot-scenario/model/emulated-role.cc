// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulated-role.h"

#include "iot-scenario/model/emulated-broker.h"
#include "iot-scenario/model/emulated-sensors.h"

namespace ns3
{

std::string
WriteCount(uint64_t count, const std::string& what)
{
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::unique_ptr<EmulatedRole>
MakeRole(const EmulationParameters& parameters, EmulationLog& log)
{
    if (parameters.IsBroker())
    {
        return std::make_unique<EmulatedBroker>(parameters, log);
    }
    return std::make_unique<EmulatedSensors>(parameters, log);
}

} // namespace ns3
