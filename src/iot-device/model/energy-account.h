// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/device-profile.h"
#include "iot-device/model/mcu-energy-model.h"

#include "ns3/nstime.h"

#include <array>

namespace ns3
{

/// Joule by what they were spent for.
struct EnergyByCause
{
    double frames{0};   ///< the radio while frames leave and arrive
    double waiting{0};  ///< the radio while it listens
    double service{0};  ///< the MCU while it serves the radio
    double security{0}; ///< the MCU on cryptographic operations, kind by kind; a secure element
    double standby{0};  ///< radio and MCU asleep

    double GetTotal() const
    {
        return frames + waiting + service + security + standby;
    }
};

/// Joule a device spent in a stretch of time, by the state of its radio and of its MCU.
struct EnergyAccount
{
    Time duration;
    std::array<double, static_cast<size_t>(RadioState::Count)> radio{};
    std::array<double, static_cast<size_t>(McuState::Count)> mcu{};
    std::array<double, OPERATION_KINDS> operations{}; ///< mcu[Crypto] by kind of operation
    double secureElement{0};                          ///< 0 where there is none

    double operator[](RadioState state) const
    {
        return radio[static_cast<size_t>(state)];
    }

    double operator[](McuState state) const
    {
        return mcu[static_cast<size_t>(state)];
    }

    double operator[](sansio::OperationKind kind) const
    {
        return operations[static_cast<size_t>(kind)];
    }

    double GetRadio() const;
    double GetMcu() const;
    double GetTotal() const;
    EnergyByCause GetByCause() const;

    EnergyAccount& operator+=(const EnergyAccount& other);
    EnergyAccount& operator-=(const EnergyAccount& other);
};

inline EnergyAccount
operator-(EnergyAccount a, const EnergyAccount& b)
{
    return a -= b;
}

inline EnergyAccount
operator+(EnergyAccount a, const EnergyAccount& b)
{
    return a += b;
}

} // namespace ns3
