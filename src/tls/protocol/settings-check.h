// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/settings.h"

namespace tls
{

/// What is wrong with settings that OpenSSL need not be asked about: one line, or empty.
std::string CheckSettings(const Settings& settings);

} // namespace tls
