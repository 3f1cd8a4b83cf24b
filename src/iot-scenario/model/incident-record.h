// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/attack-results.h"

#include <nlohmann/json_fwd.hpp>
#include <ostream>

namespace ns3
{

/**
 * Adds what went wrong in a run to its record, with stable keys and SI units: attack, leak, fault,
 * victim, defence, timeline. What a run has not is left out.
 */
void AddIncident(const IncidentResult& incident, nlohmann::ordered_json& record);

/// The same in a few lines for a person.
void WriteIncidentSummary(const IncidentResult& incident, std::ostream& os);

} // namespace ns3
