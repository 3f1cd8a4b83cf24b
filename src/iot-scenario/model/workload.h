// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/report.h"

#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

#include <functional>
#include <vector>

namespace ns3
{

/**
 * When the sensors report: the one workload of every stack, so that the same run number gives the
 * same readings at the same instants whatever carries them.
 *
 * Sensor k reports at start + phase(k) + i x interval + jitter; phase is uniform in one interval,
 * jitter uniform in +-JITTER of it. With Poisson arrivals the times between reports are exponential
 * and their number is what falls into the same window.
 */
class Workload
{
  public:
    static constexpr double JITTER = 0.05; ///< of the interval, either way

    struct Settings
    {
        uint32_t sensors{1};
        uint32_t reports{1}; ///< of each sensor; with Poisson arrivals their mean number
        Time start;          ///< begin of the reporting window
        Time interval;
        bool poisson{false};
    };

    /// Draws all instants from \p stream and the streams after it, one per sensor.
    Workload(const Settings& settings, int64_t stream);

    /// Schedules \p generate for every report; one event per sensor is pending at a time.
    void Start(std::function<void(const Report&)> generate);

    /// Begin of the reporting window and its end, one interval after the last nominal report.
    Time GetStart() const;
    Time GetEnd() const;

    /// When each sensor reports, in order.
    const std::vector<std::vector<Time>>& GetTimes() const;

  private:
    void Schedule(uint16_t sensor, uint32_t index);

    Settings m_settings;
    std::vector<std::vector<Time>> m_times;
    std::function<void(const Report&)> m_generate;
};

} // namespace ns3
