// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/workload.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

Workload::Workload(const Settings& settings, int64_t stream)
    : m_settings(settings),
      m_times(settings.sensors)
{
    const double interval = settings.interval.GetSeconds();
    for (uint32_t sensor = 0; sensor < settings.sensors; sensor++)
    {
        auto uniform = CreateObject<UniformRandomVariable>();
        uniform->SetStream(stream + sensor);
        auto exponential = CreateObject<ExponentialRandomVariable>();
        exponential->SetStream(stream + settings.sensors + sensor);
        std::vector<Time>& times = m_times[sensor];
        if (settings.poisson)
        {
            const double window = interval * settings.reports;
            for (double at = exponential->GetValue(interval, 0); at < window;
                 at += exponential->GetValue(interval, 0))
            {
                times.push_back(settings.start + Seconds(at));
            }
            continue;
        }
        const double phase = uniform->GetValue(0, interval);
        for (uint32_t i = 0; i < settings.reports; i++)
        {
            const double at = phase + i * interval + uniform->GetValue(-JITTER, JITTER) * interval;
            times.push_back(settings.start + Seconds(std::max(at, 0.0)));
        }
    }
}

void
Workload::Start(std::function<void(const Report&)> generate)
{
    m_generate = std::move(generate);
    for (uint16_t sensor = 0; sensor < m_times.size(); sensor++)
    {
        Schedule(sensor, 0);
    }
}

void
Workload::Schedule(uint16_t sensor, uint32_t index)
{
    if (index < m_times[sensor].size())
    {
        Simulator::Schedule(m_times[sensor][index] - Simulator::Now(), [this, sensor, index] {
            m_generate(Report{sensor, index + 1, 0, Simulator::Now()});
            Schedule(sensor, index + 1);
        });
    }
}

Time
Workload::GetStart() const
{
    return m_settings.start;
}

Time
Workload::GetEnd() const
{
    Time end = m_settings.start + m_settings.interval * static_cast<int64_t>(m_settings.reports);
    for (const auto& times : m_times)
    {
        end = times.empty() ? end : Max(end, times.back());
    }
    return end;
}

const std::vector<std::vector<Time>>&
Workload::GetTimes() const
{
    return m_times;
}

} // namespace ns3
