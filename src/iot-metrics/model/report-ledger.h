// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{

/// What became of the reports of a run. Times are seconds.
struct ReportSummary
{
    uint64_t generated{0};
    uint64_t onTime{0};     ///< collected within the deadline
    uint64_t delivered{0};  ///< collected at all
    uint64_t lost{0};       ///< none of the others, and too old to arrive
    uint64_t inFlight{0};   ///< none of the others, and young enough to arrive yet
    uint64_t refused{0};    ///< the sender's own queue did not take them
    uint64_t filtered{0};   ///< the collector had said that it does not want such
    uint64_t duplicates{0}; ///< second and later arrivals at the first service
    uint64_t served{0};     ///< arrived at the first service (broker or server)

    std::vector<double> latencies;        ///< of the delivered ones, sorted, to the collector
    std::vector<double> serviceLatencies; ///< of the served ones, sorted, to the first service
    std::optional<double> age; ///< mean over sensors of the time-average age of information
};

/**
 * Quantile of a latency over all generated reports: a report that did not arrive counts as
 * infinitely late, so the value does not exist where too few arrived.
 *
 * \param sorted latencies of those that arrived, ascending
 * \param generated how many were generated
 * \param quantile in (0, 1]
 */
std::optional<double> LatencyQuantile(const std::vector<double>& sorted,
                                      uint64_t generated,
                                      double quantile);

/**
 * The account of reports: each generated one ends as exactly one of delivered, lost, in flight,
 * refused and filtered. It counts what the trace sources say and decides nothing.
 *
 * Age of information (Kaul, Yates, Gruteser, INFOCOM 2012): at each instant the time since the
 * freshest report the collector holds was generated, averaged from a sensor's first arrival on.
 */
class ReportLedger
{
  public:
    /// \param id unique over the run \param sensor which sensor made it \param at when
    void Generated(uint64_t id, uint32_t sensor, Time at);

    /// The sender could not take the report.
    void Refused(uint64_t id);

    /// The service did not forward the report, for the collector does not want it.
    void Filtered(uint64_t id);

    /// The report arrived at the first service. Unknown ids are counted as duplicates of nothing.
    void Served(uint64_t id, Time at);

    /// The report arrived at the collector.
    void Collected(uint64_t id, Time at);

    /// Arrivals that name no generated report; anything but 0 is a forgery or a defect.
    uint64_t GetUnknown() const;

    /**
     * \param end the end of the run
     * \param deadline a report collected within this time is on time
     * \param patience an undelivered report younger than this at the end is in flight
     * \param ageFrom \param ageTo the interval over which the age is averaged
     */
    ReportSummary Summarize(Time end, Time deadline, Time patience, Time ageFrom, Time ageTo) const;

  private:
    struct Entry
    {
        uint32_t sensor{0};
        Time generated;
        std::optional<Time> served;
        std::optional<Time> collected;
        uint32_t arrivals{0};
        bool refused{false};
        bool filtered{false};
    };

    std::optional<double> GetAge(uint32_t sensor, Time from, Time to) const;

    std::map<uint64_t, Entry> m_entries;
    uint64_t m_unknown{0};
};

} // namespace ns3
