// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/mcu-profile.h"
#include "iot-device/model/secure-element-profile.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace ns3
{

/// What a radio does as far as its supply current is concerned.
enum class RadioState : uint8_t
{
    Transmit, ///< a frame is being sent
    Receive,  ///< a frame is being received
    Listen,   ///< the receiver or the synthesizer is on, no frame on air that it follows
    Sleep,    ///< off
    Count,    ///< how many states there are; not a state
};

/// The name of a state in profiles and records.
constexpr std::string_view
ToString(RadioState state)
{
    constexpr std::string_view names[] = {"transmit", "receive", "listen", "sleep"};
    static_assert(sizeof(names) / sizeof(names[0]) == static_cast<size_t>(RadioState::Count));
    return names[static_cast<size_t>(state)];
}

/// A radio as a user of energy: the supply current in each of its states, in ampere.
struct RadioProfile
{
    std::string name;
    std::array<SourcedNumber, static_cast<size_t>(RadioState::Count)> current;

    const SourcedNumber& operator[](RadioState state) const
    {
        return current[static_cast<size_t>(state)];
    }
};

/**
 * A device: a supply, a processor and, unless it has none or lives on the mains, a radio.
 * Every number carries the source it was taken from.
 */
struct DeviceProfile
{
    std::string name;
    SourcedNumber voltage; ///< volt; 0 on the mains
    std::optional<RadioProfile> radio;
    McuProfile mcu;
    std::optional<SecureElementProfile> secureElement;
};

} // namespace ns3
