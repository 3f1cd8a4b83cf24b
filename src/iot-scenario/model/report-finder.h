// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/captured-message.h"
#include "iot-scenario/model/scenario-parameters.h"
#include "mqtt/protocol/packet.h"

#include "ns3/ipv6.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"

#include <map>
#include <optional>

namespace ns3
{

/**
 * Knows for the record which report a captured message carries: from its bytes where they are
 * readable, and else from the provenance with which the sensor sent the datagram. Nothing of it
 * reaches an attacker or a victim.
 */
class ReportFinder
{
  public:
    /// \param sensors whose datagrams are noted from now on, where reports cannot be read
    /// \param parameters of the run
    ReportFinder(const NodeContainer& sensors, const ScenarioParameters& parameters);

    /// The label of the report in this message or datagram; 0: none is known.
    uint64_t Find(const attacks::CapturedMessage& message) const;

  private:
    void HandleSent(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface);

    sansio::Bytes GetPayload(const attacks::CapturedMessage& message) const;

    bool m_secure;
    mqtt::Version m_version;
    PayloadCodec m_codec;
    std::map<sansio::Bytes, uint64_t> m_datagrams; ///< UDP payload to report
};

} // namespace ns3
