// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-metrics/model/victim-probe.h"

#include <map>

namespace ns3
{

/// One step of a timeline. Reports belong to the step in which they were generated.
struct TimelineStep
{
    Time begin;
    uint64_t generated{0};
    uint64_t onTime{0};        ///< of these, collected within the deadline
    uint64_t delivered{0};     ///< of these, collected at all
    double latencySum{0};      ///< seconds, of the delivered ones
    double busyShare{0};       ///< of the victim's processor in the step
    VictimTables tables;       ///< at the end of the step
    uint64_t attackPackets{0}; ///< sent in the step
};

/**
 * A run in equal steps of time: what became of the reports, how the victim did and what the
 * attacker sent. It must live until the simulation is destroyed.
 */
class Timeline
{
  public:
    /**
     * \param probe of the victim, which outlives the timeline
     * \param attackPackets how many packets the attacker has sent up to now
     */
    Timeline(const VictimProbe& probe, std::function<uint64_t()> attackPackets);
    Timeline(const Timeline&) = delete;
    Timeline& operator=(const Timeline&) = delete;

    /**
     * Begins now; one event a step.
     * \param step more than zero \param end no step begins then or later
     * \param deadline a report collected within this time is on time
     */
    void Begin(Time step, Time end, Time deadline);

    void Generated(uint64_t report);
    void Collected(uint64_t report);

    const std::vector<TimelineStep>& GetSteps() const;

  private:
    struct Pending
    {
        size_t step{0};
        Time generated;
    };

    void OpenStep();
    void CloseStep();

    const VictimProbe& m_probe;
    std::function<uint64_t()> m_attackPackets;
    Time m_step;
    Time m_end;
    Time m_deadline;
    std::vector<TimelineStep> m_steps;
    std::map<uint64_t, Pending> m_pending; ///< reports that were not collected yet
    Time m_busyBefore;
    uint64_t m_packetsBefore{0};
};

} // namespace ns3
