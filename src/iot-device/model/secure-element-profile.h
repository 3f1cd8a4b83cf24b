// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/mcu-profile.h"

namespace ns3
{

/// A secure element as a user of time and energy.
struct SecureElementProfile
{
    std::string name;
    SourcedNumber sign;          ///< seconds of an ECDSA signature on P-256
    SourcedNumber keyGeneration; ///< seconds until it has a new key
    SourcedNumber active;        ///< ampere while it works
    SourcedNumber sleep;         ///< ampere else
};

} // namespace ns3
