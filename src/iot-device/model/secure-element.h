// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/secure-element-profile.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

namespace ns3
{

/**
 * A secure element of a node, aggregated to it: it makes and keeps a private key and signs with it,
 * one after the other, while the processor does other work or sleeps. Its supply is that of the
 * node. Left out: the bus between the two, and waking up.
 */
class SecureElement : public Object
{
  public:
    static TypeId GetTypeId();

    SecureElement();

    /// Once, before it is used. \param voltage in volt
    void SetProfile(const SecureElementProfile& profile, double voltage);
    const SecureElementProfile& GetProfile() const;

    /// Queues a signature with P-256. \return when it is done
    Time Sign();

    /// Queues the making of a key on P-256. \return when it is done
    Time MakeKey();

    /// Joule it took for what is given, beyond sleeping.
    double GetEnergy(Time work) const;

    /// Joule spent since it was made, sleeping and working.
    double GetEnergy() const;

    /// Ampere drawn now.
    double GetCurrent() const;

    /// Signature of Busy: it began to work (true) or ran out of work (false).
    typedef void (*BusyTracedCallback)(bool busy);

  protected:
    void DoDispose() override;

  private:
    Time Work(Time duration);
    void HandleEnd();

    SecureElementProfile m_profile;
    double m_voltage{0};
    Time m_start;
    Time m_busyUntil;
    Time m_work; ///< all that was ever queued
    EventId m_end;
    TracedCallback<bool> m_busyTrace;
};

} // namespace ns3
