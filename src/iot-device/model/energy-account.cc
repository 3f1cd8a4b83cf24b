// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/energy-account.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace ns3
{

namespace
{

template <size_t N>
double
Sum(const std::array<double, N>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

template <size_t N, typename Operator>
void
Combine(std::array<double, N>& a, const std::array<double, N>& b, Operator combine)
{
    std::transform(a.begin(), a.end(), b.begin(), a.begin(), combine);
}

} // namespace

double
EnergyAccount::GetRadio() const
{
    return Sum(radio);
}

double
EnergyAccount::GetMcu() const
{
    return Sum(mcu);
}

double
EnergyAccount::GetTotal() const
{
    return GetRadio() + GetMcu() + secureElement;
}

EnergyByCause
EnergyAccount::GetByCause() const
{
    const EnergyAccount& self = *this;
    EnergyByCause cause;
    cause.frames = self[RadioState::Transmit] + self[RadioState::Receive];
    cause.waiting = self[RadioState::Listen];
    cause.service = self[McuState::Active];
    cause.security = Sum(operations) + secureElement;
    cause.standby = self[RadioState::Sleep] + self[McuState::Sleep];
    return cause;
}

EnergyAccount&
EnergyAccount::operator+=(const EnergyAccount& other)
{
    duration += other.duration;
    Combine(radio, other.radio, std::plus<>());
    Combine(mcu, other.mcu, std::plus<>());
    Combine(operations, other.operations, std::plus<>());
    secureElement += other.secureElement;
    return *this;
}

EnergyAccount&
EnergyAccount::operator-=(const EnergyAccount& other)
{
    duration -= other.duration;
    Combine(radio, other.radio, std::minus<>());
    Combine(mcu, other.mcu, std::minus<>());
    Combine(operations, other.operations, std::minus<>());
    secureElement -= other.secureElement;
    return *this;
}

} // namespace ns3
