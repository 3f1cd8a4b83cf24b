// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulation-log.h"

#include <chrono>
#include <ctime>
#include <iomanip>

namespace ns3
{

EmulationLog::EmulationLog(std::ostream& stream)
    : m_stream(stream)
{
}

void
EmulationLog::Write(const std::string& line)
{
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm local{};
    localtime_r(&now, &local);
    m_stream << std::put_time(&local, "%H:%M:%S") << "  " << line << std::endl;
}

} // namespace ns3
