// SPDX-License-Identifier: GPL-2.0-only
#pragma once

/**
 * \file
 * The only place that knows in which namespace a version of ns-3 keeps its classes.
 *
 * From 3.42 on the energy classes live in ns3::energy and the LR-WPAN ones in ns3::lrwpan; before,
 * both were in ns3. Declaring the namespaces makes `using namespace` valid for every version, so
 * code in ns3 names the classes without a prefix.
 */
namespace ns3
{

namespace energy
{
}

namespace lrwpan
{
}

using namespace energy;
using namespace lrwpan;

} // namespace ns3
