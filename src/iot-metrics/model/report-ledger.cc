// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/report-ledger.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace ns3
{

std::optional<double>
LatencyQuantile(const std::vector<double>& sorted, uint64_t generated, double quantile)
{
    if (generated == 0)
    {
        return {};
    }
    auto rank = static_cast<uint64_t>(std::ceil(quantile * static_cast<double>(generated) - 1e-9));
    rank = std::max<uint64_t>(rank, 1);
    return rank <= sorted.size() ? std::optional(sorted[rank - 1]) : std::nullopt;
}

void
ReportLedger::Generated(uint64_t id, uint32_t sensor, Time at)
{
    Entry& entry = m_entries[id];
    entry.sensor = sensor;
    entry.generated = at;
}

void
ReportLedger::Refused(uint64_t id)
{
    auto entry = m_entries.find(id);
    if (entry != m_entries.end())
    {
        entry->second.refused = true;
    }
}

void
ReportLedger::Filtered(uint64_t id)
{
    auto entry = m_entries.find(id);
    if (entry != m_entries.end())
    {
        entry->second.filtered = true;
    }
}

void
ReportLedger::Served(uint64_t id, Time at)
{
    auto entry = m_entries.find(id);
    if (entry == m_entries.end())
    {
        m_unknown++;
        return;
    }
    entry->second.arrivals++;
    if (!entry->second.served)
    {
        entry->second.served = at;
    }
}

void
ReportLedger::Collected(uint64_t id, Time at)
{
    auto entry = m_entries.find(id);
    if (entry == m_entries.end())
    {
        m_unknown++;
    }
    else if (!entry->second.collected)
    {
        entry->second.collected = at;
    }
}

uint64_t
ReportLedger::GetUnknown() const
{
    return m_unknown;
}

ReportSummary
ReportLedger::Summarize(Time end, Time deadline, Time patience, Time ageFrom, Time ageTo) const
{
    ReportSummary summary;
    std::set<uint32_t> sensors;
    for (const auto& [id, entry] : m_entries)
    {
        sensors.insert(entry.sensor);
        summary.generated++;
        if (entry.served)
        {
            summary.served++;
            summary.serviceLatencies.push_back((*entry.served - entry.generated).GetSeconds());
            summary.duplicates += entry.arrivals - 1;
        }
        if (entry.collected)
        {
            Time latency = *entry.collected - entry.generated;
            summary.delivered++;
            summary.onTime += latency <= deadline;
            summary.latencies.push_back(latency.GetSeconds());
        }
        else if (entry.refused)
        {
            summary.refused++;
        }
        else if (entry.filtered)
        {
            summary.filtered++;
        }
        else
        {
            (end - entry.generated < patience ? summary.inFlight : summary.lost)++;
        }
    }
    std::sort(summary.latencies.begin(), summary.latencies.end());
    std::sort(summary.serviceLatencies.begin(), summary.serviceLatencies.end());

    double sum = 0;
    uint32_t heard = 0;
    for (uint32_t sensor : sensors)
    {
        if (auto age = GetAge(sensor, ageFrom, ageTo))
        {
            sum += *age;
            heard++;
        }
    }
    if (heard > 0)
    {
        summary.age = sum / heard;
    }
    return summary;
}

std::optional<double>
ReportLedger::GetAge(uint32_t sensor, Time from, Time to) const
{
    std::vector<std::pair<Time, Time>> arrivals; // collected, generated
    for (const auto& [id, entry] : m_entries)
    {
        if (entry.sensor == sensor && entry.collected)
        {
            arrivals.emplace_back(*entry.collected, entry.generated);
        }
    }
    std::sort(arrivals.begin(), arrivals.end());
    double area = 0;
    double length = 0;
    Time freshest;
    for (size_t i = 0; i < arrivals.size(); i++)
    {
        freshest = i == 0 ? arrivals[i].second : Max(freshest, arrivals[i].second);
        Time begin = Max(arrivals[i].first, from);
        Time end = i + 1 < arrivals.size() ? Min(arrivals[i + 1].first, to) : to;
        if (end > begin)
        {
            double start = (begin - freshest).GetSeconds();
            double stop = (end - freshest).GetSeconds();
            area += (stop * stop - start * start) / 2;
            length += stop - start;
        }
    }
    return length > 0 ? std::optional(area / length) : std::nullopt;
}

} // namespace ns3
