// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

namespace ns3
{

/**
 * Opens a TAP device of this machine (Linux): what its kernel sends on the device is read from the
 * descriptor as Ethernet frames, what is written arrives there. The device must exist; it takes
 * root to make one, and its owner alone may open it. The caller owns the descriptor.
 *
 * \throw ParameterError with one line that says what is missing and how to come by it
 */
int OpenTap(const std::string& name);

} // namespace ns3
