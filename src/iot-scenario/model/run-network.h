// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/stack.h"
#include "low-power-links/helper/low-power-star-helper.h"

namespace ns3
{

/// The network of a run, with the devices that its nodes are.
struct RunNetwork
{
    Ptr<LowPowerStarHelper> star;
    Places places;
};

/**
 * Builds network and devices as the parameters name them.
 *
 * \param stream the first random stream of the links
 * \throw std::runtime_error with one line when there is no such device
 */
RunNetwork BuildNetwork(const ScenarioParameters& parameters, int64_t stream);

} // namespace ns3
