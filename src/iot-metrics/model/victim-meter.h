// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-metrics/model/victim-probe.h"

#include <map>

namespace ns3
{

/// What a run did to a host.
struct VictimResult
{
    double busyShare{0}; ///< of the processor between BeginShare() and EndShare()
    Time longestWait;
    VictimTables peak;
    std::map<std::string, uint64_t> refused;  ///< by who and why
    std::map<std::string, uint64_t> rejected; ///< by who and why
    std::map<std::string, uint64_t> honest;   ///< of both, those of honest peers
};

/**
 * Counts what a VictimProbe tells. Who is honest is known to the keeper of the record alone: the
 * defences do not know it.
 */
class VictimMeter
{
  public:
    /// Whether the peer of an event is one of the honest ones.
    using Honest = std::function<bool(const VictimEvent& event)>;

    /// \param probe must outlive the meter
    VictimMeter(VictimProbe& probe, Honest honest);

    /// The share of the processor is taken from now on, up to EndShare().
    void BeginShare();
    void EndShare();

    /// The tables are looked at: whenever something may have changed in them.
    void LookAtTables();

    /// What was counted up to now.
    VictimResult GetResult() const;

  private:
    void Count(const VictimEvent& event);

    VictimProbe& m_probe;
    Honest m_honest;
    VictimResult m_result;
    Time m_begin;
    Time m_busyAtBegin;
};

} // namespace ns3
