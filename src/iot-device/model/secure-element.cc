// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/secure-element.h"

#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SecureElement);

TypeId
SecureElement::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SecureElement")
                            .SetParent<Object>()
                            .SetGroupName("IotDevice")
                            .AddConstructor<SecureElement>()
                            .AddTraceSource("Busy",
                                            "The secure element began to work or has done all.",
                                            MakeTraceSourceAccessor(&SecureElement::m_busyTrace),
                                            "ns3::SecureElement::BusyTracedCallback");
    return tid;
}

SecureElement::SecureElement()
    : m_start(Simulator::Now())
{
}

void
SecureElement::SetProfile(const SecureElementProfile& profile, double voltage)
{
    m_profile = profile;
    m_voltage = voltage;
}

const SecureElementProfile&
SecureElement::GetProfile() const
{
    return m_profile;
}

Time
SecureElement::Sign()
{
    return Work(Seconds(m_profile.sign.value));
}

Time
SecureElement::MakeKey()
{
    return Work(Seconds(m_profile.keyGeneration.value));
}

Time
SecureElement::Work(Time duration)
{
    const bool wasIdle = m_busyUntil <= Simulator::Now();
    m_busyUntil = Max(m_busyUntil, Simulator::Now()) + duration;
    m_work += duration;
    m_end.Cancel();
    m_end = Simulator::Schedule(m_busyUntil - Simulator::Now(), &SecureElement::HandleEnd, this);
    if (wasIdle)
    {
        m_busyTrace(true);
    }
    return m_busyUntil;
}

void
SecureElement::HandleEnd()
{
    m_busyTrace(false);
}

double
SecureElement::GetEnergy(Time work) const
{
    return m_voltage * m_profile.active.value * work.GetSeconds();
}

double
SecureElement::GetEnergy() const
{
    const Time now = Simulator::Now();
    const Time worked = m_work - Max(m_busyUntil - now, Time(0));
    const Time slept = now - m_start - worked;
    return GetEnergy(worked) + m_voltage * m_profile.sleep.value * slept.GetSeconds();
}

double
SecureElement::GetCurrent() const
{
    return (m_busyUntil > Simulator::Now() ? m_profile.active : m_profile.sleep).value;
}

void
SecureElement::DoDispose()
{
    m_end.Cancel();
    Object::DoDispose();
}

} // namespace ns3
